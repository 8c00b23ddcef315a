"""What waits to be sent, in which order, and what became of it once it left.

What may happen to a step is in `steps.py`. When a request leaves is no business of this module, but that
its intent is on the disk before it does.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from migrator.ledger import codec, fallbacks, steps
from migrator.ledger.accounting import Accounting
from migrator.ledger.entries import Order, Work
from migrator.ledger.facts import Facts, put_own_facts
from migrator.ledger.reader import IN_DOUBT, PAGE, WRONG, Reader, read_step
from migrator.ledger.writer import Writer
from migrator.model import Done, Outcome, Problem, Status, Step

_BY_DATE = """
    SELECT created_at_ms, seq FROM rows INDEXED BY rows_pending
    WHERE status = 'pending' AND created_at_ms IS NOT NULL AND (created_at_ms, seq) {beyond} (?, ?)
    ORDER BY created_at_ms {direction}, seq {direction} LIMIT ?
"""
_BY_PLACE = """
    SELECT seq FROM rows WHERE {which} AND seq {beyond} ? ORDER BY seq {direction} LIMIT ?
"""
_UNDATED = "status = 'pending' AND created_at_ms IS NULL"
_WORK = """
    SELECT rows.key, rows.status, number, object_id, state,
        steps.ordinal, kind, method, path, body, uploads, contact
    FROM rows JOIN steps ON steps.row = seq
        JOIN requests ON requests.row = seq AND requests.ordinal = steps.ordinal
    WHERE seq = ? AND state <> 'done' ORDER BY steps.ordinal
"""
# Counting what does not wait, which is little, spares a look at every row that does.
_REQUESTS = f"""
    SELECT (SELECT count(*) FROM steps WHERE state = 'waiting')
        - (SELECT count(*) FROM rows CROSS JOIN steps ON steps.row = seq WHERE {WRONG} AND state = 'waiting')
        - (SELECT count(*) FROM (SELECT DISTINCT row AS doubted FROM steps WHERE {IN_DOUBT})
           CROSS JOIN steps ON steps.row = doubted WHERE state = 'waiting')
