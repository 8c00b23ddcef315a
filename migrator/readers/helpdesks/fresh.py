"""Exports of the Freshdesk family: which lists there are, and how a ticket is joined with them.

What single objects become is said in `fresh_shapes.py`; what tells the products apart in `freshdesk.py` and
`freshservice.py`. Facts: formats, sections 6 and 7.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from migrator.model import Record, Value
from migrator.readers.helpdesks.fresh_shapes import (
    as_before,
    choices_of,
    entries,
    files_of,
    is_system_note,
    message_of,
    named,
    person_of,
    plain,
    sender_of,
    tags_of,
    unwrapped,
)
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import by_title, identified, oldest_first, person, text_at, tree_at
from migrator.readers.trees import Tree, TreeFile

AGENTS, PEOPLE, MESSAGES = "agents", "people", "conversations"
COMPANIES, DEPARTMENTS, GROUPS, FIELDS = "companies", "departments", "groups", "ticket_fields"
_LISTS = {
    **dict.fromkeys(("helpdesk_ticket", "helpdesk_tickets", "ticket", "tickets"), TICKETS),
    **dict.fromkeys(("helpdesk_archive_ticket", "helpdesk_archive_tickets"), TICKETS),
    **dict.fromkeys(("agent", "agents", "allagents"), AGENTS),
    **dict.fromkeys(("user", "users", "contact", "contacts", "requester", "requesters"), PEOPLE),
    **dict.fromkeys(("company", "companies", "customer", "customers"), COMPANIES),
    **dict.fromkeys(("department", "departments"), DEPARTMENTS),
    **dict.fromkeys(("group", "groups"), GROUPS),
    **dict.fromkeys(("ticket_field", "ticket_fields", "ticket_form_fields"), FIELDS),
    **dict.fromkeys(("conversation", "conversations", "helpdesk_note", "note", "notes"), MESSAGES),
}
_ANYTHING = "results"
"""The key under which a search answers, whatever was searched for."""
_FIRST_API = "helpdesk_ticket"
"""What the first API and account exports call a ticket; nobody else does."""
_MARKS = frozenset(
    (
        _FIRST_API,
        *("requester_id", "responder_id", "fr_due_by", "frDueBy", "fr_escalated", "is_escalated"),
        *("isescalated", "email_config_id", "to_emails", "fwd_emails", "reply_cc_emails", "display_id"),
        *("description_html", "description_text", "ticket_type", "product_id", "association_type"),
    )
)
_MARKS_WANTED = 3
_NUMBERED = ("status", "priority")
"""What a ticket that scripts kept short has still, as numbers, beside its subject."""
_MARKS_OF_LISTS: tuple[tuple[str, frozenset[str]], ...] = (
    (MESSAGES, frozenset(("ticket_id", "body", "user_id"))),
    (FIELDS, frozenset(("name", "label", "required_for_closure"))),
    (AGENTS, frozenset(("ticket_scope",))),
    (AGENTS, frozenset(("occasional", "id"))),
    (PEOPLE, frozenset(("email", "name", "id"))),
    (PEOPLE, frozenset(("primary_email", "id"))),
    (GROUPS, frozenset(("agent_ids", "name"))),
    (GROUPS, frozenset(("escalate_to", "name"))),
    (COMPANIES, frozenset(("domains", "name"))),
    (DEPARTMENTS, frozenset(("head_user_id", "name"))),
)
_OWN_STATUSES = ("2", "3", "4", "5")
"""Open, Pending, Resolved, Closed: the numbers that mean the same in every account."""


class Fresh(Joined):
    """An export of one product of the family; a subclass knows its tickets from the others'."""

    @classmethod
    def recognise(cls, files: Sequence[TreeFile]) -> str:
        for file in files:
            for key, records in file.samples.items():
                if not records or _role(file, key, records[0]) != TICKETS:
                    continue
                keys = {name for each in records for name in plain(each)}  # what is null is absent
                if _name_around(key, records[0]) == _FIRST_API:
                    keys.add(_FIRST_API)
                if marks := cls.marks_of(keys):
                    return f"{file.name} holds tickets with {', '.join(sorted(marks)[:3])}"
        return ""

    @classmethod
    def marks_of(cls, keys: set[str]) -> set[str]:
        """Those by which tickets with these keys are known as this product's; empty if they are not."""
        marks = _MARKS & keys
        return {*marks} if len(marks) >= _MARKS_WANTED or _FIRST_API in marks else set()

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:
        return _role(file, key, sample)

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:
        if role == MESSAGES:
            return named(tree, "id"), named(tree, "ticket_id")
        if role == FIELDS:
            return named(tree, "name"), ""
        return (named(tree, "user_id") if role == AGENTS else "") or named(tree, "id"), ""

    def key_of(self, tree: Tree) -> str:
        return named(tree, "display_id") or named(tree, "id")

    def version_of(self, tree: Tree) -> str:
        return named(tree, "updated_at")

    def canonical(self, record: Record, known: Known) -> Record:
        ticket = plain(record.values)
        if "display_id" not in ticket and (rich := text_at(ticket, "description")):
            ticket.setdefault("description_html", rich)  # in the first API, `description` is plain text
        if "description" not in ticket and (text := text_at(ticket, "description_text")):
            ticket["description"] = text
        messages = _messages(ticket, known.of(MESSAGES, self.key_of(ticket)), known)
        ticket["tags"] = tags_of(ticket)
        ticket["files"] = list(files_of(ticket))
        fields = known.all_of(FIELDS)
        ticket["status_key"] = _status_key(ticket, choices_of(fields.get("status", {})))
        if fields:
            ticket["named_fields"] = by_title(_labelled(ticket, fields))
        _join_people(ticket, messages, known)
        if asker := tree_at(ticket, "requester"):
            ticket["requester"] = identified(asker, self.name)
        writers = [identified(_author(each, ticket, known), self.name) for each in messages]
        comments = [message_of(each, writer) for each, writer in zip(messages, writers, strict=True)]
        ticket["comments"] = list(oldest_first(comments))
        return replace(record, values=ticket)


