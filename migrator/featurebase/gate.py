"""The queue in front of the pacer: waiting threads leave one at a time, first come, first served.

Reserving slots ahead for every waiter would delay each change of pace by the length of the queue, so only
the head of the queue talks to the pacer. What the pace is stands in `pace.py`.
"""

from __future__ import annotations

import threading
from collections import deque

from migrator.featurebase.clock import Clock
from migrator.featurebase.pace import Pacer, Slot
from migrator.featurebase.retry import Allowance

GLANCE_S = 0.25
"""The head of the queue asks again at least this often: an answer may have opened a new window meanwhile."""


class Gate:
    """Hands out slots to threads until it is stopped."""

    def __init__(self, pacer: Pacer, clock: Clock) -> None:
        self._pacer = pacer
        self._clock = clock
        self._lock = threading.Lock()
        self._queue: deque[threading.Event] = deque()
        self._stopped = threading.Event()

    @property
    def stopped(self) -> threading.Event:
        """Set once nothing new may leave."""
        return self._stopped

    @property
    def per_minute(self) -> float:
        """The pace at this moment, in requests a minute."""
        with self._lock:
            return self._pacer.per_minute

    @property
    def keys_left(self) -> int:
        """How many keys are still in use."""
        with self._lock:
            return self._pacer.alive

    def enter(self, key: int | None = None) -> Slot | None:
        """Wait for one's turn and for the pace, with any key or with a certain one; None when stopped."""
        turn = threading.Event()
        with self._lock:
            self._queue.append(turn)
            if self._queue[0] is turn:
                turn.set()
        try:
            turn.wait()
            while not self._stopped.is_set():
                with self._lock:
                    answer = self._pacer.ask(self._clock.monotonic(), key)
                if isinstance(answer, Slot):
                    return answer
                self._clock.wait(self._stopped, min(answer, GLANCE_S))
            return None
        finally:
            with self._lock:
                self._queue.remove(turn)
                if self._queue:
                    self._queue[0].set()

    def told(self, slot: Slot, allowance: Allowance, *, refused: bool, jitter: float) -> None:
        """Pass on what an answer says about the allowance."""
        with self._lock:
            self._pacer.told(slot, self._clock.monotonic(), allowance, refused=refused, jitter=jitter)

    def pause(self, seconds: float) -> None:
        """Let nothing leave for a while."""
        with self._lock:
            self._pacer.pause(self._clock.monotonic() + seconds)

    def drop(self, key: int) -> int:
        """Never use a key again; how many are left."""
        with self._lock:
            self._pacer.drop(key)
            return self._pacer.alive

    def stop(self) -> None:
        """Let nothing leave any more; whoever waits is told at once."""
        with self._lock:
            self._stopped.set()
            for turn in self._queue:
                turn.set()
