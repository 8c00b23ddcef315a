"""What a ledger tells of rows, of runs, and of what was read back.

What it is asked for while tickets are sent is in `entries.py`; the nouns that other rooms know too live in
`migrator.model`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from migrator.model import Problem, SourceRef, Status


class DifferenceKind(StrEnum):
    """How what is in Featurebase differs from what was sent."""

    MISSING = "missing"
    EXTRA = "extra"
    DIFFERENT = "different"
    EXPLAINED = "explained"
    """Different in a way that Featurebase is known to make."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is not as it was sent. It is personal data."""

    field: str
    expected: str
    """As sent; empty where nothing was."""
    actual: str
    """As it is there; empty where nothing is."""
    kind: DifferenceKind
    explanation: str = ""


class Verdict(StrEnum):
    """What reading one ticket back came to, in a word."""

    EQUAL = "equal"
    EXPLAINED = "explained"
    """Different only in ways that Featurebase is known to make."""
    DIFFERENT = "different"
    MISSING = "missing"
    """The ticket is not there any more."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What reading one ticket back came to."""

    row: int
    key: str
    number: int | None
    """None where the ticket was taken back since."""
    url: str
    verdict: Verdict
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """One reading back of everything, finished or not."""

    id: int
    started_at_s: float
    ended_at_s: float | None
    """None while it goes on, or was cut off: it can be gone on with."""
    verdicts: Mapping[str, int]
    """How many rows got which."""
    compared: int
    """How many values were compared, over all of them."""
    figures: Mapping[str, float]
    """Whatever was counted; empty until it has ended."""

    @property
    def is_proof(self) -> bool:
        """Whether everything was read back, and is there as it was sent."""
        return self.ended_at_s is not None and not self.verdicts.keys() - {Verdict.EQUAL, Verdict.EXPLAINED}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row."""

    row: int
    key: str
    """Empty where the record had no key of its own."""
    ref: SourceRef
    status: Status
    number: int | None
    object_id: str | None
    url: str
    http_status: int | None
    """Of the refusal, for a failed row."""
    code: str
    message: str
    """The API's words for a failed row, the reason for one in doubt, else empty."""
    skip_reason: str
    """The name of the `skip` rule; empty unless skipped."""
    problems: tuple[Problem, ...]
    """Why a rejected row was rejected; else empty."""
    warnings: tuple[Problem, ...]
    left_out: tuple[tuple[str, int], ...]
    adopted: bool
    """The ticket was found in Featurebase, its answer having been lost."""
    created_at_ms: int | None
    old_url: str = ""
    """Where the old helpdesk had it; empty where the mapping does not say."""


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that did not come over, rejected or failed, with what a person needs to correct it."""

    row: int
    key: str
    ref: SourceRef
    status: Status
    original: tuple[str, ...] | str
    """As in `Record.original`."""
    problems: tuple[Problem, ...]
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the ledger's log; it never holds ticket text."""

    at_s: float
    """Our clock, seconds since 1970."""
    run: int
    """The run it belongs to; 0 before the first."""
    kind: str
    detail: Mapping[str, str | int | float | None]


@dataclass(frozen=True, slots=True)
class RunCounts:
    """What one run did: rows as they stand now, and steps that it got done."""

    created: int = 0
    """Those adopted included."""
    updated: int = 0
    """Tickets of an earlier run that got what a newer source has more."""
    failed: int = 0
    in_doubt: int = 0
    adopted: int = 0
    """Created rows whose ticket was found in Featurebase rather than answered."""
    replies: int = 0
    """Replies, notes and updates that it got done, also of rows that are not complete yet."""
    notes: int = 0
    updates: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One invocation that sent, or was ready to."""

    run: int
    options: Mapping[str, str]
    started_at_s: float
    ended_at_s: float | None
    """None where it is still going on, or was killed."""
    exit_code: int | None
    figures: Mapping[str, int]
    """Whatever was counted; empty until it has ended."""


@dataclass(frozen=True, slots=True)
class Minute:
    """What was sent and answered within one minute."""

    began_s: int
    """Its beginning, by our clock, seconds since 1970."""
    sent: int = 0
    """Steps whose last attempt began in it."""
    done: int = 0
    refused: int = 0
    in_doubt: int = 0
    answers: Mapping[int, int] = field(default_factory=dict)
    """How often each HTTP status was answered, to requests of any kind; `UNANSWERED` counts the
    others."""
