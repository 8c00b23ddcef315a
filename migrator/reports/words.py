"""Numbers, amounts and lists as people read them, in the documents' language (English).

Functions from values to short texts; only `from_here` asks where we are. What a text says about a
migration is worded elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

MINUTES_AN_HOUR = 60
MINUTES_A_DAY = 24 * 60

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z")


def number(value: int) -> str:
    """`12,345`."""
    return f"{value:,}"


def amount(count: int, one: str, many: str = "") -> str:
    """`1 ticket`, `2 tickets`, `2 replies`; `many` only where an s is not enough."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def percent(share: float) -> str:
    """`99.950 %`; never `100 %` while anything is missing."""
    return "100 %" if share == 1 else f"{min(share * 100, 99.999):.3f} %"


def listed(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def bytes_(size: int) -> str:
    """A size for people: `812 bytes`, `3.4 MB` (decimal, as disks and browsers say it)."""
    if size < 1_000:
        return amount(size, "byte")
    for unit, factor in (("kB", 1e3), ("MB", 1e6), ("GB", 1e9)):
        if size < factor * 999.5 or unit == "GB":
            break
    return f"{size / factor:,.1f} {unit}"


def duration(minutes: float) -> str:
    """A rough length of time for somebody who plans a day: `about 3 hours 20 minutes`."""
    if minutes < 1:
        return "less than a minute"
    whole = round(minutes)
    if whole < MINUTES_AN_HOUR:
        return f"about {amount(whole, 'minute')}"
    if whole < MINUTES_A_DAY:
        hours, rest = divmod(whole, MINUTES_AN_HOUR)
        return f"about {amount(hours, 'hour')}" + (f" {amount(rest, 'minute')}" if rest else "")
    days, rest = divmod(round(minutes / MINUTES_AN_HOUR), 24)
    return f"about {amount(days, 'day')}" + (f" {amount(rest, 'hour')}" if rest else "")


def elapsed(seconds: float) -> str:
    """A measured length of time: `41 s`, `12 min 5 s`, `3 h 20 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{number(whole // 3600)} h {whole % 3600 // 60} min"


def moment(seconds: float) -> str:
    """Seconds since 1970 as `2025-01-15 10:30 UTC`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def stamp(text: str) -> str:
    """A time as documents write it, for people who know that it is UTC; any other text stays as it is.

    `2025-01-15T10:30:00.000Z` becomes `2025-01-15 10:30:00`.
    """
    found = _TIME.fullmatch(text)
    return f"{found[1]} {found[2]}" if found else text


def from_here(path: str) -> str:
    """A path as it is typed from the current folder; one that lies elsewhere stays absolute."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return path


def quoted(argument: str) -> str:
    """A word of a command as shells on every system understand it: cmd.exe knows double quotes only."""
    plain = argument and all(character.isalnum() or character in "._-/\\:@+~" for character in argument)
    return argument if plain else f'"{argument}"'
