"""Workbooks of every kind: which of their sheets are the table, and its rows as records.

What a file says, sheet by sheet and row by row, is the business of the kinds of books (`sheets.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from migrator.errors import SourceError
from migrator.model import Problem, Record, SourceRef
from migrator.readers.base import (
    LEDGER_FILE_KEY,
    LEDGER_KEY,
    OWN_PREFIX,
    PLACE_KEY,
    Pass,
    ReadOptions,
    Source,
    SourceFile,
)
from migrator.readers.blobs import Blob
from migrator.readers.books import caution_of, open_book
from migrator.readers.faults import fault
from migrator.readers.sheets import Book, Row, Sheet
from migrator.readers.spoilt_columns import tell_spoilt
from migrator.readers.tables import (
    Header,
    agree,
    columns_of,
    describe,
    filled,
    header_index,
    names_title,
    own_text,
    rows_of_tickets,
)

ROWS_SHEET = "Rows"
"""In a workbook that we wrote: the rows to correct, which are read whatever other sheets there are."""
EXPLAINING_SHEETS = frozenset(("Read me", "Value maps"))
_SAMPLE_ROWS = 60
_PIVOTS = frozenset(
    (
        *("row labels", "zeilenbeschriftungen", "étiquettes de lignes", "etiquetas de fila"),
        *("etichette di riga", "rijlabels", "rótulos de linha", "etykiety wierszy"),
    )
)
"""How spreadsheets head the first column of a pivot table: all that tells one that was pasted."""


@dataclass(frozen=True, slots=True)
class _Table:
    """A sheet with a header."""

    sheet: Sheet
    header: Header
    header_row: int
    """Its number in the sheet."""
    title_rows: int
    sample: tuple[Row, ...]
    """The first rows below the header that are not blank."""

    @property
    def is_ours(self) -> bool:
        """Whether we wrote it, for a person to correct."""
        return any(name in (LEDGER_KEY, PLACE_KEY) for name, _ in self.header.own)

    @property
    def is_beside(self) -> bool:
        """Whether it only stands beside the tickets: a cover, a list of words, a pivot table."""
        columns = self.header.columns
        return self.sheet.pivot or len(columns) == 1 or columns[0].casefold() in _PIVOTS


class Workbook(Source):
    """One or more workbooks whose sheets hold the same columns, read one after the other."""

    def __init__(self, blobs: Sequence[Blob], options: ReadOptions) -> None:
        self._fast = options.fast
        self._blobs = tuple(blobs)
        files: list[SourceFile] = []
        chosen: list[list[_Table]] = []
        left_out: list[tuple[str, str]] = []
        cautions: list[str] = []
        for blob in blobs:
            with open_book(blob) as book:
                tables, others = _choose(book, options.sheet, blob.name)
                cautions.append(caution_of(book, fast=options.fast))
            names = ", ".join(table.sheet.name for table in tables)
            details = f"sheet {names}" if len(tables) == 1 else f"sheets {names}"
            files.append(SourceFile(blob.name, book.kind, blob.size_bytes, details, blob.path))
            chosen.append(tables)
            left_out += [(blob.name, other) for other in others]
        super().__init__("workbook", files)
        first = chosen[0][0]
        self.why = f"a workbook: {files[0].details}, {columns_of(first.header)}"
        self.columns = first.header.columns
        sample = [row.cells for row in first.sample]
        self.ledger_id = own_text(first.header, sample, LEDGER_KEY)
        self.ledger_name = own_text(first.header, sample, LEDGER_FILE_KEY)
        self._tables: list[list[_Table]] = []
        for file, tables in zip(files, chosen, strict=True):
            self._tables.append([self._fit(file.name, first, table) for table in tables])
        for name, other in left_out:
            self.notice("sheet-left-out", f"a sheet was not read: {other}", name)
        for file, caution in zip(files, cautions, strict=True):
            if caution:
                self.notice("values-only", caution, file.name)

    def _fit(self, file: str, first: _Table, table: _Table) -> _Table:
        place = f"{file}[{table.sheet.name}]"
        sample = [row.cells for row in table.sample]
        describe(self, place, table.header, sample)
        tell_spoilt(self, place, table.header, sample)
        if table.title_rows:
            count = table.title_rows
            self.notice(
                "title-rows", f"rows above the header are a title and were left out: {count}", place, count
            )
        header = agree(first.header, table.header, place)
        return _Table(table.sheet, header, table.header_row, table.title_rows, table.sample)

    def _read(self, current: Pass) -> Iterator[Record]:
        for blob, file, tables in zip(self._blobs, self.files, self._tables, strict=True):
            with open_book(blob, fast=self._fast) as book:
                for table in tables:
                    place = f"{file.name}[{table.sheet.name}]"
                    records = _read_table(book, file, table, current, file.size_bytes // len(tables))
                    yield from rows_of_tickets(records, table.header.columns, current, place)
            current.finish_part(file.size_bytes % len(tables))


def _read_table(book: Book, file: SourceFile, table: _Table, current: Pass, work: int) -> Iterator[Record]:
    blank = hidden = 0
    header, plain = table.header, table.header.plain
    number = previous = table.header_row
    place = f"{file.name}[{table.sheet.name}]"
    current.position = lambda: int(work * book.share)
    found = False
    for row in book.rows(table.sheet):
        if row.number <= table.header_row:
            continue
        number = row.number
        if not any(row.cells) and not row.faults:
            continue
        found = True
        blank += number - previous - 1
        previous = number
        hidden += row.hidden
        yield _record(SourceRef(file.name, number, table.sheet.name), header, row, plain)
    blank += number - previous
    if blank:
        current.tell("blank-rows", f"empty rows were left out: {blank}", place, blank)
    if hidden:
        told = f"rows that the sheet hides, as a filter does, are read all the same: {hidden}"
        current.tell("hidden-rows", told, place, hidden)
    if not found:
        current.tell("no-rows", "the table has a header and no rows", place)
    current.finish_part(work)


def _record(ref: SourceRef, header: Header, row: Row, plain: bool) -> Record:
    cells = row.cells
    if len(cells) < header.width:
        cells = cells + [""] * (header.width - len(cells))
    elif len(cells) > header.width:
        cells = cells[: max(filled(cells), header.width)]
    arranged = tuple(cells) if plain else header.arrange(cells)
    problems: list[Problem] = []
    if len(cells) > header.width:
        detail = f"{len(cells)} instead of {header.width}"
        problems.append(fault("row-too-long", ref, detail=detail, value=cells[-1]))
    if row.faults:
        names = dict(zip(header.positions, header.columns, strict=True))
        problems += [
            fault(each.code, ref, column=names.get(each.position, ""), value=each.value)
            for each in row.faults
        ]
    place = header.earlier_place(cells) if header.own else ""
    return Record(ref, header.values(arranged), arranged, tuple(problems), place)


def _choose(book: Book, wanted: str, file: str) -> tuple[list[_Table], list[str]]:
    """The sheets to read, and what to tell about the others. Nothing is guessed.

    Raises:
        SourceError: several sheets could be the table, or none.
    """
    sheets = book.sheets()
    if wanted:
        named = [s for s in sheets if s.name == wanted] or [
            s for s in sheets if s.name.casefold() == wanted.casefold()
        ]
        if not named:
            known = ", ".join(repr(s.name) for s in sheets)
            raise SourceError(f"there is no sheet {wanted!r}", hint=f"it has: {known}", at=file)
        table = _table(book, named[0])
        if table is None:
            raise SourceError(f"the sheet {wanted!r} is empty", hint="name another sheet", at=file)
        return [table], [s.name for s in sheets if s is not named[0]]
    chosen, ours = _candidates(book, sheets, file)
    if _differ(chosen):
        chosen = _with_titles(chosen)
    if _differ(chosen):
        names = ", ".join(repr(table.sheet.name) for table in chosen)
        raise SourceError(
            f"several sheets could hold the tickets: {names}", hint="name one with --sheet", at=file
        )
    read = {table.sheet.name for table in chosen}
    left_out = [each for each in sheets if each.name not in read and not (ours and _explains(each))]
    return chosen, [f"{each.name} (hidden)" if each.hidden else each.name for each in left_out]


def _candidates(book: Book, sheets: Sequence[Sheet], file: str) -> tuple[list[_Table], bool]:
    """The tables that could be read, and whether the workbook is one of ours.

    Raises:
        SourceError: there is none.
    """
    tables = [table for each in sheets if not each.hidden and (table := _table(book, each))]
    ours = [table for table in tables if table.is_ours]
    candidates = [table for table in ours if table.sheet.name == ROWS_SHEET] or ours or tables
    if ours and not any(table.header.columns for table in candidates):
        raise SourceError(
            "this workbook lists problems, and has no rows to correct",
            hint="correct the export, or the file rejects.ndjson of a run, and give that; values that you "
            "have filled in are taken with --values",
            at=file,
        )
    full = [table for table in candidates if table.sample]
    found = full or candidates[:1]
    if not found:
        raise SourceError(
            "the workbook holds no table in a visible sheet",
            hint="give the workbook that holds the tickets, or name a hidden sheet with --sheet",
            at=file,
        )
    if _differ(found):
        found = [table for table in found if not table.is_beside] or found
    return found, bool(ours)


def _with_titles(tables: Sequence[_Table]) -> list[_Table]:
    """Of tables that differ the only one that could be of tickets, or all of them."""
    titled = [table for table in tables if names_title(table.header.columns)]
    return titled if len(titled) == 1 else list(tables)


def _differ(tables: Sequence[_Table]) -> bool:
    first = Counter(tables[0].header.columns)
    return any(Counter(table.header.columns) != first for table in tables)


def sheets_apart(blob: Blob) -> tuple[str, ...]:
    """The sheets of a workbook that hold tables of different columns; empty where all of them are one table.

    Raises:
        SourceError: it is damaged, or holds no table.
    """
    with open_book(blob) as book:
        sheets = book.sheets()
        if sum(not sheet.hidden for sheet in sheets) < 2:
            return ()
        found, _ = _candidates(book, sheets, blob.name)
        return tuple(table.sheet.name for table in found) if _differ(found) else ()


def _explains(sheet: Sheet) -> bool:
    """Whether a sheet of a workbook of ours is there for people only."""
    return sheet.name in EXPLAINING_SHEETS or sheet.name.startswith(OWN_PREFIX.rstrip("_"))


def _table(book: Book, sheet: Sheet) -> _Table | None:
    """The table at the beginning of a sheet; None for an empty sheet."""
    sample = [row for row in islice(book.rows(sheet), 20 * _SAMPLE_ROWS) if filled(row.cells)][:_SAMPLE_ROWS]
    if not sample:
        return None
    index = header_index([row.cells for row in sample])
    head = sample[index]
    header = Header.of(head.cells[: filled(head.cells)])
    return _Table(sheet, header, head.number, index, tuple(sample[index + 1 :]))
