"""Reading everything back: is what is in Featurebase what was sent?

The list of tickets tells most, a hundred at a time; tickets with a thread are fetched one by one, and so are
those that the list does not show. What was read once is remembered, so that a verification that was stopped
goes on.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from migrator.errors import Interrupted, MigratorError
from migrator.featurebase import Client, Directory
from migrator.ledger import DifferenceKind, Ledger, Sent, Verdict, Verified, forgotten
from migrator.model import Counts, StepKind, TicketSeen
from migrator.runner.compare import compare_ticket
from migrator.runner.control import Telling
from migrator.runner.crew import Crew
from migrator.runner.workspace import check_workspace

_NUMBERED = re.compile(r"message \d+")
NAMED = 20
"""Tickets with differences that a proof names; the file of differences has them all."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What reading back came to: of every ticket, and of every value."""

    ledger: str
    target: str
    counts: Counts
    """Where the rows of the ledger stand."""
    tickets: int
    """Tickets that the ledger owns."""
    equal: int = 0
    explained: int = 0
    """Different only as Featurebase is known to change things."""
    different: int = 0
    missing: int = 0
    """Not there any more."""
    values: int = 0
    """Values compared."""
    values_explained: int = 0
    values_wrong: int = 0
    """Missing, different, or there without having been sent."""
    examples: tuple[Verified, ...] = ()
    """The first `NAMED` tickets with unexplained differences."""
    by_field: tuple[tuple[str, str, int], ...] = ()
    """Field, kind of difference, how often; the most frequent first."""
    ended: bool = False
    """False while it goes on, or when it was stopped."""

    @property
    def read(self) -> int:
        return self.equal + self.explained + self.different + self.missing

    @property
    def fidelity(self) -> float | None:
        """The share of values that arrived as they were sent, explained differences included."""
        return 1 - min(self.values_wrong / self.values, 1.0) if self.values else None

    @property
    def complete(self) -> bool:
        """Whether everything is in, was read back, and is as it was sent."""
        return self.ended and not (self.different or self.missing) and self.counts.complete


def proof_of(ledger: Ledger) -> Proof:
    """The newest verification of a ledger, in figures; all zeros where there was none."""
    newest = ledger.verification()
    proof = Proof(str(ledger.path), ledger.fact("base_url") or "", ledger.counts(), ledger.count_owned())
    if newest is None:
        return proof
    fields: Counter[tuple[str, str]] = Counter()
    examples: list[Verified] = []
    for verified in ledger.differences():
        fields.update((_without_number(each.field), each.kind.value) for each in verified.differences)
        if verified.verdict in (Verdict.DIFFERENT, Verdict.MISSING) and len(examples) < NAMED:
            examples.append(verified)
    explained = sum(count for (_, kind), count in fields.items() if kind == DifferenceKind.EXPLAINED)
    return replace(
        proof,
        equal=newest.verdicts.get(Verdict.EQUAL, 0),
        explained=newest.verdicts.get(Verdict.EXPLAINED, 0),
        different=newest.verdicts.get(Verdict.DIFFERENT, 0),
        missing=newest.verdicts.get(Verdict.MISSING, 0),
        values=newest.compared,
        values_explained=explained,
        values_wrong=fields.total() - explained,
        examples=tuple(examples),
        by_field=tuple((field, kind, count) for (field, kind), count in fields.most_common()),
        ended=newest.ended_at_s is not None,
    )


def verify_ledger(ledger: Ledger, client: Client, telling: Telling) -> MigratorError | None:
    """Compares every ticket that the ledger owns with what was sent; goes on where an earlier one stopped.

    Returns:
        What stopped it before its end; None where it got there.

    Raises:
        LedgerError: The ledger was told to forget what it sent.
        OtherWorkspace: The ledger's tickets are elsewhere.
    """
    if ledger.forgotten:
        raise forgotten(ledger.path)
    directory = Directory.from_text(ledger.fact("directory") or Directory.unchecked().to_text())
    check_workspace(ledger, client.fetch_directory(frozenset()), client)
    reading = _Reading(ledger, directory, client, telling)
    try:
        reading.through()
    except MigratorError as error:
        return error
    finally:
        ledger.flush()
    if telling.control.stopping:
        return Interrupted("stopped while verifying", hint="run the same command: it goes on where it was")
    reading.finish()
    return None


