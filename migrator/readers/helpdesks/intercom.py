"""Intercom's JSON: conversations and tickets as its API gives them, in its old shape and in the new one.

Joins them with contacts, admins, teams and companies from companion files, and brings the first message and
the parts into the canonical shape. Its CSV reports are in `intercom_tables.py`. Facts: formats, section 8.
"""

from __future__ import annotations

from collections.abc import Sequence

from migrator.model import Record
from migrator.readers.helpdesks.intercom_messages import (
    canonical_part,
    first_message,
    kind_of,
)
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import (
    list_at,
    oldest_first,
    person,
    take_description,
    text_at,
    tree_at,
    trees_at,
    without_markup,
)
from migrator.readers.trees import Tree, TreeFile

CONTACTS, ADMINS, TEAMS, COMPANIES = "contacts", "admins", "teams", "companies"
PARTS = "conversation_parts"
_ROLE_OF_TYPE = {
    **{"conversation": TICKETS, "ticket": TICKETS},
    **{"contact": CONTACTS, "user": CONTACTS, "lead": CONTACTS},
    **{"admin": ADMINS, "team": TEAMS, "company": COMPANIES, "conversation_part": PARTS},
}
_ROLE_OF_KEY = {
    **{"conversations": TICKETS, "conversation": TICKETS, "tickets": TICKETS, "ticket": TICKETS},
    **{"contacts": CONTACTS, "users": CONTACTS, "admins": ADMINS, "teams": TEAMS, "companies": COMPANIES},
}
_NOBODY = ("", "0")
"""What an assignee's id is where there is none."""


class Intercom(Joined):
    """The files of one Intercom export."""

    name = "intercom"

    @classmethod
    def evidence(cls, sample: Tree) -> str:
        return _marks(sample)

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:  # noqa: ARG002
        if _marks(sample):
            return TICKETS
        return _ROLE_OF_TYPE.get(text_at(sample, "type"), "") if sample else _ROLE_OF_KEY.get(key, "")

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:
        return text_at(tree, "id"), text_at(tree, "conversation_id") if role == PARTS else ""

    def key_of(self, tree: Tree) -> str:
        """Tickets and conversations may have the same number and are not the same."""
        number = text_at(tree, "id")
        return f"{'ticket' if _is_ticket(tree) else 'conversation'} {number}" if number else ""

    def canonical(self, record: Record, known: Known) -> Record:
        values = record.values
        parts = _parts(values, known)
        first = tree_at(values, "source") or tree_at(values, "conversation_message")
        customers = [each for each in (*_listed(values, "contacts"), tree_at(values, "user")) if each]
        people = _People(known, [*customers, *(tree_at(each, "author") for each in (first, *parts))])
        if requester := _requester(first, customers, people):
            values["requester"] = requester
        if assignee := _assignee(values, people):
            values["assignee"] = assignee
        if (team := text_at(values, "team_assignee_id")) not in _NOBODY:
            values["team"] = {"id": team, **known.one(TEAMS, team)}
        if company := _company(values, known):
            values["company"] = company
        if _is_ticket(values):
            _say_what_a_ticket_says(values)
        else:
            values.setdefault("type", "conversation")
            values["status"] = text_at(values, "state") or _open_or_closed(values)
            values["subject"] = " ".join(without_markup(text_at(first, "subject")).split())
        _say_the_thread(values, first, parts, people)
        return record


def _marks(sample: Tree) -> str:
    """What tells a conversation or a ticket of Intercom; empty where nothing does."""
    if _is_ticket(sample):
        return "tickets with ticket_attributes and ticket_state"
    parts, first = tree_at(sample, "conversation_parts"), tree_at(sample, "source")
    if tree_at(sample, "conversation_message"):
        return "conversations with conversation_message"
    if "delivered_as" in first or (parts and first):
        return "conversations with source and " + ("conversation_parts" if parts else "delivered_as")
    if text_at(sample, "type") == "conversation" and (parts or {"contacts", "state"} & sample.keys()):
        return "objects of the type conversation"
    return ""


def _is_ticket(sample: Tree) -> bool:
    return "ticket_attributes" in sample and ("ticket_state" in sample or "ticket_type" in sample)


