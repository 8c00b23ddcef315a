"""Taking back what was made: whose tickets there are, which are being deleted, which are gone.

Who may be deleted, and that it really is gone, is decided by the runner.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from migrator.ledger import codec, steps
from migrator.ledger.door import Door
from migrator.ledger.entries import Owned
from migrator.ledger.reader import PAGE, Line

_OWNED = """
    SELECT seq, key, owned.number, owned.object_id, url FROM owned JOIN rows ON seq = owned.row
"""


class Deletions(Door):
    """The part of a ledger that remembers what was taken back, and what is there to be."""

    def owned(self, after: int = 0) -> Iterator[Owned]:
        """Every ticket that a row owns with a number above `after`, by that number."""
        return self._owned(">", "ASC", (after, 2**63 - 1))

    def owned_newest_first(self) -> Iterator[Owned]:
        """The same, the highest number first. What is taken back meanwhile does not disturb it."""
        return self._owned("<", "DESC", (2**63 - 1, 0))

    def count_owned(self) -> int:
        """How many tickets rows own."""
        (count,) = self._reader.all("SELECT count(*) FROM owned")[0]
        return int(count)

    def count_deleted(self) -> int:
        """How many tickets were taken back, over the life of the ledger."""
        found = self._reader.one("SELECT count(*) FROM deleted WHERE gone_at_s IS NOT NULL")
        return int(found[0]) if found else 0

    def begin_delete(self, row: int) -> None:
        """Writes that the row's ticket is about to be deleted. When this returns it is on the disk.

        Raises:
            ValueError: The row owns none: a bug in the caller.
        """
        self._writing.run(lambda db: _begin(db, row))

    def settle_delete(self, row: int, *, gone: bool) -> None:
        """Writes what became of a ticket that was to be deleted, or that is gone without our doing.

        A row whose ticket is gone waits again with all its requests, as if nothing of it had been sent;
        the ticket's object id is remembered, and never taken for a ticket of ours again.

        Args:
            gone: False where the ticket is still there, and will be.

        Raises:
            ValueError: The row owns no ticket: a bug in the caller.
        """
        now_s, run = self._now(), self._run
        self._writing.run(lambda db: _settle(db, row, now_s if gone else None, run))

    def deleting(self) -> list[Owned]:
        """Those whose deletion began and was never settled, because the tool was stopped meanwhile."""
        lines = self._reader.all(
            f"{_OWNED} JOIN deleted ON deleted.row = seq AND gone_at_s IS NULL ORDER BY owned.number"
        )
        return [_read(line) for line in lines]

    def deleted_numbers(self, above: int = 0) -> Iterator[range]:
        """The numbers above `above` of the tickets that were taken back: ranges, ascending."""
        query = """
            SELECT DISTINCT number FROM deleted
            WHERE gone_at_s IS NOT NULL AND number > ? ORDER BY number LIMIT ?
        """
        first = last = 0
        for (number,) in self._reader.pages(query, after=above):
            if number == last + 1 and first:
                last = number
                continue
            if first:
                yield range(first, last + 1)
            first = last = number
        if first:
            yield range(first, last + 1)

    # --- inside -------------------------------------------------------------------------------

    def _owned(self, beyond: str, direction: str, place: tuple[int, int]) -> Iterator[Owned]:
        while True:
            lines = self._reader.all(
                f"{_OWNED} WHERE (owned.number, owned.row) {beyond} (?, ?)"
                f" ORDER BY owned.number {direction}, owned.row {direction} LIMIT ?",
                (*place, PAGE),
            )
            yield from map(_read, lines)
            if len(lines) < PAGE:
                return
            place = (lines[-1][2], lines[-1][0])


def _read(line: Line) -> Owned:
    row, key, number, object_id, url = line
    return Owned(
        row, codec.load_text(key), number, codec.load_text(object_id), codec.load_text_or_none(url) or ""
    )


def _begin(db: sqlite3.Connection, row: int) -> None:
    # A ticket whose deletion began before and was not settled is simply deleted again.
    changed = db.execute(
        "INSERT INTO deleted (object_id, row, number) SELECT object_id, row, number FROM owned WHERE row = ?"
        " ON CONFLICT (object_id) DO UPDATE SET gone_at_s = NULL",
        (row,),
    ).rowcount
    if not changed:
        raise ValueError(f"row {row} owns no ticket")


def _settle(db: sqlite3.Connection, row: int, gone_at_s: float | None, run: int) -> None:
    _begin(db, row)
    if gone_at_s is None:
        db.execute("DELETE FROM deleted WHERE row = ? AND gone_at_s IS NULL", (row,))
        return
    db.execute("UPDATE deleted SET gone_at_s = ? WHERE row = ? AND gone_at_s IS NULL", (gone_at_s, row))
    db.execute("DELETE FROM owned WHERE row = ?", (row,))
    db.execute("DELETE FROM verified WHERE row = ?", (row,))
    db.execute("UPDATE steps SET state = 'waiting', attempts = 0, reason = NULL WHERE row = ?", (row,))
    steps.drop_rewriting(db, row, "waiting")  # it speaks of tickets by numbers that may be gone
    db.execute(
        "UPDATE rows SET status = 'pending', run = ?, ends_as = 'created', adopted = 0, reopened = 0,"
        " number = NULL, object_id = NULL, url = NULL, http_status = NULL, code = NULL, message = NULL"
        " WHERE seq = ?",
        (run, row),
    )
