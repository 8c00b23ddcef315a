"""Steps of which nobody knows whether they were carried out, and what tickets are recognised by.

What is true in Featurebase is decided by the runner; here its decisions become the ledger's.
"""

from __future__ import annotations

from collections.abc import Iterator

from migrator.ledger import codec, sent, steps
from migrator.ledger.door import Door
from migrator.ledger.entries import Doubt, Sent
from migrator.ledger.reader import IN_DOUBT, Line, read_step
from migrator.model import Refused, Step, TicketSeen

_DOUBTS = f"""
    SELECT seq, key, steps.ordinal, floor, begun_at_s, begun_server_s, ended_server_s, doubt_since_s,
        number, reason, kind, method, path, body, uploads, contact
    FROM steps JOIN rows ON seq = steps.row
        JOIN requests ON requests.row = steps.row AND requests.ordinal = steps.ordinal
    WHERE {IN_DOUBT} {{which}} ORDER BY steps.row, steps.ordinal
"""  # noqa: S608 - constants only
_OWNER = """
    SELECT row FROM owned WHERE object_id = ?1 UNION ALL SELECT row FROM deleted WHERE object_id = ?1
"""
_DATED = """
    SELECT seq, kind, method, path, body, uploads, contact
    FROM rows JOIN steps ON steps.row = seq
        JOIN requests ON requests.row = seq AND requests.ordinal = steps.ordinal
    WHERE created_at_ms BETWEEN ? AND ? + 999 AND steps.ordinal = 0 AND seq > ? ORDER BY seq LIMIT ?
"""
_DONE = """
    SELECT kind, method, path, body, uploads, contact
    FROM steps JOIN requests ON requests.row = steps.row AND requests.ordinal = steps.ordinal
    WHERE steps.row = ? AND state = 'done' ORDER BY steps.ordinal
"""
_REOPENED = """
    UPDATE rows SET reopened = (SELECT count(*) FROM steps WHERE row = ?1 AND state = 'done') WHERE seq = ?1
"""


class Doubting(Door):
    """The part of a ledger that resolves doubt."""

    def doubts(self, *, only: str | None = None) -> list[Doubt]:
        """Every step in doubt, in source order; of one key, or of all."""
        if only is None:
            lines = self._reader.all(_DOUBTS.format(which=""))
        else:
            lines = self._reader.all(_DOUBTS.format(which="AND key = ?"), (codec.dump(only),))
        return [_doubt(line) for line in lines]

    def adopt(self, row: int, seen: TicketSeen) -> bool:
        """Claims a ticket that was found for the create step of a row, waiting or in doubt.

        Returns:
            Whether the row has that ticket now. False where another row owns it, which is for ever, or
            where the step is on its way, refused, or done with another ticket.
        """
        now_s, run = self._now(), self._run
        return self._writing.run(lambda db: steps.adopt(db, row, seen, now_s, run))

    def absent(self, row: int, ordinal: int) -> None:
        """Lets a step wait again that was in doubt and is proven not to have arrived.

        Raises:
            ValueError: It is not in doubt: a bug in the caller.
        """
        self._writing.run(lambda db: steps.absent(db, row, ordinal))

    def decide(self, row: int, ordinal: int, refused: Refused | None) -> None:
        """Settles a step in doubt that makes no ticket; a create is settled by `adopt`.

        Args:
            refused: Why it can never be done; None where it is proven to be there.

        Raises:
            ValueError: It is not in doubt, or is the create step: bugs in the caller.
        """
        at = steps.At(row, ordinal, self._now(), server_s=None, run=self._run)
        self._writing.run(lambda db: steps.decide(db, at, refused))

    # --- what tickets are recognised by ---------------------------------------------------------

    def owner_of(self, object_id: str) -> int | None:
        """The row that owns this ticket of Featurebase, or owned it until it was taken back; else None."""
        found = self._reader.one(_OWNER, (codec.dump(object_id),))
        return None if found is None else int(found[0])

    def newest_owned(self, limit: int) -> list[tuple[int, str]]:
        """Number and object id of the owned tickets with the highest numbers, the highest first."""
        lines = self._reader.all("SELECT number, object_id FROM owned ORDER BY number DESC LIMIT ?", (limit,))
        return [(number, codec.load_text(object_id)) for number, object_id in lines]

    def highest_owned(self) -> int:
        """The highest number of an owned ticket; 0 where none is owned."""
        return max((number for number, _ in self.newest_owned(1)), default=0)

    def row_with_legacy_id(self, legacy_id: str) -> int | None:
        """The row whose ticket carries this legacy id; one that has no ticket yet, if there are several."""
        found = self._reader.one(
            "SELECT seq FROM rows WHERE legacy_id = ? ORDER BY number IS NOT NULL, seq LIMIT 1",
            (codec.dump(legacy_id),),
        )
        return None if found is None else int(found[0])

    def creates_dated(self, created_at_ms: int) -> Iterator[Step]:
        """The create steps of all tickets with this backdate, to the second, sent or not."""
        second_ms = created_at_ms - created_at_ms % 1000  # an answer may leave the milliseconds out
        return (read_step(line[1:]) for line in self._reader.pages(_DATED, (second_ms, second_ms)))

    def has_undated(self) -> bool:
        """Whether any row with a legacy id has no backdate to be recognised by."""
        undated = "created_at_ms IS NULL AND legacy_id IS NOT NULL"
        query = f"SELECT 1 FROM rows INDEXED BY rows_undated WHERE {undated} LIMIT 1"  # noqa: S608
        return self._reader.one(query) is not None

    # --- what was sent --------------------------------------------------------------------------

    def done_steps(self, row: int) -> list[Step]:
        """The settled steps of a row, in their order: the create step first."""
        return [read_step(line) for line in self._reader.all(_DONE, (row,))]

    def note_reopened(self, row: int) -> None:
        """Writes that a person has opened the ticket again, as the settled steps left it closed.

        What is sent next may open it too, so that nobody could tell afterwards.
        """
        self._writing.run(lambda db: db.execute(_REOPENED, (row,)))

    def reopened_after(self, row: int) -> int:
        """After how many settled steps a person had opened the ticket again, as was noted last; 0: never."""
        found = self._reader.one("SELECT reopened FROM rows WHERE seq = ?", (row,))
        return 0 if found is None else int(found[0])

    def sent(self, row: int) -> Sent | None:
        """A row with its ticket and all its requests; None where the row owns no ticket."""
        return sent.by_row(self._reader.all, row)


def _doubt(line: Line) -> Doubt:
    return Doubt(
        row=line[0],
        key=codec.load_text(line[1]),
        ordinal=line[2],
        step=read_step(line[10:]),
        floor=line[3],
        begun_at_s=line[4],
        begun_server_s=line[5],
        ended_server_s=line[6],
        doubt_since_s=line[7],
        number=line[8],
        reason=codec.load_text(line[9]),
    )
