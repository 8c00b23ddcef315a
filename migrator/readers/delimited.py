"""Tables as delimited text: CSV, TSV and their relatives.

Cells come out as they were written, line breaks inside quotes included. A row that does not fit its header
is never shifted: it becomes a record with a problem. How a file is written is detected in `text.py` and
`dialect.py`; lines become rows in `delimited_rows.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from migrator.errors import SourceError, UnreadableSource
from migrator.model import Problem, Record, SourceRef, Value
from migrator.readers.base import LEDGER_FILE_KEY, LEDGER_KEY, Pass, ReadOptions, Source, SourceFile
from migrator.readers.blobs import Blob, OnDisk
from migrator.readers.delimited_rows import TextRows
from migrator.readers.dialect import SAMPLE_CHARACTERS, Dialect, detect_dialect
from migrator.readers.faults import fault
from migrator.readers.kinds import Kind, kind_of, must_be_file
from migrator.readers.spoilt_columns import tell_spoilt
from migrator.readers.tables import (
    Cells,
    Header,
    agree,
    columns_of,
    describe,
    filled,
    own_text,
    rows_of_tickets,
)
from migrator.readers.text import DAMAGED, Encoding, detect_encoding, how_far

_END_OF_FILE = "\x1a"
"""How DOS ended text files, and some programs still do."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """How one file is written, and what its columns are."""

    encoding: Encoding
    dialect: Dialect
    header: Header


class Delimited(Source):
    """One or more delimited text files of the same columns, read one after the other."""

    def __init__(self, blobs: Sequence[Blob], options: ReadOptions) -> None:
        layouts = [_layout(blob, options) for blob in blobs]
        super().__init__(
            "delimited", [_file(blob, layout) for blob, layout in zip(blobs, layouts, strict=True)]
        )
        self._blobs = tuple(blobs)
        first = layouts[0].header
        self.why = f"a table as text: {self.files[0].details}, {columns_of(first)}"
        self.columns = first.columns
        self.ledger_id = own_text(first, layouts[0].dialect.rows_below, LEDGER_KEY)
        self.ledger_name = own_text(first, layouts[0].dialect.rows_below, LEDGER_FILE_KEY)
        self._layouts: list[_Layout] = []
        for file, layout in zip(self.files, layouts, strict=True):
            self._layouts.append(replace(layout, header=agree(first, layout.header, file.name)))
            describe(self, file.name, layout.header, layout.dialect.rows_below)
            tell_spoilt(self, file.name, layout.header, layout.dialect.rows_below)
            if len(layout.header.columns) == 1:
                told = "the table has a single column; name its --delimiter if it has more"
                self.notice("single-column", told, file.name)
            if layout.encoding.notice:
                self.notice("encoding-assumed", layout.encoding.notice, file.name)
            if layout.dialect.wrapped:
                told = "every line is quoted as a whole; the table inside the quotes is read"
                self.notice("lines-quoted", told, file.name)
            if skipped := layout.dialect.header_index:
                told = f"rows above the header are a title and were left out: {skipped}"
                self.notice("title-rows", told, file.name, skipped)

    def _read(self, current: Pass) -> Iterator[Record]:
        for file, blob, layout in zip(self.files, self._blobs, self._layouts, strict=True):
            with layout.encoding.open(blob) as text:
                current.position = how_far(text)
                try:
                    rows = TextRows(text, file.name, layout.dialect)
                    records = _records(rows, file.name, layout, current)
                    yield from rows_of_tickets(records, layout.header.columns, current, file.name)
                finally:
                    current.position = None
            current.finish_part(file.size_bytes)


def read_table(path: Path) -> list[tuple[int, tuple[str, ...]]]:
    """A small table, whole: the line of each row that is not blank, and its cells as written.

    Raises:
        SourceError: the file is not there, or is no table.
    """
    must_be_file(path)
    file = OnDisk(path)
    if kind_of(file) is not Kind.TABLE:
        raise SourceError("the file is no table as text", hint="save it as CSV", at=path.name)
    layout = _layout(file, ReadOptions())
    with layout.encoding.open(file) as text:
        table: list[tuple[int, tuple[str, ...]]] = []
        rows = TextRows(text, path.name, layout.dialect)
        for cells in rows:
            if rows.broken:
                problem = fault("broken-quote", SourceRef(path.name, 0), detail=f"line {rows.line}")
                raise UnreadableSource(
                    problem.message, hint=problem.hint, at=f"{path.name}, line {rows.line}"
                )
            if any(cells):
                table.append((rows.line, tuple(cells)))
    return table


def _layout(blob: Blob, options: ReadOptions) -> _Layout:
    encoding = detect_encoding(blob, options.encoding)
    sample = encoding.head(blob, SAMPLE_CHARACTERS)
    try:
        dialect = detect_dialect(sample, options.delimiter, whole=len(sample) < SAMPLE_CHARACTERS - 1)
    except SourceError as error:
        raise SourceError(error.message, hint=error.hint, at=blob.name) from None
    if not filled(dialect.header):
        raise SourceError("the file holds no table", hint="give the file that was exported", at=blob.name)
    return _Layout(encoding, dialect, Header.of(dialect.header))


def _file(blob: Blob, layout: _Layout) -> SourceFile:
    details = f"{layout.encoding.label}, {layout.dialect.label}"
    return SourceFile(blob.name, "csv", blob.size_bytes, details, blob.path)


def _records(rows: TextRows, file: str, layout: _Layout, current: Pass) -> Iterator[Record]:
    above = layout.dialect.header_index + 1
    header, plain, width = layout.header, layout.header.plain, layout.header.width
    named = None if header.repeated else header.columns
    blank = 0
    found = False
    for number, cells in enumerate(rows, start=1):
        if number <= above:
            continue
        if header.padded:
            cells = header.trimmed(cells)
        if not any(cells) or cells == [_END_OF_FILE]:
            blank += 1
            continue
        found = True
        ref = SourceRef(file, number, "", rows.line)
        arranged = tuple(cells) if plain else header.arrange(cells)
        fits = len(cells) == width and not rows.broken and not rows.suspicious
        problems = () if fits else tuple(_problems(ref, rows, cells, header, arranged))
        place = header.earlier_place(cells) if header.own else ""
        values: dict[str, Value] = (
            dict(zip(named, arranged, strict=False)) if named else header.values(arranged)
        )
        yield Record(ref, values, arranged, problems, place)
    if blank:
        current.tell("blank-rows", f"empty rows were left out: {blank}", file, blank)
    if not found:
        current.tell("no-rows", "the table has a header and no rows", file)


def _problems(
    ref: SourceRef, rows: TextRows, cells: Cells, header: Header, arranged: Cells
) -> Iterator[Problem]:
    detail = f"{len(cells)} instead of {header.width}, at line {rows.line}"
    if rows.broken:
        yield fault("broken-quote", ref, detail=f"the row begins at line {rows.line}")
    if len(cells) < header.width:
        yield fault("row-too-short", ref, detail=detail)
    elif len(cells) > header.width:
        yield fault("row-too-long", ref, detail=detail, value=cells[header.width])
    if rows.suspicious:
        for column, cell in zip(header.columns, arranged, strict=False):
            if "\0" in cell:
                yield fault("nul-character", ref, column=column, value=cell)
            elif DAMAGED.search(cell):
                yield fault("damaged-text", ref, column=column, value=cell)
