"""Front's JSON: conversations of its API, with their messages and comments in lists beside them.

A message says only by a link to which conversation it belongs. The analytics table is in `front_table.py`.
Facts: formats, section 19.
"""

from __future__ import annotations

from collections.abc import Sequence

from migrator.model import Record
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import (
    file,
    oldest_first,
    person,
    take_description,
    text_at,
    tree_at,
    trees_at,
)
from migrator.readers.trees import Tree, TreeFile

MESSAGES, COMMENTS = "messages", "comments"
_ROLE_OF_PREFIX = {"cnv": TICKETS, "msg": MESSAGES, "com": COMMENTS}


class Front(Joined):
    """The files of one Front export."""

    name = "front"

    @classmethod
    def evidence(cls, sample: Tree) -> str:
        return f"conversations with ids such as {text_at(sample, 'id')}" if _role(sample) == TICKETS else ""

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:  # noqa: ARG002
        return _role(sample)

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:  # noqa: ARG002
        link = text_at(tree, "_links", "related", "conversation")
        return text_at(tree, "id"), text_at(tree, "conversation_id") or link.rstrip("/").rpartition("/")[2]

    def canonical(self, record: Record, known: Known) -> Record:
        values = record.values
        id = text_at(values, "id")
        messages = _listed(values, "messages") or known.of(MESSAGES, id)
        messages = messages or [each for each in (tree_at(values, "last_message"),) if each]
        notes = _listed(values, "comments") or known.of(COMMENTS, id)
        drafts = sum(text_at(each, "is_draft") == "true" for each in messages)
        if drafts:
            known.left_out("messages that are drafts", drafts)
        thread = [_message(each) for each in messages if text_at(each, "is_draft") != "true"]
        thread += [_note(each) for each in notes]
        thread = oldest_first(thread)
        if requester := _requester(values, thread):
            values["requester"] = requester
        if assignee := tree_at(values, "assignee"):
            values["assignee"] = _teammate(assignee)
        take_description(values, thread)
        values["comments"] = list(thread)
        return record


def _role(sample: Tree) -> str:
    prefix, mark, _ = text_at(sample, "id").partition("_")
    return _ROLE_OF_PREFIX.get(prefix, "") if mark else ""


def _listed(values: Tree, name: str) -> list[Tree]:
    """The list itself, or the answer of the API that holds it."""
    path = (name, "_results") if isinstance(values.get(name), dict) else (name,)
    return trees_at(values, *path)


def _requester(values: Tree, thread: Sequence[Tree]) -> Tree:
    """Who the conversation is with: its recipient, else the first customer who wrote."""
    recipient = tree_at(values, "recipient")
    if text_at(recipient, "handle"):
        return contact(text_at(recipient, "handle"), text_at(recipient, "name"))
    authors = (tree_at(message, "author") for message in thread)
    return next((author for author in authors if author.get("kind") == "customer"), {})


def contact(handle: str, name: str) -> Tree:
    """A customer by what Front knows them by: an address, a phone number, a name of a social network."""
    is_address = "@" in handle.strip("@")
    return person(
        kind="customer",
        id=handle,
        email=handle if is_address else "",
        name=name,
        external_id="" if is_address or not handle else f"front-{handle}",
    )


def _teammate(said: Tree) -> Tree:
    name = f"{text_at(said, 'first_name')} {text_at(said, 'last_name')}".strip()
    return person(
        kind="agent",
        id=text_at(said, "id"),
        email=text_at(said, "email"),
        name=name or text_at(said, "username"),
    )


def _message(message: Tree) -> Tree:
    sender = next((each for each in trees_at(message, "recipients") if text_at(each, "role") == "from"), {})
    direction = text_at(message, "is_inbound")
    if direction == "true":
        author = contact(text_at(sender, "handle"), text_at(sender, "name"))
    else:
        author = _teammate(tree_at(message, "author"))
    rich = text_at(message, "body")
    return {
        **message,
        "kind": "reply" if direction else "note",
        "body": rich or text_at(message, "text"),
        "body_format": "html" if rich else "text",
        "author": author,
        # What came in or went out was seen by the customer; what does not say so may be anything.
        **({"private": "false"} if direction else {}),
        "files": [
            file(
                name=text_at(each, "filename"),
                url=text_at(each, "url"),
                size=text_at(each, "size"),
                type=text_at(each, "content_type"),
                inline=text_at(each, "metadata", "is_inline"),
            )
            for each in trees_at(message, "attachments")
        ],
    }


def _note(comment: Tree) -> Tree:
    """A comment: what teammates say among themselves."""
    return {
        **comment,
        "kind": "note",
        "body": text_at(comment, "body"),
        "body_format": "text",
        "author": _teammate(tree_at(comment, "author")),
        "private": "true",
        "created_at": text_at(comment, "posted_at") or text_at(comment, "created_at"),
        "files": [],
    }
