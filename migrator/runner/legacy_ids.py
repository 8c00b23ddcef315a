"""Whether every ticket carries an old id of its own.

A ticket whose ledger is lost is found again by its legacy id (`adopt.py`). If two tickets carried the same,
the one that is there would be taken for the other, which would then never be sent. So it is found out
before anything is sent. What the id is made of is the mapping's business.
"""

from __future__ import annotations

from migrator.errors import MappingError
from migrator.model import SourceRef, Ticket, shown
from migrator.readers import SeenKeys


class LegacyIds:
    """Notes the legacy ids of tickets; what must be told apart for ever lies on disk."""

    def __init__(self) -> None:
        self._seen = SeenKeys()
        self._shared = 0
        self._example = ""
        self.noted: list[tuple[str, SourceRef]] = []
        """Ids with their places that nobody has asked about yet; they may come from another process."""

    def close(self) -> None:
        self._seen.close()

    def note(self, ticket: Ticket) -> None:
        if ticket.legacy_id:
            self.noted.append((ticket.legacy_id, ticket.ref))

    def ask(self) -> None:
        """Finds out which of the ids that were noted have been met before.

        Raises:
            DiskFull: There is no room for temporary files.
        """
        earlier = self._seen.first_rows([(legacy_id, ref.row) for legacy_id, ref in self.noted])
        for (legacy_id, ref), row in zip(self.noted, earlier, strict=True):
            if row is None:
                continue
            self._shared += 1
            self._example = self._example or f"{shown(legacy_id)!r} in row {row} and in {ref}"
        self.noted = []

    def require_unique(self, mapping: str) -> None:
        """
        Args:
            mapping: The name of the mapping file.

        Raises:
            MappingError: Several tickets would carry the same legacy id.
            DiskFull: There is no room for temporary files.
        """
        self.ask()
        if self._shared:
            raise MappingError(
                f"{self._shared:,} tickets would carry the legacy id of another ticket: {self._example}",
                hint="make the field with `legacy_id: true` of what only one ticket has, as the key is; "
                "or take `legacy_id: true` away, and a lost ledger cannot find its tickets again",
                at=mapping,
            )
