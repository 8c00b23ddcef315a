"""Is this ticket the one that we sent? Three-valued and pure.

Featurebase keeps no trace of the request that made a ticket, so a lost answer can only be found by
what the ticket looks like. What the service does not return, or may have rewritten (white space,
markup), neither proves nor excludes. The rules are those of the design's section on answers.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from migrator.model import TicketSeen

CLOCK_SLACK_S = 5.0
"""The `Date` header counts whole seconds, and an answer takes a while to travel."""
CUT_LEAST = 100
"""Characters of a title that a service may have cut off: how long one may be is not documented."""


class Verdict(Enum):
    """What comparing two tickets, or one value of theirs, comes to."""

    NO = 0
    MAYBE = 1
    YES = 2


@dataclass(frozen=True, slots=True)
class Sought:
    """A ticket that may have been made: what was sent, and when."""

    sent: TicketSeen
    """The request's own values, in the shape of an answer; `None` for what was not sent."""
    floor: int
    """The highest ticket number before the run began: ours is above it."""
    begun_s: float
    """When the intent was written, by the server's clock, seconds since 1970."""
    until_s: float
    """The last moment at which the service may have made it, by the server's clock."""
    legacy_field: str = ""
    """Id of the custom field that carries the source's id; empty where none is mapped."""


def compare(sought: Sought, seen: TicketSeen) -> Verdict:
    """YES: surely ours. MAYBE: it could be. NO: surely not.

    When the ticket was last changed says nothing here: nobody knows whether an import's own date counts as
    a change, nor how well the service's clocks agree. See `stale`.
    """
    if seen.number <= sought.floor:
        return Verdict.NO
    legacy = _legacy(sought, seen)
    category = _same(sought.sent.category_id, seen.category_id)
    if legacy is Verdict.YES:  # a person may have edited the title since; nobody else carries our id
        return Verdict.NO if category is Verdict.NO else Verdict.YES
    title = _same_text(sought.sent.title, seen.title)
    author = _same_address(sought.sent.author_email, seen.author_email)
    created = _created(sought, seen)
    if Verdict.NO in (legacy, category, title, author, created):
        return Verdict.NO
    sure = title is Verdict.YES and Verdict.YES in (author, created)
    return Verdict.YES if sure else Verdict.MAYBE


def stale(sought: Sought, seen: TicketSeen) -> bool:
    """Whether it was last changed before ours was begun: then it is a stranger, if the clocks agree."""
    return _before(seen.updated_at, sought.begun_s - CLOCK_SLACK_S)


def same_content(sent: TicketSeen, seen: TicketSeen) -> bool:
    """Whether the bodies say the same, markup and white space aside: decides between twins."""
    return folded(sent.content or "") == folded(seen.content or "")


@dataclass(frozen=True, slots=True)
class Group:
    """Doubts that could have made the same tickets: decided together or not at all."""

    members: tuple[int, ...]
    """Indices into the sought tickets."""
    candidates: tuple[int, ...]
    """Indices into the seen tickets."""
    certain: bool
    """Every link of the group is a YES."""


def groups(sought: Sequence[Sought], seen: Sequence[TicketSeen]) -> list[Group]:
    """The connected parts of the graph «could be»; a doubt without any candidate is a group alone."""
    links = {
        (member, candidate): verdict
        for member, wanted in enumerate(sought)
        for candidate in _plausible(wanted, seen)
        if (verdict := compare(wanted, seen[candidate])) is not Verdict.NO
    }
    parent = list(range(len(sought) + len(seen)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for member, candidate in links:
        parent[root(member)] = root(len(sought) + candidate)
    members: dict[int, list[int]] = {}
    for member in range(len(sought)):
        members.setdefault(root(member), []).append(member)
    candidates: dict[int, set[int]] = {}
    unsure: set[int] = set()
    for (member, candidate), verdict in links.items():
        candidates.setdefault(root(member), set()).add(candidate)
        if verdict is not Verdict.YES:
            unsure.add(root(member))
    return [
        Group(tuple(those), tuple(sorted(candidates.get(at, ()))), at not in unsure)
        for at, those in members.items()
    ]


def without_stale(group: Group, sought: Sequence[Sought], seen: Sequence[TicketSeen]) -> Group:
    """The group without stale candidates, where it has too many and just enough are left without them."""
    if len(group.candidates) <= len(group.members):
        return group
    fresh = tuple(
        each
        for each in group.candidates
        if not all(stale(sought[member], seen[each]) for member in group.members)
    )
    return replace(group, candidates=fresh) if len(fresh) == len(group.members) else group


def pair(
    members: Iterable[int], candidates: Iterable[int], sought: Sequence[Sought], seen: Sequence[TicketSeen]
) -> list[tuple[int, int]]:
    """Gives each member of a group a candidate while there are any, equal bodies first.

    Members of one group are twins, so that any pairing is right; bodies break the tie where they can.
    """
    left = list(candidates)
    waiting = []
    pairs = []
    for member in members:
        equal = next((c for c in left if same_content(sought[member].sent, seen[c])), None)
        if equal is None:
            waiting.append(member)
        else:
            left.remove(equal)
            pairs.append((member, equal))
    pairs.extend(zip(waiting, left, strict=False))
    return pairs


def instant(text: str | None) -> float | None:
    """Seconds since 1970 of an ISO 8601 time with offset; None where there is none or it is unreadable."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo else None


def _plausible(sought: Sought, seen: Sequence[TicketSeen]) -> Iterable[int]:
    return (index for index, ticket in enumerate(seen) if ticket.number > sought.floor)


def _legacy(sought: Sought, seen: TicketSeen) -> Verdict:
    sent = (sought.sent.custom_fields or {}).get(sought.legacy_field)
    if not sought.legacy_field or sent is None or seen.custom_fields is None:
        return Verdict.MAYBE
    return _same(sent, seen.custom_fields.get(sought.legacy_field))


def _same(sent: object, seen: object) -> Verdict:
    if sent is None or seen is None:
        return Verdict.MAYBE
    return Verdict.YES if sent == seen else Verdict.NO


def _same_text(sent: str | None, seen: str | None) -> Verdict:
    if sent is None or seen is None:
        return Verdict.MAYBE
    if folded(sent) == folded(seen):  # white space at the ends or in runs may have been tidied
        return Verdict.YES
    cut_short = len(seen) >= CUT_LEAST and folded(sent).startswith(folded(seen))
    return Verdict.MAYBE if cut_short else Verdict.NO


def _same_address(sent: str | None, seen: str | None) -> Verdict:
    return _same(sent.casefold() if sent else None, seen.casefold() if seen else None)


def _created(sought: Sought, seen: TicketSeen) -> Verdict:
    made = instant(seen.created_at)
    if made is None:
        return Verdict.MAYBE
    backdate = instant(sought.sent.created_at)
    if backdate is None:
        within = sought.begun_s - CLOCK_SLACK_S <= made <= sought.until_s + CLOCK_SLACK_S
        return Verdict.MAYBE if within else Verdict.NO
    if made == backdate:
        return Verdict.YES
    return Verdict.MAYBE if int(made) == int(backdate) else Verdict.NO  # milliseconds may be dropped


def _before(text: str | None, limit_s: float) -> bool:
    moment = instant(text)
    return moment is not None and moment < limit_s


_MARKUP = re.compile(r"<[^<>]*>")


def folded(text: str) -> str:
    """A text without markup, entities and white space: what the service leaves as it is."""
    return "".join(html.unescape(_MARKUP.sub("", text)).split())
