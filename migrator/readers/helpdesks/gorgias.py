"""Gorgias' JSON: tickets of its API with their messages, embedded or in a list beside them.

Facts: formats, section 20.
"""

from __future__ import annotations

from migrator.model import Record
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import (
    file,
    oldest_first,
    person,
    private_of,
    take_description,
    text_at,
    tree_at,
    trees_at,
)
from migrator.readers.trees import Tree, TreeFile

CUSTOMERS, MESSAGES = "customers", "messages"
_TICKET_MARKS = frozenset(
    (
        *("assignee_user", "assignee_team", "from_agent", "created_datetime", "opened_datetime"),
        *("last_message_datetime", "last_received_message_datetime", "trashed_datetime", "snooze_datetime"),
        *("messages_count", "is_unread", "spam"),
    )
)
_MARKS_WANTED = 4
_MESSAGE_MARKS = frozenset(("from_agent", "body_text", "ticket_id"))
_INTERNAL = "internal-note"


class Gorgias(Joined):
    """The files of one Gorgias export."""

    name = "gorgias"

    @classmethod
    def evidence(cls, sample: Tree) -> str:
        marks = ", ".join(sorted(_TICKET_MARKS & sample.keys())[:3])
        return f"tickets with {marks}" if _is_ticket(sample) else ""

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:  # noqa: ARG002
        if _is_ticket(sample):
            return TICKETS
        if sample.keys() >= _MESSAGE_MARKS:
            return MESSAGES
        return CUSTOMERS if "email" in sample and "created_datetime" in sample else ""

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:
        return text_at(tree, "id"), text_at(tree, "ticket_id") if role == MESSAGES else ""

    def version_of(self, tree: Tree) -> str:
        return text_at(tree, "updated_datetime") or text_at(tree, "last_message_datetime")

    def canonical(self, record: Record, known: Known) -> Record:
        values = record.values
        customer = tree_at(values, "customer") or tree_at(values, "requester")
        customer = {**known.one(CUSTOMERS, text_at(customer, "id")), **customer}
        if customer:
            values["requester"] = _person(customer, "customer")
        if assignee := tree_at(values, "assignee_user"):
            values["assignee"] = _person(assignee, "agent")
        messages = trees_at(values, "messages") or known.of(MESSAGES, text_at(values, "id"))
        if not messages:
            known.left_out("messages of tickets (the list comes without them)")
        kept = [each for each in messages if not text_at(each, "deleted_datetime")]
        if len(kept) < len(messages):
            known.left_out("messages that were deleted", len(messages) - len(kept))
        comments = oldest_first(_canonical(each) for each in kept)
        take_description(values, comments)
        values["comments"] = list(comments)
        return record


def _is_ticket(sample: Tree) -> bool:
    return len(_TICKET_MARKS & sample.keys()) >= _MARKS_WANTED and "ticket_id" not in sample


def _person(said: Tree, kind: str) -> Tree:
    """A customer of a shop's chat or phone may have no address, and is known by Gorgias' own number."""
    id, email = text_at(said, "id"), text_at(said, "email")
    full_name = f"{text_at(said, 'firstname')} {text_at(said, 'lastname')}".strip()
    return person(
        kind=kind,
        id=id,
        email=email,
        name=text_at(said, "name") or full_name,
        external_id=f"gorgias-{id}" if kind == "customer" and id and not email else "",
    )


def _canonical(message: Tree) -> Tree:
    """A message as a comment; `public` says who sees it, and internal notes have a channel of their own."""
    rich = text_at(message, "body_html")
    channels = (text_at(message, "channel"), text_at(message, "source", "type"))
    privacy = {"private": "true"} if _INTERNAL in channels else private_of(message.get("public"))
    kind = {"true": "agent", "false": "customer"}.get(text_at(message, "from_agent"), "")
    return {
        **message,
        "kind": "reply" if privacy.get("private") == "false" else "note",
        "body": rich or text_at(message, "body_text") or text_at(message, "stripped_text"),
        "body_format": "html" if rich else "text",
        "author": _person(tree_at(message, "sender"), kind),
        "created_at": text_at(message, "sent_datetime") or text_at(message, "created_datetime"),
        "files": [
            file(
                name=text_at(each, "name"),
                url=text_at(each, "url"),
                size=text_at(each, "size"),
                type=text_at(each, "content_type"),
            )
            for each in trees_at(message, "attachments")
        ],
        **privacy,
    }
