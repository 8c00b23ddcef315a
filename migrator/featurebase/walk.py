"""Walking the list of tickets: which ones are there above a number, whatever order the list comes in.

The list is asked for by number, the highest first, so that one page or two usually tell everything. That
the service sorts as asked is not taken on trust: a list in another order, or one that lags behind, is read
whole, which is slower and just as right. Requests are the client's business.

Source: featurebase.md sections 5.1 and 5.7.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, pairwise

from migrator.model import TicketSeen

PAGE = 100
"""Entries a page, the most that the API gives (featurebase.md section 2)."""
MISSES_MOST = 2
"""Numbers in a row of which none exists, above the highest that is listed: then nothing is above it."""
GAP_MOST = 100
"""Numbers in a row of which none exists, below the lowest that is listed: then the service began to count
above them, or all of them are gone, and what was made lately is not among them."""
AHEAD_MOST = 100
"""Tickets that a list in order may not show yet; with more, it is no list in order."""

Pages = Callable[[int], Iterator[list[TicketSeen]]]
"""Asks for the list from its first page, with so many entries a page."""
Single = Callable[[int], TicketSeen | None]
"""Asks for one ticket by its number; None where there is none."""


def highest(pages: Pages, single: Single) -> int:
    """The highest ticket number; 0 where there is no ticket."""
    first = next(pages(1), [])
    ahead = _ahead(_top(first, 0), _Asking(single, ()))
    if _descending(first) and len(ahead) < AHEAD_MOST:
        return _top(ahead, _top(first, 0))
    return max((_top(page, 0) for page in pages(PAGE)), default=0)


def above(
    pages: Pages,
    single: Single,
    floor: int,
    *,
    fill_gaps: bool,
    known_gone: Sequence[range] = (),
    known_top: int = 0,
) -> Iterator[TicketSeen]:
    """Every ticket with a number above `floor`, once; the highest first where the list is in order.

    Args:
        fill_gaps: Ask singly for the numbers that the list leaves out.
        known_gone: Those that need not be asked for: ranges, ascending.
        known_top: A number that a ticket is known to have had: a list that begins below it lags behind, or
            only looks as if it were in order.
    """
    asking = _Asking(single, known_gone)
    listed = pages(PAGE)
    first = next(listed, [])
    ahead = _ahead(max(floor, _top(first, 0)), asking, known_top)
    if len(ahead) >= AHEAD_MOST or not _descending(first):
        yield from _whole(pages, asking, floor, None, fill_gaps, known_top)
        return
    yield from reversed(ahead)
    lowest = _top(first, floor) + 1
    for page in chain([first], listed):
        if not _descending(page):
            yield from _whole(pages, asking, floor, lowest, fill_gaps)
            return
        for seen in page:
            if seen.number >= lowest:
                continue  # the pages moved down while we read, or began again
            if fill_gaps:
                yield from _between(max(seen.number, floor), lowest, asking)
            lowest = seen.number
            if lowest <= floor:
                return
            yield seen
    if fill_gaps:
        yield from _below(lowest, floor, asking)


class _Asking:
    """Asks for single tickets, but for those that are known to be gone."""

    def __init__(self, single: Single, known_gone: Sequence[range]) -> None:
        self._single = single
        self._known_gone = known_gone

    def __call__(self, number: int) -> TicketSeen | None:
        place = bisect_right(self._known_gone, number, key=lambda gone: gone.start)
        is_gone = place > 0 and number in self._known_gone[place - 1]
        return None if is_gone else self._single(number)

    def next_above(self, number: int) -> int:
        """The first number above that one which is not known to be gone."""
        number += 1
        for gone in self._known_gone:
            if number in gone:
                number = gone.stop
        return number


def _whole(
    pages: Pages, single: _Asking, floor: int, ceiling: int | None, fill_gaps: bool, known_top: int = 0
) -> Iterator[TicketSeen]:
    """Every ticket above `floor` and below `ceiling`, from a list in no order."""
    numbers: set[int] = set()
    for page in pages(PAGE):
        for seen in page:
            inside = seen.number > floor and (ceiling is None or seen.number < ceiling)
            if inside and seen.number not in numbers:
                numbers.add(seen.number)
                yield seen
    top = max(numbers, default=floor)
    if fill_gaps:
        bottom = min(numbers, default=top + 1)
        for number in range(top, bottom, -1):
            if number not in numbers and (found := single(number)):
                yield found
        yield from _below(bottom, floor, single)
    if ceiling is None:
        yield from _ahead(top, single, known_top)


def _ahead(top: int, single: _Asking, known_top: int = 0) -> list[TicketSeen]:
    """The tickets right above `top`, the lowest first, and those up to `known_top`: a list may lag behind."""
    found: list[TicketSeen] = []
    number, misses = top, 0
    while misses < MISSES_MOST and len(found) < AHEAD_MOST:
        number = single.next_above(number)
        if seen := single(number):
            found.append(seen)
            misses = 0
        elif number > known_top:
            misses += 1
    return found


def _between(low: int, high: int, single: Single) -> Iterator[TicketSeen]:
    return (seen for number in range(high - 1, low, -1) if (seen := single(number)))


def _below(lowest: int, floor: int, single: Single) -> Iterator[TicketSeen]:
    """The tickets below the lowest that is listed, as long as there are some."""
    misses = 0
    for number in range(lowest - 1, floor, -1):
        if seen := single(number):
            misses = 0
            yield seen
        else:
            misses += 1
            if misses >= GAP_MOST:
                return


def _descending(page: list[TicketSeen]) -> bool:
    return all(one.number > other.number for one, other in pairwise(page))


def _top(page: list[TicketSeen], least: int) -> int:
    return max((seen.number for seen in page), default=least)