"""  # noqa: S608 - constants only


FLOOR_SLACK = 500
"""How far below the highest ticket so far a later one is looked for: a service of several machines may give
numbers out in advance, some dozens to each."""


class Sending(Accounting, Facts):
    """The part of a ledger that is written while a migration is sent."""

    def __init__(
        self, path: Path, reader: Reader, *, writer: Writer | None, now: Callable[[], float]
    ) -> None:
        super().__init__(path, reader, writer=writer, now=now)
        floor = self.fact("floor")
        self._floor = None if floor is None else int(floor)
        self._highest_made = 0
        self._in_flight: set[tuple[int, int]] = set()
        self._in_flight_guard = threading.Lock()

    # --- what waits -----------------------------------------------------------------------------

    def waiting(
        self, *, order: Order = Order.OLDEST, limit: int | None = None, only: str | None = None
    ) -> Iterator[Work]:
        """Tickets with steps to send, none of which is on its way, in doubt or refused.

        Each is looked at again when its turn comes, so what was settled meanwhile is left out. A ticket that
        begins to wait again behind the place that was reached is not met: ask again.

        Args:
            limit: At most so many tickets.
            only: Just the ticket with this key.
        """
        rows = self._rows_waiting(order) if only is None else self._row_waiting(only)
        return islice((work for row in rows if (work := self._work(row))), limit)

    def to_send(self, *, only: str | None = None) -> tuple[int, int]:
        """How many tickets wait, and how many requests they need; of one key, or of all."""
        if only is not None:
            each = [len(work.steps) for work in self.waiting(only=only)]
            return len(each), sum(each)
        ((requests,),) = self._reader.all(_REQUESTS)
        return self.counts().pending, requests

    def _rows_waiting(self, order: Order) -> Iterator[int]:
        match order:
            case Order.OLDEST:
                return chain(self._by_date(">", "ASC"), self._by_place(_UNDATED, ">", "ASC"))
            case Order.NEWEST:
                return chain(self._by_date("<", "DESC"), self._by_place(_UNDATED, "<", "DESC"))
            case Order.SOURCE:
                return self._by_place("status = 'pending'", ">", "ASC")

    def _row_waiting(self, key: str) -> Iterator[int]:
        found = self._reader.all(
            "SELECT seq FROM rows WHERE key = ? AND status = 'pending'", (codec.dump(key),)
        )
        return (row for (row,) in found)

    def _by_date(self, beyond: str, direction: str) -> Iterator[int]:
        query = _BY_DATE.format(beyond=beyond, direction=direction)
        last_ms, last_row = (-(2**63), 0) if beyond == ">" else (2**63 - 1, 0)
        while True:
            lines = self._reader.all(query, (last_ms, last_row, PAGE))
            yield from (row for _, row in lines)
            if len(lines) < PAGE:
                return
            last_ms, last_row = lines[-1]

    def _by_place(self, which: str, beyond: str, direction: str) -> Iterator[int]:
        query = _BY_PLACE.format(which=which, beyond=beyond, direction=direction)
        for (row,) in self._reader.pages(query, after=0 if beyond == ">" else 2**63 - 1):
            yield row

    def _work(self, row: int) -> Work | None:
        """The row's remaining steps; None if it no longer waits or one of them is on its way.

        An intent is on the disk before its request leaves, so this need not wait for what was handed over.
        """
        lines = self._reader.on_disk(_WORK, (row,))
        if not lines or any(line[1] != Status.PENDING or line[4] != "waiting" for line in lines):
            return None
        key, _, number, object_id = lines[0][:4]
        remaining = tuple((line[5], read_step(line[6:])) for line in lines)
        return Work(row, codec.load_text(key), number, codec.load_text_or_none(object_id), remaining)

    # --- sending --------------------------------------------------------------------------------

    def floor(self) -> int | None:
        """The highest ticket number that there was when the last run started; None before the first.

        An intent's own floor is higher once tickets above it were made, so that looking for the last of
        100,000 does not read them all.
        """
        return self._floor

    def set_floor(self, number: int) -> None:
        """Stores the lowest floor of every intent from now on; on the disk when this returns."""
        self._writing.run(lambda db: put_own_facts(db, {"floor": str(number)}))
        self._floor = number

    def begin(self, row: int, ordinal: int, *, server_time_s: float) -> None:
        """Writes that a step is about to be sent. When this returns it is on the disk, and it may leave.

        Raises:
            DiskFull: There is no room: nothing may be sent.
            ValueError: The step is not the next of its row, or no floor was set: bugs in the caller.
        """
        floor = self._floor
        if floor is None:
            raise ValueError("no floor was set: what this step creates could not be found again")
        floor = max(floor, self._highest_made - FLOOR_SLACK)
        at = steps.At(row, ordinal, self._now(), server_time_s, self._run)
        self._writing.run(lambda db: steps.begin(db, at, floor))
        with self._in_flight_guard:
            self._in_flight.add((row, ordinal))

    def settle(self, row: int, ordinal: int, outcome: Outcome, *, server_time_s: float) -> None:
        """Hands over what became of a step that was begun; `flush` waits until it is on the disk.

        Should the disk fail before, the step is in doubt when the ledger is opened again.

        Raises:
            ValueError: The step is not on its way: a bug in the caller.
        """
        with self._in_flight_guard:
            if (row, ordinal) not in self._in_flight:
                raise ValueError(f"step {ordinal} of row {row} was not begun")
            self._in_flight.remove((row, ordinal))
            if isinstance(outcome, Done):
                self._highest_made = max(self._highest_made, outcome.seen.number)
        at = steps.At(row, ordinal, self._now(), server_time_s, self._run)
        self._writing.hand_over(lambda db: steps.settle(db, at, outcome))

    def flush(self) -> None:
        """Waits until everything handed over is on the disk."""
        self._writing.flush()

    # --- changing what waits --------------------------------------------------------------------

    def exchange(
        self, row: int, ordinal: int, step: Step, warning: Problem, *, files: int, back: bool = False
    ) -> None:
        """Puts another step in the place of one that waits, because its files cannot come along.

        Args:
            files: How many they are; they count as left out.
            back: It is the step as it was: the files were not to blame, so warning and count go again.

        Raises:
            ValueError: The step is not waiting: a bug in the caller.
        """
        self._writing.run(
            lambda db: fallbacks.exchange(db, row, ordinal, step, warning, files=files, back=back)
        )

    def merge(
        self, row: int, ordinals: Sequence[int], step: Step, warning: Problem, left_out: Counter[str]
    ) -> None:
        """Puts one step in the place of several that wait; it gets the place of the first.

        Args:
            left_out: What does not come along any more, counted.

        Raises:
            ValueError: They are not all waiting: a bug in the caller.
        """
        self._writing.run(lambda db: fallbacks.merge(db, row, ordinals, step, warning, left_out))

    def append_step(self, row: int, step: Step) -> None:
        """Adds a step to a complete row: it waits, and is what it was again once that is done.

        Raises:
            ValueError: The row is not complete: a bug in the caller.
        """
        self._writing.run(lambda db: steps.append(db, row, step))

    def give_up_rewriting(self) -> int:
        """Lets rows be as they were whose change of references was refused; returns how many."""
        return self._writing.run(steps.give_up_rewriting)

    def retry_failed(self, keys: Sequence[str]) -> int:
        """Lets the refused steps of these rows wait again, where they failed; returns how many rows."""
        return self._writing.run(lambda db: steps.retry_failed(db, keys))
