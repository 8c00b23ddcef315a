"""What the ledger hands out: one frozen value for every kind of question it answers.

No behaviour and no SQL. The nouns that other rooms share (`Step`, `Outcome`, `Status`, `Counts`)
live in `migrator.model`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from migrator.model import PartyKind, Problem, SourceRef, Status, Step


class Order(StrEnum):
    """In which order waiting tickets are handed out. Tickets without a date come last."""

    OLDEST = "oldest"
    """By `created_at_ms`, then as in the source: ticket numbers follow history."""
    NEWEST = "newest"
    """Exactly the other way round."""
    SOURCE = "source"


class Staged(StrEnum):
    """What staging did with one row."""

    NEW = "new"
    """The ledger had not met it."""
    RESTAGED = "restaged"
    """It replaces an earlier version, of which nothing had reached Featurebase; or what was refused of it
    waits again."""
    UNCHANGED = "unchanged"
    """It would send exactly what the ledger holds already; the row stays as it stands."""
    KEPT = "kept"
    """The row stays as it stands: a request of it is on its way or in doubt, or a record that was given
    back has a key that belongs to another row."""
    SENT = "sent"
    """It differs from the earlier version, which was sent or may have been, and stays: see `Stager.renew`."""
    EXTENDED = "extended"
    """It differs from what was sent, and what it has more waits behind that."""


@dataclass(frozen=True, slots=True)
class Work:
    """A ticket with steps still to send."""

    row: int
    key: str
    number: int | None
    """Known as soon as the first step is done."""
    object_id: str | None
    steps: tuple[tuple[int, Step], ...]
    """Ordinal and step, in the order in which they must be sent; done steps are left out."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A step that left, or may have left, and whose fate nobody knows."""

    row: int
    key: str
    ordinal: int
    step: Step
    floor: int
    """The highest ticket number when the run of the last attempt started: what this step created is above."""
    begun_at_s: float
    """When its intent was written, by our clock, seconds since 1970."""
    begun_server_s: float
    """The same moment by the server's clock."""
    ended_server_s: float | None
    """When its sender gave up, by the server's clock; None where the sender was killed."""
    doubt_since_s: float
    """The last moment at which the request could have left, by our clock."""
    number: int | None
    """Its ticket, where an earlier step made that; None for a create."""
    reason: str


class StepState(StrEnum):
    """Where a step stands; `steps.py` shows how it moves."""

    WAITING = "waiting"
    SENDING = "sending"
    DONE = "done"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"


@dataclass(frozen=True, slots=True)
class SentStep:
    """One request of a row, and where it stands."""

    ordinal: int
    step: Step
    state: StepState
    attempts: int
    """How often it has left, or may have."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A row that owns a ticket, with every request that it is made of."""

    row: int
    key: str
    status: Status
    number: int
    object_id: str
    url: str
    fingerprint: str
    """Of the version of its source that was staged last."""
    steps: tuple[SentStep, ...]
    """In their order; empty once the ledger was told to forget."""

    @property
    def done(self) -> tuple[Step, ...]:
        """What was carried out, in its order: the create step first."""
        return tuple(each.step for each in self.steps if each.state is StepState.DONE)


@dataclass(frozen=True, slots=True)
class Owned:
    """A ticket that belongs to a row."""

    row: int
    key: str
    number: int
    object_id: str
    url: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact whom this migration made, so that a reply could be theirs."""

    id: str
    email: str
    """Empty where they have none, or once the ledger was told to forget."""
    row: int
    """Whose reply it was."""


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


class PartyState(StrEnum):
    """Where a contact or a company stands."""

    WAITING = "waiting"
    DONE = "done"
    """We made it."""
    KNOWN = "known"
    """It was there already."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PartyWork:
    """A contact or a company that is to be made."""

    seq: int
    kind: PartyKind
    body: bytes
    row: int
    """One that needs it."""


@dataclass(frozen=True, slots=True)
class RefusedParty:
    """A contact or a company that Featurebase would not have. It is personal data."""

    kind: PartyKind
    known_as: str
    """Address, else external id."""
    message: str
    """What Featurebase said."""


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
