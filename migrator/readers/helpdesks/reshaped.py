"""A table of one helpdesk that says more than its cells: its rows are brought into the canonical shape.

The table itself is read by the reader of its kind; the original row, its columns and its ledger stay, so that
rejected rows go out and come back as the table they were.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import ClassVar

from migrator.model import Record
from migrator.readers.base import Pass, Source


class Reshaped(Source):
    """A table export of one helpdesk; a subclass says by which columns it is known and what a row becomes.

    A subclass is registered in `helpdesks/__init__.py`.
    """

    name: ClassVar[str]
    """Of the reader."""
    product: ClassVar[str] = ""
    """The helpdesk, where the reader's name says more than that."""
    adds: ClassVar[tuple[str, ...]] = ()
    """Every key that `reshape` may add, so that a mapping can name it like a column."""

    @classmethod
    @abstractmethod
    def recognise(cls, columns: Sequence[str]) -> str:
        """The evidence that a table with these columns is such an export; empty if it is not."""

    def __init__(self, table: Source, why: str) -> None:
        super().__init__(self.name, table.files)
        self.helpdesk = self.product or self.name
        self.why = table.why if why in table.why else f"{table.why}; {why}"
        self.columns = table.columns
        self.added = self.adds
        self.ledger_id = table.ledger_id
        self.ledger_name = table.ledger_name
        self._table = table
        self.notice_all(table.notices)

    @abstractmethod
    def reshape(self, record: Record, current: Pass) -> Record:
        """The row in the canonical shape (design, section 6), its own columns beside.

        Only `values` and `problems` may differ. Must not keep anything on `self`.

        Args:
            current: For what is not brought: `current.left_out("system notes")`.
        """

    def _read(self, current: Pass) -> Iterator[Record]:
        for record in self._table._read(current):
            yield self.reshape(record, current)
