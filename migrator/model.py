"""The nouns that several rooms share; no behaviour beyond questions about themselves.

A ticket's journey is a chain of these: `Record` (what the export says) becomes a `Draft` (what the
mapping makes of it, still in names), becomes a `Ticket` (the exact bytes of every request), whose
steps end in an `Outcome`. Faults of one row are `Problem`s and travel beside it.

Nothing here reads, sends or stores anything.
"""

from __future__ import annotations

import hashlib
from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from functools import update_wrapper
from typing import Any, Protocol, TypeVar

Value = str | list["Value"] | dict[str, "Value"]
"""What a source may hold: text, lists and dicts.

Numbers are their exact text (`007`, `1e5`), JSON's literals are `true` and `false`, a table's blank
is `""`; JSON's null and a missing key are both simply absent.
"""

SHOWN_CHARACTERS = 60


def shown(value: object, limit: int = SHOWN_CHARACTERS) -> str:
    """A value as a message may show it: one line, printable, at most `limit` characters."""
    text = value if isinstance(value, str) else str(value)
    cut = text[: limit + 1]
    safe = cut if cut.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in cut)
    return safe[: limit - 1] + "…" if len(text) > limit or len(safe) > limit else safe


_Kind = TypeVar("_Kind")


def quickly_made(kind: type[_Kind]) -> type[_Kind]:
    """Makes the instances of a frozen dataclass with slots two to three times as fast, pickled ones too.

    Of some, many are made for every row. What the standard library writes as their `__init__` looks up the
    place of every field by its name, for every instance; this one has it at hand. Defaults are values, no
    factories, and nothing happens after it.
    """
    parts = fields(kind)  # type: ignore[arg-type]
    at_hand: dict[str, Any] = {f"put_{part.name}": vars(kind)[part.name].__set__ for part in parts}
    at_hand |= {f"no_{part.name}": part.default for part in parts}
    said = [part.name if part.default is MISSING else f"{part.name}=no_{part.name}" for part in parts]
    puts = "; ".join(f"put_{part.name}(self, {part.name})" for part in parts)
    values = ", ".join(f"self.{part.name}" for part in parts)
    made = f"def __init__(self, {', '.join(said)}): {puts}"
    pickled = f"def __reduce__(self): return type(self), ({values},)"
    exec(f"{made}\n{pickled}", at_hand)  # noqa: S102 - as dataclasses does it
    kind.__init__ = update_wrapper(at_hand["__init__"], kind.__init__)  # type: ignore[method-assign]
    kind.__reduce__ = at_hand["__reduce__"]  # type: ignore[method-assign]
    return kind


# --- where things come from -------------------------------------------------------------------


@quickly_made
@dataclass(frozen=True, slots=True, order=True)
class SourceRef:
    """Where a record came from, as a person would look it up."""

    file: str
    """File name without folders, which may name a customer; `export.zip/tickets.json` in an archive."""
    row: int
    """Counted as a spreadsheet counts: a header line is row 1, so the first record of a table is row 2.
    In a nested document: the number of the record, from 1."""
    sheet: str = ""
    line: int = 0
    """The physical line at which the record begins, from 1; 0 where a file has no lines."""

    def __str__(self) -> str:
        place = f"{self.file}[{self.sheet}]" if self.sheet else self.file
        return f"{place}, row {self.row}"


