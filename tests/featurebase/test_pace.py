"""The pacer against a simulated server: whole windows of a minute, in a moment."""

from __future__ import annotations

import heapq
import math
import random
from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.featurebase import Rate
from migrator.featurebase.pace import Pacer, Slot
from migrator.featurebase.retry import Allowance

WINDOW_S = 60.0


@dataclass
class Windows:
    """A server with fixed one-minute windows, as the vendor describes them."""

    limit: int = 2000
    workspace: int = 3000
    phase_s: float = 0.0
    headers: bool = True
    rounding: str = "ceil"
    foreign: int = 0
    """Requests of another integration with the same key, spread over each window."""
    retry_after: bool = True
    used: Counter[tuple[int, int]] = field(default_factory=Counter)
    accepted: Counter[int] = field(default_factory=Counter)
    refused: Counter[int] = field(default_factory=Counter)

    def serve(self, key: int, at_s: float) -> tuple[bool, Allowance]:
        window = math.floor((at_s - self.phase_s) / WINDOW_S)
        left_s = (window + 1) * WINDOW_S + self.phase_s - at_s
        used = self.used[window, key] + int(self.foreign * (1 - left_s / WINDOW_S))
        refused = used >= self.limit or self.accepted[window] >= self.workspace
        if refused:
            self.refused[window] += 1
        else:
            self.used[window, key] += 1
            self.accepted[window] += 1
        reset_s = {"ceil": math.ceil, "floor": math.floor, "exact": float}[self.rounding](left_s)
        told = (
            (self.limit, max(0, self.limit - used - (not refused)), reset_s) if self.headers else (None,) * 3
        )
        return refused, Allowance(*told, math.ceil(left_s) if refused and self.retry_after else None)


def run(
    server: Windows,
    pacer: Pacer,
    *,
    until_s: float = 200.0,
    workers: int = 16,
    latency_s: float = 0.2,
    jitter: float = 0.1,
) -> list[float]:
    """Keep `workers` busy; returns when each request left."""
    draw = random.Random(1)
    now, free, left_at = 0.0, workers, []
    flying: list[tuple[float, int, Slot, bool, Allowance]] = []
    while now < until_s:
        answer = pacer.ask(now) if free else math.inf
        if isinstance(answer, Slot):
            free -= 1
            left_at.append(now)
            trip_s = latency_s * (1 + draw.uniform(-jitter, jitter))
            refused, allowance = server.serve(answer.key, now + trip_s / 2)
            heapq.heappush(flying, (now + trip_s, len(left_at), answer, refused, allowance))
        elif flying and flying[0][0] <= now + min(answer, 0.25):
            now, _, slot, refused, allowance = heapq.heappop(flying)
            pacer.told(slot, now, allowance, refused=refused)
            free += 1
        else:
            now += min(answer, 0.25)
    return left_at


def whole_windows(server: Windows) -> list[int]:
    """What was accepted in windows 0, 1 and 2, which the run covers from end to end."""
    return [server.accepted[window] for window in (0, 1, 2)]


@pytest.mark.parametrize(
    ("server", "rate", "keys", "least"),
    [
        pytest.param(Windows(phase_s=17.3), Rate(share=1), 1, 0.98 * 2000, id="one-key"),
        pytest.param(
            Windows(phase_s=17.3, rounding="floor"), Rate(share=1), 1, 0.98 * 2000, id="reset-rounded-down"
        ),
        pytest.param(Windows(phase_s=3, rounding="exact"), Rate(share=1), 1, 0.98 * 2000, id="reset-exact"),
        pytest.param(Windows(phase_s=9), Rate(share=1), 2, 0.98 * 3000, id="two-keys-fill-the-workspace"),
        pytest.param(Windows(phase_s=9), Rate(share=0.9), 1, 0.89 * 2000, id="ninety-percent"),
        pytest.param(Windows(phase_s=9), Rate(per_minute=10_000), 1, 0.98 * 2000, id="headers-cap-a-number"),
        pytest.param(Windows(phase_s=9), Rate(per_minute=1500), 1, 0.98 * 1500, id="a-number"),
        pytest.param(
            Windows(limit=600, phase_s=9), Rate(share=1), 1, 0.98 * 600, id="lower-limit-by-headers"
        ),
        pytest.param(
            Windows(phase_s=5, headers=False), Rate(per_minute=2000), 1, 0.97 * 2000, id="only-rate-known"
        ),
        pytest.param(Windows(phase_s=5, headers=False), Rate(share=0.9), 1, 0.85 * 2000, id="nothing-known"),
    ],
)
def test_whole_windows_are_filled_and_no_429_is_provoked(server, rate, keys, least):
    run(server, Pacer(keys, rate, 3000))
    assert min(whole_windows(server)) >= least
    assert not server.refused


