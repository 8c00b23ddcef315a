"""When the next request may leave, and with which key: a state machine that is fed with times.

No clock, no thread, no waiting: `gate.py` puts those around it. Three things hold a request back:

- the *schedule*: requests are spread evenly; what was missed is caught up, but only a little of it;
- the *minute*: never more than the agreed number in any 60 seconds, so never more in any window of the
  server, wherever it begins;
- the *key*: what its headers say is left of its window (others may use it too), and the pause after a 429.

Source: fixed one-minute windows, 2,000 requests a key, 3,000 a workspace (featurebase.md section 3).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from migrator.featurebase.connection import Rate
from migrator.featurebase.retry import Allowance, retry_delay_s

WINDOW_S = 60.0
DOCUMENTED_PER_KEY = 2000
"""Assumed until headers say otherwise."""

CATCH_UP_S = 2.0
"""How much of a stall is caught up; it covers the second by which a Reset in whole seconds may be late."""
BLUR_S = 1.5
"""Two readings of one window's end differ by less; those of two windows by more."""
JUMP = 64
"""A rise that answers out of order cannot explain: a new window, or a bucket that fills up."""
SLOT_S = 0.1
"""Grain of the count over the last minute."""
NO_WAIT_S = 0.0005
"""Shorter waits cost more than they space out; the schedule makes up for them."""

EASE_STEP = 0.7
EASE_LEAST_KNOWN = 0.3
"""How far refusals slow us down while headers tell the limit, and ..."""
EASE_LEAST_BLIND = 0.05
"""... while nothing does."""
EASE_BACK = 0.0005
"""What each success gives back."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Leave to send one request, now, with one key."""

    key: int
    ordinal: int
    """Its place among the requests of that key, from 1."""


class _Minute:
    """How many requests left in the last 60 seconds, in grains, rounded to the safe side."""

    def __init__(self) -> None:
        self._grains: deque[list[float]] = deque()
        self._total = 0

    def wait_s(self, now: float, most: int) -> float:
        while self._grains and self._grains[0][0] + SLOT_S + WINDOW_S <= now:
            self._total -= int(self._grains.popleft()[1])
        if self._total < most:
            return 0.0
        return self._grains[0][0] + SLOT_S + WINDOW_S - now

    def add(self, now: float) -> None:
        if self._grains and now < self._grains[-1][0] + SLOT_S:
            self._grains[-1][1] += 1
        else:
            self._grains.append([now, 1])
        self._total += 1


class _Key:
    """What we know of one key's window."""

    def __init__(self) -> None:
        self.alive = True
        self.sent = 0
        self.limit: int | None = None
        self.cap: int | None = None
        """The ordinal up to which the server lets this key go before `ends_at`."""
        self.ends_at = 0.0
        self.next_at = 0.0
        self.paused_until = 0.0
        self.refusals = 0

    def ready_at(self, now: float) -> float:
        if self.cap is not None and now >= self.ends_at:
            self.cap = None
            self.next_at = min(self.next_at, now)
        held_until = self.ends_at if self.cap is not None and self.sent >= self.cap else 0.0
        return max(self.next_at, self.paused_until, held_until)

    def learn(self, slot: Slot, now: float, allowance: Allowance) -> None:
        """Correct the window by the headers of an answer to `slot`; answers may come out of order."""
        if allowance.limit is not None:
            self.limit = allowance.limit
        if allowance.remaining is None:
            return
        cap = slot.ordinal + allowance.remaining
        ends_at = now + (WINDOW_S if allowance.reset_s is None else allowance.reset_s)
        if self.cap is None or cap > self.cap + JUMP or ends_at > self.ends_at + BLUR_S:
            self.cap, self.ends_at, self.next_at = cap, ends_at, min(self.next_at, now)
        elif ends_at >= self.ends_at - BLUR_S:
            self.cap, self.ends_at = min(self.cap, cap), max(self.ends_at, ends_at)

    def spend(self, now: float, base_s: float, share: float) -> None:
        """Count one request that leaves now; `base_s` apart from the next, or more where little is left."""
        self.sent += 1
        spread_s = self._spread_s(now, share)
        if spread_s > base_s:
            self.next_at = now + spread_s
        else:
            self.next_at = max(self.next_at, now - CATCH_UP_S) + base_s

    def _spread_s(self, now: float, share: float) -> float:
        """The gap that makes what is left last until the window ends, with the others' share kept."""
        left_s = self.ends_at - now - 1.0
        if self.cap is None or left_s <= 0:
            return 0.0
        reserve = (1 - share) * (self.limit or DOCUMENTED_PER_KEY) * left_s / WINDOW_S
        return left_s / max(self.cap - self.sent - reserve, 1.0)


