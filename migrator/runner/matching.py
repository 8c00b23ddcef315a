"""Is this ticket the one that we sent? Three-valued and pure.

Featurebase keeps no trace of the request that made a ticket, so a lost answer can only be found by
what the ticket looks like. What the service does not return, or may have rewritten (white space,
markup), neither proves nor excludes. The rules are those of the design's section on answers.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from migrator.model import PartKind, PartSeen, TicketSeen

CLOCK_SLACK_S = 5.0
"""The `Date` header counts whole seconds, and an answer takes a while to travel."""


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
    """YES: surely ours. MAYBE: it could be. NO: surely not."""
    if seen.number <= sought.floor or _before(seen.updated_at, sought.begun_s - CLOCK_SLACK_S):
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


def same_content(sent: TicketSeen, seen: TicketSeen) -> bool:
    """Whether the bodies say the same, markup and white space aside: decides between twins."""
    return _folded(sent.content or "") == _folded(seen.content or "")


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


def same_part(sent: PartSeen, seen: PartSeen) -> Verdict:
    """Whether an entry of a thread is the message that was sent.

    Kind and instant cannot be rewritten by the service; the body can, by cleaning its HTML.
    """
    if sent.kind is not seen.kind:
        return Verdict.NO
    sent_s, seen_s = instant(sent.created_at), instant(seen.created_at)
    if sent_s is not None and seen_s is not None and int(sent_s) != int(seen_s):
        return Verdict.NO
    if _folded(sent.body or "") == _folded(seen.body or ""):
        return Verdict.YES
    return Verdict.MAYBE if sent_s is not None and seen_s is not None else Verdict.NO


def unexplained(seen: Sequence[PartSeen], ours: Sequence[PartSeen]) -> list[PartSeen]:
    """The entries of a thread that none of our settled messages accounts for; each accounts for one."""
    left = [part for part in seen if part.kind is not PartKind.OTHER]
    for wanted in (Verdict.YES, Verdict.MAYBE):
        unmatched = []
        for sent in ours:
            match = next((part for part in left if same_part(sent, part) is wanted), None)
            if match is None:
                unmatched.append(sent)
            else:
                left.remove(match)
        ours = unmatched
    return left


def already_there(
    wanted: Sequence[PartSeen], seen: Sequence[PartSeen], ours: Sequence[PartSeen]
) -> list[Verdict]:
    """For each message still to be sent, whether the thread holds it already; each entry answers for one.

    Args:
        wanted: The messages to be sent, in their order.
        seen: The thread.
        ours: What of the thread is known to be ours, already settled.
    """
    left = unexplained(seen, ours)
    verdicts = []
    for message in wanted:
        match = next((part for part in left if same_part(message, part) is Verdict.YES), None)
        if match is not None:
            left.remove(match)
            verdicts.append(Verdict.YES)
        else:
            like_it = any(same_part(message, part) is Verdict.MAYBE for part in left)
            verdicts.append(Verdict.MAYBE if like_it else Verdict.NO)
    return verdicts


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
    if sent == seen:
        return Verdict.YES
    return Verdict.MAYBE if _folded(sent) == _folded(seen) else Verdict.NO


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


def _folded(text: str) -> str:
    return "".join(html.unescape(_MARKUP.sub("", text)).split())
