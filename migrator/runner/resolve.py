"""What became of requests whose answer was lost: look, then claim, wait or send again.

One look serves all doubts: a single walk down the list of tickets above the lowest floor for those that
were to create one, and one fetch for each ticket with a later step in doubt. Looking happens only while
nothing is in flight, so that no twin of a doubt can appear between the look and the decision. «Not
there» counts only once `settle_s` have passed since the request could last have left, because a server
may finish what its client has given up on.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from migrator.featurebase import Client, Directory, are_there, as_sent, part_sent, with_change
from migrator.ledger import Doubt, Ledger, Work
from migrator.model import Done, InDoubt, Outcome, PartSeen, Progress, Refused, Silent, StepKind, TicketSeen
from migrator.runner.compare import is_reopened, overwritten
from migrator.runner.matching import Group, Sought, Verdict, groups, pair, without_stale
from migrator.runner.parts import already_there
from migrator.runner.threadless import NO_CONVERSATION, lacks_conversation

_Thing = TypeVar("_Thing")

GONE = Refused(404, "ticket-gone", "the ticket was deleted in Featurebase before its thread was complete")


@dataclass(frozen=True, slots=True)
class Look:
    """What one look came to. Every doubt is counted once."""

    found: int = 0
    """It did happen: the ticket, the reply or the change is there."""
    absent: int = 0
    """Proven not to have happened: waiting to be sent."""
    early: int = 0
    """Not seen, and too early to say."""
    undecidable: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Source ids that nobody but a person can decide, each with the addresses of the likely tickets."""
    look_again_s: float | None = None
    """Seconds until the next early one is ripe; None when none is early."""


def look(
    ledger: Ledger,
    client: Client,
    *,
    settle_s: float,
    legacy_field: str,
    progress: Progress | None = None,
) -> Look:
    """Decides every doubt that can be decided now.

    Args:
        settle_s: How long a request without an answer may still take effect.
        legacy_field: Id of the custom field with the source's id; empty where none is mapped.

    Raises:
        FeaturebaseError: The tickets cannot be read; what has been decided so far stays decided.
    """
    doubts = ledger.doubts()
    looking = _Looking(ledger, client, settle_s, time.time(), progress or Silent())
    looking.for_tickets([each for each in doubts if each.step.kind is StepKind.CREATE], legacy_field)
    looking.for_others([each for each in doubts if each.step.kind is not StepKind.CREATE])
    ledger.flush()
    return looking.result()


def look_into(
    ledger: Ledger, client: Client, ticket: Work, *, guard: Directory | None = None
) -> dict[int, Outcome]:
    """What of a ticket's waiting steps is there already or must not be sent, by ordinal; others may be sent.

    A ticket that an earlier run made, or that was found again, may hold more than its ledger knows: the
    ledger may be new, or an old one restored. And a person may have changed it since. One request for each
    such ticket.

    Args:
        guard: Names the fields that a change would overwrite though a person has changed them; None lets it.

    Raises:
        FeaturebaseError: The ticket cannot be read.
    """
    assert ticket.number is not None
    seen = client.ticket(ticket.number)
    if seen is None:
        return {ordinal: GONE for ordinal, _ in ticket.steps}
    found = _guarded(ledger, ticket, seen, guard) if guard else {}
    messages = [(ordinal, step) for ordinal, step in ticket.steps if not step.kind.is_change]
    if not messages:
        return found
    if lacks_conversation(seen):
        return {**found, messages[0][0]: NO_CONVERSATION}
    if seen.parts is None:
        unread = InDoubt("the thread cannot be read, so it may hold this message already")
        return {**found, messages[0][0]: unread}
    wanted = [part_sent(step) for _, step in messages]
    verdicts = _already_there(wanted, seen.parts, ledger, ticket.row)
    for (ordinal, _), verdict in zip(messages, verdicts, strict=True):
        if verdict is Verdict.YES:
            found[ordinal] = Done(seen, adopted=True)
        elif verdict is Verdict.MAYBE:
            found[ordinal] = InDoubt("the thread holds a message that may be this one")
    return found


def _guarded(ledger: Ledger, ticket: Work, seen: TicketSeen, directory: Directory) -> dict[int, Outcome]:
    """Changes that would undo what a person has done since, refused in our own name."""
    carried_out = list(ledger.done_steps(ticket.row))
    if not carried_out:
        return {}
    if is_reopened(carried_out, seen):
        ledger.note_reopened(ticket.row)
    reopened_after = ledger.reopened_after(ticket.row)
    found: dict[int, Outcome] = {}
    for ordinal, step in ticket.steps:
        if step.kind.is_change:
            fields = overwritten(carried_out, step, seen, directory, reopened_after=reopened_after)
            if fields:
                message = f"changed in Featurebase since it was sent: {', '.join(fields)}"
                found[ordinal] = Refused(409, "changed-since", message)
            carried_out.append(step)
            seen = with_change(seen, step)  # what the next change will find
    return found


def _already_there(
    wanted: Sequence[PartSeen], parts: Sequence[PartSeen], ledger: Ledger, row: int
) -> list[Verdict]:
    """Which of a row's messages its thread holds, beside those that are settled and the description."""
    settled = ledger.done_steps(row)
    ours = [part_sent(step) for step in settled if step.kind in (StepKind.REPLY, StepKind.NOTE)]
    description = next((part_sent(step) for step in settled if step.kind is StepKind.CREATE), None)
    return already_there(wanted, parts, ours, description)


