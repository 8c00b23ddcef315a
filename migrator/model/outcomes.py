"""What became of what was sent, and how rows stand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PartKind(StrEnum):
    """What an entry of a thread is, as far as we can have made it."""

    CONTACT = "contact"
    ADMIN = "admin"
    NOTE = "note"
    OTHER = "other"
    """An event of the product's own, or a kind that we never send."""


@dataclass(frozen=True, slots=True)
class PartSeen:
    """One entry of a thread as Featurebase shows it, or as we sent it."""

    kind: PartKind
    created_at: str | None = None
    body: str | None = None
    """HTML."""
    author_id: str | None = None
    author_email: str | None = None


@dataclass(frozen=True, slots=True)
class TicketSeen:
    """A ticket as Featurebase shows it. `None` means that the answer did not say."""

    number: int
    object_id: str
    url: str = ""
    title: str | None = None
    content: str | None = None
    category_id: str | None = None
    author_id: str | None = None
    author_email: str | None = None
    author_name: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    status_id: str | None = None
    open: bool | None = None
    assignee_id: str | None = None
    company_id: str | None = None
    custom_fields: dict[str, object] | None = None
    linked_conversations: tuple[str, ...] | None = None
    snoozed_until: str | None = None
    parts: tuple[PartSeen, ...] | None = None
    """The thread in its order; only a ticket that was fetched by number has it."""


@dataclass(frozen=True, slots=True)
class ContactSeen:
    """A contact as Featurebase shows them. `None` means that the answer did not say."""

    id: str
    email: str | None = None
    posts: int | None = None
    comments: int | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """2xx: the step is settled for ever."""

    seen: TicketSeen
    adopted: bool = False
    """Found in Featurebase rather than answered: the answer had been lost."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The service will not have this row as it is."""

    http_status: int
    code: str
    message: str
    """The API's own words, with any field path."""


@dataclass(frozen=True, slots=True)
class NotSent:
    """Certainly nothing happened: the connection was never made, 429, or the run is stopping."""

    reason: str


@dataclass(frozen=True, slots=True)
class InDoubt:
    """The request left, and nobody knows what became of it."""

    reason: str


Outcome = Done | Refused | NotSent | InDoubt

UNANSWERED = 0
"""Stands among HTTP statuses for requests that got no answer."""


class Status(StrEnum):
    """Where a row stands; every row is in exactly one (promise 2)."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    REJECTED = "rejected"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows stand where. They always add up to `rows`."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    rejected: int = 0
    failed: int = 0
    in_doubt: int = 0
    pending: int = 0

    @property
    def rows(self) -> int:
        return sum(getattr(self, status.value) for status in Status)

    @property
    def complete(self) -> bool:
        """Whether everything that was to come over is in."""
        return not (self.rejected or self.failed or self.in_doubt or self.pending)
