"""Groove's JSON: tickets of its API, with messages, customers and agents in lists beside them.

Everything belongs together by links only: the last part of a link is an id, or an address. Facts: formats,
section 21.
"""

from __future__ import annotations

from urllib.parse import unquote

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

MESSAGES, CUSTOMERS, AGENTS = "messages", "customers", "agents"


class Groove(Joined):
    """The files of one Groove export."""

    name = "groove"

    @classmethod
    def evidence(cls, sample: Tree) -> str:
        return "tickets with number, state and links to their messages" if _is_ticket(sample) else ""

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:  # noqa: ARG002
        if _is_ticket(sample):
            return TICKETS
        if "plain_text_body" in sample:
            return MESSAGES
        if "email" in sample:
            return AGENTS if key == AGENTS or f"/{AGENTS}/" in text_at(sample, "href") else CUSTOMERS
        return ""

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:
        if role == MESSAGES:
            return text_at(tree, "href"), _linked(tree, "ticket")
        return text_at(tree, "email").casefold(), ""

    def key_of(self, tree: Tree) -> str:
        return text_at(tree, "number")

    def canonical(self, record: Record, known: Known) -> Record:
        values = record.values
        if customer := _linked(values, "customer"):
            values["requester"] = _person(customer, CUSTOMERS, known)
        if assignee := _linked(values, "assignee"):
            values["assignee"] = _person(assignee, AGENTS, known)
        messages = trees_at(values, "messages") or known.of(MESSAGES, text_at(values, "number"))
        if not messages:
            known.left_out("messages of tickets (the list comes without them)")
        comments = oldest_first(_canonical(each, known) for each in messages)
        take_description(values, comments)
        values["comments"] = list(comments)
        return record


def _is_ticket(sample: Tree) -> bool:
    return "number" in sample and "state" in sample and bool(tree_at(sample, "links", "messages"))


def _linked(tree: Tree, name: str, *, folder: bool = False) -> str:
    """What a link leads to: the last part of its address, or the one before it."""
    parts = text_at(tree, "links", name, "href").rstrip("/").split("/")
    return unquote(parts[-2] if folder and len(parts) > 1 else "" if folder else parts[-1])


def _person(address: str, role: str, known: Known) -> Tree:
    """People are linked by their address."""
    listed = known.one(role, address.casefold())
    full_name = f"{text_at(listed, 'first_name')} {text_at(listed, 'last_name')}".strip()
    return person(
        kind="agent" if role == AGENTS else "customer",
        id=address,
        email=address if "@" in address else text_at(listed, "email"),
        name=text_at(listed, "name") or full_name,
    )


def _canonical(message: Tree, known: Known) -> Tree:
    note = text_at(message, "note")
    role = _linked(message, "author", folder=True)
    rich = text_at(message, "body")
    return {
        **message,
        "id": text_at(message, "href").rstrip("/").rpartition("/")[2],
        "kind": "reply" if note == "false" else "note",
        "body": rich or text_at(message, "plain_text_body"),
        "body_format": "html" if rich else "text",
        "author": _person(_linked(message, "author"), role, known) if role in (AGENTS, CUSTOMERS) else {},
        **({"private": note} if note in ("true", "false") else {}),
        "files": [
            file(name=text_at(each, "filename") or text_at(each, "name"), url=text_at(each, "url"))
            for each in trees_at(message, "attachments")
        ],
    }