def test_uneven_latency_provokes_no_429_either():
    server = Windows(phase_s=11)
    run(server, Pacer(1, Rate(share=1), 3000), latency_s=0.45, jitter=0.9, workers=32)
    assert min(whole_windows(server)) >= 0.98 * 2000
    assert not server.refused


def test_an_unknown_lower_limit_is_found_with_few_429s():
    server = Windows(limit=600, phase_s=11, headers=False)
    run(server, Pacer(1, Rate(share=0.9), 3000))
    assert min(whole_windows(server)) >= 0.85 * 600
    assert sum(server.refused.values()) <= 0.02 * sum(server.accepted.values())


def test_a_429_without_any_advice_is_waited_out():
    server = Windows(limit=600, phase_s=11, headers=False, retry_after=False)
    run(server, Pacer(1, Rate(share=0.9), 3000))
    assert min(whole_windows(server)) >= 0.7 * 600
    assert sum(server.refused.values()) <= 0.05 * sum(server.accepted.values())


@dataclass
class LowerForReplies(Windows):
    """Four of five requests are replies, which have a lower limit of their own."""

    lower: int = 600
    told: str = "key"
    """Whose limit the headers of a reply tell: the `key`'s, the `endpoint`'s, or `nothing`."""
    asked: int = 0
    replies: Counter[int] = field(default_factory=Counter)

    def serve(self, key: int, at_s: float) -> tuple[bool, Allowance]:
        self.asked += 1
        window = math.floor((at_s - self.phase_s) / WINDOW_S)
        left_s = math.ceil((window + 1) * WINDOW_S + self.phase_s - at_s)
        if self.asked % 5 == 0:
            refused, allowance = super().serve(key, at_s)
            return refused, Allowance() if self.told == "nothing" else allowance
        if self.replies[window] >= self.lower:
            self.refused[window] += 1
            left = (
                (2000, 2000 - self.used[window, key], left_s)
                if self.told == "key"
                else (self.lower, 0, left_s)
            )
            return True, Allowance(*((None,) * 3 if self.told == "nothing" else left), left_s)
        refused, allowance = super().serve(key, at_s)
        self.replies[window] += not refused
        own = Allowance(self.lower, self.lower - self.replies[window], left_s)
        return refused, {"key": allowance, "endpoint": own, "nothing": Allowance()}[self.told]


@pytest.mark.parametrize("told", ["key", "endpoint", "nothing"])
def test_an_endpoint_with_a_lower_limit_is_filled_with_few_429s(told):
    server = LowerForReplies(phase_s=11, told=told)
    run(server, Pacer(1, Rate(share=0.9), 3000))
    assert min(server.replies[window] for window in (0, 1, 2)) >= 0.7 * server.lower
    assert max(server.refused.values(), default=0) <= 20


def test_we_slow_down_for_another_integration_on_the_same_key():
    server = Windows(phase_s=11, foreign=1000)
    run(server, Pacer(1, Rate(share=0.9), 3000))
    assert all(900 <= accepted <= 1200 for accepted in whole_windows(server))
    assert sum(server.refused.values()) <= 10


def test_a_window_that_a_killed_process_has_used_up_is_respected():
    server = Windows()
    server.used[0, 0] = 1950
    run(server, Pacer(1, Rate(share=1), 3000), until_s=59)
    assert server.accepted[0] == pytest.approx(50, abs=2)
    assert sum(server.refused.values()) <= 2


