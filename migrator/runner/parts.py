"""Which messages does a thread hold already? Three-valued and pure.

A message is known by its kind, its instant and its words. The service keeps the first two; the words it
may rewrite (cleaned markup, linked addresses), so they only break ties. Nobody but us writes a message
with a date of the past. What the thread of a ticket shows of the ticket's own description, if
anything, is not documented: a message that could be the description is never taken for granted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from migrator.model import PartKind, PartSeen
from migrator.runner.matching import Verdict, folded, instant


def already_there(
    wanted: Sequence[PartSeen],
    seen: Sequence[PartSeen],
    ours: Sequence[PartSeen],
    description: PartSeen | None = None,
) -> list[Verdict]:
    """For each message still to be sent, whether the thread holds it already; each entry answers for one.

    Args:
        wanted: The messages to be sent, in their order.
        seen: The thread, in any order.
        ours: The messages that are settled, so known to be there.
        description: The ticket's content, which may or may not be shown as a message.
    """
    left = [part for part in seen if part.kind is not PartKind.OTHER]
    _take(_take(ours, left, equal), left, same_place)
    described = _take_description(description, left, equal)
    missing = _take(wanted, left, equal)
    described = described or _take_description(description, left, same_place)
    missing = _take(missing, left, same_place)
    return [
        Verdict.YES
        if not any(message is each for each in missing)
        else Verdict.MAYBE
        if _may_be_described(message, description, described) or any(echo(message, part) for part in left)
        else Verdict.NO
        for message in wanted
    ]


def equal(sent: PartSeen, seen: PartSeen) -> bool:
    """The same kind and words, and no other second."""
    moments = instant(sent.created_at), instant(seen.created_at)
    return echo(sent, seen) and (None in moments or same_place(sent, seen))


def same_place(sent: PartSeen, seen: PartSeen) -> bool:
    """The same kind and, to the second, the same instant."""
    sent_s, seen_s = instant(sent.created_at), instant(seen.created_at)
    return sent.kind is seen.kind and None not in (sent_s, seen_s) and int(sent_s or 0) == int(seen_s or 0)


def echo(sent: PartSeen, seen: PartSeen) -> bool:
    """The same kind and words, whenever: the service may have written down another date."""
    return sent.kind is seen.kind and folded(sent.body or "") == folded(seen.body or "")


def _take(
    messages: Sequence[PartSeen], left: list[PartSeen], alike: Callable[[PartSeen, PartSeen], bool]
) -> list[PartSeen]:
    """Takes an entry out of `left` for each message that is like one; returns the messages that are not."""
    missing = []
    for message in messages:
        index = next((at for at, part in enumerate(left) if alike(message, part)), None)
        if index is None:
            missing.append(message)
        else:
            del left[index]
    return missing


def _take_description(
    description: PartSeen | None, left: list[PartSeen], alike: Callable[[PartSeen, PartSeen], bool]
) -> PartSeen | None:
    """The entry that shows the description, out of `left`; its author may be of the team or not."""
    if description is None:
        return None
    for part in left:
        if part.kind is not PartKind.NOTE and alike(replace(description, kind=part.kind), part):
            left.remove(part)
            return part
    return None


def _may_be_described(message: PartSeen, description: PartSeen | None, described: PartSeen | None) -> bool:
    """Whether the entry that was taken for the description could be this message as well."""
    if description is None or described is None:
        return False
    surely = folded(description.body or "") == folded(described.body or "")
    return equal(message, described) or (not surely and same_place(message, described))
