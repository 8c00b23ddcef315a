"""`problems.xlsx`: what holds rows back, for a person to correct in a spreadsheet and to feed back.

The rows stand there exactly as they were, every cell as text, with ours behind them
(`rejects.ADDED_COLUMNS`); readers take the sheet «Rows» of such a workbook and leave the others. Records that
are no rows of a table are listed only. How a workbook is written is the business of `workbook_book.py`.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from migrator.ledger import RejectedRow
from migrator.model import Problem, Rejected
from migrator.reports.beside import Beside, Use
from migrator.reports.files import private_bytes, put_aside, remove
from migrator.reports.rejects import ADDED_COLUMNS, explanation, refusal, with_ours
from migrator.reports.workbook_book import MOST_CHARACTERS, MOST_COLUMNS, Book, Look, Page, fits, is_untouched
from migrator.reports.workbook_choices import Choice
from migrator.reports.workbook_values import VALUES_SHEET, Unmapped, count_unmapped, write_values
from migrator.reports.workbook_words import PLACES, Contents, read_me
from migrator.runner.prepare import Prepared

FILE = "problems.xlsx"
READ_ME_SHEET = "Read me"
ROWS_SHEET = "Rows"
LIST_SHEET = "Problems"
LIST_COLUMNS = (
    "migrator_key",
    "migrator_row",
    "migrator_column",
    "migrator_value",
    "migrator_problem",
    "migrator_hint",
)
MOST_ROWS = 20_000
"""Of each sheet: nobody corrects more one by one, spreadsheets become slow with so many comments, and
writing them should not take longer than reading the export."""

_OUR_WIDTHS = (40, 40, 20, 24, 12, 16)
_LIST_WIDTHS = (16, 24, 20, 30, 60, 60)
_MEASURED_ROWS = 200


@dataclass(frozen=True, slots=True)
class Home:
    """Where the rows come from and where they go back to."""

    columns: tuple[str, ...]
    """The header of the source, with repeats; () for nested records."""
    mapping: str
    ledger_id: str
    """"" where the export has not been run."""
    ledger_name: str
    """The ledger's file name, or the one that a run of the export will take."""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Faulty:
    """One row that is held back."""

    key: str
    place: str
    """Where it stands in the export, as `str(SourceRef)` says it."""
    original: tuple[str, ...] | str
    """As in `Record.original`."""
    problems: tuple[Problem, ...]
    refused: str = ""
    """What Featurebase said about it; "" where it was not asked."""

    @classmethod
    def of_ledger(cls, row: RejectedRow) -> Faulty:
        return cls(row.key, str(row.ref), row.original, row.problems, refusal(row))

    @classmethod
    def of_record(cls, prepared: Prepared) -> Faulty | None:
        """None for a row that is ready or left out."""
        if not isinstance(prepared.result, Rejected):
            return None
        record = prepared.record
        place = record.earlier_place or str(record.ref)
        return cls(prepared.result.key, place, record.original, prepared.result.problems)


class ProblemBook:
    """Takes rows in, one by one; use it with `with`. What was not finished when that ends leaves no file."""

    def __init__(self, folder: Path, home: Home, *, name: str = FILE) -> None:
        self._path = folder / name
        self._home = home
        self._open = ExitStack()
        self._book: Book | None = None
        self._read_me: Page | None = None
        self._rows: _RowSheet | None = None
        self._list: _ListSheet | None = None
        self._values: Counter[Unmapped] = Counter()
        self._more = 0
        self._unfit: list[str] = []
        self._unfit_count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        dropped = error or _Dropped()
        try:
            self._open.__exit__(type(dropped), dropped, trace)
        except _Dropped:
            self._book = None

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
        book = self._begun()
        wide = len(self._home.columns) + len(ADDED_COLUMNS)
        if isinstance(row.original, tuple) and self._home.columns and wide <= MOST_COLUMNS:
            self._add_row(book, row, row.original)
            return
        if self._list is None:
            self._list = _ListSheet(book.sheet(LIST_SHEET))
        if self._list.page.rows <= MOST_ROWS:
            self._list.add(row)
        else:
            self._more += 1

    def _add_row(self, book: Book, row: Faulty, cells: tuple[str, ...]) -> None:
        if not all(map(fits, cells)):
            self._unfit_count += 1
            if len(self._unfit) < PLACES:
                self._unfit.append(row.place)
            return
        if self._rows is None:
            self._rows = _RowSheet(book.sheet(ROWS_SHEET), self._home)
        if self._rows.page.rows <= MOST_ROWS:
            self._rows.add(row, cells)
        else:
            self._more += 1

    def finish(self) -> Path | None:
        """Completes the workbook. One that a person has saved since is kept under another name.

        Returns:
            The workbook; None where no row is held back: then one that was here goes, unless it was edited.

        Raises:
            DiskFull, LedgerError: The workbook cannot be written.
        """
        if self._book is None:
            if is_untouched(self._path):
                remove(self._path)
            return None
        if self._rows is not None:
            self._rows.finish()
        if self._list is not None:
            self._list.page.arrange(_LIST_WIDTHS)
        if self._values:
            write_values(self._book.sheet(VALUES_SHEET), self._values, self._home.choices)
        assert self._read_me is not None
        self._read_me.set_widths((110,))
        for is_title, line in read_me(self._contents()):
            self._read_me.add((line,), (Look.TITLE if is_title else Look.PROSE,))
        if self._path.exists() and not is_untouched(self._path):
            put_aside(self._path)
        self._open.close()
        self._book = None
        return self._path

    def _begun(self) -> Book:
        if self._book is None:
            file = self._open.enter_context(private_bytes(self._path))
            self._book = self._open.enter_context(Book(file, self._home.ledger_id))
            self._read_me = self._book.sheet(READ_ME_SHEET)
        return self._book

    def _contents(self) -> Contents:
        return Contents(
            name=self._path.name,
            mapping=self._home.mapping,
            ledger=self._home.ledger_name,
            is_run=bool(self._home.ledger_id),
            rows=self._rows.page.rows - 1 if self._rows else 0,
            listed=self._list.page.rows - 1 if self._list else 0,
            more=self._more,
            unfit=tuple(self._unfit),
            unfit_count=self._unfit_count,
            values=len(self._values),
        )


