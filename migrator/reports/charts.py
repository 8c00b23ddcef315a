"""What the charts on a page show: counts, cut to what an eye takes in. The templates draw them.

Every bar stands in a table beside its number, so that a chart says nothing that cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from migrator.ledger import Minute
from migrator.reports.words import moment
from migrator.runner.flows import Flow, Match

MOST_BARS = 12
MOST_COLUMNS = 120
MOST_FLOWS = 40
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


@dataclass(frozen=True, slots=True)
class FlowBar:
    """Where tickets with one source value go."""

    source: str
    target: str
    match: str
    count: int
    share: float
    """Of the longest bar, 0 to 1."""


@dataclass(frozen=True, slots=True)
class FlowChart:
    """From the export's values to the workspace's names, the most frequent first."""

    title: str
    heading: str
    """What the values are: `Status`."""
    flows: tuple[FlowBar, ...]
    others: int
    others_count: int
    parts: tuple[Bar, ...]
    """The same tickets by how the name was found, with the share of all of them."""


def flow_chart(title: str, heading: str, flows: Sequence[Flow]) -> FlowChart:
    """The `MOST_FLOWS` largest one by one, the others together."""
    shown, others = flows[:MOST_FLOWS], flows[MOST_FLOWS:]
    longest = max((flow.count for flow in shown), default=0) or 1
    together = sum(flow.count for flow in flows) or 1
    by_match = {match: sum(flow.count for flow in flows if flow.match is match) for match in Match}
    return FlowChart(
        title,
        heading,
        tuple(FlowBar(f.source, f.target, f.match.value, f.count, f.count / longest) for f in shown),
        len(others),
        sum(flow.count for flow in others),
        tuple(Bar(match.value, count, count / together) for match, count in by_match.items() if count),
    )


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


@dataclass(frozen=True, slots=True)
class Pace:
    """What was sent within a stretch of time; the shares are of the highest column, 0 to 1."""

    label: str
    """When it began: `2025-01-15 10:30`, UTC."""
    sent: int
    done: int
    refused: int
    in_doubt: int
    done_share: float
    refused_share: float
    in_doubt_share: float


@dataclass(frozen=True, slots=True)
class PaceChart:
    """Throughput along time. Time in which nothing was sent is left out."""

    minutes: int
    """How many minutes of sending one column stands for."""
    columns: tuple[Pace, ...]


def pace_chart(minutes: Sequence[Minute]) -> PaceChart:
    """At most `MOST_COLUMNS` columns, each for the same number of minutes in which something was sent."""
    size = -(-len(minutes) // MOST_COLUMNS) or 1
    groups = [minutes[start : start + size] for start in range(0, len(minutes), size)]
    highest = max((sum(each.sent for each in group) for group in groups), default=0) or 1

    def column(group: Sequence[Minute]) -> Pace:
        done, refused, in_doubt = (
            sum(getattr(each, name) for each in group) for name in ("done", "refused", "in_doubt")
        )
        return Pace(
            label=moment(group[0].began_s).removesuffix(" UTC"),
            sent=sum(each.sent for each in group),
            done=done,
            refused=refused,
            in_doubt=in_doubt,
            done_share=done / highest,
            refused_share=refused / highest,
            in_doubt_share=in_doubt / highest,
        )

    return PaceChart(size, tuple(map(column, groups)))
