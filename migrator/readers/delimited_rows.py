"""Lines of a delimited text file become rows of cells, with the line at which each begins.

The csv module reads strictly here, so that a misplaced quote is noticed; the row it stands in is then read as
a spreadsheet would read it, and marked.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TextIO

from migrator.errors import UnreadableSource
from migrator.readers.text import looks_damaged

QUOTE = '"'
LONGEST_CELL_CHARACTERS = 1 << 24
"""A cell beyond this is not text but the rest of the file behind a quote that nobody closed."""


@dataclass(slots=True)
class TextRow:
    """A row of cells as they were written."""

    line: int
    """The physical line at which it begins, from 1."""
    cells: list[str]
    broken: bool
    """A quoted cell has a quote inside that is not doubled, or the row may be a shred of such a cell."""
    suspicious: bool
    """Somewhere in it is a NUL, or text that looks damaged."""


class TextRows:
    """The rows of one file, blank ones included; iterate once."""

    def __init__(self, text: TextIO, file: str, delimiter: str, *, instructed: bool = False) -> None:
        """
        Args:
            text: The open file, its line breaks as they are.
            instructed: The first line says `sep=`, and is no row.
        """
        self._file = file
        self._delimiter = delimiter
        self._before = 0
        self._row_lines: list[str] = []
        self._suspicious = False
        first = next(text, "").removeprefix("\ufeff")
        if instructed:
            self._before = 1
        self._lines = self._remembered(text if instructed else chain((first,), text))

    def _remembered(self, lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            self._row_lines.append(line)
            if "\0" in line or looks_damaged(line):
                self._suspicious = True
            yield line

    def __iter__(self) -> Iterator[TextRow]:
        csv.field_size_limit(LONGEST_CELL_CHARACTERS)
        reader = csv.reader(self._lines, delimiter=self._delimiter, strict=True)
        broken = False
        while True:
            self._row_lines.clear()
            self._suspicious = False
            begins = self._before + reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if not str(error).endswith(f"expected after '{QUOTE}'"):
                    raise self._unclosed(begins) from error
                cells = self._leniently(begins)
                broken = True
            else:
                # What follows a broken row may be the rest of its cell, which ends in an odd quote.
                broken = broken and sum(line.count(QUOTE) for line in self._row_lines) % 2 == 1
            yield TextRow(begins, cells, broken, self._suspicious)

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
