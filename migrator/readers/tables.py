"""What every table has in common, whether it comes from text or from a workbook: its header.

Which row is the header, what its columns are called, how a row of cells becomes the values of a record, and
whether several tables are one. Nothing here opens a file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from migrator.errors import SourceError
from migrator.model import Record, Value, shown
from migrator.readers.base import OWN_PREFIX, PLACE_KEY, Pass, Source

Cells = Sequence[str]

_TITLES = frozenset(
    (
        *("subject", "title", "summary", "shortdescription", "ticketsubject", "ticketname"),
        *("betreff", "titel", "objet", "sujet", "titre", "asunto", "título", "assunto"),
        *("oggetto", "titolo", "onderwerp", "temat"),
    )
)
"""What the title of a ticket is called; its letters only."""
_LOOK_AHEAD_ROWS = 20
_NUMBER = re.compile(r"[-+]?[\d.,:' \u00a0\u202f]*\d[%hdms]?")
_NO_LETTER = re.compile(r"[\W_]+")
_LINE = re.compile(r":?-+:?(?:\+-+)*")
_FACT = re.compile(r"[-+]?[\d.,:/ TZ+-]*\d[\d.,:/ TZ+-]*|\S+@\S+")
_TOTAL = re.compile(
    r"(?:(?:(?:grand|sub) ?)?totals?(?: (?:count|records|rows|tickets|general))?|totale|totaal"
    r"|gesamt(?:summe|ergebnis)?|summe|suma|razem|итого|合計|合计|总计)(?: ?[:=]? ?\(?[\d.,]*\)?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of one table, and which of its cells they are."""

    columns: tuple[str, ...]
    """Names as keys of values, repeats repeated, without our own columns."""
    width: int
    """Cells that a whole row has, our own included."""
    positions: tuple[int, ...]
    """The cell of each column."""
    own: tuple[tuple[str, int], ...] = ()
    """Our own columns, if this is a file of rejects, with their cells."""
    repeated: tuple[str, ...] = ()
    """Names that stand more than once."""
    padded: bool = False
    """A spreadsheet made every row of this file of rejects as wide as its widest one."""

    @classmethod
    def of(cls, cells: Cells) -> Header:
        names = [_name(cell, number) for number, cell in enumerate(cells, start=1)]
        # Our columns are the last ones: what a spreadsheet adds behind them are cells too many, no columns.
        last = filled(cells)
        padded = 0 < last < len(cells) and names[last - 1].startswith(OWN_PREFIX)
        if padded:
            del names[last:]
        kept = [i for i, name in enumerate(names) if not name.startswith(OWN_PREFIX)]
        own = [(name, i) for i, name in enumerate(names) if name.startswith(OWN_PREFIX)]
        columns = tuple(names[i] for i in kept)
        repeated = tuple(name for name, count in Counter(columns).items() if count > 1)
        return cls(columns, len(names), tuple(kept), tuple(own), repeated, padded)

    def arranged_like(self, columns: tuple[str, ...]) -> Header:
        """The same table with its columns in the order of `columns`, which must be the same names."""
        places: dict[str, list[int]] = {}
        for name, position in zip(self.columns, self.positions, strict=True):
            places.setdefault(name, []).append(position)
        positions = tuple(places[name].pop(0) for name in columns)
        return replace(self, columns=columns, positions=positions)

    @property
    def plain(self) -> bool:
        """Whether a row's cells are those of the columns, in their order."""
        return self.positions == tuple(range(self.width))

    @property
    def unnamed(self) -> tuple[str, ...]:
        return tuple(name for name in self.columns if name.startswith("(column "))

    def trimmed(self, cells: list[str]) -> list[str]:
        """A row without the blank cells that a spreadsheet added."""
        return cells[: max(filled(cells), self.width)] if self.padded else cells

    def arrange(self, cells: Cells) -> tuple[str, ...]:
        """The cells of the columns, in their order; cells beyond the width follow.

        Cells that a short row lacks are blank, because cells behind them may be there.
        """
        arranged = [cells[i] if i < len(cells) else "" for i in self.positions]
        return (*arranged, *cells[self.width :])

    def values(self, arranged: Cells) -> dict[str, Value]:
        """Values by name; a repeated name holds its cells as a list. Missing cells are absent."""
        if not self.repeated:
            return dict(zip(self.columns, arranged, strict=False))
        values: dict[str, Value] = {}
        for name, cell in zip(self.columns, arranged, strict=False):
            if name not in self.repeated:
                values[name] = cell
            else:
                earlier = values.setdefault(name, [])
                assert isinstance(earlier, list)
                earlier.append(cell)
        return values

    def earlier_place(self, cells: Cells) -> str:
        """As in `Record.earlier_place`; without the apostrophe that keeps a cell from being computed."""
        return self.own_value(PLACE_KEY, cells).removeprefix("'") if self.own else ""

    def own_value(self, name: str, cells: Cells) -> str:
        return next((cells[i] for own, i in self.own if own == name and i < len(cells)), "")


