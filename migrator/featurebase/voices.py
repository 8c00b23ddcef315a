"""In whose name a message of a thread is sent: an admin's, a contact's, or somebody's who stands in.

Who stands in never hides who wrote: the author's own name goes in front of the words. A private message
has no way out of here but as a note. What a message says is decided in `threads.py`. Source:
featurebase.md sections 5.4 and 11.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from html import escape

from migrator.featurebase import limits
from migrator.featurebase.directory import Directory, Several, folded
from migrator.featurebase.entries import Admin, Category
from migrator.featurebase.findings import NOWHERE, Findings
from migrator.featurebase.limits import is_email
from migrator.featurebase.lookup import given, look_up, unchecked
from migrator.model import Draft, DraftAuthor, DraftReply, Named, Origin, StepKind, shown

ANY = "any"
"""As a fallback: the first admin of the workspace's list."""
NOTES_ONLY = frozenset({"back-office", "tracker"})
"""Kinds of category whose tickets have no customer to talk to (5.4)."""
NOBODY = "Somebody"
"""What an author is called about whom the source says nothing."""


@dataclass(frozen=True, slots=True)
class Voice:
    """How a message is sent."""

    kind: StepKind
    """`REPLY` or `NOTE`."""
    sender: dict[str, str]
    """`type`, with `adminId`, `contactEmail` or `contactId`; the last is empty where only the contact's
    external id is known, so that their own is put there when the message is sent (`parties.py`)."""
    opening: str = ""
    """HTML that names the author, where another stands in."""
    contact: dict[str, str] = field(default_factory=dict)
    """What makes the contact who speaks, should the service not know them yet."""


class Voices:
    """Finds a voice for every message of one ticket."""

    def __init__(
        self, draft: Draft, category: Category | None, directory: Directory, findings: Findings
    ) -> None:
        self.notes_only = category is not None and category.kind in NOTES_ONLY
        """Public messages become notes; where the kind is not known, nothing speaks against replies."""
        self._draft = draft
        self._directory = directory
        self._findings = findings

    def of(self, message: DraftReply) -> Voice | None:
        """Who speaks, and whether aloud; None where nobody can, which has been noted as a problem."""
        author = message.author
        if message.private:
            return self._of_admin(StepKind.NOTE, author)
        if self.is_agent(author):
            return self._of_admin(StepKind.NOTE if self.notes_only else StepKind.REPLY, author)
        return self._of_stand_in(StepKind.NOTE, author) if self.notes_only else self._of_contact(author)

    def of_nobody(self) -> Voice | None:
        """For a note of our own that nobody wrote; None where no admin is declared to stand in."""
        return Voice(StepKind.NOTE, _admin(self._stand_in.id)) if self._stand_in else None

    def is_agent(self, author: DraftAuthor) -> bool:
        """Whether the author is one of the helpdesk's own people; where nobody said, an admin is."""
        if author.is_agent is not None:
            return author.is_agent
        return self._by_identity(author) is not None

    # --- customers ----------------------------------------------------------------------------

    def _of_contact(self, author: DraftAuthor) -> Voice | None:
        if contact := _contact(author):
            return Voice(StepKind.REPLY, contact, contact=_new_contact(author, contact))
        stand_in = _contact(self._draft.author)
        becomes = "is sent as the ticket's own author" if stand_in else "becomes a private note"
        hint = "nothing is lost, the text names who wrote; map an email or an id to do better"
        if email := given(author.email):
            message = f"the email of a message's author is not an address; the message {becomes}"
            self._findings.warn("reply-author-email-invalid", message, hint, email.origin, email.value)
        else:
            message = f"the author of a message has no email; the message {becomes}"
            self._findings.warn("reply-author-missing", message, hint, _origin(author), name_of(author))
        if stand_in:
            new = _new_contact(self._draft.author, stand_in)
            return Voice(StepKind.REPLY, stand_in, opening(name_of(author)), new)
        return self._of_stand_in(StepKind.NOTE, author)

    # --- admins -------------------------------------------------------------------------------

    def _of_admin(self, kind: StepKind, author: DraftAuthor) -> Voice | None:
        """The author as an admin, or the fallback where the workspace knows no such admin."""
        if "admins" not in self._directory.loaded:
            return Voice(
                kind, _admin(unchecked(Named(name_of(author), _origin(author)), "agent", self._findings))
            )
        found = self._by_identity(author) or self._by_name(author)
        if isinstance(found, Admin):
            return Voice(kind, _admin(found.id))
        if isinstance(found, Several):
            why = f"is the name of {len(found.ids)} admins ({', '.join(found.ids[:5])})"
        else:
            why = "is no admin of the workspace"
        voice = self._of_stand_in(kind, author, why)
        if voice and self._stand_in:
            message = f"{shown(name_of(author))!r} {why}; {shown(self._stand_in.title)!r} stands in"
            hint = "nothing is lost, the text names who wrote"
            self._findings.warn("agent-fallback", message, hint, _origin(author), name_of(author))
        return voice

    def _of_stand_in(
        self, kind: StepKind, author: DraftAuthor, why: str = "is no admin of the workspace"
    ) -> Voice | None:
        if self._stand_in:
            return Voice(kind, _admin(self._stand_in.id), opening(name_of(author)))
        if self._draft.fallback_agent is None:
            message = f"{shown(name_of(author))!r} {why}, and nobody is declared to stand in"
            hint = "name an admin by id, address or name, or `any`: `replies: fallback_agent: any`"
            self._findings.error("agent-unknown", message, hint, _origin(author), name_of(author))
        return None

    @cached_property
    def _stand_in(self) -> Admin | None:
        """The declared fallback; None where there is none, or after a problem."""
        declared = self._draft.fallback_agent
        if declared is None:
            return None
        if "admins" not in self._directory.loaded:
            return Admin(unchecked(declared, "agent", self._findings), declared.value)
        if folded(declared.value) == ANY and self._directory.admins:
            return self._directory.admins[0]
        return look_up(declared, self._directory.index("admins"), "fallback-agent", self._findings)

    def _by_identity(self, author: DraftAuthor) -> Admin | None:
        for named in (author.id, author.email):
            if known := given(named):
                found = self._directory.index("admins").find(known.value)
                if isinstance(found, Admin):
                    return found
        return None

    def _by_name(self, author: DraftAuthor) -> Admin | Several | None:
        """Only for agents: a customer, or anybody with another address, may have the same name."""
        may_be_agent = author.is_agent or (author.is_agent is None and not given(author.email))
        name = given(author.name)
        if not may_be_agent or not name:
            return None
        found: Admin | Several | None = self._directory.index("admins").find(name.value)
        return found


