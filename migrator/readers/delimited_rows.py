"""Lines of a delimited text file become rows of cells, with the line at which each begins.

The csv module reads strictly here, so that a misplaced quote is noticed; the row it stands in is then read as
a spreadsheet would read it, and marked. Lines are taken in blocks, because looking at many of them together
costs hardly more than looking at one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain
from typing import Literal, TextIO

from migrator.errors import UnreadableSource
from migrator.readers.dialect import LONGEST_CELL_CHARACTERS, Dialect, unwrapped
from migrator.readers.text import looks_damaged, may_be_damaged

QUOTE = '"'
_BLOCK_CHARACTERS = 1 << 16


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
        first = next(text, "").removeprefix("\ufeff")
        self._before = 1 if dialect.instructed else 0
        """Lines that were taken and that the reader of the csv module has not counted."""
        self._held: list[str] = []
        """Lines from that of the row in hand on, or from earlier ones; those behind it are read ahead."""
        self._held_after = self._before
        """Lines before the first of those."""
        self._suspected = False
        self._suspected_next = False
        self._lines = chain.from_iterable(self._blocks(text, [] if dialect.instructed else [first]))

    def _blocks(self, text: TextIO, lines: list[str]) -> Iterator[list[str]]:
        """The lines of the file, many at a time; those of earlier rows are let go."""
        while lines := lines or text.readlines(_BLOCK_CHARACTERS):
            done = self.line - 1 - self._held_after
            del self._held[:done]
            self._held_after += done
            self._held += lines
            self._suspected_next = _is_suspect("".join(lines))
            self._suspected = self._suspected or self._suspected_next
            yield lines
            lines = []

    def __iter__(self) -> Iterator[list[str]]:
        csv.field_size_limit(LONGEST_CELL_CHARACTERS)
        reader = csv.reader(self._lines, delimiter=self._delimiter, strict=True, quoting=self._quoting)
        while True:
            self.line = self._before + reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                taken = self._taken(self._before + reader.line_num)
                if not str(error).endswith(f"expected after '{QUOTE}'"):
                    raise self._unclosed(taken) from error
                cells = self._leniently(taken)
                self.broken = True
            else:
                if self.broken:
                    # What follows a broken row may be the rest of its cell, which ends in an odd quote.
                    taken = self._taken(self._before + reader.line_num)
                    self.broken = sum(line.count(QUOTE) for line in taken) % 2 == 1
            if self._suspected or self.suspicious:
                self._look_closely(cells)
            if self._wrapped and len(cells) == 1:
                inside = unwrapped(cells[0], self._delimiter)
                self.broken = inside is None and cells != [""]
                cells = inside or cells
            yield cells

    def _look_closely(self, cells: list[str]) -> None:
        """At a row of a block in which something looked suspicious, or at the first one behind it."""
        text = "\n".join(cells)
        self.suspicious = self._suspected and ("\0" in text or looks_damaged(text))
        self._suspected = self._suspected_next

    def _taken(self, last: int) -> list[str]:
        """The lines of the row in hand, up to the one with the number `last`."""
        return self._held[self.line - 1 - self._held_after : last - self._held_after]

    def _leniently(self, taken: list[str]) -> list[str]:
        """The row whose first lines were taken already, read as a spreadsheet would."""
        reader = csv.reader(chain(taken, self._lines), delimiter=self._delimiter)
        try:
            cells = next(reader)
        except csv.Error as error:
            raise self._unclosed(self._taken(self.line - 1 + reader.line_num)) from error
        self._before += reader.line_num - len(taken)
        return cells

    def _unclosed(self, taken: list[str]) -> UnreadableSource:
        """The file ended, or a cell outgrew every limit, inside quotes."""
        inside = False
        opened = self.line
        for number, line in enumerate(taken, start=self.line):
            if line.count(QUOTE) % 2:
                inside = not inside
                opened = number if inside else opened
        return UnreadableSource(
            "a quote that opens here is never closed, or its cell is longer than "
            f"{LONGEST_CELL_CHARACTERS >> 20} million characters",
            hint='close it, write a quote inside a cell as "", or export the file again if it was cut off',
            at=f"{self._file}, line {opened}",
        )


def _is_suspect(block: str) -> bool:
    """Whether a closer look at the rows of a block is worth its time."""
    # Where characters are wide, counting is several times faster than searching.
    return "\0" in block if block.isascii() else may_be_damaged(block) or block.count("\0") > 0
