"""Help Scout's threads (what it calls a message) in the canonical shape, and its people.

Version 2 writes `createdBy: {first, last}`, version 1 `{firstName, lastName}`, copies in warehouses
`created_by`; all are read. Facts: formats, section 9.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from migrator.model import Value
from migrator.readers.helpdesks.shapes import file, list_at, person, text_at, tree_at, trees_at
from migrator.readers.trees import Tree

_CAPITAL = re.compile(r"(?<=[a-z])([A-Z])")
_PUBLIC = frozenset({"customer", "message", "reply", "chat", "beaconchat", "forwardchild"})
_PRIVATE = frozenset({"note", "forwardparent"})
"""A conversation that was forwarded shows it to those it was forwarded to, and not to its customer."""
_EVENT = "lineitem"
_KINDS = {"customer": "customer", "user": "agent", "team": "agent", "system_user": "bot"}


def either(tree: Tree, name: str) -> str:
    """The text under a name as the API writes it, else as warehouses do: `createdAt`, `created_at`."""
    return text_at(tree, name) or text_at(tree, _CAPITAL.sub(r"_\1", name).lower())


def left_out_as(thread: Tree) -> str:
    """What a thread is, in the plural, if it is no message that was ever sent; otherwise empty."""
    if text_at(thread, "type").lower() == _EVENT:
        return "events of a conversation (assignments, changes of its state and the like)"
    state = text_at(thread, "state").lower()
    return f"threads in the state {state}" if state not in ("", "published") else ""


def canonical_thread(thread: Tree, mentioned: Sequence[Tree]) -> Tree:
    """A thread as a comment; who may see it is said by its type."""
    author = _author(thread, mentioned)
    privacy = _privacy(text_at(thread, "type").lower(), author)
    attachments = trees_at(thread, "_embedded", "attachments") or trees_at(thread, "attachments")
    return {
        **thread,
        "kind": "reply" if privacy.get("private") == "false" else "note",
        "body": text_at(thread, "body"),
        "body_format": "html",
        "author": author,
        "created_at": either(thread, "createdAt"),
        "files": _files(attachments),
        **privacy,
    }


def _privacy(thread_type: str, author: Tree) -> Tree:
    """`private`; absent where the type does not tell: notes about a phone call may be for anybody."""
    if thread_type in _PRIVATE:
        return {"private": "true"}
    theirs = thread_type == "phone" and author.get("kind") == "customer"
    return {"private": "false"} if theirs or thread_type in _PUBLIC else {}


def _author(thread: Tree, mentioned: Sequence[Tree]) -> Tree:
    """Who made it; what is of the type `customer` is the customer's, also where a user put it there."""
    made = tree_at(thread, "createdBy") or tree_at(thread, "created_by")
    kind = _KINDS.get(text_at(made, "type"), "")
    if text_at(thread, "type").lower() == "customer" and kind != "customer":
        customer = tree_at(thread, "customer")
        made, kind = (customer, "customer") if customer or kind else (made, "customer")
    return find_person(made, {}, mentioned, kind)


def find_person(said: Tree, listed: Tree, mentioned: Sequence[Tree], kind: str) -> Tree:
    """A person in the canonical shape, from what one place says of them; empty where it says nothing.

    Args:
        listed: The same person in a companion file.
        mentioned: Everybody whom the conversation names, with their `type`, because customers and users may
            have the same number.
    """
    if not said:
        return {}
    id = text_at(said, "id")
    others = (each for each in mentioned if id and text_at(each, "id") == id and _may_be(each, kind))
    everything = [said, listed, *others]
    email = next((found for each in everything if (found := _email(each))), "")
    # Visitors of a chat have no address, and their bare number may be somebody else's in another system.
    nameless = kind == "customer" and id and not email
    return person(
        kind=kind,
        id=id,
        email=email,
        name=next((found for each in everything if (found := _name(each))), ""),
        external_id=f"helpscout-{id}" if nameless else "",
    )


def _may_be(mentioned: Tree, kind: str) -> bool:
    return (text_at(mentioned, "type") == "customer") == (kind == "customer")


def _name(person: Tree) -> str:
    first = text_at(person, "first") or either(person, "firstName")
    last = text_at(person, "last") or either(person, "lastName")
    return f"{first} {last}".strip()


def _email(person: Tree) -> str:
    """The address; a customer may have several, of which the first counts."""
    if found := text_at(person, "email"):
        return found
    for each in list_at(person, "emails") or list_at(person, "_embedded", "emails"):
        if found := each if isinstance(each, str) else text_at(each, "value"):
            return found
    return ""


def _files(attachments: Sequence[Tree]) -> list[Value]:
    return [
        file(
            name=either(each, "filename") or either(each, "fileName"),
            url=text_at(each, "_links", "web", "href") or text_at(each, "url"),
            size=text_at(each, "size"),
            type=either(each, "mimeType"),
        )
        for each in attachments
    ]
