"""From a time that somebody read off a clock to the instant that the API takes.

Time zones, days on which clocks are changed, and the range of years that a ticket can have. How a
text is read is `dates.py`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

EARLIEST_YEAR = 1970
LATEST_YEAR = 2100


@lru_cache(maxsize=256)
def zone_named(name: str) -> tzinfo | None:
    """The zone with this IANA name, or None."""
    if name.upper() in ("UTC", "Z", "GMT"):
        return UTC
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError, UnicodeError):  # hostile names are paths, NULs, surrogates
        return None


def is_bare_date(moment: datetime, text: str) -> bool:
    """Whether `text`, read as `moment`, names a day and no time of day."""
    at_midnight = not (moment.hour or moment.minute or moment.second or moment.microsecond)
    return at_midnight and moment.tzinfo is None and ":" not in text


class LocalTime(StrEnum):
    """What became of a time on a local clock."""

    PLAIN = "plain"
    AMBIGUOUS = "ambiguous"
    """The clock showed it twice; the earlier one was taken."""
    NONEXISTENT = "nonexistent"
    """The clock jumped over it; it was moved forward by the jump."""


@dataclass(frozen=True, slots=True)
class OutOfRange(Exception):
    """A time before 1970 or after 2100: no ticket is that old or that young."""

    year: int


def to_utc(moment: datetime, zone: tzinfo | None) -> tuple[str, LocalTime]:
    """`2025-01-15T10:30:00.000Z`, and what the local clock did to it; below a millisecond is cut off.

    Args:
        zone: Where a time without an offset was read off a clock; not looked at otherwise.

    Raises:
        OutOfRange: Before 1970 or after 2100.
    """
    if not EARLIEST_YEAR - 1 <= moment.year <= LATEST_YEAR + 1:
        raise OutOfRange(moment.year)
    seen = LocalTime.PLAIN
    if moment.tzinfo is not None:
        offset = moment.utcoffset()
        moment = moment.replace(tzinfo=None)
    else:
        assert zone is not None, "whoever has a time without an offset has a zone for it"
        offset = zone.utcoffset(moment)
        if zone is not UTC:
            seen = _on_the_clock(offset, zone.utcoffset(moment.replace(fold=1)))
    assert offset is not None, "every zone that we hand out knows its offset"
    utc = moment - offset
    if not EARLIEST_YEAR <= utc.year <= LATEST_YEAR:
        raise OutOfRange(utc.year)
    return utc.isoformat(timespec="milliseconds") + "Z", seen


def day_text(moment: datetime) -> str:
    """`2025-01-15`.

    Raises:
        OutOfRange: Before 1970 or after 2100.
    """
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise OutOfRange(moment.year)
    return moment.date().isoformat()


def _on_the_clock(before: timedelta | None, after: timedelta | None) -> LocalTime:
    """What a clock does whose offset is another when the same time is shown once more."""
    if before == after or before is None or after is None:
        return LocalTime.PLAIN
    return LocalTime.AMBIGUOUS if before > after else LocalTime.NONEXISTENT
