"""GLPI's tickets as its REST API lists them: joined with people, followups, tasks and solutions.

Each list is what one type of item answers (`Ticket`, `Ticket_User`, `User`, `UserEmail`, `ITILFollowup`),
with ids, or with names instead (`expand_dropdowns=true`). The table of a search is read in `glpi.py`, whose
keys these tickets get as well. What is known of this is documented, not seen in files.

Whoever writes and is not a requester counts as one of the helpdesk's own people: nothing says more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from migrator.model import Record, Value
from migrator.readers.helpdesks.glpi import format_of
from migrator.readers.helpdesks.joined import TICKETS, Joined, Marks
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import identified, oldest_first, person, private_of, text_at
from migrator.readers.trees import Tree

PEOPLE, MESSAGES, USERS, EMAILS = "people of tickets", "messages", "users", "addresses"
_REQUESTER, _ASSIGNED = "1", "2"
"""Of what a person is to a ticket."""
_NOBODY = ("", "0")
_SAID = {"1": "true", "0": "false", "true": "true", "false": "false"}


class GlpiApi(Joined):
    """The lists of one GLPI."""

    name = "glpi-api"
    product = "glpi"
    marks: ClassVar[Marks] = (
        (TICKETS, frozenset(("name", "content", "users_id_recipient", "itilcategories_id"))),
        (MESSAGES, frozenset(("items_id", "itemtype", "content", "users_id"))),
        (MESSAGES, frozenset(("tickets_id", "is_private", "content"))),
        (PEOPLE, frozenset(("tickets_id", "users_id", "type"))),
        (EMAILS, frozenset(("users_id", "email", "is_default"))),
        (USERS, frozenset(("realname", "firstname", "name"))),
    )

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:
        id = text_at(tree, "id")
        if role == MESSAGES:
            of_ticket = text_at(tree, "itemtype") in ("", "Ticket")
            parent = text_at(tree, "tickets_id") or text_at(tree, "items_id")
            return f"{_kind_of(tree)} {id}", parent if of_ticket else ""
        return id, text_at(tree, {PEOPLE: "tickets_id", USERS: "name", EMAILS: "users_id"}[role])

    def version_of(self, tree: Tree) -> str:
        return text_at(tree, "date_mod")

    def canonical(self, record: Record, known: Known) -> Record:
        ticket = record.values
        id = text_at(ticket, "id")
        concerned = known.of(PEOPLE, id)
        requesters = _people(concerned, _REQUESTER, "customer", known)
        if not requesters and (writer := text_at(ticket, "users_id_recipient")) not in _NOBODY:
            requesters = [_person(writer, "customer", known)]
        assignees = _people(concerned, _ASSIGNED, "agent", known)
        made: Tree = {
            "title": text_at(ticket, "name"),
            "opened_at": text_at(ticket, "date") or text_at(ticket, "date_creation"),
            "category": text_at(ticket, "itilcategories_id"),
            "description": text_at(ticket, "content"),
            "description_format": format_of(text_at(ticket, "content")),
            "requester": requesters[0] if requesters else {},
            "requesters": [*requesters],
            "assignee": assignees[0] if assignees else {},
            "assignees": [*assignees],
        }
        messages = (_message(each, [*requesters, *assignees], known) for each in known.of(MESSAGES, id))
        ticket.update(made)
        ticket["comments"] = [*oldest_first(messages)]
        return record


def _kind_of(message: Tree) -> str:
    """Followups, tasks and solutions are counted apart, each from 1."""
    return "solution" if "solutiontypes_id" in message else "task" if "actiontime" in message else "followup"


def _people(concerned: Sequence[Tree], part: str, kind: str, known: Known) -> list[Tree]:
    """Those who have a part in a ticket; who has no account is there with an address only."""
    return [
        _person(text_at(each, "users_id"), kind, known, text_at(each, "alternative_email"))
        for each in concerned
        if text_at(each, "type") == part
    ]


def _person(user: str, kind: str, known: Known, address: str = "") -> Tree:
    """Somebody by id, or by the name that stands in its place."""
    if user in _NOBODY:
        return person(kind=kind, email=address, name=address)
    listed = known.one(USERS, user) or known.alias(USERS, user)
    addresses = known.of(EMAILS, text_at(listed, "id") or user)
    addresses.sort(key=lambda each: text_at(each, "is_default") not in ("1", "true"))
    full_name = f"{text_at(listed, 'firstname')} {text_at(listed, 'realname')}".strip()
    found = person(
        kind=kind,
        id=text_at(listed, "id") or user,
        email=text_at(addresses[0], "email") if addresses else address,
        name=full_name or text_at(listed, "name") or ("" if user.isdecimal() else user),
    )
    return identified(found, "glpi")


def _message(message: Tree, people: Sequence[Tree], known: Known) -> Tree:
    """A followup, a task or a solution; of a solution nothing says that the requester may read it."""
    writer = text_at(message, "users_id")
    someone = _person(writer, "agent", known) if writer not in _NOBODY else {}
    same = (each for each in people if text_at(each, "id") == text_at(someone, "id"))
    private = _SAID.get(text_at(message, "is_private"), "")
    body = text_at(message, "content")
    files: list[Value] = []
    return {
        **message,
        "kind": "reply" if private == "false" else "note",
        **private_of({"true": "false", "false": "true"}.get(private)),
        "body": body,
        "body_format": format_of(body),
        "author": next(same, someone) if someone else {},
        "created_at": text_at(message, "date") or text_at(message, "date_creation"),
        "files": files,
    }
