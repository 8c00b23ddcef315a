"""What the charts on a page show: counts, cut to what an eye takes in. The templates draw them.

Every bar stands in a table beside its number, so that a chart says nothing that cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from migrator.ledger import Minute
from migrator.model import UNANSWERED
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
class Part:
    """What every column of a chart is stacked from."""

    label: str
    colour: str
    """The name under which the style knows it."""
    count: Callable[[Minute], int]


@dataclass(frozen=True, slots=True)
class Column:
    """A stretch of time."""

    label: str
    """When it began: `2025-01-15 10:30`, UTC."""
    counts: tuple[int, ...]
    """One for each part."""
    shares: tuple[float, ...]
    """The same of the highest column, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Course:
    """Counts along the time of a migration. Time in which nothing went on is left out."""

    title: str
    parts: tuple[Part, ...]
    """Those that occur, the lowest first."""
    minutes: int
    """How many minutes one column stands for."""
    columns: tuple[Column, ...]


def _answered(*hundreds: int) -> Callable[[Minute], int]:
    """Counts the answers of a class of HTTP statuses, 4 for 4xx; 429 is told apart."""
    return lambda minute: sum(
        count for status, count in minute.answers.items() if status // 100 in hundreds and status != 429
    )


SENDING = (
    Part("done", "matched", lambda minute: minute.done),
    Part("refused", "unmatched", lambda minute: minute.refused),
    Part("no answer yet", "fallback", lambda minute: minute.in_doubt),
)
"""What became of the requests for tickets."""
ANSWERING = (
    Part("accepted (2xx)", "matched", _answered(2)),
    Part("too many requests (429)", "unchecked", lambda minute: minute.answers.get(429, 0)),
    Part("refused (other 4xx)", "unmatched", _answered(4)),
    Part("trouble (5xx and others)", "fallback", _answered(1, 3, *range(5, 10))),
    Part("no answer", "none", lambda minute: minute.answers.get(UNANSWERED, 0)),
)
"""How requests of any kind were answered."""


def course(title: str, minutes: Sequence[Minute], parts: Sequence[Part]) -> Course:
    """At most `MOST_COLUMNS` columns, each for the same number of minutes in which something was counted."""
    parts = tuple(part for part in parts if any(map(part.count, minutes)))
    minutes = [minute for minute in minutes if any(part.count(minute) for part in parts)]
    size = -(-len(minutes) // MOST_COLUMNS) or 1
    groups = [minutes[start : start + size] for start in range(0, len(minutes), size)]
    counts = [tuple(sum(map(part.count, group)) for part in parts) for group in groups]
    highest = max(map(sum, counts), default=0)
    return Course(
        title,
        parts,
        size,
        tuple(
            Column(
                moment(group[0].began_s).removesuffix(" UTC"),
                of_group,
                tuple(count / highest for count in of_group),
            )
            for group, of_group in zip(groups, counts, strict=True)
        ),
    )
