"""Where a migration stands, read from its ledger: what `status`, `report` and the end of `run` tell."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrator.ledger import Ledger, PartyState, Result, RunCounts
from migrator.model import Counts, PartyKind, Status, StepKind
from migrator.runner.references_seen import ReferencesSeen, references_seen

if TYPE_CHECKING:  # `status` asks no service, so it should not wait for the room that does
    from migrator.featurebase import Stats

EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Rows that Featurebase refused, or that the mapping rejected, for the same reason."""

    status: Status
    code: str
    message: str
    """Of the first row; the others may differ in detail."""
    count: int
    keys: tuple[str, ...]
    """The first `EXAMPLES` source ids."""
    hint: str = ""
    """The way out, for the first row; empty where only Featurebase has said something."""


@dataclass(frozen=True, slots=True)
class OpenDoubt:
    """A row of which nobody knows yet whether it is in Featurebase."""

    key: str
    reason: str
    since_s: float
    """Seconds since 1970."""
    candidates: tuple[str, ...] = ()
    """Addresses of the tickets that it may be, when only a person can tell."""


@dataclass(frozen=True, slots=True)
class ThisRun:
    """What one invocation did."""

    created: int = 0
    replies: int = 0
    notes: int = 0
    failed: int = 0
    in_doubt: int = 0
    adopted: int = 0
    requests: int = 0
    refused_429: int = 0
    """Answers that said «too many requests»."""
    retried: int = 0
    seconds: float = 0.0
    updated: int = 0
    """Tickets of an earlier run that got what a newer export has more."""

    @classmethod
    def of(cls, counts: RunCounts, stats: Stats, seconds: float) -> ThisRun:
        return cls(
            created=counts.created,
            replies=counts.replies,
            notes=counts.notes,
            failed=counts.failed,
            in_doubt=counts.in_doubt,
            adopted=counts.adopted,
            requests=stats.requests,
            refused_429=stats.refused_429,
            retried=stats.retried,
            seconds=seconds,
            updated=counts.updated,
        )


@dataclass(frozen=True, slots=True)
class Parties:
    """Contacts or companies that are to be there before the tickets."""

    made: int = 0
    there: int = 0
    """They were in the workspace already."""
    refused: int = 0
    """Featurebase would not have them; their tickets go without."""
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """One ledger at one moment. `counts` always add up to its rows."""

    ledger: str
    ledger_id: str
    source: str
    mapping: str
    typed: tuple[str, ...]
    """The words that named export and mapping on the command line: `tickets.csv --mapping m.yaml`."""
    target: str
    staged: bool
    """False when staging was cut off: nothing has been sent, and the next run begins again."""
    running: bool
    """Another process is working on it right now."""
    forgotten: bool
    """The personal data was dropped: nothing can be sent, corrected or compared any more."""
    taken_back: int
    """Tickets that were deleted again by `undo`."""
    proven: bool
    """Every ticket was read back, is as it was sent, and nothing was sent since."""
    counts: Counts
    skipped_by: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    """The most frequent first."""
    unread: Mapping[str, int] = field(default_factory=dict)
    """Rows in which the export says something that no rule of the mapping reads, by column or path."""
    failures: tuple[FailureGroup, ...] = ()
    """The most frequent first."""
    doubts: tuple[OpenDoubt, ...] = ()
    """At most `EXAMPLES`."""
    replies: int = 0
    """Messages that customers see, settled so far."""
    notes: int = 0
    """Private notes, settled so far."""
    adopted: int = 0
    """Created rows that were found in Featurebase rather than answered."""
    strangers: tuple[str, ...] = ()
    """Tickets that look like ours and that no row owns, by their address: possible duplicates."""
    contacts: Parties = Parties()
    companies: Parties = Parties()
    refusals: tuple[str, ...] = ()
    """Contacts and companies that were refused, at most `EXAMPLES`, each with the reason."""
    references: ReferencesSeen = field(default_factory=ReferencesSeen)
    this_run: ThisRun | None = None


def read_standing(ledger: Ledger, this_run: ThisRun | None = None, *, thoroughly: bool = True) -> Standing:
    """Everything that a ledger says about itself. Works beside a running migration.

    Args:
        thoroughly: As in `Ledger.check_counts`; without it a million rows are told of at once.

    Raises:
        LedgerError: The counts are not those of the rows.
    """
    ledger.check_counts(thoroughly=thoroughly)
    facts = ledger.facts()
    undecidable = json.loads(facts.get("undecidable", "{}"))
    doubts = ledger.doubts()
    steps = ledger.steps_done()
    parties = ledger.parties()
    return Standing(
        ledger=str(ledger.path),
        ledger_id=ledger.id,
        source=facts.get("source_name", ""),
        mapping=facts.get("mapping_name", ""),
        typed=tuple(json.loads(facts.get("typed", "[]"))),
        target=facts.get("base_url", ""),
        staged=ledger.staged,
        running=ledger.in_use,
        forgotten=ledger.forgotten,
        taken_back=ledger.count_deleted(),
        proven=ledger.is_proven(),
        counts=ledger.counts(),
        skipped_by=ledger.skipped_by_reason(),
        left_out=dict(sorted(ledger.left_out().items(), key=lambda each: -each[1])),
        unread=json.loads(facts.get("unread", "{}")),
        failures=_failures(ledger),
        doubts=tuple(
            OpenDoubt(doubt.key, doubt.reason, doubt.doubt_since_s, tuple(undecidable.get(doubt.key, ())))
            for doubt in doubts[:EXAMPLES]
        ),
        replies=steps.get(StepKind.REPLY, 0),
        notes=steps.get(StepKind.NOTE, 0),
        adopted=ledger.adopted(),
        strangers=tuple(json.loads(facts.get("strangers", "[]"))),
        contacts=_parties(parties, PartyKind.CONTACT),
        companies=_parties(parties, PartyKind.COMPANY),
        refusals=tuple(f"{each.known_as}: {each.message}" for each in ledger.parties_refused()),
        references=references_seen(ledger),
        this_run=this_run,
    )


def _parties(counts: Mapping[tuple[PartyKind, PartyState], int], kind: PartyKind) -> Parties:
    made, there, refused, waiting = (
        counts.get((kind, state), 0)
        for state in (PartyState.DONE, PartyState.KNOWN, PartyState.REFUSED, PartyState.WAITING)
    )
    return Parties(made, there, refused, waiting)


def _failures(ledger: Ledger) -> tuple[FailureGroup, ...]:
    """Counts all, and looks closely only at the rows that are named: there may be a hundred thousand."""
    named: dict[tuple[Status, str], list[int]] = {}
    counts: Counter[tuple[Status, str]] = Counter()
    for status in (Status.REJECTED, Status.FAILED):
        for row, code in ledger.causes(status):
            counts[status, code] += 1
            rows = named.setdefault((status, code), [])
            if len(rows) < EXAMPLES:
                rows.append(row)
    return tuple(
        _failure_group(status, code, count, [ledger.result(row) for row in named[status, code]])
        for (status, code), count in counts.most_common()
    )


def _failure_group(status: Status, code: str, count: int, first: Sequence[Result]) -> FailureGroup:
    blocking = next((problem for problem in first[0].problems if problem.blocks), None)
    return FailureGroup(
        status,
        code,
        blocking.message if blocking else first[0].message,
        count,
        tuple(each.key or str(each.ref) for each in first),
        blocking.hint if blocking else "",
    )