def _role(file: TreeFile, key: str, sample: Tree) -> str:
    """What a list holds: by its own name, by the name around its objects, else by their keys."""
    name = _name_around(key, sample)
    stem = file.name.rpartition("/")[2].partition(".")[0].rstrip("0123456789").casefold()
    if name or not sample:
        role = _LISTS.get(name or stem, "")
        return AGENTS if role == PEOPLE and _LISTS.get(stem) == AGENTS else role
    keys = plain(sample).keys()
    if len(_MARKS & keys) >= _MARKS_WANTED or is_short(sample):
        return TICKETS
    return next((role for role, marks in _MARKS_OF_LISTS if marks <= keys), "")


def is_short(sample: Tree) -> bool:
    """Whether it is a ticket of which only the most important was kept."""
    inside = plain(sample)
    told = "subject" in inside and bool(_MARKS & inside.keys())
    return told and all(text_at(inside, key).isdecimal() for key in _NUMBERED)


def _name_around(key: str, sample: Tree) -> str:
    """The name of a list, or of the wrapper around its objects; empty where neither says what they are."""
    around = "" if unwrapped(sample) is sample else next(iter(sample))
    return (around if key in ("", _ANYTHING) else key).replace("-", "_")


def _messages(ticket: Tree, beside: list[Tree], known: Known) -> list[Tree]:
    """What people wrote and did not take back, from the ticket itself and from files beside it."""
    notes = [each for key in ("notes", "archive_notes") for each in entries(ticket, key)]
    inside = [*map(as_before, entries(ticket, "conversations")), *notes]
    there = {text_at(each, "id") for each in inside}
    others = [message for each in beside if text_at(message := as_before(plain(each)), "id") not in there]
    kept: list[Tree] = []
    for message in (*inside, *others):
        if is_system_note(message):
            known.left_out("system notes")
        elif text_at(message, "deleted") == "true":
            known.left_out("deleted messages")
        else:
            kept.append(message)
    return kept


def _status_key(ticket: Tree, names: dict[str, str]) -> str:
    """The number of a status that every account has; of another its name, if the export says it."""
    status = text_at(ticket, "status")
    return status if status in _OWN_STATUSES else text_at(ticket, "status_name") or names.get(status, status)


def _labelled(ticket: Tree, fields: dict[str, Tree]) -> Iterator[tuple[str, str, Value]]:
    """The custom fields that are filled: label, name and value."""
    for name, value in tree_at(ticket, "custom_fields").items():
        if label := text_at(fields.get(name, {}), "label") if value else "":
            yield label, name, value


# --- people -----------------------------------------------------------------------------------


def _join_people(ticket: Tree, messages: list[Tree], known: Known) -> None:
    """Puts the people and things behind the ids of a ticket beside them."""
    requester = _requester(ticket, messages, known)
    found: dict[str, Tree] = {
        "requester": requester,
        "assignee": tree_at(ticket, "responder") or _responder(ticket, known),
        "company": tree_at(ticket, "company") or _facts(known.one(COMPANIES, _company_id(ticket, requester))),
        "department": _facts(known.one(DEPARTMENTS, text_at(ticket, "department_id"))),
        "group": tree_at(ticket, "group") or _facts(known.one(GROUPS, text_at(ticket, "group_id"))),
    }
    ticket.update({key: tree for key, tree in found.items() if tree})


def _requester(ticket: Tree, messages: list[Tree], known: Known) -> Tree:
    """Who asks: as the ticket holds them, from the lists, else what their own messages and the ticket say."""
    key = text_at(ticket, "requester_id")
    listed = _someone(key, known)
    if own := tree_at(ticket, "requester"):
        return {**listed, **person_of(own, is_agent=listed.get("kind") == "agent")}
    if listed:
        return listed
    told = next((sender_of(each) for each in messages if key and text_at(each, "user_id") == key), {})
    name = text_at(told, "name") or text_at(ticket, "requester_name")
    return person(kind="customer", id=key, email=text_at(told, "email"), name=name) if key or name else {}


def _responder(ticket: Tree, known: Known) -> Tree:
    key = text_at(ticket, "responder_id")
    if not key:
        return {}
    return _someone(key, known) or person(kind="agent", id=key, name=text_at(ticket, "responder_name"))


def _company_id(ticket: Tree, requester: Tree) -> str:
    """Account exports call the company `owner_id`; contacts of the first API have a `customer_id`."""
    ids = [text_at(ticket, key) for key in ("company_id", "owner_id")]
    ids += [text_at(requester, key) for key in ("company_id", "customer_id")]
    return next(filter(None, ids), "")


def _author(message: Tree, ticket: Tree, known: Known) -> Tree:
    """From the lists, else one of those whom the ticket itself knows, else what the message says."""
    key = text_at(message, "user_id")
    beside = (tree_at(ticket, "requester"), tree_at(ticket, "assignee"))
    of_ticket = next((each for each in beside if key and text_at(each, "id") == key), {})
    told = {**sender_of(message), **of_ticket}
    return _someone(key, known) or told


def _someone(key: str, known: Known) -> Tree:
    """Somebody from the lists of people; agents may stand in both."""
    agent = known.one(AGENTS, key)
    return person_of(agent, is_agent=True) if agent else person_of(known.one(PEOPLE, key))


def _facts(tree: Tree) -> Tree:
    return {key: value for key, value in plain(tree).items() if isinstance(value, str)}