@dataclass(slots=True)
class _Looking:
    """One look, and the decisions taken in it."""

    ledger: Ledger
    client: Client
    settle_s: float
    now_s: float
    progress: Progress
    found: int = 0
    absent: int = 0
    early: int = 0
    undecidable: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    ripe_in_s: list[float] = field(default_factory=list)

    # --- tickets ------------------------------------------------------------------------------

    def for_tickets(self, doubts: Sequence[Doubt], legacy_field: str) -> None:
        """Looks for the tickets of create steps in doubt, all in one walk down the list."""
        if not doubts:
            return
        sought = [self._sought(doubt, legacy_field) for doubt in doubts]
        floor = min(each.floor for each in sought)
        above = self.client.tickets_above(
            floor,
            known_gone=list(self.ledger.deleted_numbers(floor)),
            known_top=self.ledger.highest_owned(),
        )
        seen = [
            each
            for each in self._told(above, "looking for tickets whose answer was lost")
            if self.ledger.owner_of(each.object_id) is None
        ]
        for group in groups(sought, seen):
            self._decide(without_stale(group, sought, seen), doubts, sought, seen)

    def _sought(self, doubt: Doubt, legacy_field: str) -> Sought:
        return Sought(
            sent=as_sent(doubt.step),
            floor=doubt.floor,
            begun_s=doubt.begun_server_s,
            until_s=doubt.doubt_since_s + self.client.server_offset_s + self.settle_s,
            legacy_field=legacy_field,
        )

    def _decide(
        self, group: Group, doubts: Sequence[Doubt], sought: Sequence[Sought], seen: Sequence[TicketSeen]
    ) -> None:
        members = [doubts[member] for member in group.members]
        enough = len(group.candidates) == len(group.members)
        if group.certain and enough:
            self._claim(group, doubts, sought, seen)
        elif self._too_early(members):
            pass
        elif not group.certain or len(group.candidates) > len(group.members):
            # More tickets than requests: somebody else made one, and nothing tells which.
            links = tuple(_address(seen[candidate]) for candidate in group.candidates)
            self.undecidable.extend((doubt.key, links) for doubt in members)
        else:
            self._claim(group, doubts, sought, seen)

    def _claim(
        self, group: Group, doubts: Sequence[Doubt], sought: Sequence[Sought], seen: Sequence[TicketSeen]
    ) -> None:
        """Gives every candidate to a member; members that are left over were never made."""
        pairs = dict(pair(group.members, group.candidates, sought, seen))
        for member in group.members:
            doubt = doubts[member]
            if member in pairs:
                self.ledger.adopt(doubt.row, seen[pairs[member]])
                self.found += 1
            else:
                self._send_again(doubt)

    # --- what belongs to a ticket -------------------------------------------------------------

    def for_others(self, doubts: Sequence[Doubt]) -> None:
        """Looks into the tickets of steps that do not create one."""
        for doubt in self._told(doubts, "looking into tickets whose answer was lost", len(doubts)):
            self._within_ticket(doubt)

    def _within_ticket(self, doubt: Doubt) -> None:
        """Looks into one ticket for a reply, a note or a change that may have reached it."""
        assert doubt.number is not None  # only the first step of a row has no ticket yet
        seen = self.client.ticket(doubt.number)
        if seen is None:
            self.ledger.decide(doubt.row, doubt.ordinal, GONE)
            self.found += 1
        elif doubt.step.kind.is_change:
            self._look_for_change(doubt, seen)
        else:
            self._look_for_part(doubt, seen)

    def _look_for_change(self, doubt: Doubt, seen: TicketSeen) -> None:
        """A change may be made twice, for it is the same change; but files might be added twice."""
        if doubt.step.uploads and are_there(doubt.step, seen):
            self.ledger.decide(doubt.row, doubt.ordinal, None)
            self.found += 1
        elif not doubt.step.uploads or not self._too_early([doubt]):
            self._send_again(doubt)

    def _look_for_part(self, doubt: Doubt, seen: TicketSeen) -> None:
        """A reply is there if the thread holds a part like it that no other step of ours explains."""
        (verdict,) = _already_there([part_sent(doubt.step)], seen.parts or (), self.ledger, doubt.row)
        if verdict is Verdict.YES:
            self.ledger.decide(doubt.row, doubt.ordinal, None)
            self.found += 1
        elif not self._too_early([doubt]):
            if verdict is Verdict.MAYBE or seen.parts is None:
                self.undecidable.append((doubt.key, (_address(seen),)))
            else:
                self._send_again(doubt)

    def _told(self, each: Iterable[_Thing], what: str, total: int | None = None) -> Iterator[_Thing]:
        """The same things, one after the other, with a word to the progress bar."""
        if total == 0:
            return
        self.progress.start(what, total, "ticket")
        for thing in each:
            self.progress.advance()
            yield thing
        self.progress.done()

    # --- decisions ----------------------------------------------------------------------------

    def _too_early(self, doubts: Sequence[Doubt]) -> bool:
        ripe_in_s = max(doubt.doubt_since_s for doubt in doubts) + self.settle_s - self.now_s
        if ripe_in_s <= 0:
            return False
        self.early += len(doubts)
        self.ripe_in_s.append(ripe_in_s)
        return True

    def _send_again(self, doubt: Doubt) -> None:
        self.ledger.absent(doubt.row, doubt.ordinal)
        self.absent += 1

    def result(self) -> Look:
        return Look(
            found=self.found,
            absent=self.absent,
            early=self.early,
            undecidable=tuple(self.undecidable),
            look_again_s=min(self.ripe_in_s, default=None),
        )


def _address(seen: TicketSeen) -> str:
    return seen.url or f"ticket {seen.number}"
