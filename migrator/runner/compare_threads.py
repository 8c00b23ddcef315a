"""Which message of a ticket's thread is which that was sent. Pure.

What becomes of one that is missing, too many or different is decided in `compare.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from migrator.model import PartKind, PartSeen
from migrator.runner.matching import folded, instant
from migrator.runner.parts import echo, equal, same_place

_Numbered = tuple[int, PartSeen]
"""A message and its number in the thread, from 1."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A message that was sent, and the entry that shows it."""

    number: int
    """Of the message in the thread, from 1."""
    sent: PartSeen
    place: int
    """Of the entry in the thread, from 0."""
    seen: PartSeen


@dataclass(frozen=True, slots=True)
class Matched:
    """A thread beside what was sent of it."""

    pairs: tuple[Pair, ...]
    missing: tuple[tuple[int, PartSeen], ...]
    """Messages that the thread does not hold, with their numbers."""
    extra: tuple[PartSeen, ...]
    """Entries that nobody sent, the ticket's own text aside, which some workspaces show as one."""
    in_order: bool
    """Messages of different seconds stand in the order of time."""
    newest_first: bool
    """The whole thread, whoever wrote it, is shown from the newest entry to the oldest."""


def match(sent: Sequence[PartSeen], description: PartSeen, seen: Sequence[PartSeen]) -> Matched:
    """Finds for each message the entry that is most like it; each entry answers for one.

    Args:
        description: The ticket's own text.
        seen: The thread.
    """
    left = [(at, part) for at, part in enumerate(seen) if part.kind is not PartKind.OTHER]
    missing, pairs = list(enumerate(sent, start=1)), []
    for alike in (equal, same_place, echo):
        missing, found = _taken(missing, left, alike)
        pairs += found
    _drop_description(description, left)
    moments = [moment for part in seen if (moment := instant(part.created_at)) is not None]
    return Matched(
        tuple(pairs),
        tuple(missing),
        tuple(part for _, part in left),
        in_order=_in_order(pairs),
        newest_first=all(earlier >= later for earlier, later in pairwise(moments)),
    )


def _taken(
    messages: Sequence[_Numbered],
    left: list[_Numbered],
    alike: Callable[[PartSeen, PartSeen], bool],
) -> tuple[list[_Numbered], list[Pair]]:
    """Takes an entry out of `left` for each message that is like one: those without, and the pairs."""
    missing: list[_Numbered] = []
    found: list[Pair] = []
    for number, message in messages:
        index = next((i for i, (_, part) in enumerate(left) if alike(message, part)), None)
        if index is None:
            missing.append((number, message))
        else:
            found.append(Pair(number, message, *left.pop(index)))
    return missing, found


def _in_order(pairs: Sequence[Pair]) -> bool:
    dated = sorted((instant(each.sent.created_at) or 0.0, each.number, each.place) for each in pairs)
    return all(
        earlier[2] < later[2] or int(earlier[0]) == int(later[0]) for earlier, later in pairwise(dated)
    )


def _drop_description(description: PartSeen, left: list[_Numbered]) -> None:
    """Some workspaces show the ticket's own text as the first message; that is no message of anybody's."""
    for index, (_, part) in enumerate(left):
        if part.kind is not PartKind.NOTE and folded(part.body or "") == folded(description.body or ""):
            del left[index]
            return
