"""What can go wrong between a client and Featurebase, on demand and repeatable.

Which fault befalls which request is decided here; what a fault does to a socket is in `server.py`.
"""

from __future__ import annotations

import random
import threading
from collections import deque
from dataclasses import dataclass
from enum import StrEnum

READING = ("GET", "HEAD")


class Fault(StrEnum):
    """The ways in which a request can end badly."""

    LOST = "lost"
    """Done, then the connection is closed without an answer."""
    LATE = "late"
    """The connection is closed at once, and the thing is done only later."""
    BEFORE_5XX = "5xx-before"
    """500, and nothing was done."""
    AFTER_5XX = "5xx-after"
    """Done, then 500."""
    TOO_MANY = "429"
    """Refused as over the limit, half of the time with Retry-After; nothing was done."""
    SLOW = "slow"
    """Done and answered, after a pause."""
    RESET = "reset"
    """The connection is reset before the body is read; nothing was done."""
    RESET_READ = "reset-read"
    """The connection is reset after the body was read; nothing was done."""
    TRUNCATED = "truncated"
    """Done, then the connection is closed in the middle of the answer."""
    GARBLED = "garbled"
    """Done, then a complete answer that is only half of its JSON."""
    REFUSED_400 = "400"
    """400, as for a row that cannot be taken; nothing was done."""
    TIMEOUT_408 = "408"
    """408, and nothing was done."""
    CONFLICT_409 = "409"
    """409, and nothing was done."""


BEFALLS_READING = frozenset({Fault.BEFORE_5XX, Fault.TOO_MANY, Fault.SLOW})


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """How often each fault happens.

    Every fault can befall POST, PATCH and DELETE; only `5xx-before`, `429` and `slow` befall GET as well.
    """

    odds: tuple[tuple[Fault, float], ...] = ()
    """Probability per request; together at most 1."""
    seed: int = 1
    late_s: float = 2.0
    """How long after the connection was closed a `late` thing is done."""
    slow_s: float = 1.0

    @classmethod
    def parse(cls, text: str, seed: int = 1, late_s: float = 2.0, slow_s: float = 1.0) -> FaultPlan:
        """Reads `lost=0.05,429=0.02`; a probability lies in [0, 1].

        Raises:
            ValueError: A kind that does not exist, a probability that is none, or a sum above 1.
        """
        odds: dict[Fault, float] = {}
        for item in filter(None, (part.strip() for part in text.split(","))):
            name, _, chance = item.partition("=")
            if name not in {fault.value for fault in Fault}:
                raise ValueError(f"no fault is called {name!r}; there are: {', '.join(Fault)}")
            try:
                odds[Fault(name)] = float(chance)
            except ValueError:
                raise ValueError(f"{item!r} is not a fault and its probability, as in {name}=0.05") from None
            if not 0 <= odds[Fault(name)] <= 1:
                raise ValueError(f"the probability of {name} must lie between 0 and 1, not {chance}")
        if sum(odds.values()) > 1 + 1e-9:
            raise ValueError("the probabilities of all faults add up to more than 1")
        return cls(tuple(odds.items()), seed, late_s, slow_s)


NO_FAULTS = FaultPlan()


class Dice:
    """Draws the fate of one request after another; the same seed gives the same sequence. Thread-safe."""

    def __init__(self, plan: FaultPlan) -> None:
        self.plan = plan
        self._random = random.Random(plan.seed)  # noqa: S311  # repeatable on purpose, no secret
        self._script: deque[Fault | None] = deque()
        self._lock = threading.Lock()

    def script(self, *fates: Fault | str | None) -> None:
        """Sets the fates of the next requests, in order, before chance has its say again.

        A fate waits for the first request that it can befall; None lets one POST, PATCH or DELETE pass.
        """
        with self._lock:
            self._script.extend(None if fate is None else Fault(fate) for fate in fates)

    def draw(self, method: str) -> Fault | None:
        """The fate of the next request; None lets it pass unharmed."""
        reading = method in READING
        with self._lock:
            if self._script:
                if reading and self._script[0] not in BEFALLS_READING:
                    return None
                return self._script.popleft()
            if not self.plan.odds:
                return None
            rest = self._random.random()
            for fault, chance in self.plan.odds:
                if reading and fault not in BEFALLS_READING:
                    continue
                if rest < chance:
                    return fault
                rest -= chance
            return None

    def coin(self) -> bool:
        """Heads or tails, from the same seed."""
        with self._lock:
            return self._random.random() < 0.5
