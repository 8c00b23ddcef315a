"""A table as one list of records, for helpdesk readers that join several of them.

The table is read by the reader of its kind; a record is a dict by column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice

from migrator.model import Notice
from migrator.readers.base import Pass, Source
from migrator.readers.blobs import Blob
from migrator.readers.trees import SAMPLES, Item, Tree


class TableFile:
    """A file that holds one table.

    Args:
        table: Its reader, of this one file.
        sheet: Where its workbook holds several tables: the one that it is.
        sheets: How many tables there are, of which each counts as its part of the file.
    """

    def __init__(self, blob: Blob, table: Source, sheet: str = "", sheets: int = 1) -> None:
        (file,) = table.files
        self.name, self.path, self.kind = file.name, blob.path, file.kind
        self.details, self.size_bytes = file.details, file.size_bytes // sheets
        self.notices: tuple[Notice, ...] = table.notices
        if sheet:  # the other sheets are read beside it
            self.name = f"{file.name}[{sheet}]"
            self.notices = tuple(each for each in table.notices if each.code != "sheet-left-out")
        self.columns = table.columns
        self.alone: frozenset[str] = frozenset()
        first: list[Tree] = [record.values for record in islice(table.records(), SAMPLES)]
        # A table without rows is known by its columns all the same.
        self.samples: dict[str, list[Tree]] = {"": first or [dict.fromkeys(table.columns, "")]}
        self._table = table

    @contextmanager
    def scan(self, wanted: Callable[[str], bool]) -> Iterator[tuple[Iterator[Item], Callable[[], int]]]:
        """Every row; a table has no lists to choose from."""
        del wanted
        current = Pass(self.size_bytes)
        records = self._table._read(current)
        items = (
            Item("", record.values, "", record.ref.line, problems=record.problems, row=record.ref.row)
            for record in records
        )
        yield items, lambda: current.progress
