"""Workbooks (`.xlsx`, `.xlsm`): which of their sheets are the table, and its rows as records.

What a cell says is decided in `cells.py`; opening the file safely and finding its rows is `package.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from migrator.errors import SourceError
from migrator.model import Problem, Record, SourceRef
from migrator.readers.base import Pass, ReadOptions, Source, SourceFile
from migrator.readers.faults import fault
from migrator.readers.package import Package, Row, Sheet
from migrator.readers.tables import Header, agree, describe, filled, header_index, ledger_of

_SAMPLE_ROWS = 60


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


class Workbook(Source):
    """One or more workbooks whose sheets hold the same columns, read one after the other."""

    def __init__(self, paths: Sequence[Path], options: ReadOptions) -> None:
        files: list[SourceFile] = []
        chosen: list[list[_Table]] = []
        left_out: list[tuple[str, str]] = []
        for path in paths:
            with Package(path) as package:
                tables, others = _choose(package, options.sheet, path.name)
            names = ", ".join(table.sheet.name for table in tables)
            details = f"sheet {names}" if len(tables) == 1 else f"sheets {names}"
            files.append(SourceFile(path.name, "xlsx", path.stat().st_size, details, path))
            chosen.append(tables)
            left_out += [(path.name, other) for other in others]
        super().__init__("workbook", files)
        first = chosen[0][0]
        self.why = f"a workbook: {files[0].details}, {len(first.header.columns)} columns"
        self.columns = first.header.columns
        self.ledger_id = ledger_of(first.header, [row.cells for row in first.sample])
        self._tables: list[list[_Table]] = []
        for file, tables in zip(files, chosen, strict=True):
            self._tables.append([self._fit(file.name, first, table) for table in tables])
        for name, other in left_out:
            self.notice("sheet-left-out", f"a sheet was not read: {other}", name)

    def _fit(self, file: str, first: _Table, table: _Table) -> _Table:
        place = f"{file}[{table.sheet.name}]"
        describe(self, place, table.header)
        if table.title_rows:
            count = table.title_rows
            self.notice(
                "title-rows", f"rows above the header are a title and were left out: {count}", place, count
            )
        header = agree(first.header, table.header, place)
        return _Table(table.sheet, header, table.header_row, table.title_rows, table.sample)

    def _read(self, current: Pass) -> Iterator[Record]:
        for file, tables in zip(self.files, self._tables, strict=True):
            with Package(file.path) as package:
                for table in tables:
                    yield from _read_table(package, file, table, current, file.size_bytes // len(tables))
            current.finish_part(file.size_bytes % len(tables))


def _read_table(
    package: Package, file: SourceFile, table: _Table, current: Pass, work: int
) -> Iterator[Record]:
    blank = 0
    number = previous = table.header_row
    place = f"{file.name}[{table.sheet.name}]"
    current.position = lambda: work * number // max(table.sheet.rows, number, 1)
    found = False
    for row in package.rows(table.sheet):
        if row.number <= table.header_row:
            continue
        number = row.number
        if not any(row.cells) and not row.faults:
            continue
        found = True
        blank += number - previous - 1
        previous = number
        yield _record(SourceRef(file.name, number, table.sheet.name), table.header, row)
    blank += number - previous
    if blank:
        current.tell("blank-rows", f"empty rows were left out: {blank}", place, blank)
    if not found:
        current.tell("no-rows", "the table has a header and no rows", place)
    current.finish_part(work)


def _record(ref: SourceRef, header: Header, row: Row) -> Record:
    cells = row.cells
    if len(cells) < header.width:
        cells = cells + [""] * (header.width - len(cells))
    elif len(cells) > header.width:
        cells = cells[: max(filled(cells), header.width)]
    arranged = tuple(cells) if header.plain else header.arrange(cells)
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
    return Record(ref, header.values(arranged), arranged, tuple(problems), header.earlier_place(cells))


def _choose(package: Package, wanted: str, file: str) -> tuple[list[_Table], list[str]]:
    """The sheets to read, and what to tell about the others. Nothing is guessed.

    Raises:
        SourceError: several sheets could be the table, or none.
    """
    sheets = package.sheets()
    if wanted:
        named = [s for s in sheets if s.name == wanted] or [
            s for s in sheets if s.name.casefold() == wanted.casefold()
        ]
        if not named:
            known = ", ".join(repr(s.name) for s in sheets)
            raise SourceError(f"there is no sheet {wanted!r}", hint=f"it has: {known}", at=file)
        table = _table(package, named[0])
        if table is None:
            raise SourceError(f"the sheet {wanted!r} is empty", hint="name another sheet", at=file)
        return [table], [s.name for s in sheets if s is not named[0]]
    visible = [(s, _table(package, s)) for s in sheets if not s.hidden]
    tables = [table for _, table in visible if table is not None]
    full = [table for table in tables if table.sample]
    chosen = full or tables[:1]
    if not chosen:
        raise SourceError(
            "the workbook holds no table in a visible sheet",
            hint="give the workbook that holds the tickets, or name a hidden sheet with --sheet",
            at=file,
        )
    if any(Counter(table.header.columns) != Counter(chosen[0].header.columns) for table in chosen):
        names = ", ".join(repr(table.sheet.name) for table in chosen)
        raise SourceError(
            f"several sheets could hold the tickets: {names}", hint="name one with --sheet", at=file
        )
    read = {table.sheet.name for table in chosen}
    others = [f"{s.name} (hidden)" if s.hidden else s.name for s in sheets if s.name not in read]
    return chosen, others


def _table(package: Package, sheet: Sheet) -> _Table | None:
    """The table at the beginning of a sheet; None for an empty sheet."""
    sample = [row for row in islice(package.rows(sheet), 20 * _SAMPLE_ROWS) if filled(row.cells)][
        :_SAMPLE_ROWS
    ]
    if not sample:
        return None
    index = header_index([row.cells for row in sample])
    head = sample[index]
    header = Header.of(head.cells[: filled(head.cells)])
    return _Table(sheet, header, head.number, index, tuple(sample[index + 1 :]))
