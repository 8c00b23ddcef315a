"""Zoho Desk's threads (mails in and out) and comments (notes, unless they are public) in the canonical shape.

Pure functions. A field is found by its letters alone: a backup writes `Created Time` for `createdTime`.
Facts: formats, section 12.
"""

from __future__ import annotations

import re

from migrator.readers.helpdesks.shapes import field, file, person, private_of, text_at, tree_at, trees_at
from migrator.readers.mail_addresses import parseaddr
from migrator.readers.trees import Tree

_TAG = re.compile(r"<(?:/?[a-z][a-z0-9]*\b[^<>]*|!--)", re.IGNORECASE)
_UNSENT = frozenset(("draft", "failed"))
_KINDS = {"end_user": "customer", "agent": "agent"}


def party_of(tree: Tree) -> Tree:
    """A contact, an agent or an author: id, address and name; what is not known is absent."""
    if not tree:
        return {}
    full_name = " ".join(part for name in ("firstName", "lastName") if (part := field(tree, name)))
    return person(
        kind=_KINDS.get(field(tree, "type").casefold(), ""),
        id=field(tree, "id", "contactExtId", "agentExtId"),
        email=field(tree, "email", "emailId"),
        name=field(tree, "name", "fullName") or full_name,
    )


def is_unsent(message: Tree) -> bool:
    return field(message, "status", "threadStatus").casefold() in _UNSENT


def markup_of(text: str) -> str:
    """`html` for what holds a tag: where nothing says how a text is written, both occur."""
    return "html" if _TAG.search(text) else "text"


def message_of(message: Tree, contact: Tree, writer: Tree) -> Tree:
    """A thread or a comment; without `private`, which means private, where it does not say.

    Args:
        contact: Who the ticket is from.
        writer: The agent who wrote it, if it is one whom the export lists.
    """
    body = field(message, "content", "comment") or field(message, "plainText", "summary")
    declared = field(message, "contentType").casefold()
    markup = "text" if "plain" in declared else "html" if "html" in declared else markup_of(body)
    private = _private(message)
    when = field(message, "createdTime", "commentedTime")
    return {
        **message,
        "kind": "reply" if private.get("private") == "false" else "note",
        **private,
        "body": body,
        "body_format": markup,
        "author": _author(message, contact, writer),
        **({"created_at": when} if when else {}),
        "files": [file_of(each) for each in trees_at(message, "attachments")],
    }


def _private(message: Tree) -> Tree:
    public, private = field(message, "isPublic"), field(message, "isPrivate").casefold()
    if public:
        return private_of(public.casefold())
    if private in ("true", "false"):
        return {"private": private}
    visibility = field(message, "visibility").casefold()
    return {"private": "false" if visibility == "public" else "true"} if visibility else {}


def _author(message: Tree, contact: Tree, writer: Tree) -> Tree:
    """Who wrote: as the message holds them, else the agent who is known, else by the sender's address."""
    own = party_of(tree_at(message, "author") or tree_at(message, "commenter"))
    if not own and writer:
        return writer
    name, email = parseaddr(field(message, "fromEmailAddress"))
    party = own or person(email=email, name=name)
    direction = field(message, "direction", "threadType").casefold()
    address = text_at(party, "email").casefold()
    is_contact = bool(email and address) and address == text_at(contact, "email").casefold()
    kind = text_at(party, "kind") or {"in": "customer", "out": "agent"}.get(direction, "")
    if is_contact or (kind == "customer" and not text_at(party, "email")):
        return contact
    return {**party, **({"kind": kind} if kind else {})}


def file_of(attachment: Tree) -> Tree:
    """An attachment; its link needs a login."""
    return file(name=field(attachment, "name"), url=field(attachment, "href"), size=field(attachment, "size"))
