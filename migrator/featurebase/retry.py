"""How long to wait before asking Featurebase again.

Arithmetic only: no clock, no sleeping, no randomness of its own, so plain numbers test every rule. What an
answer means is decided in `answers.py`; who waits is decided in `pace.py` and `line.py`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

LONGEST_WAIT_S = 30.0
LONGEST_ASKED_S = 300.0
"""The windows last a minute, so a server that asks for more is believed only so far."""
CLOCK_BLUR_S = 2.0
"""How far two clocks that are read in whole seconds may seem apart."""


def retry_delay_s(attempt: int, jitter: float) -> float:
    """Seconds to wait after failed attempt number `attempt`, counted from 1.

    The wait doubles from 0.5 s up to `LONGEST_WAIT_S`, then shrinks by up to half so that workers do not
    return in step.

    Args:
        jitter: In [0, 1), drawn by the caller; 0 gives the longest wait.
    """
    return min(LONGEST_WAIT_S, 0.5 * 2.0 ** min(attempt - 1, 10)) * (1 - jitter / 2)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the headers of one answer say about the key's window; None where they say nothing usable."""

    limit: int | None = None
    remaining: int | None = None
    reset_s: float | None = None
    """Seconds until the window ends."""
    retry_after_s: float | None = None

    @classmethod
    def read(cls, headers: Mapping[str, str], server_now_s: float) -> Allowance:
        """Read `X-RateLimit-*` and `Retry-After`.

        Args:
            headers: Names in lower case.
            server_now_s: The server's clock, seconds since 1970, for values that are moments.
        """
        return cls(
            limit=_count(headers.get("x-ratelimit-limit"), least=1),
            remaining=_count(headers.get("x-ratelimit-remaining"), least=0),
            reset_s=_reset_s(headers.get("x-ratelimit-reset"), server_now_s),
            retry_after_s=_retry_after_s(headers.get("retry-after"), server_now_s),
        )


def date_s(headers: Mapping[str, str]) -> float | None:
    """The server's `Date` as seconds since 1970 (whole seconds; RFC 9110, section 6.6.1)."""
    try:
        return parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _count(text: str | None, *, least: int) -> int | None:
    number = _number(text)
    return int(number) if number is not None and least <= number <= 1e9 else None


def _reset_s(text: str | None, server_now_s: float) -> float | None:
    """The unit is unknown (featurebase.md section 3): seconds left, or a moment in s or ms."""
    number = _number(text)
    if number is None or number < 0:
        return None
    if number >= 10_000:
        number = (number / 1000 if number > 1e12 else number) - server_now_s
        number = 0.0 if -CLOCK_BLUR_S <= number < 0 else number
    return number if 0 <= number <= LONGEST_ASKED_S else None


def _retry_after_s(text: str | None, server_now_s: float) -> float | None:
    """Seconds, or a date (RFC 9110, section 10.2.3)."""
    seconds = _number(text)
    if seconds is None:
        moment = date_s({"date": text or ""})
        if moment is None:
            return None
        seconds = moment - server_now_s
    return min(max(seconds, 0.0), LONGEST_ASKED_S)
