"""`problems.xlsx`: what holds rows back, for a person to correct in a spreadsheet and to feed back.

The rows stand there exactly as they were, every cell as text, with ours behind them
(`rejects.ADDED_COLUMNS`); readers take the sheet «Rows» of such a workbook and leave the others. Records
that are no rows of a table are listed only. What a row looks like there is the business of
`workbook_rows.py`, how a workbook is written that of `workbook_book.py`.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from migrator.reports.beside import Beside, Use
from migrator.reports.files import give_up, private_bytes, put_aside, remove
from migrator.reports.rejects import ADDED_COLUMNS
from migrator.reports.words import amount
from migrator.reports.workbook_book import MOST_COLUMNS, Book, Page
from migrator.reports.workbook_cells import Look, fits
from migrator.reports.workbook_parts import is_untouched
from migrator.reports.workbook_rows import Faulty, Home, ListSheet, RowSheet
from migrator.reports.workbook_values import VALUES_SHEET, Unmapped, count_unmapped, write_values
from migrator.reports.workbook_words import PLACES, Contents, read_me
from migrator.runner.prepare import Prepared

FILE = "problems.xlsx"
READ_ME_SHEET = "Read me"
ROWS_SHEET = "Rows"
LIST_SHEET = "Problems"
MOST_ROWS = 100_000
"""Of each sheet: nobody corrects more one by one, and spreadsheets become slow with so many comments."""


@dataclass(frozen=True, slots=True)
class Workbook:
    """A finished workbook."""

    path: Path
    rows: int = 0
    """Rows to correct; without any it lists nested records, for reading only."""
    listed: int = 0
    """Problems of nested records."""
    cut: int = 0
    """Further ones that it has no room for."""
    rest: str = ""
    """As `Home.rest`."""

    @property
    def remark(self) -> str:
        """What must be known of a workbook that is not complete; "" of one that is."""
        if not self.cut:
            return ""
        shown = amount(self.rows, "row") if self.rows else amount(self.listed, "problem")
        return f"the first {shown}; {self.rest} names the other {amount(self.cut, 'row')} too"


class ProblemBook:
    """Takes rows in, one by one; use it with `with`. What was not finished when that ends leaves no file."""

    def __init__(self, folder: Path, home: Home, *, name: str = FILE, most_rows: int = MOST_ROWS) -> None:
        self._path = folder / name
        self._home = home
        self._most_rows = most_rows
        wide = len(home.columns) + len(ADDED_COLUMNS)
        self._takes_rows = bool(home.columns) and wide <= MOST_COLUMNS and fits(home.columns)
        self._open = ExitStack()
        self._begun: tuple[Book, Page] | None = None
        """With the sheet that says what the others are: it is the first, and written last."""
        self._rows: RowSheet | None = None
        self._list: ListSheet | None = None
        self._values: Counter[Unmapped] = Counter()
        self._more = 0
        self._unfit: list[str] = []
        self._unfit_count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        give_up(self._open, error, trace)

    def witness(self, prepared: Prepared) -> None:
        """Takes in a row on its way through a dry run, if it is held back.

        Raises:
            DiskFull, LedgerError: The workbook cannot be written.
        """
        if (row := Faulty.of_record(prepared)) is not None:
            self.add(row)

    def add(self, row: Faulty) -> None:
        """Takes in a row that is held back.

        Raises:
            DiskFull, LedgerError: The workbook cannot be written.
        """
        count_unmapped(self._values, row.problems)
        book, _ = self._begun = self._begun or self._begin()
        if isinstance(row.original, tuple) and self._takes_rows:
            self._add_row(book, row, row.original)
            return
        if self._list is None:
            self._list = ListSheet(book.sheet(LIST_SHEET))
        if self._list.page.rows <= self._most_rows:
            self._list.add(row)
        else:
            self._more += 1

    def _add_row(self, book: Book, row: Faulty, cells: tuple[str, ...]) -> None:
        beyond = max(0, len(cells) - len(self._home.columns))
        if not fits(cells) or len(self._home.columns) + len(ADDED_COLUMNS) + beyond > MOST_COLUMNS:
            self._unfit_count += 1
            if len(self._unfit) < PLACES:
                self._unfit.append(row.place)
            return
        if self._rows is None:
            self._rows = RowSheet(book.sheet(ROWS_SHEET), self._home)
        if self._rows.page.rows <= self._most_rows:
            self._rows.add(row, cells)
        else:
            self._more += 1

    def finish(self) -> Workbook | None:
        """Completes the workbook. One that a person has saved since is kept under another name.

        Returns:
            The workbook; None where no row is held back: then one that was here goes, unless it was edited.

        Raises:
            DiskFull, LedgerError: The workbook cannot be written.
        """
        if self._begun is None:
            if is_untouched(self._path):
                remove(self._path)
            return None
        if self._rows is not None:
            self._rows.finish()
        if self._list is not None:
            self._list.finish()
        book, first_page = self._begun
        if self._values:
            write_values(book.sheet(VALUES_SHEET), self._values, self._home.choices)
        first_page.set_widths((110,))
        contents = self._contents()
        for is_title, line in read_me(contents):
            first_page.add((line,), (Look.TITLE if is_title else Look.PROSE,))
        if self._path.exists() and not is_untouched(self._path):
            put_aside(self._path)
        self._open.close()
        self._begun = None
        return Workbook(self._path, contents.rows, contents.listed, self._more, self._home.rest)

    def _begin(self) -> tuple[Book, Page]:
        file = self._open.enter_context(private_bytes(self._path))
        book = self._open.enter_context(Book(file, self._home.ledger_id))
        return book, book.sheet(READ_ME_SHEET)

    def _contents(self) -> Contents:
        return Contents(
            name=self._path.name,
            mapping=self._home.mapping,
            ledger=self._home.ledger_name,
            is_run=bool(self._home.ledger_id),
            rows=self._rows.page.rows - 1 if self._rows else 0,
            listed=self._list.page.rows - 1 if self._list else 0,
            more=self._more,
            rest=self._home.rest,
            unfit=tuple(self._unfit),
            unfit_count=self._unfit_count,
            values=len(self._values),
        )


def of_workbook(workbook: Workbook) -> Beside:
    """The workbook, for a page to name."""
    cut = f" ({workbook.remark})" if workbook.cut else ""
    if not workbook.rows:
        return Beside(workbook.path.name, f"what holds tickets back, explained{cut}", Use.TEXT_CELLS)
    return Beside(
        workbook.path.name, f"what holds rows back, explained, to be corrected{cut}", Use.CORRECTING
    )