def _contact(author: DraftAuthor) -> dict[str, str] | None:
    """A customer who can be found; None without a usable address and id (5.4 takes no other name)."""
    if author.email and is_email(author.email.value):
        return {"type": "contact", "contactEmail": author.email.value}
    if id_ := given(author.id):
        return {"type": "contact", "contactId": id_.value}
    if _external_id(author):
        return {"type": "contact", "contactId": ""}
    return None


def _new_contact(author: DraftAuthor, contact: dict[str, str]) -> dict[str, str]:
    """What would make a contact; nothing for one who is known by id, and so is there."""
    if "contactEmail" in contact:
        known = {"email": contact["contactEmail"]}
    elif contact["contactId"]:
        return {}
    else:
        known = {"userId": _external_id(author)}
    name = given(author.name)
    return known | ({"name": name.value[: limits.CONTACT_TEXT_MOST]} if name else {})


def _external_id(author: DraftAuthor) -> str:
    user_id = given(author.user_id)
    return user_id.value if user_id and len(user_id.value) <= limits.AUTHOR_TEXT_MOST else ""


def _admin(admin_id: str) -> dict[str, str]:
    return {"type": "admin", "adminId": admin_id}


def opening(name: str) -> str:
    """HTML that goes in front of words which another sends."""
    return f"<p><b>{escape(name, quote=False)}</b> wrote:</p>"


def _known(author: DraftAuthor) -> Named | None:
    """What the author is best known by."""
    names = (author.name, author.email, author.user_id, author.id)
    return next((named for named in names if given(named)), None)


def name_of(author: DraftAuthor) -> str:
    """What people call the author."""
    known = _known(author)
    return known.value.strip() if known else NOBODY


def _origin(author: DraftAuthor) -> Origin:
    known = _known(author)
    return known.origin if known else NOWHERE