class Severity(StrEnum):
    """How much a problem matters to its row."""

    ERROR = "error"
    """The row is not sent."""
    WARNING = "warning"
    """The row is sent, and somebody should know."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with one row: where, what, and the way out."""

    code: str
    """Stable and lower-case, for counting and for machines: `title-too-short`."""
    message: str
    """One sentence for a person, without the place."""
    hint: str = ""
    severity: Severity = Severity.ERROR
    ref: SourceRef | None = None
    column: str = ""
    """The source column or path the value came from; empty where none is to blame."""
    value: str = ""
    """The offending value, already passed through `shown`."""
    at: str = ""
    """The mapping line that asked for it: `m.yaml, line 4, ticket.title`."""

    @property
    def blocks(self) -> bool:
        return self.severity is Severity.ERROR


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know about a source as a whole: an encoding that was detected, a sheet left out."""

    code: str
    message: str
    file: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class ValueDecision:
    """What a person says that a value of the export becomes, beside the mapping file."""

    rule: str
    """The rule of the mapping: `ticket.status`."""
    value: str
    target: str
    at: str
    """Where that was written, for complaints."""


@quickly_made
@dataclass(frozen=True, slots=True)
class Record:
    """One source ticket as the export has it; no meaning yet.

    `values` of a table are keyed by the header as written (trimmed, without BOM); a repeated header
    holds the list of its cells in order; a blank header is `(column 5)`, counted from 1.
    """

    ref: SourceRef
    values: dict[str, Value]
    original: tuple[str, ...] | str = ""
    """The row exactly as it was, for a reject file: a table's cells in order, else the JSON text of the
    record; empty where `values` itself is all there is (records that a helpdesk reader joined)."""
    problems: tuple[Problem, ...] = ()
    """What the reader saw: a ragged row, lost digits, an error cell."""
    earlier_place: str = ""
    """In a rejects file: where the row stood when it was rejected, as `str(SourceRef)` said it then."""


# --- what the mapping makes of it -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Origin:
    """Who is to blame for a drafted value: the mapping's line and the source's column."""

    at: str
    column: str = ""


@quickly_made
@dataclass(frozen=True, slots=True)
class Named:
    """A drafted value that Featurebase must recognise or accept: a name, an id, an address."""

    value: str
    origin: Origin
    matched_by: str = ""
    """A declared way to look it up (`admins` for people); empty: by id, then by name."""
    fallback: str | None = None
    """Used instead when the workspace does not know `value`: a name or id; "" leaves the field out;
    None makes it a problem."""


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file that belongs to a ticket or a message: by address, or on this disk."""

    name: str
    url: str = ""
    path: str = ""
    """Local file, absolute; or a member of an archive, as `archive.zip!/member`."""
    size_bytes: int | None = None
    content_type: str = ""
    inline: bool = False
    sha256: str = ""
    """Of a local file that was found and read; empty before, and for files by address."""
    fault: str = ""
    """Why a local file cannot be had, as the code of a problem: `file-missing`, `file-outside-export`."""


@dataclass(frozen=True, slots=True)
class FileRules:
    """What a mapping says about files."""

    origin: Origin = Origin("")
    hold: bool = False
    """A file that cannot travel holds its ticket back; otherwise it is named and linked in the text."""
    fields: tuple[Named, ...] = ()
    """Custom fields for files that have no field of their own, such as uploads of messages; each takes over
    where the one before is full."""
    by_note: bool = True
    """Files of the ticket that no field takes travel with a private note; otherwise they are only linked."""
    fetched_from: frozenset[str] = frozenset()
    """Hosts whose files Featurebase cannot download itself: we fetch and upload them."""


@quickly_made
@dataclass(frozen=True, slots=True)
class DraftAuthor:
    """Who a ticket or a message is from; at least one of id, user_id and email is set."""

    id: Named | None = None
    user_id: Named | None = None
    email: Named | None = None
    name: Named | None = None
    picture: Named | None = None
    is_agent: bool | None = None
    """True for the helpdesk's own people, False for customers, None where nobody said."""


@dataclass(frozen=True, slots=True)
class DraftContact:
    """What is known of a ticket's author beyond what a ticket says of them, for making them a contact."""

    phone: Named | None = None
    created_at: Named | None = None
    """UTC, `2025-01-15T10:30:00.000Z`."""
    company_id: Named | None = None
    """The source's own id of their company."""
    company_name: Named | None = None


