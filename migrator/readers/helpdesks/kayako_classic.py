"""Kayako Classic's XML: tickets as its REST API lists them, with posts and notes inside or beside them.

Times are seconds since 1970; statuses and priorities are numbers, which lists beside them explain. What it
says becomes what `kayako.py` makes of the newer product's JSON. Facts: formats, section 18.
"""

from __future__ import annotations

from datetime import UTC, datetime

from migrator.model import Record
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import (
    identified,
    oldest_first,
    person,
    private_of,
    take_description,
    text_at,
    trees_at,
)
from migrator.readers.trees import Tree, TreeFile

POSTS, STATUSES, PRIORITIES = "posts", "statuses", "priorities"
_ROLES = {
    **{"ticket": TICKETS, "post": POSTS, "ticketpost": POSTS},
    **{"ticketstatus": STATUSES, "ticketpriority": PRIORITIES},
}
_PUBLIC = {"0": "true", "1": "false"}
"""Whether a post is public, by its `isprivate`."""
_LONGEST_TIME_DIGITS = 11
_BY_STAFF, _BY_USER = "1", "2"


class KayakoClassic(Joined):
    """The files of one export of the classic product."""

    name = "kayako-classic"
    product = "kayako"

    @classmethod
    def evidence(cls, sample: Tree) -> str:
        return "tickets with displayid and subject" if {"displayid", "subject"} <= sample.keys() else ""

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:  # noqa: ARG002
        return TICKETS if self.evidence(sample) else _ROLES.get(key, "") if key != "ticket" else ""

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:
        if role == POSTS:
            return text_at(tree, "ticketpostid") or text_at(tree, "id"), text_at(tree, "ticketid")
        return text_at(tree, "id"), ""

    def key_of(self, tree: Tree) -> str:
        return text_at(tree, "@id") or text_at(tree, "id") or text_at(tree, "displayid")

    def version_of(self, tree: Tree) -> str:
        return text_at(tree, "lastactivity")

    def canonical(self, record: Record, known: Known) -> Record:
        ticket = record.values
        id = self.key_of(ticket)
        status = known.one(STATUSES, text_at(ticket, "statusid"))
        priority = known.one(PRIORITIES, text_at(ticket, "priorityid"))
        requester = person(
            kind="customer",
            id=_number(ticket, "userid"),
            email=text_at(ticket, "email"),
            name=text_at(ticket, "fullname"),
        )
        found: dict[str, Tree] = {
            "requester": identified(requester, "kayako"),
            "organization": _of(name=text_at(ticket, "userorganization")),
            "priority": _of(label=text_at(priority, "title")),
        }
        ticket["status_name"] = text_at(status, "title") or text_at(ticket, "statusid")
        if owner := text_at(ticket, "ownerstaffname"):
            found["assignee"] = person(kind="agent", id=_number(ticket, "ownerstaffid"), name=owner)
        ticket.update({"id": id, "created_at": _time(text_at(ticket, "creationtime")), **found})
        ticket["tag_names"] = [*text_at(ticket, "tags").replace(",", " ").split()]
        posts = trees_at(ticket, "posts", "post") or trees_at(ticket, "posts", "ticketpost")
        messages = [_message(each, found["requester"]) for each in posts or known.of(POSTS, id)]
        comments = oldest_first([*messages, *map(_note, trees_at(ticket, "note"))])
        take_description(ticket, comments)
        ticket["comments"] = [*comments]
        return record


def _of(**parts: str) -> Tree:
    return {name: text for name, text in parts.items() if text}


def _time(seconds: str) -> str:
    """Seconds since 1970 as the newer product writes a time; what is no such number stays as it is."""
    if not seconds.isdecimal() or len(seconds) > _LONGEST_TIME_DIGITS:
        return seconds
    return datetime.fromtimestamp(int(seconds), UTC).isoformat()


def _number(tree: Tree, key: str) -> str:
    """An id; 0 is nobody's."""
    return "" if text_at(tree, key) == "0" else text_at(tree, key)


def _message(post: Tree, requester: Tree) -> Tree:
    address, by = text_at(post, "email"), text_at(post, "creator")
    theirs = address.casefold() == text_at(requester, "email").casefold() if address else by == _BY_USER
    is_customer = by != _BY_STAFF and (by == _BY_USER or theirs)
    author = person(
        kind="customer" if is_customer else "agent", email=address, name=text_at(post, "fullname")
    )
    public = _PUBLIC.get(text_at(post, "isprivate"))
    return {
        **post,
        "kind": "reply" if public == "true" else "note",
        **private_of(public),
        "body": text_at(post, "contents"),
        "body_format": "html" if text_at(post, "ishtml") == "1" else "text",
        "author": requester if theirs and is_customer else author,
        "created_at": _time(text_at(post, "dateline")),
        "files": [],
    }


def _note(note: Tree) -> Tree:
    """What staff wrote on a ticket for each other."""
    return {
        "kind": "note",
        "private": "true",
        "body": text_at(note, "#text"),
        "body_format": "text",
        "author": person(kind="agent", name=text_at(note, "@creatorstaffname")),
        "created_at": _time(text_at(note, "@creationdate")),
        "files": [],
    }
