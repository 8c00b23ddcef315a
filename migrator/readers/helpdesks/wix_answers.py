"""Wix Answers' export: tickets with their replies inside, in files that are named by the time they span.

Times are milliseconds since 1970, statuses and kinds numbers, and what is not known is absent. Facts:
formats, section 24, and the numbers that the API documents.
"""

from __future__ import annotations

from migrator.model import Record, Value
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import (
    file,
    identified,
    oldest_first,
    person,
    private_of,
    text_at,
    tree_at,
    trees_at,
)
from migrator.readers.trees import Tree, TreeFile

REPLIES = "replies"
_MARKS = frozenset(("ticketNumber", "creationDate", "subject", "status"))
_KINDS = {"100": "customer", "101": "customer", "110": "agent", "120": "agent"}
"""A user, somebody in copy, an agent, and an agent for colleagues only."""
_PUBLIC = {"100": "true", "101": "true", "110": "true", "120": "false"}
_PUBLISHED = ("", "1")


class WixAnswers(Joined):
    """The files of one Wix Answers export."""

    name = "wix-answers"

    @classmethod
    def evidence(cls, sample: Tree) -> str:
        return "tickets with ticketNumber and creationDate" if sample.keys() >= _MARKS else ""

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:  # noqa: ARG002
        if self.evidence(sample):
            return TICKETS
        return REPLIES if {"ticketId", "type", "creationDate"} <= sample.keys() else ""

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:  # noqa: ARG002
        return text_at(tree, "id"), text_at(tree, "ticketId")

    def version_of(self, tree: Tree) -> str:
        return text_at(tree, "lastUpdateDate")

    def canonical(self, record: Record, known: Known) -> Record:
        ticket = record.values
        user = tree_at(ticket, "user")
        requester = _person(user, "customer") or person(
            kind="customer", email=text_at(ticket, "initialUserEmail")
        )
        ticket["requester"] = identified(requester, self.name)
        if assignee := _person(tree_at(ticket, "assignedUser"), "agent"):
            ticket["assignee"] = assignee
        if company := text_at(ticket, "company", "name") or text_at(user, "company", "name"):
            ticket["organization"] = {"name": company}
        ticket["files"] = _files(ticket)
        comments: list[Tree] = []
        for reply in trees_at(ticket, REPLIES) or known.of(REPLIES, text_at(ticket, "id")):
            if text_at(reply, "deleted") == "true" or text_at(reply, "status") not in _PUBLISHED:
                known.left_out("replies that were deleted or never sent")
            else:
                comments.append(_message(reply))
        ticket["comments"] = [*oldest_first(comments)]
        return record


def _person(said: Tree, kind: str) -> Tree:
    if not said:
        return {}
    full_name = f"{text_at(said, 'firstName')} {text_at(said, 'lastName')}".strip()
    return person(
        kind=kind,
        id=text_at(said, "id"),
        email=text_at(said, "email"),
        name=full_name or text_at(said, "fullName") or text_at(said, "name"),
        external_id=text_at(said, "externalId"),
    )


def _message(reply: Tree) -> Tree:
    kind = text_at(reply, "type")
    public = _PUBLIC.get(kind)
    return {
        **reply,
        "kind": "reply" if public == "true" else "note",
        **private_of(public),
        "body": text_at(reply, "content"),
        "body_format": "html",
        "author": identified(_person(tree_at(reply, "user"), _KINDS.get(kind, "")), "wix-answers"),
        "created_at": text_at(reply, "creationDate"),
        "files": _files(reply),
    }


def _files(tree: Tree) -> list[Value]:
    return [
        file(name=text_at(each, "fileName") or text_at(each, "name"), url=text_at(each, "url"))
        for each in trees_at(tree, "attachments")
    ]
