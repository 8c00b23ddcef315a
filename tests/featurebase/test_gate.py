"""Threads in front of the pacer: first come, first served, and stoppable at any moment."""

from __future__ import annotations

import threading
import time

import pytest

from migrator.featurebase import Rate, SystemClock
from migrator.featurebase.gate import Gate
from migrator.featurebase.pace import Pacer
from migrator.featurebase.retry import Allowance


def gate_at(per_minute: int) -> Gate:
    return Gate(Pacer(1, Rate(per_minute=per_minute), 3000), SystemClock())


def test_waiters_leave_in_the_order_in_which_they_came():
    gate = gate_at(60 * 50)
    gate.enter()
    order: list[int] = []
    threads = []
    for number in range(6):
        threads.append(threading.Thread(target=lambda n=number: (gate.enter(), order.append(n))))
        threads[-1].start()
        time.sleep(0.003)  # far less than one turn at this pace
    for thread in threads:
        thread.join(5)
    assert order == sorted(order)


def test_stopping_releases_every_waiter_at_once_and_for_good():
    gate = gate_at(1)
    assert gate.enter() is not None
    left: list[object] = []
    threads = [threading.Thread(target=lambda: left.append(gate.enter())) for _ in range(4)]
    for thread in threads:
        thread.start()
    gate.stop()
    for thread in threads:
        thread.join(5)
    assert left == [None] * 4
    assert gate.enter() is None


def test_waiting_uses_the_clock_it_was_given(clock):
    gate = Gate(Pacer(1, Rate(per_minute=60), 3000), clock)
    for _ in range(5):
        gate.enter()
    assert clock.elapsed_s == pytest.approx(4, abs=0.1)


def test_a_pause_that_is_asked_for_is_kept(clock):
    gate = Gate(Pacer(1, Rate(per_minute=100_000), 3000), clock)
    gate.pause(7)
    gate.enter()
    assert clock.elapsed_s >= 7


def test_an_answer_changes_the_pace_at_once(clock):
    gate = Gate(Pacer(1, Rate(per_minute=100_000), 3000), clock)
    slot = gate.enter()
    assert slot is not None
    gate.told(slot, Allowance(2000, 0, 20, 20), refused=True, jitter=0)
    gate.enter()
    assert clock.elapsed_s >= 20


def test_dropping_a_key_says_how_many_are_left(clock):
    gate = Gate(Pacer(2, Rate(share=1), 3000), clock)
    assert gate.drop(1) == 1
    assert gate.keys_left == 1
