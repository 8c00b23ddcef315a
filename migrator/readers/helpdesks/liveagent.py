"""LiveAgent's tickets as its API (version 3) gives them, joined with message groups, agents and contacts.

A thread is a list of groups (a mail, a chat, a note), each with messages; statuses and kinds are letters.
Facts: formats, section 21, and what the maker's own client documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from migrator.model import Record
from migrator.readers.helpdesks.joined import TICKETS, Joined, Marks
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import (
    identified,
    list_at,
    oldest_first,
    person,
    private_of,
    take_description,
    text_at,
    trees_at,
)
from migrator.readers.trees import Tree

GROUPS, AGENTS, CONTACTS, DEPARTMENTS = "message groups", "agents", "contacts", "departments"
_FROM_CUSTOMERS = frozenset("357M")
"""An incoming mail, a contact form, a received answer, a message left while nobody was there."""
_FROM_AGENTS = frozenset("4")
_BETWEEN_BOTH = frozenset("CFW68")
"""Chats and messages of Facebook, Twitter, WhatsApp and the like."""
_INTERNAL = frozenset("IUZ1")
_WORDS = frozenset("MYQ")
"""Messages that hold what was said, and what it quotes; others are events and headers."""
_NOTES = frozenset("NI")
_HTML = frozenset("HY")
_DELETED = "D"


class LiveAgent(Joined):
    """The files of one LiveAgent export."""

    name = "liveagent"
    marks: ClassVar[Marks] = (
        (TICKETS, frozenset(("code", "status", "owner_contactid", "subject"))),
        (GROUPS, frozenset(("messages", "userid", "type"))),
        (CONTACTS, frozenset(("emails", "firstname"))),
        (AGENTS, frozenset(("email", "name", "role"))),
        (DEPARTMENTS, frozenset(("department_id", "name"))),
    )

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:
        id = text_at(tree, "id")
        if role == GROUPS:
            return id, text_at(tree, "ticket_id") or text_at(tree, "ticketid")
        return text_at(tree, "department_id") if role == DEPARTMENTS else id, ""

    def version_of(self, tree: Tree) -> str:
        return text_at(tree, "date_changed")

    def canonical(self, record: Record, known: Known) -> Record:
        ticket = record.values
        owner, agent = text_at(ticket, "owner_contactid"), text_at(ticket, "agentid")
        listed = known.one(CONTACTS, owner)
        address = text_at(ticket, "owner_email") or _first(listed, "emails")
        full_name = f"{text_at(listed, 'firstname')} {text_at(listed, 'lastname')}".strip()
        name = text_at(ticket, "owner_name") or full_name
        requester = identified(person(kind="customer", id=owner, email=address, name=name), self.name)
        ticket["requester"] = requester
        if colleague := known.one(AGENTS, agent):
            ticket["assignee"] = _agent(colleague)
        if department := text_at(known.one(DEPARTMENTS, text_at(ticket, "departmentid")), "name"):
            ticket["department"] = department
        groups = trees_at(ticket, "messages") or trees_at(ticket, "message_groups")
        groups = groups or known.of(GROUPS, text_at(ticket, "id"))
        if not groups:
            known.left_out("messages of tickets (the list comes without them)")
        comments = oldest_first(each for group in groups for each in _messages(group, requester, known))
        take_description(ticket, comments)
        ticket["comments"] = [*comments]
        return record


def _first(tree: Tree, key: str) -> str:
    return next((each for each in list_at(tree, key) if isinstance(each, str)), "")


def _agent(listed: Tree) -> Tree:
    return person(
        kind="agent", id=text_at(listed, "id"), email=text_at(listed, "email"), name=text_at(listed, "name")
    )


def _messages(group: Tree, requester: Tree, known: Known) -> Iterator[Tree]:
    """What was said in a group; events are no messages, and deleted groups were taken back."""
    if text_at(group, "status") == _DELETED:
        known.left_out("deleted messages")
        return
    for message in trees_at(group, "messages"):
        kind = text_at(message, "type")
        if kind not in _WORDS | _NOTES:
            continue
        privacy = _privacy(text_at(group, "type"), kind)
        yield {
            **message,
            "kind": "reply" if privacy.get("private") == "false" else "note",
            **privacy,
            "body": text_at(message, "message"),
            "body_format": "html" if text_at(message, "format") in _HTML else "text",
            "author": _author(group, message, requester, known),
            "created_at": text_at(message, "datecreated") or text_at(group, "datecreated"),
            "files": [],
        }


def _privacy(group: str, message: str) -> Tree:
    """By the kind of the group, of which only those are public that are known to go to the customer."""
    if group in _INTERNAL or message in _NOTES:
        return private_of("false")
    return private_of("true") if group in _FROM_CUSTOMERS | _FROM_AGENTS | _BETWEEN_BOTH else {}


def _author(group: Tree, message: Tree, requester: Tree, known: Known) -> Tree:
    """By the one who wrote the message, else the one who began the group, else the kind of the group."""
    for user in (text_at(message, "userid"), text_at(group, "userid")):
        if user and user == text_at(requester, "id"):
            return requester
        if colleague := known.one(AGENTS, user):
            return _agent(colleague)
    if text_at(group, "type") in _FROM_CUSTOMERS:
        return requester
    return person(kind="agent", name=text_at(group, "user_full_name"))
