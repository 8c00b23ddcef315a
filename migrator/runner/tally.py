"""Counting prepared rows into a `Plan`, in memory that does not grow with their number.

Examples are capped, and names that could be many (assignees, months) are counted up to a bound, the rest
together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sized
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

from migrator.featurebase import Directory
from migrator.mapping import Coverage, DateEvidence, Mapping, Orders
from migrator.mapping.rules import Row
from migrator.mapping.unread import Unread
from migrator.model import (
    Draft,
    Named,
    Notice,
    Party,
    PartyKind,
    Problem,
    Record,
    Rejected,
    Severity,
    Skipped,
    SourceRef,
    StepKind,
    Ticket,
)
from migrator.runner.contents import MOST_NAMES, ContentsCounted, ContentsTally
from migrator.runner.flows import Ends, Flows, Match
from migrator.runner.legacy_ids import LegacyIds
from migrator.runner.people import PartiesTally
from migrator.runner.plan import Plan, ProblemGroup, Unmapped
from migrator.runner.prepare import Prepared
from migrator.runner.previews import Picked, Sample

EXAMPLES = 20
"""Rows named for each kind of problem; the count is always complete."""
NAMES = 5_000
"""Different values counted one by one in each breakdown; more are counted together as OTHERS."""
OTHERS = "(others)"
_NO_ORDERS = Orders()
_ASK_EVERY = 200
"""Rows after which it is found out who of them was met before; asking about many at once is cheaper."""
_UNKNOWN = {"category-unknown": "category", "status-unknown": "status", "assignee-unknown": "assignee"}
"""Which breakdown a row is held back in, by the code of its problem."""
UNCHECKED = "-unchecked"
"""How the codes of problems end that only say that there was no workspace to ask."""

_Name = TypeVar("_Name")


def faults_of(problems: tuple[Problem, ...]) -> list[Problem]:
    """Those that say that something is wrong: that a name was not looked up (`--offline`) is not."""
    return [problem for problem in problems if not problem.code.endswith(UNCHECKED)]


class Tally:
    """Counts prepared rows into a `Plan`; use it with `with`."""

    def __init__(self, mapping: Mapping, directory: Directory) -> None:
        self.ready = self.skipped = self.rejected = 0
        self._unasked = 0
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
        self._clock_changes: Counter[str] = Counter()
        ticket = mapping.plan.ticket
        self._flows = {
            "category": Flows("category", "categories", ticket.category, directory),
            "status": Flows("status", "statuses", ticket.status, directory),
            "assignee": Flows("assignee", "admins", ticket.assignee, directory),
        }
        self._coverage = Coverage(mapping.plan)
        self._unread = Unread(mapping.plan)
        self._sample = Sample(directory)
        self._contents = ContentsTally()
        self._parties = PartiesTally()
        self._legacy_ids = LegacyIds()
        self._mapping_name = mapping.name
        self._rewriter = mapping.plan.rewriting.rewriter() if mapping.plan.rewriting else None
        self._references = self._references_in_messages = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._contents.__exit__(kind, error, trace)
        self._parties.close()
        self._legacy_ids.close()

    def add(self, prepared: Prepared) -> None:
        """Takes in one row.

        Raises:
            DiskFull: There is no room for temporary files.
        """
        self.note(prepared)
        self._unasked += 1
        if self._unasked >= _ASK_EVERY:
            self._ask()

    def _ask(self) -> None:
        self._contents.ask()
        self._parties.ask()
        self._legacy_ids.ask()
        self._unasked = 0

    def note(self, prepared: Prepared) -> None:
        """Takes in one row, but for what only somebody can tell who has seen them all (`add_counted`)."""
        match prepared.result:
            case Ticket() as ticket:
                self.ready += 1
                for step in ticket.steps:
                    self._steps[step.kind] += 1
                for what, count in ticket.left_out:
                    self._left_out[what] += count
                self._parties.note(ticket.parties)
                self._legacy_ids.note(ticket)
                warned = self._warn(ticket.warnings)
                assert prepared.draft is not None
                self._break_down(prepared.record, prepared.draft)
                self._sample.take(prepared.record, prepared.draft, ticket, warned=warned)
                self._coverage.look(prepared.record)
                self._unread.look(prepared.record.values)
            case Skipped(reason=reason):
                self.skipped += 1
                self._skipped_by[reason] += 1
            case Rejected(problems=problems):
                self.rejected += 1
                self._warn(problems)
                self._hold_back(problems)
                self._coverage.look(prepared.record)
                self._unread.look(prepared.record.values)

    def _warn(self, found: tuple[Problem, ...]) -> bool:
        """Counts what is wrong, and what was not looked up; returns whether there is a warning."""
        if not found:
            return False
        problems = faults_of(found)
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
            elif problem.code in ("time-ambiguous", "time-nonexistent"):
                self._clock_changes[problem.at] += 1
        self._rows_with_warnings += warned
        return warned

    def _hold_back(self, problems: tuple[Problem, ...]) -> None:
        for problem in problems:
            if problem.code == "value-unmapped":
                for flows in self._flows.values():
                    if problem.at == flows.at:
                        flows.refuse(problem.value, Match.UNDECIDED)
            elif problem.code in _UNKNOWN:
                self._flows[_UNKNOWN[problem.code]].refuse(problem.value, Match.UNMATCHED)

    def _break_down(self, record: Record, draft: Draft) -> None:
        self._notified += draft.notify
        if self._rewriter is not None:
            self._references += len(self._rewriter.ids(draft.content))
            said = (reply.body for reply in draft.replies)
            self._references_in_messages += sum(len(self._rewriter.ids(body)) for body in said)
        self._contents.note(draft)
        row = Row(record, _NO_ORDERS)
        for what, named in (
            ("category", draft.category),
            ("status", draft.status),
            ("assignee", draft.assignee),
        ):
            self._flows[what].take(row, named)
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

    def counted(self) -> Counted:
        """What was noted so far, in a form that can travel to another process."""
        return Counted(
            ready=self.ready,
            skipped=self.skipped,
            rejected=self.rejected,
            rows_with_warnings=self._rows_with_warnings,
            notified=self._notified,
            references=(self._references, self._references_in_messages),
            steps=self._steps,
            sums=(self._skipped_by, self._left_out, self._clock_changes),
            problems=self._problems,
            unmapped=self._unmapped,
            unchecked=self._unchecked,
            by=self._by,
            dates=(self._earliest, self._latest),
            flows={what: flows.counted() for what, flows in self._flows.items()},
            coverage=self._coverage.counted(),
            unread=self._unread.counts,
            picked=self._sample.counted(),
            contents=self._contents.counted(),
            parties=self._parties.noted,
            legacy_ids=self._legacy_ids.noted,
        )

    def add_counted(self, counted: Counted) -> None:
        """Takes in what another tally has noted of the rows that follow, as if they were added one by one.

        Raises:
            DiskFull: There is no room for temporary files.
        """
        self.ready += counted.ready
        self.skipped += counted.skipped
        self.rejected += counted.rejected
        self._rows_with_warnings += counted.rows_with_warnings
        self._notified += counted.notified
        self._references += counted.references[0]
        self._references_in_messages += counted.references[1]
        self._steps.update(counted.steps)
        for own, theirs in zip(
            (self._skipped_by, self._left_out, self._clock_changes), counted.sums, strict=True
        ):
            own.update(theirs)
        for code, group in counted.problems.items():
            self._problems.setdefault(code, _Group()).join(group)
        for place, count in counted.unmapped.items():
            _count(self._unmapped, place, (place[0], "", OTHERS), count)
        for what, count in counted.unchecked.items():
            _count(self._unchecked, what, OTHERS, count)
        for name, counter in counted.by.items():
            for value, count in counter.items():
                _count(self._by[name], value, OTHERS, count)
        for when in filter(None, counted.dates):
            self._earliest = min(self._earliest or when, when)
            self._latest = max(self._latest, when)
        for what, ends in counted.flows.items():
            self._flows[what].add(ends)
        self._coverage.add(counted.coverage)
        self._unread.add(counted.unread)
        self._sample.add(counted.picked)
        self._contents.add_counted(counted.contents)
        self._parties.noted = counted.parties
        self._parties.ask()
        self._legacy_ids.noted = counted.legacy_ids
        self._legacy_ids.ask()

    def require_own_legacy_ids(self) -> None:
        """
        Raises:
            MappingError: Several of the tickets would carry the same legacy id.
            DiskFull: There is no room for temporary files.
        """
        self._legacy_ids.require_unique(self._mapping_name)

    def plan(self, about: About) -> Plan:
        """What was counted.

        Raises:
            DiskFull: There is no room for temporary files.
        """
        self._ask()
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
            requests=self._steps.total() + self._parties.counts.total(),
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
            typed=about.typed,
            contents=self._contents.finish(),
            categories=self._flows["category"].finish(),
            statuses=self._flows["status"].finish(),
            assignees=self._flows["assignee"].finish(),
            value_maps=self._coverage.maps,
            unread=dict(self._unread.counts.most_common()),
            clock_changes=dict(self._clock_changes),
            previews=self._sample.finish(),
            contacts_to_make=self._parties.counts[PartyKind.CONTACT],
            companies_to_make=self._parties.counts[PartyKind.COMPANY],
            references=self._references,
            references_in_messages=self._references_in_messages,
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
    typed: tuple[str, ...] = ()


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

    def join(self, later: _Group) -> None:
        self.count += later.count
        self.rows += later.rows
        if later.severity is Severity.ERROR:
            self.severity = Severity.ERROR
        self.examples += later.examples[: EXAMPLES - len(self.examples)]

    def finish(self, code: str) -> ProblemGroup:
        return ProblemGroup(code, self.severity, self.count, self.rows, tuple(self.examples))


@dataclass(frozen=True, slots=True)
class Counted:
    """What a tally has noted of some neighbouring rows. Made and understood by `Tally` alone."""

    ready: int
    skipped: int
    rejected: int
    rows_with_warnings: int
    notified: int
    references: tuple[int, int]
    steps: Counter[StepKind]
    sums: tuple[Counter[str], Counter[str], Counter[str]]
    problems: dict[str, _Group]
    unmapped: Counter[tuple[str, str, str]]
    unchecked: Counter[str]
    by: dict[str, Counter[str]]
    dates: tuple[str, str]
    flows: dict[str, Ends]
    coverage: list[tuple[dict[str, int], int]]
    unread: Counter[str]
    picked: list[Picked]
    contents: ContentsCounted
    parties: list[Party]
    legacy_ids: list[tuple[str, SourceRef]]

    @property
    def may_have_others(self) -> bool:
        """Whether so many names were met that some may have been counted together, which no sum undoes."""
        counters: list[Sized] = [self.unmapped, self.unchecked, self.unread, *self.by.values()]
        counters += [*self.flows.values(), *(counts for counts, _ in self.coverage), *self.contents.names]
        return any(len(each) >= MOST_NAMES for each in counters)


def _value(named: Named | None, otherwise: str) -> str:
    return named.value if named and named.value else otherwise


def _count(counter: Counter[_Name], name: _Name, others: _Name, count: int = 1) -> None:
    counter[name if name in counter or len(counter) < NAMES else others] += count
