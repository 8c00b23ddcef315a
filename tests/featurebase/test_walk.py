"""Which tickets are there, however the service lists them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.featurebase.walk import AHEAD_MOST, GAP_MOST, MISSES_MOST, above, highest
from migrator.model import TicketSeen


class Workspace:
    """Tickets by number, listed in any order, some of them not at all; counts what it is asked for."""

    def __init__(self, numbers: set[int], listed: list[int], most: int = 100) -> None:
        self.numbers = numbers
        self.listed = listed
        self.most = most
        self.pages_asked = self.singles_asked = 0
        self.asked: set[int] = set()

    def pages(self, limit: int) -> Iterator[list[TicketSeen]]:
        size = min(limit, self.most)
        for start in range(0, max(len(self.listed), 1), size):
            self.pages_asked += 1
            yield [seen(number) for number in self.listed[start : start + size]]

    def single(self, number: int) -> TicketSeen | None:
        self.singles_asked += 1
        self.asked.add(number)
        return seen(number) if number in self.numbers else None

    def above(self, floor: int, *, fill_gaps: bool = True, **more: Any) -> list[int]:
        found = above(self.pages, self.single, floor, fill_gaps=fill_gaps, **more)
        return [each.number for each in found]


def seen(number: int) -> TicketSeen:
    return TicketSeen(number, f"id{number}")


@given(
    numbers=st.sets(st.integers(1, 60)),
    order=st.randoms(use_true_random=False),
    floor=st.integers(0, 60),
)
def test_in_any_order_every_ticket_above_the_floor_is_found_once(numbers, order, floor):
    listed = list(numbers)
    order.shuffle(listed)
    workspace = Workspace(numbers, listed)
    assert sorted(workspace.above(floor)) == sorted(number for number in numbers if number > floor)


@given(numbers=st.sets(st.integers(1, 60), min_size=1), shown=st.integers(0, 60), floor=st.integers(0, 60))
def test_what_the_list_does_not_show_yet_is_found(numbers, shown, floor):
    """A list that lags behind: of a row of tickets without gaps, the last ones are missing."""
    top = max(numbers)
    listed = [number for number in range(top, 0, -1) if number <= shown]
    assert sorted(Workspace(set(range(1, top + 1)), listed).above(floor)) == list(range(floor + 1, top + 1))


def test_a_list_in_order_costs_one_page_and_two_questions():
    workspace = Workspace(set(range(1, 5001)), list(range(5000, 0, -1)))
    assert workspace.above(4990) == list(range(5000, 4990, -1))
    assert (workspace.pages_asked, workspace.singles_asked) == (1, 2)


def test_tickets_behind_deleted_numbers_are_found_where_one_beyond_is_known():
    """By date: 8 to 10 are deleted, 11 to 16 are dated back and stand at the end of the list."""
    listed = [7, 6, 5, 4, 3, 2, 1, 16, 15, 14, 13, 12, 11]
    assert sorted(Workspace(set(listed), listed).above(7, known_top=15)) == [11, 12, 13, 14, 15, 16]


def test_below_the_floor_nobody_asks_for_deleted_tickets():
    workspace = Workspace(set(range(4000, 5001)), list(range(5000, 3999, -1)))
    assert highest(workspace.pages, workspace.single) == 5000
    assert workspace.above(5000) == []
    assert workspace.singles_asked == 4


@pytest.mark.parametrize("most", [1, 10, 100])
def test_a_list_by_date_that_looks_as_if_it_were_by_number_is_read_whole(most):
    """Live tickets come first and descend, and behind them are those that an import has dated back."""
    live, brought = range(500, 0, -1), range(501, 501 + 2 * AHEAD_MOST)
    workspace = Workspace({*live, *brought}, [*live, *brought], most)
    assert highest(workspace.pages, workspace.single) == max(brought)
    assert sorted(workspace.above(500)) == list(brought)
    assert sorted(workspace.above(0, fill_gaps=False)) == list(range(1, max(brought) + 1))


@pytest.mark.parametrize("listed", [[], [1, 2, 3], [3, 1, 2], [3, 2, 1]])
def test_the_highest_number_does_not_depend_on_the_order(listed):
    workspace = Workspace(set(listed), listed)
    assert highest(workspace.pages, workspace.single) == max(listed, default=0)


def ranges(numbers: set[int]) -> list[range]:
    """Ascending, one for each run of neighbours."""
    first = sorted(number for number in numbers if number - 1 not in numbers)
    last = sorted(number for number in numbers if number + 1 not in numbers)
    return [range(low, high + 1) for low, high in zip(first, last, strict=True)]


@given(
    numbers=st.sets(st.integers(1, 60)),
    gone=st.sets(st.integers(1, 60)),
    order=st.none() | st.randoms(use_true_random=False),
    floor=st.integers(0, 60),
)
def test_numbers_known_to_be_gone_are_not_asked_for_and_no_ticket_is_missed(numbers, gone, order, floor):
    there = numbers - gone
    listed = sorted(there, reverse=True)
    if order:
        order.shuffle(listed)
    workspace = Workspace(there, listed)
    found = workspace.above(floor, known_gone=ranges(gone))
    assert sorted(found) == sorted(number for number in there if number > floor)
    assert not workspace.asked & gone


def test_a_workspace_of_which_a_hundred_thousand_were_taken_back_costs_two_questions():
    workspace = Workspace(set(range(1, 51)), list(range(50, 0, -1)))
    assert workspace.above(50, known_gone=[range(51, 100_051)]) == []
    assert workspace.singles_asked == 2
    workspace.numbers.add(100_051)  # made since, and not yet listed
    assert workspace.above(50, known_gone=[range(51, 100_051)]) == [100_051]


@pytest.mark.parametrize(
    "order", [list, lambda numbers: sorted(numbers, reverse=True)], ids=["as-made", "asked-for"]
)
def test_a_counter_that_began_high_does_not_cost_a_request_for_every_number_below(order):
    numbers = set(range(4_001, 4_017))
    workspace = Workspace(numbers, order(sorted(numbers)))
    assert sorted(workspace.above(0)) == sorted(numbers)
    assert workspace.singles_asked <= GAP_MOST + 2 * MISSES_MOST
