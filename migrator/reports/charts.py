"""What the charts on a page show: counts, cut to what an eye takes in. The templates draw them.

Every bar stands in a table beside its number, so that a chart says nothing that cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

MOST_BARS = 12
MOST_MONTHS = 48
"""More are drawn as years."""

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Bar:
    """One value and its count."""

    label: str
    count: int
    share: float
    """Of the longest bar, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Bars:
    """A breakdown, the largest first."""

    title: str
    heading: str
    """What the labels are: `Status`."""
    bars: tuple[Bar, ...]
    others: int
    """Values that have no bar of their own."""
    others_count: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Counts along time, without gaps."""

    unit: str
    """`month` or `year`."""
    bars: tuple[Bar, ...]
    undated: int
    """Tickets that stand outside, for want of a date."""


def bars(title: str, heading: str, counts: Mapping[str, int]) -> Bars:
    """The `MOST_BARS` largest values one by one, the others together."""
    ranked = sorted(counts.items(), key=lambda pair: -pair[1])
    shown, others = ranked[:MOST_BARS], ranked[MOST_BARS:]
    longest = max((count for _, count in shown), default=0)
    return Bars(
        title,
        heading,
        tuple(Bar(label, count, count / longest if longest else 0.0) for label, count in shown),
        len(others),
        sum(count for _, count in others),
    )


def timeline(by_month: Mapping[str, int]) -> Timeline:
    """Months (`2025-01`) from the first to the last, or years where there are many; empty ones count 0."""
    months: dict[int, int] = {}
    undated = 0
    for label, count in by_month.items():
        if found := _MONTH.fullmatch(label):
            months[int(found[1]) * 12 + int(found[2]) - 1] = count
        else:
            undated += count
    if not months:
        return Timeline("month", (), undated)
    first, last = min(months), max(months)
    if last - first < MOST_MONTHS:
        counts = {f"{m // 12:04}-{m % 12 + 1:02}": months.get(m, 0) for m in range(first, last + 1)}
        unit = "month"
    else:
        counts = {f"{year:04}": 0 for year in range(first // 12, last // 12 + 1)}
        for month, count in months.items():
            counts[f"{month // 12:04}"] += count
        unit = "year"
    longest = max(counts.values())
    return Timeline(
        unit, tuple(Bar(label, count, count / (longest or 1)) for label, count in counts.items()), undated
    )
