"""Zammad: what its API answers (tickets, articles, users, groups, states), plain or with `expand=true`.

A ticket has no text of its own: its first article is the text. Facts: formats, section 17.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from migrator.model import Record
from migrator.readers.helpdesks.joined import TICKETS, Joined, Marks
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import (
    file,
    identified,
    oldest_first,
    person,
    private_of,
    text_at,
    trees_at,
)
from migrator.readers.mail_addresses import parseaddr
from migrator.readers.trees import Tree

ARTICLES, USERS, GROUPS, ORGANIZATIONS = "articles", "users", "groups", "organizations"
STATES, PRIORITIES = "states", "priorities"
_SENDERS = {"1": "Agent", "2": "Customer", "3": "System"}
"""Of articles without `expand=true`; the same in every installation."""
_KINDS = {"Agent": "agent", "Customer": "customer"}
_NOBODY = "1"
"""The user `-`, who owns what nobody owns."""


class Zammad(Joined):
    """The files of one Zammad export."""

    name = "zammad"
    marks: ClassVar[Marks] = (
        (ARTICLES, frozenset(("ticket_id", "internal", "content_type"))),
        (TICKETS, frozenset(("number", "title", "customer_id", "owner_id"))),
        (TICKETS, frozenset(("number", "title", "customer", "owner", "state"))),
        (USERS, frozenset(("login", "firstname"))),
        (STATES, frozenset(("state_type_id", "name"))),
        (PRIORITIES, frozenset(("ui_color", "name"))),
        (PRIORITIES, frozenset(("default_create", "name"))),
        (ORGANIZATIONS, frozenset(("domain_assignment", "name"))),
        (GROUPS, frozenset(("follow_up_possible", "name"))),
    )

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:
        return text_at(tree, "id"), text_at(tree, "ticket_id") if role == ARTICLES else ""

    def canonical(self, record: Record, known: Known) -> Record:
        ticket = record.values
        articles = _articles(ticket, known)
        customer_id = text_at(ticket, "customer_id")
        shown = text_at(ticket, "customer") or _own_line(articles, customer_id)
        customer = _user(customer_id, shown, "customer", known)
        owner_id = text_at(ticket, "owner_id")
        owner = {} if owner_id == _NOBODY else _user(owner_id, text_at(ticket, "owner"), "agent", known)
        named = {
            "state": (STATES, "state_id"),
            "priority": (PRIORITIES, "priority_id"),
            "group": (GROUPS, "group_id"),
            "organization": (ORGANIZATIONS, "organization_id"),
        }
        for key, (role, id_key) in named.items():
            name = text_at(ticket, key) or text_at(known.one(role, text_at(ticket, id_key)), "name")
            if name or text_at(ticket, id_key):
                ticket[key] = name or text_at(ticket, id_key)
        comments = _comments(articles, customer, known)
        first: Tree = comments[0] if comments else {}
        # What an agent began with is not what the customer said: it stays the first message.
        if first.get("private") == "false" and text_at(first.get("author"), "kind") == "customer":
            first["kind"] = "description"
            ticket.update({key: first[key] for key in ("body", "body_format", "files")})
        ticket.update({"requester": customer, **({"assignee": owner} if owner else {})})
        ticket["comments"] = list(comments)
        return replace(record, values=ticket)


def _user(own_id: str, shown: str, kind: str, known: Known) -> Tree:
    """Somebody by id; `expand=true` writes their login or address in the same place, and `-` for nobody."""
    user = known.one(USERS, own_id)
    name = " ".join(part for key in ("firstname", "lastname") if (part := text_at(user, key)))
    shown = "" if shown == "-" else shown
    if not user and not shown and not own_id:
        return {}
    told, address = parseaddr(shown) if "@" in shown else (shown, "")
    found = person(kind=kind, id=own_id, email=text_at(user, "email") or address, name=name or told)
    return identified(found, "zammad")


def _articles(ticket: Tree, known: Known) -> list[Tree]:
    inside = trees_at(ticket, "articles")
    there = {text_at(each, "id") for each in inside}
    beside = known.of(ARTICLES, text_at(ticket, "id"))
    return [*inside, *(each for each in beside if text_at(each, "id") not in there)]


def _sender(article: Tree) -> str:
    return text_at(article, "sender") or _SENDERS.get(text_at(article, "sender_id"), "")


def _writer_id(article: Tree) -> str:
    return text_at(article, "origin_by_id") or text_at(article, "created_by_id")


def _own_line(articles: list[Tree], customer_id: str) -> str:
    """How a customer signed what they wrote themselves: `Wanda <wanda@example.com>`."""
    theirs = (each for each in articles if _sender(each) == "Customer" and _writer_id(each) == customer_id)
    return next((text_at(each, "from") for each in theirs if "@" in text_at(each, "from")), "")


def _comments(articles: list[Tree], customer: Tree, known: Known) -> list[Tree]:
    made: list[Tree] = []
    for article in articles:
        sender = _sender(article)
        if sender == "System":
            known.left_out("messages that Zammad wrote itself")
        else:
            made.append(_message(article, _writer(article, _KINDS.get(sender, ""), customer, known)))
    return oldest_first(made)


def _message(article: Tree, writer: Tree) -> Tree:
    internal = text_at(article, "internal")
    private = private_of({"true": "false", "false": "true"}.get(internal))
    return {
        **article,
        "kind": "reply" if internal == "false" else "note",
        **private,
        "body": text_at(article, "body"),
        "body_format": "html" if "html" in text_at(article, "content_type") else "text",
        "author": writer,
        "files": [_file(each) for each in trees_at(article, "attachments")],
    }


def _writer(article: Tree, kind: str, customer: Tree, known: Known) -> Tree:
    """Who wrote: by id, else by the sender's line, where an agent has the address of the whole helpdesk."""
    own_id = _writer_id(article)
    if own_id and own_id == text_at(customer, "id"):
        return customer
    if known.one(USERS, own_id):
        return _user(own_id, "", kind, known)
    name, email = parseaddr(text_at(article, "from"))
    name = name.partition(" via ")[0]
    if kind == "customer":
        return identified(person(kind=kind, id=own_id, email=email, name=name), "zammad")
    login = text_at(article, "created_by")
    return person(kind=kind, id=own_id, email=login if "@" in login else "", name=name or login)


def _file(attachment: Tree) -> Tree:
    """An attachment, which the API names without an address."""
    return file(
        name=text_at(attachment, "filename"),
        size=text_at(attachment, "size"),
        type=text_at(attachment, "preferences", "Content-Type"),
    )
