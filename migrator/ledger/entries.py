"""What the ledger hands out: one frozen value for every kind of question it answers.

No behaviour and no SQL. What it tells of rows and runs is in `accounts.py`; the nouns that other rooms share
(`Step`, `Outcome`, `Status`, `Counts`) live in `migrator.model`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from migrator.model import PartyKind, Status, Step


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
