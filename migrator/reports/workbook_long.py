"""A table of any length in a workbook: what one sheet cannot hold goes on in the next."""

from __future__ import annotations

from collections.abc import Sequence

from migrator.reports.workbook_book import MOST_BYTES, Book, Page
from migrator.reports.workbook_cells import Look

MOST_ROWS = 1_000_000
"""Of one sheet (Excel opens 1,048,576)."""


class LongTable:
    """One table for reading; it streams its sheets, so no other one may be streamed beside it."""

    def __init__(
        self,
        book: Book,
        name: str,
        columns: Sequence[str],
        widths: Sequence[int],
        *,
        rows_a_sheet: int = MOST_ROWS,
        bytes_a_sheet: int = MOST_BYTES,
    ) -> None:
        """
        Args:
            name: Of the first sheet; further ones are numbered.
            columns: The header, which stands on every sheet.
        """
        self._book = book
        self._name = name
        self._columns = columns
        self._widths = widths
        self._rows_a_sheet = rows_a_sheet
        self._bytes_a_sheet = bytes_a_sheet
        self._sheets = 0
        self._page = self._next()

    def add(self, cells: Sequence[str]) -> None:
        """Writes one row below the last."""
        if self._page.rows > self._rows_a_sheet or self._page.size_bytes > self._bytes_a_sheet:
            self._page = self._next()
        self._page.add(cells)

    def _next(self) -> Page:
        self._sheets += 1
        name = self._name if self._sheets == 1 else f"{self._name} {self._sheets}"
        page = self._book.stream(name, self._widths)
        page.add(self._columns, [Look.HEADER] * len(self._columns))
        return page
