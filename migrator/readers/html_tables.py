"""Tables of an HTML page, which helpdesks name `.xls`; streamed, and nothing in a cell is interpreted.

Text is what a browser would show: white space runs together, `<br>` and paragraphs break the line, a cell
that spans columns or rows stands in the first of them. A table inside a cell is text of that cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from html.parser import HTMLParser
from types import TracebackType
from typing import Self

from migrator.errors import SourceError, UnreadableSource
from migrator.readers.blobs import Blob
from migrator.readers.cells import Fault, checked_text
from migrator.readers.dialect import LONGEST_CELL_CHARACTERS
from migrator.readers.sheets import MOST_COLUMNS, MOST_ROWS, Row, Sheet
from migrator.readers.text import HEAD_BYTES, Encoding, detect_encoding, how_far
from migrator.readers.xml_stream import TooMuch

_CHUNK_CHARACTERS = 1 << 16
_LONGEST_TAG = 1 << 22
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_BEGINNING = re.compile(r"\s*(?:<!doctype html|<html|<table|<meta|<head|<style|<body|<div)\b", re.IGNORECASE)
_BLOCKS = frozenset(("p", "div", "li", "tr", "h1", "h2", "h3", "h4", "pre", "blockquote"))
_SILENT = frozenset(("script", "style"))
_BLOCK_BREAK = "\v"
_SPACE = re.compile("[ \t\r\n\f\v]+")
_SPACE_RUN = re.compile("  +")
_BREAKS = re.compile(" *\v[\v ]*")


def begins_html(text: str) -> bool:
    """Whether a document that begins with `text` is a page that may hold tables."""
    return _BEGINNING.match(text) is not None


class HtmlTables:
    """The tables of a page as the sheets of a workbook; a `Book`."""

    kind = "html"
    caution = ""

    def __init__(self, blob: Blob) -> None:
        self._name = blob.name
        self._blob = blob
        self._size_bytes = max(blob.size_bytes, 1)
        self.share = 0.0
        with blob.open("rb") as file:
            declared = _CHARSET.search(file.read(HEAD_BYTES))
        self._encoding = _encoding(blob, declared[1].decode() if declared else "")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def sheets(self) -> list[Sheet]:
        last = max((table for table, _ in self._rows()), default=0)
        return [Sheet(f"table {number}", False, str(number)) for number in range(1, last + 1)]

    def rows(self, sheet: Sheet) -> Iterator[Row]:
        for table, row in self._rows():
            if table > int(sheet.place):
                return
            if table == int(sheet.place):
                if row.number > MOST_ROWS:
                    raise UnreadableSource(
                        f"the table has more than {MOST_ROWS:,} rows",
                        hint="export it again in parts, or as CSV",
                        at=f"{self._name}[{sheet.name}], row {row.number}",
                    )
                yield row

    def _rows(self) -> Iterator[tuple[int, Row]]:
        parser = _TableParser()
        with self._encoding.open(self._blob) as text:
            position = how_far(text)
            try:
                while chunk := text.read(_CHUNK_CHARACTERS):
                    parser.feed(chunk)
                    if len(parser.rawdata) > _LONGEST_TAG:
                        raise ValueError("a tag that never ends")
                    self.share = position() / self._size_bytes
                    yield from parser.taken()
                parser.close()
                yield from parser.taken()
            except (ValueError, AssertionError) as error:  # html.parser asserts that declarations are sound
                raise UnreadableSource(
                    str(error) if isinstance(error, TooMuch) else "the page is damaged",
                    hint="export it again, as CSV if the helpdesk can",
                    at=self._name,
                ) from error


def _encoding(blob: Blob, declared: str) -> Encoding:
    """What the bytes say, and where they leave it open what the page says of itself.

    Raises:
        UnreadableSource: neither tells.
    """
    unknown = None
    try:
        found = detect_encoding(blob)
    except UnreadableSource as error:
        unknown = UnreadableSource(
            error.message, hint="export it again, as CSV if the helpdesk can", at=error.at
        )
    if declared and (unknown or found.label == "Windows-1252"):
        with suppress(SourceError):  # no encoding, or not that of this page
            return detect_encoding(blob, declared)
    if unknown:
        raise unknown
    return found


class _TableParser(HTMLParser):
    """Collects the rows of the outermost tables."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._ready: list[tuple[int, Row]] = []
        self._table = 0
        self._depth = 0
        self._number = 0
        self._cells: list[str] | None = None
        """The row in hand."""
        self._words: list[str] | None = None
        """The cell in hand."""
        self._length = 0
        self._silent = False
        self._wide = 1
        self._below: dict[int, int] = {}
        """Columns that a cell above still spans, with the number of rows."""
        self._begun: dict[int, int] = {}
        """The same, of cells that begin in the row in hand."""

    def taken(self) -> list[tuple[int, Row]]:
        """The rows that were completed, each with the number of its table; once."""
        taken, self._ready = self._ready, []
        return taken

    def close(self) -> None:
        super().close()
        self._end_row()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                self._table += 1
                self._number = 0
                self._below.clear()
        elif self._depth == 1 and tag == "tr":
            self._end_row()
            self._cells = []
        elif self._depth == 1 and tag in ("td", "th"):
            self._end_cell()
            self._begin_cell(dict(attrs))
        elif tag in _SILENT:
            self._silent = True
        elif self._words is not None:
            if tag == "br":
                self._words.append("\n")
            elif tag in _BLOCKS:
                self._words.append(_BLOCK_BREAK)

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            if self._depth == 1:
                self._end_row()
            self._depth = max(0, self._depth - 1)
        elif self._depth == 1 and tag == "tr":
            self._end_row()
        elif self._depth == 1 and tag in ("td", "th"):
            self._end_cell()
        elif tag in _SILENT:
            self._silent = False
        elif tag in _BLOCKS and self._words is not None:
            self._words.append(_BLOCK_BREAK)

    def handle_data(self, data: str) -> None:
        if self._words is not None and not self._silent:
            self._words.append(_SPACE.sub(" ", data))
            self._length += len(data)
            if self._length > LONGEST_CELL_CHARACTERS:
                raise TooMuch(f"a cell is longer than {LONGEST_CELL_CHARACTERS >> 20} million characters")

    def _begin_cell(self, attributes: dict[str, str | None]) -> None:
        if self._cells is None:
            self._cells = []
        while self._below.get(len(self._cells)):
            self._cells.append("")
        self._wide = _span(attributes.get("colspan"))
        if len(self._cells) + self._wide > MOST_COLUMNS:
            raise TooMuch(f"a row has more than {MOST_COLUMNS:,} cells, as no spreadsheet has them")
        for column in range(len(self._cells), len(self._cells) + self._wide):
            self._begun[column] = _span(attributes.get("rowspan")) - 1
        self._words = []
        self._length = 0

    def _end_cell(self) -> None:
        if self._words is None or self._cells is None:
            return
        text = _BREAKS.sub("\n", _SPACE_RUN.sub(" ", "".join(self._words)))
        lines = [line.strip(" ") for line in text.split("\n")]
        text = "\n".join(lines).strip("\n")
        self._cells += [text if text.strip("\u00a0") else "", *[""] * (self._wide - 1)]
        self._words = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._cells is None:
            return
        self._number += 1
        faults: list[Fault] = []
        for position, text in enumerate(self._cells):
            checked_text(text, position, faults)
        self._ready.append((self._table, Row(self._number, self._cells, tuple(faults))))
        self._below = {column: rows - 1 for column, rows in self._below.items() if rows > 1} | self._begun
        self._begun = {}
        self._cells = None


def _span(said: str | None) -> int:
    """How many columns or rows a cell says that it spans."""
    return max(1, int(said)) if said and said.isdecimal() and len(said) < 6 else 1