class Pacer:
    """Decides when a request may leave. Not thread-safe: `gate.py` holds the lock."""

    def __init__(self, keys: int, rate: Rate, workspace_per_minute: int) -> None:
        self._keys = [_Key() for _ in range(keys)]
        self._rate = rate
        self._workspace = workspace_per_minute
        self._minute = _Minute()
        self._ease = 1.0
        self._eased_until = 0.0
        self._next_at: float | None = None
        self._last_at = float("-inf")
        self._paused_until = 0.0
        self._per_minute = self._allowed_per_minute()

    @property
    def alive(self) -> int:
        """How many keys are left."""
        return sum(key.alive for key in self._keys)

    @property
    def per_minute(self) -> float:
        """The pace at this moment."""
        return self._per_minute * self._ease

    def ask(self, now: float, only: int | None = None) -> Slot | float:
        """A slot to send in at once, or the seconds after which to ask again.

        Args:
            only: The one key that will do, even a dropped one; otherwise the first to be ready.
        """
        if self._next_at is None:
            self._next_at = now
        gap_s = (WINDOW_S + SLOT_S) / self.per_minute
        ready_at, key = min(
            (each.ready_at(now), index)
            for index, each in enumerate(self._keys)
            if index == only or (only is None and (each.alive or not self.alive))
        )
        earliest = max(self._next_at, self._last_at + gap_s / 2, ready_at, self._paused_until)
        wait_s = max(earliest - now, self._minute.wait_s(now, self._per_minute))
        if wait_s > NO_WAIT_S:
            return wait_s
        self._next_at = max(self._next_at, now - CATCH_UP_S) + gap_s
        self._last_at = now
        self._minute.add(now)
        chosen = self._keys[key]
        chosen.spend(now, self._gap_of_key_s(chosen), self._rate.share or 1.0)
        return Slot(key, chosen.sent)

    def told(
        self, slot: Slot, now: float, allowance: Allowance, *, refused: bool, jitter: float = 0.0
    ) -> None:
        """Take in what an answer says about the allowance; `refused` means 429."""
        key = self._keys[slot.key]
        before = key.limit
        key.learn(slot, now, allowance)
        if refused:
            self._refused(key, now, allowance, jitter)
        else:
            key.refusals = 0
            self._ease = min(1.0, self._ease + EASE_BACK)
        if key.limit != before:
            self._per_minute = self._allowed_per_minute()

    def pause(self, until: float) -> None:
        """Let nothing leave before `until`: the service is in trouble and is given room."""
        self._paused_until = max(self._paused_until, until)

    def drop(self, key: int) -> None:
        """Never use this key again."""
        self._keys[key].alive = False
        if self.alive:
            self._per_minute = self._allowed_per_minute()

    def _refused(self, key: _Key, now: float, allowance: Allowance, jitter: float) -> None:
        key.refusals += 1
        asked_s = allowance.retry_after_s
        if asked_s is None and not allowance.remaining:
            asked_s = allowance.reset_s
        until = now + (retry_delay_s(key.refusals, jitter) if asked_s is None else asked_s)
        key.paused_until = max(key.paused_until, until)
        others = [other for other in self._keys if other.alive and other is not key]
        if any(other.refusals and other.paused_until > now for other in others):
            self.pause(until)
        if now >= self._eased_until:
            least = EASE_LEAST_KNOWN if key.limit is not None else EASE_LEAST_BLIND
            self._ease = min(self._ease, max(least, self._ease * EASE_STEP))
            self._eased_until = until

    def _gap_of_key_s(self, key: _Key) -> float:
        """A key's own even spacing; without headers an explicit number is taken at its word."""
        if self._rate.share is None and key.limit is None:
            return 0.0
        return WINDOW_S / ((key.limit or DOCUMENTED_PER_KEY) * (self._rate.share or 1.0))

    def _allowed_per_minute(self) -> int:
        alive = [key for key in self._keys if key.alive]
        allowance = min(self._workspace, sum(key.limit or DOCUMENTED_PER_KEY for key in alive))
        if self._rate.share is not None:
            return max(1, int(allowance * self._rate.share))
        asked = self._rate.per_minute or 1
        limited = any(key.limit is not None for key in alive)
        return max(1, min(asked, allowance)) if limited else asked
