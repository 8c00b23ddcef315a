"""Intercom's messages in the canonical shape: the one that opened a conversation, and its parts.

Who may see a part is said by its type alone, and only by types that are known. Facts: formats, section 8.
"""

from __future__ import annotations

import re

from migrator.model import Value
from migrator.readers.helpdesks.shapes import file, text_at, tree_at, trees_at
from migrator.readers.trees import Tree

PUBLIC = frozenset({"comment", "quick_reply", "open", "close"})
"""Parts that the customer sees; a conversation is reopened and closed with or without words to them."""
_KINDS = {
    **{"user": "customer", "lead": "customer", "contact": "customer", "visitor": "customer"},
    **{"admin": "agent", "team": "agent", "bot": "bot", "operator": "bot"},
}
_ELEMENT = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)


def kind_of(author: Tree) -> str:
    """`customer`, `agent` or `bot`; empty where the source does not say."""
    return _KINDS.get(text_at(author, "type").lower(), "")


def privacy_of(part_type: str) -> Tree:
    """`private` of a message; absent, which counts as private, where its type does not tell."""
    folded = part_type.lower()
    if "note" in folded.split("_"):
        return {"private": "true"}
    return {"private": "false"} if folded in PUBLIC else {}


def canonical_part(part: Tree, author: Tree, *, internal: bool) -> Tree:
    """A part that says something.

    Args:
        internal: It belongs to a ticket that customers never see.
    """
    privacy = {"private": "true"} if internal else privacy_of(text_at(part, "part_type"))
    return {
        **part,
        "kind": "reply" if privacy.get("private") == "false" else "note",
        "body": text_at(part, "body"),
        "body_format": "html",
        "author": author,
        "files": _files(part.get("attachments")),
        **privacy,
    }


def first_message(values: Tree, first: Tree, author: Tree) -> Tree:
    """What began it; empty where that was nothing, or was redacted."""
    attributes = tree_at(values, "ticket_attributes")
    body = text_at(first, "body") or text_at(attributes, "_default_description_")
    files = [*_files(first.get("attachments")), *_files_of_attributes(attributes)]
    if not body and not files:
        return {}
    return {
        "id": text_at(first, "id"),
        "kind": "reply",
        "body": body,
        "body_format": "html" if first or _ELEMENT.search(body) else "text",
        "author": author or values.get("requester", {}),
        "private": "false",
        "created_at": text_at(values, "created_at"),
        "files": files,
    }


def _files(attachments: Value | None) -> list[Value]:
    return [
        file(
            name=text_at(each, "name"),
            url=text_at(each, "url"),
            size=text_at(each, "filesize"),
            type=text_at(each, "content_type"),
        )
        for each in trees_at(attachments)
    ]


def _files_of_attributes(attributes: Tree) -> list[Value]:
    """Files that a form asked for are values of a ticket's attributes."""
    return [
        each
        for value in attributes.values()
        if isinstance(value, list)
        for each in _files(value)
        if isinstance(each, dict) and "url" in each
    ]
