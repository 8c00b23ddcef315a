"""Request Tracker's tickets as its REST API (version 2) gives them, joined with transactions and people.

A transaction says what was done, its words are attachments of their own. The "Spreadsheet" of a search is
read in `request_tracker.py`, whose keys these tickets get as well. Facts: formats, section 15.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import ClassVar

from migrator.model import Record
from migrator.readers.helpdesks.joined import TICKETS, Joined, Marks
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import file as file_of
from migrator.readers.helpdesks.shapes import (
    oldest_first,
    person,
    private_of,
    take_description,
    text_at,
    tree_at,
    trees_at,
)
from migrator.readers.trees import Tree

TRANSACTIONS, ATTACHMENTS, USERS = "transactions", "attachments", "users"
_PUBLIC = {"Create": "true", "Correspond": "true", "Comment": "false"}
"""The transactions that hold words, and whether the requestor may read them."""
_TIMES = {"created_at": "Created", "due_at": "Due", "resolved_at": "Resolved"}
_UNSET = ("", "1970-01-01T00:00:00Z")
_NOBODY = "Nobody"
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{76}\n)*[A-Za-z0-9+/]{2,76}={0,2}\n")
"""As older versions write the words: in lines of 76 characters, and the last one ended as well."""


class RequestTrackerApi(Joined):
    """The answers of one Request Tracker."""

    name = "request-tracker-api"
    product = "request-tracker"
    marks: ClassVar[Marks] = (
        (TICKETS, frozenset(("Subject", "Queue", "Status", "Requestor"))),
        (ATTACHMENTS, frozenset(("TransactionId", "ContentType"))),
        (TRANSACTIONS, frozenset(("Type", "Object", "Creator"))),
        (USERS, frozenset(("Name", "EmailAddress"))),
    )

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:
        if role == USERS:
            return text_at(tree, "Name"), ""
        belongs_to = {TRANSACTIONS: "Object", ATTACHMENTS: "TransactionId"}[role]
        return text_at(tree, "id"), text_at(tree, belongs_to, "id") or text_at(tree, belongs_to)

    def version_of(self, tree: Tree) -> str:
        return text_at(tree, "LastUpdated")

    def canonical(self, record: Record, known: Known) -> Record:
        ticket = record.values
        requesters = [_person(each, "customer", known) for each in trees_at(ticket, "Requestor")]
        requester = requesters[0] if requesters else {}
        owner = tree_at(ticket, "Owner")
        transactions = trees_at(ticket, "history") or trees_at(ticket, TRANSACTIONS)
        transactions = transactions or known.of(TRANSACTIONS, text_at(ticket, "id"))
        if not transactions:
            known.left_out("histories of tickets (fetch each with its transactions and their attachments)")
        ticket.update({ours: _time(text_at(ticket, theirs)) for ours, theirs in _TIMES.items()})
        ticket |= {
            "requester": requester,
            "requesters": [*requesters],
            "assignee": {} if text_at(owner, "id") == _NOBODY else _person(owner, "agent", known),
            "queue": text_at(ticket, "Queue", "Name") or text_at(ticket, "Queue", "id"),
        }
        messages = [
            _message(each, requesters, known) for each in transactions if text_at(each, "Type") in _PUBLIC
        ]
        comments = oldest_first(messages)
        take_description(ticket, comments)
        ticket["comments"] = [*comments]
        return record


def _time(text: str) -> str:
    return "" if text in _UNSET else text


def _person(said: Tree, kind: str, known: Known) -> Tree:
    """Somebody by the name of their account, which for customers is mostly their address."""
    account = text_at(said, "id")
    if not account:
        return {}
    user = known.one(USERS, account)
    email = text_at(user, "EmailAddress") or (account if "@" in account else "")
    return person(kind=kind, id=account, email=email, name=text_at(user, "RealName") or account)


def _message(transaction: Tree, requesters: list[Tree], known: Known) -> Tree:
    account = text_at(transaction, "Creator", "id")
    theirs = next((each for each in requesters if account and text_at(each, "id") == account), None)
    public = _PUBLIC[text_at(transaction, "Type")]
    parts = trees_at(transaction, ATTACHMENTS) or known.of(ATTACHMENTS, text_at(transaction, "id"))
    body, body_format = _words(parts)
    return {
        "id": text_at(transaction, "id"),
        "kind": "reply" if public == "true" else "note",
        **private_of(public),
        "body": body,
        "body_format": body_format,
        "author": theirs or _person(tree_at(transaction, "Creator"), "agent", known),
        "created_at": text_at(transaction, "Created"),
        "files": [*_files(parts)],
    }


def _words(parts: list[Tree]) -> tuple[str, str]:
    """The text of a message, formatted if there is one that is, and its format."""
    texts = {
        text_at(each, "ContentType"): text_at(each, "Content") for each in reversed(parts) if not _name(each)
    }
    if rich := texts.get("text/html", ""):
        return _plain(rich), "html"
    return _plain(texts.get("text/plain", "")), "text"


def _plain(content: str) -> str:
    """Words that may have been encoded; what does not become printable text was not."""
    if not _BASE64.fullmatch(content):
        return content
    try:
        decoded = base64.b64decode(content).decode()
    except (binascii.Error, UnicodeDecodeError):
        return content
    return decoded if all(each.isprintable() or each.isspace() for each in decoded) else content


def _name(part: Tree) -> str:
    return text_at(part, "Filename")


def _files(parts: list[Tree]) -> Iterator[Tree]:
    for each in parts:
        if name := _name(each):
            yield file_of(name=name, type=text_at(each, "ContentType"))