def _parts(values: Tree, known: Known) -> list[Tree]:
    """Of the conversation or ticket itself, else from a list beside it that says whose they are."""
    parts = _listed(values, PARTS) or _listed(values, "ticket_parts")
    if not parts and not _is_ticket(values):
        parts = known.of(PARTS, text_at(values, "id"))
    if not parts and PARTS not in values and "ticket_parts" not in values:
        known.left_out("threads of conversations (fetch each one by its id to get them)")
    return parts


def _listed(values: Tree, name: str) -> list[Tree]:
    """What an object of the same name holds; some scripts save the list in its place."""
    return trees_at(values, name, name) if isinstance(values.get(name), dict) else trees_at(values, name)


# --- people -----------------------------------------------------------------------------------


class _People:
    """Who is who around one conversation: the companion lists, and what it says itself of its people."""

    def __init__(self, known: Known, mentioned: Sequence[Tree]) -> None:
        self._known = known
        self._mentioned = mentioned

    def of(self, said: Tree, kind: str = "") -> Tree:
        """A person in the canonical shape, from what one place says of them."""
        id = text_at(said, "id")
        kind = kind or kind_of(said)
        listed = self._known.one(ADMINS if kind == "agent" else CONTACTS, id)
        everything = [said, listed]
        if id:
            everything += [each for each in self._mentioned if text_at(each, "id") == id]

        def all_of(*keys: str) -> list[str]:
            return [text for tree in everything for key in keys if (text := text_at(tree, key))]

        email = next(iter(all_of("email")), "")
        external_id = ""
        if kind == "customer":
            # Intercom makes up the external id of a lead. Who is known by nothing else is known by Intercom's
            # own id, and so stays one person.
            own = [] if "lead" in all_of("role", "type") else all_of("external_id", "user_id")
            external_id = next(iter(own), "" if email else id)
        name = next(iter(all_of("name", "pseudonym")), "")
        return person(kind=kind, id=id, email=email, name=name, external_id=external_id)


def _requester(first: Tree, customers: Sequence[Tree], people: _People) -> Tree:
    """The customer: who wrote first, if that was one, else the first of the contacts."""
    author = tree_at(first, "author")
    if kind_of(author) == "customer":
        return people.of(author)
    return people.of(customers[0], "customer") if customers else {}


def _assignee(values: Tree, people: _People) -> Tree:
    """The admin; conversations of the old shape hold them as an object, which may say that it is nobody."""
    said = tree_at(values, "assignee")
    if not said:
        said = {"id": text_at(values, "admin_assignee_id")}
    elif text_at(said, "type") != "admin":
        return {}
    return people.of(said, "agent") if text_at(said, "id") not in _NOBODY else {}


def _company(values: Tree, known: Known) -> Tree:
    said = tree_at(values, "company")
    listed = trees_at(known.one(CONTACTS, text_at(values, "requester", "id")), "companies", "data")
    id = text_at(said, "id") or text_at(values, "company_id") or text_at(listed[0] if listed else {}, "id")
    return {**known.one(COMPANIES, id), **said} or ({"id": id} if id else {})


# --- what is said -----------------------------------------------------------------------------


def _open_or_closed(values: Tree) -> str:
    return {"true": "open", "false": "closed"}.get(text_at(values, "open"), "")


def _say_what_a_ticket_says(values: Tree) -> None:
    """Title, status and kind of a ticket, under the keys that conversations have."""
    attributes = tree_at(values, "ticket_attributes")
    state = values.get("ticket_state")
    values["title"] = text_at(attributes, "_default_title_")
    values["status"] = state if isinstance(state, str) else text_at(state, "category")
    values.setdefault("category", text_at(values, "ticket_type", "category"))


def _say_the_thread(values: Tree, first: Tree, parts: Sequence[Tree], people: _People) -> None:
    """The messages, oldest first, and what is told by them."""
    internal = _is_ticket(values) and text_at(values, "category") not in ("", "Customer")
    opening = first_message(values, first, people.of(tree_at(first, "author")))
    thread = [
        canonical_part(part, people.of(tree_at(part, "author")), internal=internal)
        for part in parts
        if text_at(part, "body") or list_at(part, "attachments")
    ]
    thread = [*([opening] if opening else []), *oldest_first(thread)]
    take_description(values, thread)
    values["comments"] = list(thread)