@quickly_made
@dataclass(frozen=True, slots=True)
class DraftField:
    """A custom field, by label or id, with its values as text."""

    label: str
    """Label or id, as the mapping writes it."""
    values: tuple[str, ...]
    origin: Origin
    files: tuple[FileRef, ...] = ()
    optional: bool = False
    """Left out, and counted, where the workspace has no such field."""
    legacy_id: bool = False
    """Carries the source's id, so that a lost ledger can find its tickets again."""
    fallback: str | None = None
    """As in `Named`, for select values that the workspace does not know."""


@quickly_made
@dataclass(frozen=True, slots=True)
class DraftReply:
    """One message of the thread, oldest first in its ticket."""

    body: str
    """Safe HTML."""
    author: DraftAuthor
    private: bool
    created_at: Named | None
    files: tuple[FileRef, ...] = ()
    source_id: str = ""


class CustomersWords(StrEnum):
    """What becomes of a customer's messages in a category whose tickets carry private notes only."""

    NOTE = "note"
    CONTENT = "content"
    """They become part of the ticket's text."""
    SKIP = "skip"


@quickly_made
@dataclass(frozen=True, slots=True)
class Draft:
    """A ticket in names, each with the mapping line it came from; no ids of Featurebase yet."""

    key: str
    """The source's own id: unique in the source, exact text."""
    ref: SourceRef
    category: Named
    title: Named
    content: str
    """Safe HTML."""
    author: DraftAuthor
    stands_in_for: str = ""
    """The name of who wrote it, where the author is the placeholder for people whom nothing identifies."""
    contact: DraftContact | None = None
    """Makes the author a contact before the ticket; None leaves that to Featurebase."""
    created_at: Named | None = None
    """UTC, `2025-01-15T10:30:00.000Z`."""
    status: Named | None = None
    open: bool | None = None
    assignee: Named | None = None
    company: Named | None = None
    snoozed_until: Named | None = None
    """UTC, as `created_at`; only an open ticket is snoozed."""
    linked_conversation: Named | None = None
    old_url: str = ""
    """Where the old helpdesk had it, for sending people on; never sent."""
    fields: tuple[DraftField, ...] = ()
    replies: tuple[DraftReply, ...] = ()
    files: tuple[FileRef, ...] = ()
    """Files of the ticket itself that no field was mapped for."""
    file_rules: FileRules = FileRules()
    images: tuple[str, ...] = ()
    """The host of every image inside the texts of the ticket, one entry an image; `data:` for those that are
    part of the text."""
    fallback_agent: Named | None = None
    """The admin who stands in for agents whom the workspace does not know: id, address, name, or `any`
    for the first admin. Their own names are kept in the text. None makes an unknown agent a problem."""
    in_notes_only: CustomersWords = CustomersWords.NOTE
    notify: bool = False
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that the mapping leaves out on purpose."""

    key: str
    ref: SourceRef
    reason: str
    """The name of the `skip` rule."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that cannot be sent as it is."""

    key: str
    """Empty where the record has no readable key."""
    ref: SourceRef
    problems: tuple[Problem, ...]


# --- what is sent -----------------------------------------------------------------------------


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


# --- what became of it ------------------------------------------------------------------------


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


# --- telling people ---------------------------------------------------------------------------


class Progress(Protocol):
    """Somebody who wants to know how far a long piece of work is. One piece at a time."""

    def start(self, what: str, total: int | None, unit: str) -> None:
        """A piece begins: `reading` of `total` units (`B` for bytes), or of an unknown number."""

    def advance(self, amount: int = 1) -> None: ...

    def note(self, **counts: int) -> None:
        """What to show beside the bar: `note(failed=2, in_doubt=1)`."""

    def done(self) -> None: ...


@dataclass(slots=True)
class Silent:
    """A `Progress` that tells nobody; it remembers what was noted, for tests."""

    noted: dict[str, int] = field(default_factory=dict)

    def start(self, what: str, total: int | None, unit: str) -> None: ...

    def advance(self, amount: int = 1) -> None: ...

    def note(self, **counts: int) -> None:
        self.noted.update(counts)

    def done(self) -> None: ...
