"""How many rows and steps stand where, and the proof that what is counted is there.

Counts are kept by triggers (`tables.py`), so that a million rows are counted as fast as ten. What each row
has become is told in `results.py`.
"""

from __future__ import annotations

from migrator.ledger import codec, faults
from migrator.ledger.door import Door
from migrator.model import Counts, StepKind

_MISCOUNTED = """
    SELECT what, sum(found), sum(kept) FROM ({counted}) GROUP BY what HAVING sum(found) <> sum(kept)
"""
# One statement each, because a run may go on beside it and only one statement sees one moment.
_ALL_ROWS = """
    SELECT 'rows' AS what, count(*) AS found, 0 AS kept FROM rows
    UNION ALL SELECT 'rows', 0, sum(rows) FROM tally
"""
_ROWS_BY_STATUS = """
    SELECT status AS what, count(*) AS found, 0 AS kept FROM rows GROUP BY status
    UNION ALL SELECT status, 0, rows FROM tally
"""
_STEPS_DONE = """
    SELECT kind || ' steps' AS what, count(*) AS found, 0 AS kept
        FROM steps WHERE state = 'done' GROUP BY kind
    UNION ALL SELECT kind || ' steps', 0, steps FROM step_tally
"""
_TICKETS = """
    SELECT 'tickets' AS what, count(*) AS found, 0 AS kept FROM owned
    UNION ALL SELECT 'tickets', 0, count(*) FROM rows WHERE number IS NOT NULL
"""


class Accounting(Door):
    """The part of a ledger that counts."""

    def counts(self) -> Counts:
        """How many rows stand where. Takes the same time for ten rows and a million."""
        return Counts(**dict(self._reader.all("SELECT status, sum(rows) FROM tally GROUP BY status")))

    def skipped_by_reason(self) -> dict[str, int]:
        """How many rows each `skip` rule left out."""
        tally = self._reader.all(
            "SELECT skip_reason, sum(rows) FROM tally WHERE status = 'skipped'"
            " GROUP BY skip_reason HAVING sum(rows) > 0"
        )
        return {codec.load_text(reason): rows for reason, rows in tally}

    def left_out(self) -> dict[str, int]:
        """What the staged tickets have and this migration does not bring, added up by name."""
        lines = self._reader.all("SELECT what, count FROM left_out WHERE count > 0")
        return {codec.load_text(what): count for what, count in lines}

    def adopted(self) -> int:
        """How many created rows were found in Featurebase rather than answered."""
        found = self._reader.one(
            "SELECT sum(rows) FROM tally WHERE adopted AND status IN ('created', 'updated', 'unchanged')"
        )
        return (found and found[0]) or 0

    def steps_done(self) -> dict[StepKind, int]:
        """How many steps of each kind are settled, over all runs; every kind is there."""
        lines = self._reader.all("SELECT kind, sum(steps) FROM step_tally GROUP BY kind")
        done: dict[str, int] = dict(lines)
        return {kind: done.get(kind, 0) for kind in StepKind}

    def check_counts(self, *, thoroughly: bool = True) -> None:
        """Makes sure that the rows are what the counts say, before anybody is told the counts.

        Args:
            thoroughly: Counts the rows by their status, the steps and the tickets anew, which takes some
                seconds for a million. Else only whether there are as many rows as are counted.

        Raises:
            LedgerError: Something else has changed the file.
        """
        for counted in (_ROWS_BY_STATUS, _STEPS_DONE, _TICKETS) if thoroughly else (_ALL_ROWS,):
            found = self._reader.one(_MISCOUNTED.format(counted=counted))
            if found is not None:
                what, there, kept = found
                raise faults.miscounted(self.path, what.replace("_", " "), there=there, kept=kept)
