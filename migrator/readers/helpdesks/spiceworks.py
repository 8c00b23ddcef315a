"""Spiceworks: the tables of its cloud edition's export, and JSON of the desktop edition.

The cloud writes one workbook with a sheet a table; read it as a folder of tables (`Tickets.csv`, `Ticket
Comments.csv`, `Users.csv`, `End Users.csv`). Facts: formats, section 21.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from migrator.model import Record
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import (
    field,
    identified,
    letters_of,
    objects_at,
    oldest_first,
    person,
    private_of,
    text_at,
    tree_at,
)
from migrator.readers.trees import Tree, TreeFile

COMMENTS, AGENTS, PEOPLE, CATEGORIES = "comments", "users", "end users", "categories"
_MARKS: tuple[tuple[str, frozenset[str]], ...] = (
    (TICKETS, frozenset(("ticketid", "ticketnumber", "summary"))),
    (TICKETS, frozenset(("summary", "assignedto", "createdby"))),
    (TICKETS, frozenset(("summary", "assignee", "creator"))),
    (COMMENTS, frozenset(("ticketcommentid", "ticketid", "body"))),
    (PEOPLE, frozenset(("enduserid", "email"))),
    (AGENTS, frozenset(("userid", "email", "firstname"))),
    (CATEGORIES, frozenset(("ticketcategoryid", "name"))),
)
"""By which fields, in letters alone, a list is known; the more particular ones stand first."""
_IDS = {
    COMMENTS: "ticketCommentId",
    AGENTS: "userId",
    PEOPLE: "endUserId",
    CATEGORIES: "ticketCategoryId",
}


class Spiceworks(Joined):
    """The files of one Spiceworks export."""

    name = "spiceworks"
    tables = True

    @classmethod
    def evidence(cls, sample: Tree) -> str:
        role, marks = _known_by(sample)
        return f"tickets with {', '.join(sorted(marks))}" if role == TICKETS else ""

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:  # noqa: ARG002  # their fields tell
        return _known_by(sample)[0]

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:
        return field(tree, _IDS[role]), field(tree, "ticketId") if role == COMMENTS else ""

    def key_of(self, tree: Tree) -> str:
        return field(tree, "ticketId", "id")

    def version_of(self, tree: Tree) -> str:
        return field(tree, "updatedAt")

    def canonical(self, record: Record, known: Known) -> Record:
        ticket = record.values
        customer = _person(ticket, "creator", "endUserId", "customer", known)
        requester = customer or _person(ticket, "", "creatorId", "agent", known)  # logged for nobody
        assignee = _person(ticket, "assignee", "assigneeId", "agent", known)
        category = field(known.one(CATEGORIES, field(ticket, "ticketCategoryId")), "name")
        inside, beside = objects_at(ticket, "comments"), known.of(COMMENTS, self.key_of(ticket))
        comments = [_message(each, requester, known) for each in (*inside, *beside) if _stands(each, known)]
        ticket.update({"requester": requester, **({"assignee": assignee} if assignee else {})})
        ticket.update({"category_name": category} if category else {})
        ticket["comments"] = list(oldest_first(comments))
        return replace(record, values=ticket)


def _known_by(sample: Tree) -> tuple[str, Sequence[str]]:
    fields = {letters_of(key) for key in sample}
    return next(((role, tuple(marks)) for role, marks in _MARKS if marks <= fields), ("", ()))


def _stands(comment: Tree, known: Known) -> bool:
    deleted = field(comment, "deleted").casefold() == "true" or bool(field(comment, "deletedAt"))
    if deleted:
        known.left_out("deleted messages")
    return not deleted


def _person(tree: Tree, own_key: str, id_key: str, kind: str, known: Known) -> Tree:
    """Somebody as the desktop edition embeds them, or by id, as the cloud does; or a name or an address."""
    own, own_id = tree_at(tree, own_key), field(tree, id_key)
    listed = known.one(PEOPLE if id_key == "endUserId" else AGENTS, own_id)
    who = {**listed, **own}
    said = field(tree, "assignedTo" if own_key == "assignee" else "createdBy")
    said = "" if said.isdecimal() else said
    name = " ".join(part for key in ("firstName", "lastName") if (part := field(who, key)))
    found = person(
        kind=kind,
        id=own_id or field(own, "id"),
        email=field(who, "email") or (said if "@" in said else ""),
        name=name or ("" if "@" in said else said),
    )
    return identified(found, "spiceworks") if len(found) > 1 else {}


def _message(comment: Tree, requester: Tree, known: Known) -> Tree:
    private = _private(comment)
    writer = _person(comment, "creator", "creatorId", "agent", known)
    if field(comment, "endUserId"):
        writer = _person(comment, "", "endUserId", "customer", known)
    elif writer and text_at(writer, "email") == text_at(requester, "email") != "":
        writer = requester
    when = field(comment, "createdAt", "createdOn")
    return {
        **({"id": own} if (own := field(comment, "ticketCommentId", "id")) else {}),
        "kind": "reply" if private.get("private") == "false" else "note",
        **private,
        "body": field(comment, "body"),
        "body_format": "text",
        "author": writer,
        **({"created_at": when} if when else {}),
        "files": [],
    }


def _private(comment: Tree) -> Tree:
    public, private = field(comment, "isPublic", "public").casefold(), field(comment, "private").casefold()
    return private_of(public or {"true": "false", "false": "true"}.get(private, ""))
