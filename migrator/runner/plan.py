"""What a migration would do, counted row by row: the facts behind `validate` and before `run`.

A `Plan` is a value; `Tally` makes it, fed with every prepared row, in memory that does not grow with
the number of rows: examples are capped, and names that could be many (assignees, months) are
counted up to a bound, the rest together.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TypeVar

from migrator.mapping import DateEvidence
from migrator.model import Draft, Named, Notice, Problem, Rejected, Severity, Skipped, StepKind, Ticket
from migrator.runner.prepare import Prepared

EXAMPLES = 20
"""Rows named for each kind of problem; the count is always complete."""
NAMES = 5_000
"""Different values counted one by one in each breakdown; more are counted together as OTHERS."""
OTHERS = "(others)"
UNCHECKED = "-unchecked"
"""How the codes of problems end that only say that there was no workspace to ask."""

_Name = TypeVar("_Name")


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """All problems of one code."""

    code: str
    severity: Severity
    count: int
    rows: int
    """Rows that have it; one row may have it several times."""
    examples: tuple[Problem, ...]
    """The first `EXAMPLES` of them, in source order."""


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A source value that nobody has decided about; asked once, with its count."""

    at: str
    """The mapping line whose `values` lack it."""
    column: str
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What would happen. `rows = ready + skipped + rejected`, always."""

    source: str
    helpdesk: str
    mapping: str
    target: str
    """The address; empty when nothing was asked of it (`--offline`)."""
    ready: int
    skipped: int
    rejected: int
    warnings: int
    """Problems that do not block; one row may have several."""
    rows_with_warnings: int
    skipped_by: dict[str, int]
    requests: int
    """Requests that sending takes, all steps of all tickets."""
    replies: int
    notes: int
    """Private notes."""
    updates: int
    """Tickets that are closed after their thread is complete."""
    left_out: dict[str, int]
    """What the source has and this migration does not bring."""
    notified: int
    """Tickets that would notify people: 0 unless the mapping says `notify: true`."""
    problems: tuple[ProblemGroup, ...]
    """Errors first, then by count."""
    unmapped: tuple[Unmapped, ...]
    by_category: dict[str, int]
    by_status: dict[str, int]
    by_assignee: dict[str, int]
    by_month: dict[str, int]
    """`2025-01` to a count, in order of time; `(no date)` last."""
    earliest: str
    latest: str
    """The first and the last backdate, ISO 8601 UTC; empty where no ticket has one."""
    dates: tuple[DateEvidence, ...]
    notices: tuple[Notice, ...]
    unchecked: tuple[str, ...]
    """Names that `--offline` left unchecked, as `category Support`."""
    limit: int | None = None
    """Only the first so many tickets would be sent."""
    per_minute: float = 0.0
    """The pace in requests a minute that the estimate uses; 0 where it is not known."""

    @property
    def rows(self) -> int:
        return self.ready + self.skipped + self.rejected

    @property
    def tickets_to_send(self) -> int:
        return self.ready if self.limit is None else min(self.limit, self.ready)

    @property
    def minutes(self) -> float | None:
        """How long sending takes at `per_minute`; None where the pace is not known."""
        if not self.per_minute:
            return None
        share = self.tickets_to_send / self.ready if self.ready else 0.0
        return self.requests * share / self.per_minute

    @property
    def clean(self) -> bool:
        return self.rejected == 0


class Tally:
    """Counts prepared rows into a `Plan`."""

    def __init__(self) -> None:
        self.ready = self.skipped = self.rejected = 0
        self._rows_with_warnings = self._notified = 0
        self._steps: Counter[StepKind] = Counter()
        self._skipped_by: Counter[str] = Counter()
        self._left_out: Counter[str] = Counter()
        self._problems: dict[str, _Group] = {}
        self._unmapped: Counter[tuple[str, str, str]] = Counter()
        self._unchecked: Counter[str] = Counter()
        self._by: dict[str, Counter[str]] = {
            name: Counter() for name in ("category", "status", "assignee", "month")
        }
        self._earliest = self._latest = ""

    def add(self, prepared: Prepared) -> None:
        match prepared.result:
            case Ticket() as ticket:
                self.ready += 1
                self._steps.update(step.kind for step in ticket.steps)
                self._left_out.update(dict(ticket.left_out))
                self._warn(ticket.warnings)
                assert prepared.draft is not None
                self._break_down(prepared.draft)
            case Skipped(reason=reason):
                self.skipped += 1
                self._skipped_by[reason] += 1
            case Rejected(problems=problems):
                self.rejected += 1
                self._warn(problems)

    def _warn(self, found: tuple[Problem, ...]) -> None:
        """Counts what is wrong; a name that was not looked up (`--offline`) is nothing wrong."""
        problems = [problem for problem in found if not problem.code.endswith(UNCHECKED)]
        for problem in found:
            if problem.code.endswith(UNCHECKED):
                what = f"{problem.code.removesuffix(UNCHECKED)} {problem.value}"
                _count(self._unchecked, what, OTHERS)
        warned = False
        for code in {problem.code for problem in problems}:
            self._problems.setdefault(code, _Group()).rows += 1
        for problem in problems:
            self._problems[problem.code].add(problem)
            warned = warned or not problem.blocks
            if problem.code == "value-unmapped":
                _count(self._unmapped, (problem.at, problem.column, problem.value), (problem.at, "", OTHERS))
        self._rows_with_warnings += warned

    def _break_down(self, draft: Draft) -> None:
        self._notified += draft.notify
        when = draft.created_at.value if draft.created_at else ""
        if when:
            self._earliest = min(self._earliest or when, when)
            self._latest = max(self._latest, when)
        values = (
            ("category", draft.category.value),
            ("status", _value(draft.status, "(default)")),
            ("assignee", _value(draft.assignee, "(nobody)")),
            ("month", when[:7] or "(no date)"),
        )
        for name, value in values:
            _count(self._by[name], value, OTHERS)

    def plan(self, about: About) -> Plan:
        groups = [group.finish(code) for code, group in self._problems.items()]
        groups.sort(key=lambda each: (each.severity is not Severity.ERROR, -each.count, each.code))
        return Plan(
            source=about.source,
            helpdesk=about.helpdesk,
            mapping=about.mapping,
            target=about.target,
            ready=self.ready,
            skipped=self.skipped,
            rejected=self.rejected,
            warnings=sum(each.count for each in groups if each.severity is Severity.WARNING),
            rows_with_warnings=self._rows_with_warnings,
            skipped_by=dict(self._skipped_by.most_common()),
            requests=self._steps.total(),
            replies=self._steps[StepKind.REPLY],
            notes=self._steps[StepKind.NOTE],
            updates=self._steps[StepKind.UPDATE],
            left_out=dict(self._left_out.most_common()),
            notified=self._notified,
            problems=tuple(groups),
            unmapped=tuple(Unmapped(*what, count) for what, count in self._unmapped.most_common()),
            by_category=dict(self._by["category"].most_common()),
            by_status=dict(self._by["status"].most_common()),
            by_assignee=dict(self._by["assignee"].most_common()),
            by_month=dict(sorted(self._by["month"].items(), key=lambda pair: (pair[0][:1] == "(", pair[0]))),
            earliest=self._earliest,
            latest=self._latest,
            dates=about.dates,
            notices=about.notices,
            unchecked=tuple(sorted(self._unchecked)),
            limit=about.limit,
            per_minute=about.per_minute,
        )


@dataclass(frozen=True, slots=True)
class About:
    """What a plan says of its circumstances rather than of its rows."""

    source: str
    helpdesk: str
    mapping: str
    target: str
    dates: tuple[DateEvidence, ...] = ()
    notices: tuple[Notice, ...] = ()
    limit: int | None = None
    per_minute: float = 0.0


class _Group:
    """A `ProblemGroup` in the making."""

    __slots__ = ("count", "examples", "rows", "severity")

    def __init__(self) -> None:
        self.count = self.rows = 0
        self.severity = Severity.WARNING
        self.examples: list[Problem] = []

    def add(self, problem: Problem) -> None:
        self.count += 1
        if problem.blocks:
            self.severity = Severity.ERROR
        if len(self.examples) < EXAMPLES:
            self.examples.append(problem)

    def finish(self, code: str) -> ProblemGroup:
        return ProblemGroup(code, self.severity, self.count, self.rows, tuple(self.examples))


def _value(named: Named | None, otherwise: str) -> str:
    return named.value if named and named.value else otherwise


def _count(counter: Counter[_Name], name: _Name, others: _Name) -> None:
    counter[name if name in counter or len(counter) < NAMES else others] += 1
