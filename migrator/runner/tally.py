"""Counting prepared rows into a `Plan`, in memory that does not grow with their number.

Names that could be many (assignees, months) are counted up to a bound, the rest together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sized
from dataclasses import dataclass
from types import TracebackType
from typing import Self

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
from migrator.runner.plan import Plan
from migrator.runner.prepare import Prepared
from migrator.runner.previews import Picked, Sample
from migrator.runner.problem_tally import OTHERS, ProblemsCounted, ProblemTally, count_name

_NO_ORDERS = Orders()
_ASK_EVERY = 200
"""Rows after which it is found out who of them was met before; asking about many at once is cheaper."""
_UNKNOWN = {"category-unknown": "category", "status-unknown": "status", "assignee-unknown": "assignee"}
"""Which breakdown a row is held back in, by the code of its problem."""


class Tally:
    """Counts prepared rows into a `Plan`; use it with `with`."""

    def __init__(self, mapping: Mapping, directory: Directory) -> None:
        self.ready = self.skipped = self.rejected = 0
        self._unasked = 0
        self._notified = 0
        self._steps: Counter[StepKind] = Counter()
        self._skipped_by: Counter[str] = Counter()
        self._left_out: Counter[str] = Counter()
        self._problems = ProblemTally()
        self._by: dict[str, Counter[str]] = {
            name: Counter() for name in ("category", "status", "assignee", "month")
        }
        self._earliest = self._latest = ""
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
                warned = self._problems.note(ticket.warnings)
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
                self._problems.note(problems)
                self._hold_back(problems)
                self._coverage.look(prepared.record)
                self._unread.look(prepared.record.values)

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
            count_name(self._by[name], value, OTHERS)

    def counted(self) -> Counted:
        """What was noted so far, in a form that can travel to another process."""
        return Counted(
            ready=self.ready,
            skipped=self.skipped,
            rejected=self.rejected,
            notified=self._notified,
            references=(self._references, self._references_in_messages),
            steps=self._steps,
            sums=(self._skipped_by, self._left_out),
            problems=self._problems.counted(),
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
        self._notified += counted.notified
        self._references += counted.references[0]
        self._references_in_messages += counted.references[1]
        self._steps.update(counted.steps)
        for own, theirs in zip((self._skipped_by, self._left_out), counted.sums, strict=True):
            own.update(theirs)
        self._problems.add_counted(counted.problems)
        for name, counter in counted.by.items():
            for value, count in counter.items():
                count_name(self._by[name], value, OTHERS, count)
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
        problems = self._problems.groups()
        return Plan(
            source=about.source,
            helpdesk=about.helpdesk,
            mapping=about.mapping,
            target=about.target,
            ready=self.ready,
            skipped=self.skipped,
            rejected=self.rejected,
            warnings=sum(each.count for each in problems if each.severity is Severity.WARNING),
            rows_with_warnings=self._problems.rows_with_warnings,
            skipped_by=dict(self._skipped_by.most_common()),
            requests=self._steps.total() + self._parties.counts.total(),
            replies=self._steps[StepKind.REPLY],
            notes=self._steps[StepKind.NOTE],
            updates=self._steps[StepKind.UPDATE],
            left_out=dict(self._left_out.most_common()),
            notified=self._notified,
            problems=problems,
            unmapped=self._problems.unmapped(),
            by_category=dict(self._by["category"].most_common()),
            by_status=dict(self._by["status"].most_common()),
            by_assignee=dict(self._by["assignee"].most_common()),
            by_month=dict(sorted(self._by["month"].items(), key=lambda pair: (pair[0][:1] == "(", pair[0]))),
            earliest=self._earliest,
            latest=self._latest,
            dates=about.dates,
            notices=about.notices,
            unchecked=self._problems.unchecked(),
            limit=about.limit,
            per_minute=about.per_minute,
            typed=about.typed,
            contents=self._contents.finish(),
            categories=self._flows["category"].finish(),
            statuses=self._flows["status"].finish(),
            assignees=self._flows["assignee"].finish(),
            value_maps=self._coverage.maps,
            unread=dict(self._unread.counts.most_common()),
            clock_changes=dict(self._problems.clock_changes),
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


@dataclass(frozen=True, slots=True)
class Counted:
    """What a tally has noted of some neighbouring rows. Made and understood by `Tally` alone."""

    ready: int
    skipped: int
    rejected: int
    notified: int
    references: tuple[int, int]
    steps: Counter[StepKind]
    sums: tuple[Counter[str], Counter[str]]
    problems: ProblemsCounted
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
        counters: list[Sized] = [*self.problems.names, self.unread, *self.by.values()]
        counters += [*self.flows.values(), *(counts for counts, _ in self.coverage), *self.contents.names]
        return any(len(each) >= MOST_NAMES for each in counters)


def _value(named: Named | None, otherwise: str) -> str:
    return named.value if named and named.value else otherwise
