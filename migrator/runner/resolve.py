"""What became of requests whose answer was lost: look, then claim, wait or send again.

One look serves all doubts: a single walk down the list of tickets above the lowest floor. Looking
happens only while nothing is in flight, so that no twin of a doubt can appear between the look and
the decision. «Not there» counts only once `settle_s` have passed since the request could last have
left, because a server may finish what its client has given up on.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from migrator.featurebase import Client, as_sent
from migrator.ledger import Doubt, Ledger
from migrator.model import TicketSeen
from migrator.runner.matching import Group, Sought, groups, pair


@dataclass(frozen=True, slots=True)
class Look:
    """What one look came to. Every doubt is counted once."""

    found: int = 0
    """Claimed: the ticket is there."""
    absent: int = 0
    """Proven not to be there: waiting to be sent."""
    early: int = 0
    """Not seen, and too early to say."""
    undecidable: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Source ids that nobody but a person can decide, each with the addresses of the likely tickets."""
    look_again_s: float | None = None
    """Seconds until the next early one is ripe; None when none is early."""


def look(ledger: Ledger, client: Client, *, settle_s: float, legacy_field: str) -> Look:
    """Decides every doubt that can be decided now.

    Args:
        legacy_field: Id of the custom field with the source's id; empty where none is mapped.

    Raises:
        FeaturebaseError: The list of tickets cannot be read; nothing has been decided.
    """
    doubts = ledger.doubts()
    if not doubts:
        return Look()
    started_s = time.time()
    sought = [_sought(doubt, client.server_offset_s, settle_s, legacy_field) for doubt in doubts]
    lowest = min(each.floor for each in sought)
    seen = [each for each in client.tickets_above(lowest) if ledger.owner_of(each.object_id) is None]
    deciding = _Deciding(ledger, doubts, sought, seen)
    for group in groups(sought, seen):
        ripe_in_s = max(doubts[member].doubt_since_s for member in group.members) + settle_s - started_s
        deciding.decide(group, ripe_in_s)
    ledger.flush()
    return deciding.look()


class _Deciding:
    """The decisions of one look, as they are taken."""

    def __init__(
        self, ledger: Ledger, doubts: Sequence[Doubt], sought: Sequence[Sought], seen: Sequence[TicketSeen]
    ) -> None:
        self._ledger = ledger
        self._doubts = doubts
        self._sought = sought
        self._seen = seen
        self._found = self._absent = self._early = 0
        self._undecidable: list[tuple[str, tuple[str, ...]]] = []
        self._ripe_in_s: list[float] = []

    def decide(self, group: Group, ripe_in_s: float) -> None:
        enough = len(group.candidates) == len(group.members)
        if group.certain and enough:
            self._claim(group)
        elif ripe_in_s > 0:
            self._early += len(group.members)
            self._ripe_in_s.append(ripe_in_s)
        elif not group.certain or len(group.candidates) > len(group.members):
            # More tickets than requests: somebody else made one, and nothing tells which.
            links = tuple(self._seen[c].url or f"ticket {self._seen[c].number}" for c in group.candidates)
            self._undecidable.extend((self._doubts[member].key, links) for member in group.members)
        else:
            self._claim(group)

    def _claim(self, group: Group) -> None:
        """Gives every candidate to a member; members that are left over were never made."""
        pairs = dict(pair(group.members, group.candidates, self._sought, self._seen))
        for member in group.members:
            doubt = self._doubts[member]
            if member in pairs:
                self._ledger.adopt(doubt.row, self._seen[pairs[member]])
                self._found += 1
            else:
                self._ledger.absent(doubt.row, doubt.ordinal)
                self._absent += 1

    def look(self) -> Look:
        return Look(
            found=self._found,
            absent=self._absent,
            early=self._early,
            undecidable=tuple(self._undecidable),
            look_again_s=min(self._ripe_in_s, default=None),
        )


def _sought(doubt: Doubt, server_offset_s: float, settle_s: float, legacy_field: str) -> Sought:
    return Sought(
        sent=as_sent(doubt.step),
        floor=doubt.floor,
        begun_s=doubt.begun_server_s,
        until_s=doubt.doubt_since_s + server_offset_s + settle_s,
        legacy_field=legacy_field,
    )
