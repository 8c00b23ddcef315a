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
from migrator.model import Problem, Record, SourceRef
from migrator.readers.base import Pass, ReadOptions, Source, SourceFile
from migrator.readers.delimited_rows import TextRow, TextRows
from migrator.readers.dialect import SAMPLE_CHARACTERS, Dialect, detect_dialect
from migrator.readers.faults import fault
from migrator.readers.kinds import Kind, kind_of
from migrator.readers.tables import Cells, Header, agree, describe, filled, ledger_of
from migrator.readers.text import DAMAGED, Encoding, detect_encoding, how_far


@dataclass(frozen=True, slots=True)
class _Layout:
    """How one file is written, and what its columns are."""

    encoding: Encoding
    dialect: Dialect
    header: Header


class Delimited(Source):
    """One or more delimited text files of the same columns, read one after the other."""

    def __init__(self, paths: Sequence[Path], options: ReadOptions) -> None:
        layouts = [_layout(path, options) for path in paths]
        super().__init__(
            "delimited", [_file(path, layout) for path, layout in zip(paths, layouts, strict=True)]
        )
        first = layouts[0].header
        self.why = f"a table as text: {self.files[0].details}, {len(first.columns)} columns"
        self.columns = first.columns
        self.ledger_id = ledger_of(first, layouts[0].dialect.rows_below)
        self._layouts: list[_Layout] = []
        for file, layout in zip(self.files, layouts, strict=True):
            self._layouts.append(replace(layout, header=agree(first, layout.header, file.name)))
            describe(self, file.name, layout.header)
            if layout.encoding.notice:
                self.notice("encoding-assumed", layout.encoding.notice, file.name)
            if skipped := layout.dialect.header_index:
                told = f"rows above the header are a title and were left out: {skipped}"
                self.notice("title-rows", told, file.name, skipped)

    def _read(self, current: Pass) -> Iterator[Record]:
        for file, layout in zip(self.files, self._layouts, strict=True):
            with layout.encoding.open(file.path) as text:
                current.position = how_far(text)
                try:
                    rows = TextRows(
                        text, file.name, layout.dialect.delimiter, instructed=layout.dialect.instructed
                    )
                    yield from _records(rows, file.name, layout, current)
                finally:
                    current.position = None
            current.finish_part(file.size_bytes)


def read_table(path: Path) -> list[tuple[int, tuple[str, ...]]]:
    """A small table, whole: the line of each row that is not blank, and its cells as written.

    Raises:
        SourceError: the file is not there, or is no table.
    """
    if kind_of(path) is not Kind.TABLE:
        raise SourceError("the file is no table as text", hint="save it as CSV", at=path.name)
    layout = _layout(path, ReadOptions())
    with layout.encoding.open(path) as text:
        table: list[tuple[int, tuple[str, ...]]] = []
        for row in TextRows(text, path.name, layout.dialect.delimiter, instructed=layout.dialect.instructed):
            if row.broken:
                problem = fault("broken-quote", SourceRef(path.name, 0), detail=f"line {row.line}")
                raise UnreadableSource(problem.message, hint=problem.hint, at=f"{path.name}, line {row.line}")
            if any(row.cells):
                table.append((row.line, tuple(row.cells)))
    return table


def _layout(path: Path, options: ReadOptions) -> _Layout:
    encoding = detect_encoding(path, options.encoding)
    sample = encoding.head(path, SAMPLE_CHARACTERS)
    try:
        dialect = detect_dialect(sample, options.delimiter, whole=len(sample) < SAMPLE_CHARACTERS - 1)
    except SourceError as error:
        raise SourceError(error.message, hint=error.hint, at=path.name) from None
    if not filled(dialect.header):
        raise SourceError("the file holds no table", hint="give the file that was exported", at=path.name)
    return _Layout(encoding, dialect, Header.of(dialect.header))


def _file(path: Path, layout: _Layout) -> SourceFile:
    details = f"{layout.encoding.label}, {layout.dialect.label}"
    return SourceFile(path.name, "csv", path.stat().st_size, details, path)


def _records(rows: TextRows, file: str, layout: _Layout, current: Pass) -> Iterator[Record]:
    skip = layout.dialect.header_index + 1
    header, plain = layout.header, layout.header.plain
    blank = 0
    found = False
    for number, row in enumerate(rows, start=1):
        if number <= skip:
            continue
        cells = row.cells = header.trimmed(row.cells)
        if not any(cells):
            blank += 1
            continue
        found = True
        ref = SourceRef(file, number, "", row.line)
        arranged = tuple(cells) if plain else header.arrange(cells)
        fits = len(cells) == header.width and not row.broken and not row.suspicious
        problems = () if fits else tuple(_problems(ref, row, header, arranged))
        yield Record(ref, header.values(arranged), arranged, problems, header.earlier_place(cells))
    if blank:
        current.tell("blank-rows", f"empty rows were left out: {blank}", file, blank)
    if not found:
        current.tell("no-rows", "the table has a header and no rows", file)


def _problems(ref: SourceRef, row: TextRow, header: Header, arranged: Cells) -> Iterator[Problem]:
    detail = f"{len(row.cells)} instead of {header.width}, at line {row.line}"
    if row.broken:
        yield fault("broken-quote", ref, detail=f"the row begins at line {row.line}")
    if len(row.cells) < header.width:
        yield fault("row-too-short", ref, detail=detail)
    elif len(row.cells) > header.width:
        yield fault("row-too-long", ref, detail=detail, value=row.cells[header.width])
    if row.suspicious:
        for column, cell in zip(header.columns, arranged, strict=False):
            if "\0" in cell:
                yield fault("nul-character", ref, column=column, value=cell)
            elif DAMAGED.search(cell):
                yield fault("damaged-text", ref, column=column, value=cell)
