"""What is sent: the exact bytes of every request of a ticket."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from migrator.model.quickly import quickly_made
from migrator.model.records import Problem, SourceRef


class StepKind(StrEnum):
    """The requests that one ticket is made of, in the order in which they are sent."""

    CREATE = "create"
    REPLY = "reply"
    """A message that the customer sees."""
    NOTE = "note"
    """A private note; it can never become a reply."""
    UPDATE = "update"
    """PATCH of the ticket: closing, snoozing."""
    REWRITE = "rewrite"
    """PATCH of the ticket's text, after all tickets are in: what it says of others is brought up to date."""

    @property
    def is_message(self) -> bool:
        return self in (StepKind.REPLY, StepKind.NOTE)

    @property
    def is_change(self) -> bool:
        return self in (StepKind.UPDATE, StepKind.REWRITE)


@dataclass(frozen=True, slots=True)
class Upload:
    """A local file that travels with a step as one part of a multipart body."""

    part: str
    """The part's name: `customFields.<field id>`."""
    name: str
    path: str
    """Where it is: as in `FileRef.path`, or the address that it is fetched from before it is sent."""
    size_bytes: int
    """0 where a file that is still to be fetched does not say."""
    sha256: str
    """Empty for a file that is still to be fetched."""
    content_type: str = "application/octet-stream"


@quickly_made
@dataclass(frozen=True, slots=True)
class Step:
    """One request, down to its bytes."""

    kind: StepKind
    method: str
    path: str
    """`/v2/tickets`; `{number}` stands for the number of the ticket that the first step created."""
    body: bytes
    """Compact UTF-8 JSON."""
    uploads: tuple[Upload, ...] = ()
    contact: bytes = b""
    """The body that makes the contact whom a reply is from, for the case that there is none yet; empty
    where none can be missing. Not part of what the ticket says, so not of its fingerprint either."""


class PartyKind(StrEnum):
    """What a party is."""

    CONTACT = "contact"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class Party:
    """Who must be there before a ticket is made: its author as a contact, or their company."""

    kind: PartyKind
    external_id: str
    """The source's own id; may be empty for a contact who has an address."""
    email: str
    """Folded, as addresses compare; empty where there is none."""
    body: bytes
    """Of the request that makes them: compact UTF-8 JSON."""


@quickly_made
@dataclass(frozen=True, slots=True)
class Ticket:
    """Every request that one source ticket needs."""

    key: str
    ref: SourceRef
    steps: tuple[Step, ...]
    created_at_ms: int | None = None
    """The backdate as milliseconds since 1970, for sending the oldest first."""
    warnings: tuple[Problem, ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()
    """What the source has and this migration does not bring, counted: `("replies", 4)`."""
    legacy_id: str = ""
    """What the legacy-id field carries, for finding the ticket again without its ledger; empty where
    none is mapped."""
    parties: tuple[Party, ...] = ()
    """Who must be there first. Not part of what the ticket says, so not of its fingerprint."""
    old_url: str = ""
    """As in `Draft`."""

    @property
    def fingerprint(self) -> str:
        """Tells whether a newer source would send something else: SHA-256 over every step."""
        digest = hashlib.sha256()
        for step in self.steps:
            digest.update(f"{step.method} {step.path} {len(step.body)}\n".encode())
            digest.update(step.body)
            for upload in step.uploads:  # a file's name may be no Unicode
                line = f"{upload.part} {upload.name} {upload.sha256 or upload.path}\n"
                digest.update(line.encode("utf-8", "surrogatepass"))
        return digest.hexdigest()