def test_requests_are_spread_evenly_and_never_burst():
    left_at = run(Windows(), Pacer(1, Rate(share=0.9), 3000), until_s=90)
    busiest = max(sum(second <= at < second + 1 for at in left_at) for second in range(90))
    assert busiest <= 62  # twice 30 a second, while the first seconds are caught up


def test_a_stall_is_caught_up_only_a_little():
    pacer = Pacer(1, Rate(per_minute=600), 3000)
    assert isinstance(pacer.ask(0.0), Slot)
    now, sent = 30.0, 0  # half a minute of nothing
    while now < 31.0:
        answer = pacer.ask(now)
        if isinstance(answer, Slot):
            sent += 1
        else:
            now += answer
    assert 10 <= sent <= 21


@settings(max_examples=60, deadline=None)
@given(
    per_minute=st.integers(5, 300),
    gaps_s=st.lists(st.floats(0, 20, allow_nan=False), min_size=1, max_size=400),
)
def test_no_minute_ever_holds_more_than_the_rate(per_minute, gaps_s):
    pacer = Pacer(1, Rate(per_minute=per_minute), 3000)
    now, left_at = 0.0, []
    for gap_s in gaps_s:
        answer = pacer.ask(now)
        if isinstance(answer, Slot):
            left_at.append(now)
        else:
            assert answer > 0
        now += gap_s / per_minute
    for at in left_at:
        assert sum(at <= other < at + WINDOW_S for other in left_at) <= per_minute


def test_a_refused_key_rests_while_the_other_goes_on():
    pacer = Pacer(2, Rate(per_minute=100_000), 100_000)
    first = pacer.ask(0.0)
    assert isinstance(first, Slot)
    pacer.told(first, 0.0, Allowance(2000, 0, 30, 30), refused=True)
    keys = set()
    now = 0.0
    while now < 5:
        answer = pacer.ask(now)
        if isinstance(answer, Slot):
            keys.add(answer.key)
        now += 0.01
    assert keys == {1 - first.key}


def test_when_several_keys_are_refused_the_whole_workspace_rests():
    pacer = Pacer(3, Rate(per_minute=100_000), 100_000)
    slots: dict[int, Slot] = {}
    now = 0.0
    while len(slots) < 3:
        answer = pacer.ask(now)
        if isinstance(answer, Slot):
            slots[answer.key] = answer
            pacer.told(answer, now, Allowance(2000, 1999, 30), refused=False)
        now += 0.001
    pacer.told(slots[0], now, Allowance(retry_after_s=20), refused=True)
    pacer.told(slots[1], now, Allowance(retry_after_s=20), refused=True)
    answer = pacer.ask(now + 1)
    assert isinstance(answer, float)
    assert answer == pytest.approx(19, abs=0.1)


def test_an_answer_of_the_last_window_does_not_close_the_new_one():
    pacer = Pacer(1, Rate(share=1), 3000)
    late, early = pacer.ask(0.0), pacer.ask(0.05)
    assert isinstance(late, Slot)
    assert isinstance(early, Slot)
    pacer.told(early, 59.9, Allowance(2000, 1999, 60), refused=False)
    pacer.told(late, 60.0, Allowance(2000, 0, 0), refused=False)  # slow: from the window before
    assert isinstance(pacer.ask(60.1), Slot)


def test_a_dropped_key_is_never_used_again_and_takes_its_allowance_with_it():
    pacer = Pacer(2, Rate(share=0.5), 3000)
    assert pacer.per_minute == 1500
    pacer.drop(0)
    assert (pacer.alive, pacer.per_minute) == (1, 1000)
    answers = [pacer.ask(float(second)) for second in range(50)]
    assert {answer.key for answer in answers if isinstance(answer, Slot)} == {1}


def test_a_pause_holds_everybody():
    pacer = Pacer(2, Rate(per_minute=100_000), 3000)
    pacer.pause(10.0)
    assert pacer.ask(4.0) == pytest.approx(6.0)
    assert isinstance(pacer.ask(10.0), Slot)
