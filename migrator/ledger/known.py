"""Which row of the ledger a row of a source is, by its key or its place, and what is known of it.

What becomes of such a row is decided in `staging.py`.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from migrator.ledger import codec
from migrator.model import SourceRef

_FIND = """
    SELECT seq, staging, fingerprint, status = 'failed', status IN ('created', 'updated', 'unchanged'),
        number IS NOT NULL,
        EXISTS (SELECT 1 FROM steps WHERE steps.row = seq AND state IN ('sending', 'in_doubt'))
    FROM rows WHERE """


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger holds of a row that is being staged."""

    row: int
    staging: int
    """The staging that met it last."""
    fingerprint: str
    failed: bool
    complete: bool
    has_ticket: bool
    in_flight: bool

    @property
    def stays(self) -> bool:
        """Whether its version was sent, or may have been."""
        return self.has_ticket or self.in_flight


class KnownRows:
    """The rows of a ledger as one staging finds them, inside its transaction."""

    def __init__(self, db: sqlite3.Connection, staging: int) -> None:
        self._db = db
        self._staging = staging
        self._keyless: dict[str, int] | None = None

    def by_row(self, row: int) -> Known | None:
        return self._find("seq = ?", (row,))

    def by_key(self, key: str) -> Known | None:
        return self._find("key = ?", (codec.dump(key),))

    def by_place(self, ref: SourceRef) -> Known | None:
        """A row without a key that an earlier staging met at the same place."""
        if self._staging == 1:
            return None
        place = (codec.dump(ref.file), codec.dump(ref.sheet), ref.row, self._staging)
        return self._find("key IS NULL AND file = ? AND sheet = ? AND source_row = ? AND staging < ?", place)

    def given_back(self, place: str) -> Known | None:
        """The row without a key that stood where a row that is given back says; empty for one that is not."""
        if not place:
            return None
        if self._keyless is None:
            lines = self._db.execute("SELECT file, sheet, source_row, seq FROM rows WHERE key IS NULL")
            self._keyless = {
                str(SourceRef(codec.load_text(file), row, codec.load_text(sheet))): seq
                for file, sheet, row, seq in lines
            }
        # It may have got a key since, or been met by an earlier row of this source.
        still = (self._keyless.get(place), self._staging)
        return self._find("key IS NULL AND seq = ? AND staging < ?", still)

    def ref_of(self, known: Known) -> SourceRef:
        """Where it stands in its source."""
        file, row, sheet, line = self._db.execute(
            "SELECT file, source_row, sheet, line FROM rows WHERE seq = ?", (known.row,)
        ).fetchone()
        return SourceRef(codec.load_text(file), row, codec.load_text(sheet), line)

    def left_out_by(self, known: Known) -> dict[str, int]:
        """What it has and this migration does not bring, counted by name."""
        (text,) = self._db.execute("SELECT left_out FROM rows WHERE seq = ?", (known.row,)).fetchone()
        return dict(codec.load_left_out(text))

    def met(self, known: Known) -> None:
        """Notes that this staging met it."""
        self._db.execute("UPDATE rows SET staging = ? WHERE seq = ?", (self._staging, known.row))

    def count_met(self) -> int:
        """How many rows this staging met or made."""
        (count,) = self._db.execute(
            "SELECT count(*) FROM rows WHERE staging = ?", (self._staging,)
        ).fetchone()
        return int(count)

    def _find(self, which: str, values: tuple[object, ...]) -> Known | None:
        found = self._db.execute(_FIND + which, values).fetchone()
        if found is None:
            return None
        row, staging, fingerprint, *is_so = found
        return Known(row, staging, fingerprint, *map(bool, is_so))
