"""Lines of a delimited text file become rows of cells, with the line at which each begins.

The csv module reads strictly here, so that a misplaced quote is noticed; the row it stands in is then read as
a spreadsheet would read it, and marked.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Literal, TextIO

from migrator.errors import UnreadableSource
from migrator.readers.dialect import LONGEST_CELL_CHARACTERS, Dialect, unwrapped
from migrator.readers.text import looks_damaged

QUOTE = '"'


class TextRows:
    """The rows of one file, each a list of its cells as they were written; blank ones included; iterate once.

    Attributes:
        line: The physical line at which the row in hand begins, from 1.
        broken: It has a quoted cell with a quote inside that is not doubled, or it may be a shred of one.
        suspicious: Somewhere in it is a NUL, or text that looks damaged.
    """

    def __init__(self, text: TextIO, file: str, dialect: Dialect) -> None:
        """
        Args:
            text: The open file, its line breaks as they are.
        """
        self.line = 0
        self.broken = False
        self.suspicious = False
        self._file = file
        self._delimiter = dialect.delimiter
        self._wrapped = dialect.wrapped
        self._quoting: Literal[0, 3] = csv.QUOTE_NONE if dialect.literal_quotes else csv.QUOTE_MINIMAL
        self._before = 0
        self._row_lines: list[str] = []
        first = next(text, "").removeprefix("\ufeff")
        if dialect.instructed:
            self._before = 1
        self._lines = self._remembered(text if dialect.instructed else chain((first,), text))

    def _remembered(self, lines: Iterable[str]) -> Iterator[str]:
        remember = self._row_lines.append
        for line in lines:
            remember(line)
            # Where characters are wide, counting is several times faster than searching.
            if "\0" in line if line.isascii() else looks_damaged(line) or line.count("\0"):
                self.suspicious = True
            yield line

    def __iter__(self) -> Iterator[list[str]]:
        csv.field_size_limit(LONGEST_CELL_CHARACTERS)
        reader = csv.reader(self._lines, delimiter=self._delimiter, strict=True, quoting=self._quoting)
        forget = self._row_lines.clear
        while True:
            forget()
            self.suspicious = False
            begins = self.line = self._before + reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if not str(error).endswith(f"expected after '{QUOTE}'"):
                    raise self._unclosed(begins) from error
                cells = self._leniently(begins)
                self.broken = True
            else:
                if self.broken:
                    # What follows a broken row may be the rest of its cell, which ends in an odd quote.
                    self.broken = sum(line.count(QUOTE) for line in self._row_lines) % 2 == 1
            if self._wrapped and len(cells) == 1:
                inside = unwrapped(cells[0], self._delimiter)
                self.broken = inside is None and cells != [""]
                cells = inside or cells
            yield cells

    def _leniently(self, begins: int) -> list[str]:
        """The row whose first lines were taken already, read as a spreadsheet would."""
        taken = tuple(self._row_lines)
        reader = csv.reader(chain(taken, self._lines), delimiter=self._delimiter)
        try:
            cells = next(reader)
        except csv.Error as error:
            raise self._unclosed(begins) from error
        self._before += reader.line_num - len(taken)
        return cells

    def _unclosed(self, begins: int) -> UnreadableSource:
        """The file ended, or a cell outgrew every limit, inside quotes."""
        inside = False
        opened = begins
        for number, line in enumerate(self._row_lines, start=begins):
            if line.count(QUOTE) % 2:
                inside = not inside
                opened = number if inside else opened
        return UnreadableSource(
            "a quote that opens here is never closed, so the rest of the file would be one cell",
            hint='close it, write a quote inside a cell as "", or export the file again if it was cut off',
            at=f"{self._file}, line {opened}",
        )