def _name(cell: str, number: int) -> str:
    return cell.replace("\ufeff", "").replace("\u00a0", " ").strip() or f"(column {number})"


def columns_of(header: Header) -> str:
    """How many there are, in words."""
    count = len(header.columns)
    return f"{count} columns" if count != 1 else "1 column"


def names_title(names: Iterable[str]) -> bool:
    """Whether fields of these names could be those of a ticket: it alone has a title."""
    return any(_NO_LETTER.sub("", name).casefold() in _TITLES for name in names)


def filled(cells: Cells) -> int:
    """The width of a row up to its last cell that is not blank."""
    return next((i for i in range(len(cells), 0, -1) if cells[i - 1].strip()), 0)


def header_index(rows: Sequence[Cells]) -> int:
    """Which of the first rows is the header; rows above it are a title.

    The first row with two cells or more that is not much narrower than the rows below it; the one below it,
    where that only names groups of columns; the first row that is not blank, where no row has two.
    """
    looked_at = rows[: 2 * _LOOK_AHEAD_ROWS]
    for index, row in enumerate(looked_at[:_LOOK_AHEAD_ROWS]):
        below = [filled(cells) for cells in looked_at[index + 1 :] if filled(cells)]
        if _count(row) >= 2 and 2 * filled(row) > (median(below) if below else 0):
            return index + _names_groups(row, looked_at[index + 1 :])
    return next((i for i, row in enumerate(looked_at) if filled(row)), 0)


def _count(row: Cells) -> int:
    return sum(1 for cell in row if cell.strip())


def _names_groups(row: Cells, below: Sequence[Cells]) -> bool:
    """Whether a row stands above the header and names groups of columns, as merged cells do.

    Certain where it leaves half of the columns blank, the row below leaves none, and some column there has
    words above nothing but numbers, dates and addresses: so that row is the header, and no ticket.
    """
    used = [cells for cells in below if filled(cells)]
    if len(used) < 2 or used[0] is not below[0] or not all(used[0]) or 2 * _count(row) > len(used[0]):
        return False
    header, *tickets = used
    columns = zip(header, *(each for each in tickets if len(each) == len(header)), strict=True)
    return not any(map(_is_fact, header)) and any(
        cells and all(map(_is_fact, cells)) for _, *cells in columns
    )


def _refuse_headless(header: Header, rows: Sequence[Cells], place: str) -> None:
    """Refuse a table without a header, whose first ticket would be taken for it.

    Certain where a name is a number, a date or an address, and so is everything below it, in two columns or
    in the first one; names that only count the columns are names.
    """
    arranged = [header.arrange(row) for row in rows if any(row)]
    columns = list(
        zip(header.columns, *(row for row in arranged if len(row) == len(header.columns)), strict=True)
    )
    facts = [name for name, *cells in columns if _is_fact(name) and any(cells) and all(map(_is_fact, cells))]
    counted = list(header.columns) in ([str(i + first) for i in range(len(columns))] for first in (0, 1))
    if not counted and facts and (len(facts) > 1 or facts[0] == header.columns[0]):
        raise SourceError(
            f"the first row is no header but looks like a ticket: {', '.join(map(shown, facts[:3]))}",
            hint="write the names of the columns into a row above it",
            at=place,
        )


