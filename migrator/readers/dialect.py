"""How a delimited text file is written: its delimiter, and where its table begins.

Delimiters are chosen by reading a sample with each candidate and comparing how constant the number of cells
is (formats, section 3), not by counting characters in the header.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from migrator.errors import SourceError
from migrator.readers.delimited_rows import LONGEST_CELL_CHARACTERS
from migrator.readers.tables import Cells, filled, header_index

SAMPLE_CHARACTERS = 1 << 18
DELIMITERS = {"\t": "tab", "|": "pipe", ";": "semicolon", ",": "comma"}
"""In this order where nothing else decides: commas occur in text most often."""
_SAMPLE_ROWS = 200


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one file is written."""

    delimiter: str
    instructed: bool
    """The first line is `sep=;`: an instruction, not part of the table."""
    header_index: int
    """Rows above the header, the instruction not counted."""
    sample: tuple[Cells, ...]
    """The first rows, blank ones and those above the header included."""

    @property
    def label(self) -> str:
        if len(self.header) == 1:
            return "one column"
        return DELIMITERS.get(self.delimiter, repr(self.delimiter))

    @property
    def rows_below(self) -> tuple[Cells, ...]:
        return self.sample[self.header_index + 1 :]

    @property
    def header(self) -> Cells:
        """The header's cells, with a blank one for a delimiter that ends every row but the header."""
        cells = self.sample[self.header_index] if self.sample else ()
        below = [row for row in self.rows_below if any(row)]
        widths = {len(row) for row in below}
        if widths == {len(cells) + 1} and not any(row[-1] for row in below):
            return [*cells, ""]
        return cells


def delimiter_named(wanted: str) -> str:
    """The delimiter that a user asked for.

    Raises:
        SourceError: it is neither a name nor one character.
    """
    by_name = {name: character for character, name in DELIMITERS.items()} | {"\\t": "\t"}
    delimiter = by_name.get(wanted.lower(), wanted)
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise SourceError(
            f"{wanted!r} cannot be a delimiter", hint=f"use one character, or one of: {', '.join(by_name)}"
        )
    return delimiter


def detect_dialect(sample: str, wanted: str = "", *, whole: bool = True) -> Dialect:
    """How a file that begins with `sample` is written.

    Args:
        sample: Decoded text without a byte order mark.
        wanted: A delimiter by name or character, if the user named one.
        whole: Whether the sample is the whole file; if not, its last row may be torn and is ignored.

    Raises:
        SourceError: every row is quoted as a whole, as happens when a spreadsheet spoils a file.
    """
    instruction, _, rest = sample.partition("\n")
    instruction = instruction.rstrip("\r")
    instructed = len(instruction) == 5 and instruction.lower().startswith("sep=")
    text = rest if instructed else sample
    if wanted:
        delimiter = delimiter_named(wanted)
    elif instructed:
        delimiter = instruction[4]
    else:
        delimiter = max(DELIMITERS, key=lambda candidate: _constancy(parse(text, candidate, whole=whole)))
    rows = parse(text, delimiter, whole=whole)
    _refuse_quoted_lines(rows, delimiter)
    return Dialect(delimiter, instructed, header_index(rows), tuple(rows))


def parse(text: str, delimiter: str, *, whole: bool) -> list[Cells]:
    """The rows of a sample, leniently: what is wrong with them is said when they are read."""
    # Physical lines as the reader will see them; `str.splitlines` would also split at U+2028 and others.
    rows: list[Cells] = []
    csv.field_size_limit(LONGEST_CELL_CHARACTERS)
    try:
        rows.extend(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), _SAMPLE_ROWS))
    except csv.Error:
        return rows
    if not whole and 1 < len(rows) < _SAMPLE_ROWS:
        rows.pop()
    return rows


def _constancy(rows: Sequence[Cells]) -> tuple[bool, bool, int, float]:
    """How much the rows look like a table; greater is better."""
    widths = Counter(len(row) for row in rows if any(row))
    if not widths:
        return False, False, 0, 0.0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    if width == 1:
        return False, False, 0, 0.0
    share = count / widths.total()
    header_fits = abs(len(rows[header_index(rows)]) - width) <= 1
    return header_fits, share >= 0.8, width, share


def _refuse_quoted_lines(rows: Sequence[Cells], delimiter: str) -> None:
    """A table saved again by a spreadsheet that did not split it (formats, section 24)."""
    used = [row for row in rows if any(row)]
    for other, name in DELIMITERS.items():
        if other == delimiter and any(len(row) > 1 for row in used):
            continue
        alone = sum(1 for row in used if filled(row) == 1 and other in row[0])
        if len(used) >= 2 and other in used[0][0] and filled(used[0]) == 1 and alone * 10 >= len(used) * 9:
            raise SourceError(
                f"almost every row is one cell that holds a whole line with {name}s: "
                "a spreadsheet has saved the table without splitting it, and cells of several lines are torn",
                hint="export the table again and give that file, without opening it in a spreadsheet",
            )
