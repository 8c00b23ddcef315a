"""What every kind of workbook gives: sheets, and their rows as exact text.

The kinds have a module each: `package.py` (xlsx), `open_document.py` (ods), `spreadsheet_xml.py` (the XML of
2003), `html_tables.py`, and `calamine_book.py` (xls, and xlsx in a hurry). `books.py` chooses between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from migrator.readers.cells import Fault

MOST_COLUMNS = 16_384
MOST_ROWS = 1_048_576
SAVE_AGAIN = "open it in a spreadsheet, save it as .xlsx, and give that file"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet, not yet read."""

    name: str
    hidden: bool
    place: str
    """Where its book keeps it: a member of the package, or its number."""
    pivot: bool = False
    """It holds a pivot table, as far as its book can tell."""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row of a sheet, from column A on."""

    number: int
    cells: list[str]
    faults: tuple[Fault, ...] = ()
    hidden: bool = False
    """Its book does not show it, as where a filter is on."""


class Book(Protocol):
    """An open workbook; use it with `with`."""

    kind: str
    """What it is, whatever its name says: `xlsx`."""
    caution: str
    """What cannot be seen in books of this kind, as a sentence for the user; empty where all can."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def sheets(self) -> list[Sheet]: ...

    def rows(self, sheet: Sheet) -> Iterator[Row]:
        """The rows that a sheet holds, top to bottom; those that it does not mention are left out.

        Raises:
            UnreadableSource: at the row behind which the sheet is damaged.
        """

    @property
    def share(self) -> float:
        """How much of the sheet in hand has been read, from 0 to 1."""