def _is_fact(cell: str) -> bool:
    """Whether a cell is a number, a date or an address, as names of columns are not."""
    return _FACT.fullmatch(cell.strip()) is not None


def describe(source: Source, file: str, header: Header, rows: Sequence[Cells]) -> None:
    """Tell what is unusual about a header.

    Args:
        rows: The first ones below it.

    Raises:
        SourceError: it is no header, but a ticket.
    """
    _refuse_headless(header, rows, file)
    if header.repeated:
        names = ", ".join(shown(name) for name in header.repeated)
        source.notice("repeated-header", f"several columns share a name; each keeps a list: {names}", file)
    if header.unnamed:
        names = ", ".join(header.unnamed)
        source.notice("blank-header", f"columns without a name are called by their place: {names}", file)


def agree(first: Header, other: Header, place: str) -> Header:
    """`other` in the order of `first`, if both are parts of one table.

    Raises:
        SourceError: they have different columns.
    """
    if Counter(first.columns) == Counter(other.columns):
        return other.arranged_like(first.columns)
    missing = Counter(first.columns) - Counter(other.columns)
    added = Counter(other.columns) - Counter(first.columns)
    differences = [
        f"{word} {', '.join(shown(name) for name in sorted(names))}"
        for word, names in (("it lacks", missing), ("it also has", added))
        if names
    ]
    raise SourceError(
        f"the columns differ from those of the first table: {'; '.join(differences)}",
        hint="name the file with the tickets alone, or give tables of one kind only",
        at=place,
    )


def own_text(header: Header, rows: Sequence[Cells], name: str) -> str:
    """What a file of rejects says in its first rows, in a column of ours."""
    return next((text for row in rows if (text := header.own_value(name, row).strip().removeprefix("'"))), "")


def rows_of_tickets(
    records: Iterator[Record], columns: Sequence[str], current: Pass, place: str
) -> Iterator[Record]:
    """The records of one table but for a row of totals at its end, a header that stands there again, and a
    line drawn below it.

    Totals are only the last row, if it begins with a word such as `Total`, holds nothing but numbers besides,
    and leaves half of the columns blank: a ticket has an id before its words.
    """
    before = last = None
    repeated = 0
    for number, record in enumerate(records):
        if not number and _is_line(record.original):
            current.tell("drawn-line", "a line that is drawn below the header was left out", place)
            continue
        if record.original and columns[0] in record.original[0] and _is_header(record.original, columns):
            repeated += 1
            continue
        if last is not None:
            yield last
        before, last = last, record
    if repeated:
        told = f"rows that repeat the header were left out: {repeated}"
        current.tell("header-again", told, place, repeated)
    if last is None:
        return
    if before and _is_total([cell.strip() for cell in last.original], len(before.original)):
        told = f"the last row holds totals and was left out: row {last.ref.row}"
        current.tell("totals-row", told, place)
    else:
        yield last


def _is_line(cells: Sequence[str]) -> bool:
    """Whether a row only draws a line, as consoles of databases and Markdown do below a header."""
    said = [cell.strip() for cell in cells if cell.strip()]
    return all(map(_LINE.fullmatch, said)) and any(len(cell) > 2 for cell in said)


def _is_header(cells: Sequence[str], columns: Sequence[str]) -> bool:
    """Whether a row is the header once more, as it is where somebody put one export behind another."""
    return [_name(cell, number) for number, cell in enumerate(cells, start=1)] == list(columns)


def _is_total(cells: Cells, width: int) -> bool:
    said = [cell for cell in cells if cell]
    return (
        0 < 2 * len(said) <= width
        and _TOTAL.fullmatch(said[0]) is not None
        and all(_NUMBER.fullmatch(each) for each in said[1:])
    )
