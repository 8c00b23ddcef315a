"""What the mapping makes of a record, still in names; or why it makes nothing of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from migrator.model.quickly import quickly_made
from migrator.model.records import Problem, SourceRef


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