def of_workbook(path: Path) -> Beside:
    """The workbook, for a page to name."""
    return Beside(path.name, "what holds rows back, explained, to be corrected", Use.CORRECTING)


class _Dropped(Exception):
    """Makes `private_bytes` leave nothing behind."""


class _RowSheet:
    """The rows themselves."""

    def __init__(self, page: Page, home: Home) -> None:
        self.page = page
        self._home = home
        self._widths = [len(name) + 3 for name in home.columns]
        page.add((*home.columns, *ADDED_COLUMNS), [Look.HEADER] * (len(home.columns) + len(ADDED_COLUMNS)))

    def add(self, row: Faulty, cells: tuple[str, ...]) -> None:
        home, wide = self._home, len(self._home.columns)
        explained = (*explanation(row.problems, row.refused), row.place, home.ledger_id, home.ledger_name)
        ours = tuple(cell[:MOST_CHARACTERS] for cell in explained)
        comments: dict[int, str] = {}
        for problem in row.problems:
            for place in places_of(problem.column, home.columns):
                said = f"{problem.message}\nWay out: {problem.hint}" if problem.hint else problem.message
                comments[place] = f"{comments[place]}\n\n{said}" if place in comments else said
        whole = with_ours(cells, ours, row.problems, home.columns)
        looks = [Look.WRONG if place in comments else Look.PLAIN for place in range(wide)]
        looks += [Look.OURS] * len(ours) + [Look.WRONG] * (len(whole) - wide - len(ours))
        if self.page.rows < _MEASURED_ROWS:
            self._widths = [max(now, len(cell)) for now, cell in zip(self._widths, whole, strict=False)]
        self.page.add(whole, looks, comments)

    def finish(self) -> None:
        self.page.arrange((*(max(8, min(width, 48)) for width in self._widths), *_OUR_WIDTHS))
        offered: set[int] = set()
        for choice in self._home.choices:
            for name in choice.columns:
                for place in places_of(name, self._home.columns):
                    if choice.values and place not in offered:
                        offered.add(place)
                        self.page.offer(place, (1, self.page.rows - 1), choice.values, only=choice.only)


class _ListSheet:
    """The problems of records that are no rows."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.add(LIST_COLUMNS, [Look.HEADER] * len(LIST_COLUMNS))

    def add(self, row: Faulty) -> None:
        lines = [
            (problem.column, problem.value, f"{problem.code}: {problem.message}", problem.hint)
            for problem in row.problems
        ]
        if row.refused:
            lines.insert(0, ("", "", row.refused, ""))
        for line in lines:
            cells = (row.key, row.place, *line)
            self.page.add([cell[:MOST_CHARACTERS] for cell in cells])


def places_of(column: str, columns: tuple[str, ...]) -> list[int]:
    """The cells that a problem's column means; a name that repeats means all of its cells."""
    exact = [place for place, name in enumerate(columns) if name == column]
    if exact or not column:
        return exact
    folded = column.strip().casefold()
    if alike := [place for place, name in enumerate(columns) if name.strip().casefold() == folded]:
        return alike
    name, _, position = column.rpartition(".")  # one cell of a column that repeats: `Note.1`
    several = [place for place, each in enumerate(columns) if each == name]
    return several[int(position) :][:1] if position.isascii() and position.isdigit() else []