def _without_number(field: str) -> str:
    """`message 3 (reply)` as `message (reply)`, so that they count together."""
    return _NUMBERED.sub("message", field)


class _Reading:
    """One verification under way."""

    def __init__(self, ledger: Ledger, directory: Directory, client: Client, telling: Telling) -> None:
        self._ledger = ledger
        self._directory = directory
        self._client = client
        self._control = telling.control
        self._progress = telling.progress
        earlier = ledger.verification()
        goes_on = earlier is not None and earlier.ended_at_s is None
        self._id = earlier.id if earlier and goes_on else ledger.begin_verification()
        self._read = _Rows()
        for row in ledger.verified_rows(self._id):
            self._read.add(row)
        self._lock = threading.Lock()
        self._noted: Counter[str] = Counter()

    def through(self) -> None:
        """Reads every owned ticket that was not read yet.

        Raises:
            MigratorError: What stopped it.
        """
        total = self._ledger.count_owned() - self._read.count
        if total <= 0:
            return
        self._progress.start("verifying", total, "ticket")  # what is read already would falsify the pace
        Crew(self._check, self._client.connection.workers, self._control).through(self._to_read())
        self._progress.done()

    def _to_read(self) -> Iterator[tuple[int, TicketSeen | None]]:
        """Rows to be read, each with its ticket where the list shows it."""
        handed = self._read
        lowest = next((each.number for each in self._ledger.owned()), 1)
        for seen in self._client.tickets_above(lowest - 1, fill_gaps=False):
            row = self._ledger.owner_of(seen.object_id)
            if row is not None and row not in handed:
                handed.add(row)
                yield row, seen
        for owned in self._ledger.owned():
            if owned.row not in handed:
                yield owned.row, None

    def _check(self, listed: tuple[int, TicketSeen | None], _next: Callable[[], None]) -> None:
        row, seen = listed
        sent = self._ledger.sent(row)
        if sent is None or not sent.done:
            return
        if seen is None or _is_told_alone(sent, seen):
            seen = self._client.ticket(sent.number)
            if seen is not None and seen.object_id != sent.object_id:
                seen = None  # the number belongs to another ticket now: ours is gone
        found = compare_ticket(sent.done, seen, self._directory)
        verdict = _verdict(seen, {each.kind for each in found.differences})
        self._ledger.note_verified(self._id, row, verdict, found.differences, compared=found.compared)
        with self._lock:
            self._noted[verdict] += 1
            self._progress.note(
                different=self._noted[Verdict.DIFFERENT], missing=self._noted[Verdict.MISSING]
            )
            self._progress.advance()

    def finish(self) -> None:
        self._ledger.end_verification(self._id, {})


class _Rows:
    """Many row numbers in little memory: a byte each, where a set would take fifty."""

    def __init__(self) -> None:
        self.count = 0
        self._marks = bytearray()

    def __contains__(self, row: int) -> bool:
        return row < len(self._marks) and bool(self._marks[row])

    def add(self, row: int) -> None:
        if row >= len(self._marks):
            self._marks.extend(bytes(row + 1 - len(self._marks)))
        self.count += not self._marks[row]
        self._marks[row] = 1


def _is_told_alone(sent: Sent, listed: TicketSeen) -> bool:
    """Whether only the ticket itself shows all that is to be compared."""
    has_thread = any(each.kind in (StepKind.REPLY, StepKind.NOTE) for each in sent.done)
    return has_thread or listed.custom_fields is None or listed.content is None


def _verdict(seen: TicketSeen | None, kinds: set[DifferenceKind]) -> Verdict:
    if seen is None:
        return Verdict.MISSING
    if kinds - {DifferenceKind.EXPLAINED}:
        return Verdict.DIFFERENT
    return Verdict.EXPLAINED if kinds else Verdict.EQUAL
