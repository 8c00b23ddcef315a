"""What a migration would do, counted row by row: the facts behind `validate` and before `run`.

A `Plan` is a value; `tally.py` makes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from migrator.mapping import DateEvidence, ValueMap
from migrator.model import Notice, Problem, Severity
from migrator.runner.contents import Contents
from migrator.runner.flows import Flow
from migrator.runner.previews import Preview


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """All problems of one code."""

    code: str
    severity: Severity
    count: int
    rows: int
    """Rows that have it; one row may have it several times."""
    examples: tuple[Problem, ...]
    """The first of them, in source order."""


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
    typed: tuple[str, ...] = ()
    """The words that name the export and the mapping, for telling people what to type next."""
    contents: Contents = field(default_factory=Contents)
    """People, files, pictures and look-alikes of the tickets that are ready."""
    categories: tuple[Flow, ...] = ()
    """The tickets that are ready, by category; and the rows that are held back because of theirs."""
    statuses: tuple[Flow, ...] = ()
    assignees: tuple[Flow, ...] = ()
    value_maps: tuple[ValueMap, ...] = ()
    """What the mapping's value tables make of every row that is not left out."""
    unread: dict[str, int] = field(default_factory=dict)
    """Rows in which the export says something that no rule of the mapping reads, by column or path of nested
    records; the most frequent first."""
    clock_changes: dict[str, int] = field(default_factory=dict)
    """Times that were shown twice or never, by the mapping line that reads them."""
    previews: tuple[Preview, ...] = ()
    contacts_to_make: int = 0
    """Contacts that must be there before the tickets, one request each unless they are there already; 0
    where the mapping leaves that to Featurebase."""
    companies_to_make: int = 0
    references: int = 0
    """What looks like a reference to another ticket in the texts of tickets, and is to be rewritten."""
    references_in_messages: int = 0
    """The same in messages, where nothing can be rewritten."""

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
