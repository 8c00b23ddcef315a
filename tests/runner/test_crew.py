"""Many hands: everything is taken once, in its order; a stop drains, and an error ends it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from migrator.runner.control import Control
from migrator.runner.crew import Crew


class Done:
    """What was worked on, in the order in which it was begun and ended."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.lock = threading.Lock()

    def __call__(self, thing: int, _next: Callable[[], None]) -> None:
        with self.lock:
            self.begun.append(thing)
        with self.lock:
            self.ended.append(thing)


@pytest.mark.parametrize("in_turn", [False, True], ids=["side-by-side", "in-turn"])
@pytest.mark.parametrize("workers", [1, 7])
def test_everything_is_worked_on_once(workers, in_turn):
    done = Done()
    Crew(done, workers, Control(), in_turn=in_turn).through(range(200))
    assert sorted(done.ended) == list(range(200))
    if in_turn or workers == 1:
        assert done.begun == list(range(200))


def test_in_turn_the_next_is_begun_as_soon_as_that_is_said():
    """The first one waits for the second, which could not be if it had to end before."""
    second_has_begun = threading.Event()
    waited: list[bool] = []

    def do(thing: int, pass_on: Callable[[], None]) -> None:
        if thing == 0:
            pass_on()
            waited.append(second_has_begun.wait(10))
        else:
            second_has_begun.set()

    Crew(do, 2, Control(), in_turn=True).through(range(2))
    assert waited == [True]


def test_a_stop_begins_nothing_new_and_ends_what_has_begun():
    control, done = Control(), Done()

    def do(thing: int, pass_on: Callable[[], None]) -> None:
        if thing == 5:
            control.stop()
        done(thing, pass_on)

    Crew(do, 3, control).through(range(1_000_000))
    assert 5 in done.ended
    assert sorted(done.begun) == sorted(done.ended)
    assert len(done.begun) < 100


def test_breaking_off_ends_this_work_and_no_more():
    control, begun = Control(), []

    def do(thing: int, _next: Callable[[], None]) -> None:
        begun.append(thing)
        crew.break_off()

    crew = Crew(do, 1, control)
    crew.through(range(1_000_000))
    assert begun == [0]
    assert not control.stopping


def test_the_first_error_stops_the_others_and_is_raised():
    control = Control()

    def do(thing: int, _next: Callable[[], None]) -> None:
        if thing == 3:
            raise LookupError("three")

    with pytest.raises(LookupError, match="three"):
        Crew(do, 4, control).through(range(1_000_000))
    assert control.stopping


def test_an_error_of_whoever_hands_out_is_raised_once_all_hands_are_still():
    done = Done()

    def things():
        yield from range(5)
        raise LookupError("no more")

    with pytest.raises(LookupError, match="no more"):
        Crew(done, 2, Control()).through(things())
    assert sorted(done.ended) == list(range(5))
