"""How a delimited text file is written: its delimiter, and where its table begins.

Delimiters are chosen by reading a sample with each candidate and comparing how constant the number of cells
is (formats, section 3), not by counting characters in the header.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from migrator.errors import SourceError
from migrator.readers.tables import Cells, filled, header_index

SAMPLE_CHARACTERS = 1 << 18
LONGEST_CELL_CHARACTERS = 1 << 24
"""A cell beyond this is not text but the rest of the file behind a quote that nobody closed."""
DELIMITERS = {"\t": "tab", "|": "pipe", ";": "semicolon", ",": "comma"}
"""In this order where nothing else decides: commas occur in text most often."""
_SAMPLE_ROWS = 200
_NEVER_QUOTED = {"id", "subject", "queue", "requestors"}
"""The header of Request Tracker's "Spreadsheet" (formats, section 15)."""
_INSTRUCTION = re.compile(r"""sep=([^"\r\n])(?:\r\n|\r|\n|\Z)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one file is written."""

    delimiter: str
    instructed: bool
    """The first line is `sep=;`: an instruction, not part of the table."""
    header_index: int
    """Rows above the header, the instruction not counted."""
    wrapped: bool
    """Every line is quoted as a whole, and holds a line of the table."""
    sample: tuple[Cells, ...]
    """The first rows, blank ones and those above the header included."""
    literal_quotes: bool = False
    """A quote is a character like any other, and a line is always a row."""

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
    instructed = _INSTRUCTION.match(sample)
    text = sample[instructed.end() :] if instructed else sample
    if wanted:
        delimiter = delimiter_named(wanted)
    elif instructed:
        delimiter = instructed[1]
    else:
        delimiter = max(DELIMITERS, key=lambda candidate: _constancy(parse(text, candidate, whole=whole)))
    rows = parse(text, delimiter, whole=whole)
    for inside in (delimiter,) if wanted or instructed else DELIMITERS:
        if tables := _unwrapped_rows(rows, inside):
            return Dialect(inside, bool(instructed), header_index(tables), True, tuple(tables))
    if delimiter == "\t" and (unquoted := _rows_of_literal_quotes(text, whole=whole)):
        return Dialect(delimiter, bool(instructed), header_index(unquoted), False, tuple(unquoted), True)
    _refuse_quoted_lines(rows, delimiter)
    return Dialect(delimiter, bool(instructed), header_index(rows), False, tuple(rows))


def _rows_of_literal_quotes(text: str, *, whole: bool) -> list[Cells]:
    """The rows of tab-separated text that never quotes, as Request Tracker writes it; empty if it may quote.

    Certain where cells begin with a quote and none of them ends with one, and yet every line is a whole row:
    a quoted cell with a line break would have torn one.
    """
    rows = parse(text, "\t", whole=whole, quoting=csv.QUOTE_NONE)
    used = [row for row in rows if any(row)]
    widths = {len(row) for row in used}
    if len(widths) != 1 or widths == {1}:
        return []
    header = {cell.strip().casefold() for cell in used[0]}
    closed = [cell.endswith('"') for row in used for cell in row if cell.startswith('"')]
    return rows if (closed and not any(closed)) or header >= _NEVER_QUOTED else []


def parse(
    text: str, delimiter: str, *, whole: bool, quoting: Literal[0, 3] = csv.QUOTE_MINIMAL
) -> list[Cells]:
    """The rows of a sample, leniently: what is wrong with them is said when they are read."""
    # Physical lines as the reader will see them; `str.splitlines` would also split at U+2028 and others.
    rows: list[Cells] = []
    csv.field_size_limit(LONGEST_CELL_CHARACTERS)
    try:
        lines = io.StringIO(text, newline="")
        rows.extend(islice(csv.reader(lines, delimiter=delimiter, quoting=quoting), _SAMPLE_ROWS))
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


def unwrapped(line: str, delimiter: str) -> list[str] | None:
    """The cells of a line that was quoted as a whole; None where it is not one line of a table."""
    try:
        rows = list(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _unwrapped_rows(rows: Sequence[Cells], delimiter: str) -> list[Cells]:
    """The table inside of lines that are quoted as a whole; empty where they are not, or not exactly."""
    used = [row for row in rows if any(row)]
    if len(used) < 2 or any(len(row) > 1 for row in used):
        return []
    inside = [unwrapped(row[0], delimiter) for row in used]
    widths = {len(cells) if cells else 0 for cells in inside}
    if len(widths) > 1 or widths.pop() < 2:
        return []
    return [unwrapped(row[0], delimiter) or [] if any(row) else row for row in rows]


def _refuse_quoted_lines(rows: Sequence[Cells], delimiter: str) -> None:
    """A table saved again by a spreadsheet that did not split it (formats, section 24)."""
    used = [row for row in rows if any(row)]
    single = sum(1 for row in used if filled(row) == 1)
    if len(used) < 2 or filled(used[0]) != 1 or single * 10 < len(used) * 9:
        return
    header = used[0][0]
    for other, name in DELIMITERS.items():
        if other == delimiter and any(len(row) > 1 for row in used):
            continue
        whole = sum(1 for row in used if filled(row) == 1 and other in row[0])
        # The lines of a torn cell hold no delimiter; a header of three names and more tells all the same.
        names = [part for part in header.split(other) if part.strip()]
        if other in header and (whole * 10 >= len(used) * 9 or (len(names) > 2 and whole > 1)):
            raise SourceError(
                f"almost every row is one cell that holds a whole line with {name}s: "
                "a spreadsheet has saved the table without splitting it, and cells of several lines are torn",
                hint="export the table again and give that file, without opening it in a spreadsheet",
            )
