"""Intercom's tables: the report of conversations, and the messages as a third-party exporter writes them.

A report has one row a conversation and no texts; the other file has one row a message, which the mapping
groups. What its API gives is in `intercom.py`. Facts: formats, section 8.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from migrator.model import Record, Value
from migrator.readers.base import Pass, Source
from migrator.readers.helpdesks.intercom_messages import kind_of, privacy_of
from migrator.readers.helpdesks.reshaped import Reshaped
from migrator.readers.helpdesks.shapes import opening_words, person, text_at
from migrator.readers.trees import Tree

_ZONED = re.compile(r"(?P<name>.*\S)\s*\((?P<zone>[A-Z][A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+|UTC|GMT)\)")
_REPORT_MARKS = frozenset(
    (
        *("current conversation state", "teammate currently assigned", "team currently assigned"),
        *("conversation started at", "conversation created at", "current ticket state category"),
    )
)
_MESSAGE_MARKS = frozenset(("message_id", "message_type", "message_author_type", "conversation_id"))
FIRST_MESSAGE = "conversation_message"


class IntercomReport(Reshaped):
    """The report of conversations: `Updated at (Europe/Berlin)` is also told as `Updated at`.

    The zone stands in the header and differs from user to user; every row tells it as `timezone`.
    """

    name = "intercom-csv"
    product = "intercom"

    @classmethod
    def recognise(cls, columns: Sequence[str]) -> str:
        names = {_without_zone(column).casefold() for column in columns}
        marks = sorted(_REPORT_MARKS & names)
        return f"its columns include Conversation ID, {', '.join(marks)}" if _is_report(names) else ""

    def __init__(self, table: Source, why: str) -> None:
        super().__init__(table, why)
        zoned = {column: found for column in table.columns if (found := _ZONED.fullmatch(column))}
        self._names = {column: found["name"] for column, found in zoned.items()}
        zones = {found["zone"] for found in zoned.values()}
        # Times of two zones in one file cannot be told apart by the row: then nobody is told any.
        self._zone = zones.pop() if len(zones) == 1 else ""

    def reshape(self, record: Record, current: Pass) -> Record:  # noqa: ARG002
        values = record.values | {
            name: record.values[column] for column, name in self._names.items() if column in record.values
        }
        if self._zone:
            values["timezone"] = self._zone
        return replace(record, values=values)


def _is_report(names: set[str]) -> bool:
    return "conversation id" in names and bool(_REPORT_MARKS & names)


def _without_zone(column: str) -> str:
    found = _ZONED.fullmatch(column)
    return found["name"] if found else column


class IntercomMessages(Reshaped):
    """One row a message, each brought into the canonical shape of a comment; the mapping groups them."""

    name = "intercom-messages"
    product = "intercom"

    @classmethod
    def recognise(cls, columns: Sequence[str]) -> str:
        if {column.casefold() for column in columns} >= _MESSAGE_MARKS:
            return f"its columns include {', '.join(sorted(_MESSAGE_MARKS))}"
        return ""

    def reshape(self, record: Record, current: Pass) -> Record:
        said: Tree = {key.casefold(): value for key, value in record.values.items()}
        author = _author(said)
        body, message_type = text_at(said, "message_body"), text_at(said, "message_type").lower()
        began = message_type == FIRST_MESSAGE
        privacy: Tree = {"private": "false"} if began else privacy_of(message_type)
        if not body.strip():
            current.left_out("events without words (assignments, tags and the like)")
        message: dict[str, Value] = {
            "id": text_at(said, "message_id"),
            "kind": "reply" if privacy.get("private") == "false" else "note",
            "body": body,
            "body_format": "text",
            "author": author,
            "created_at": text_at(said, "message_created_at"),
            **privacy,
        }
        # What the ticket itself is made of, told by the message that knows it: `messages.customer.0.email`.
        if words := opening_words([message]):
            message["preview"] = words
        if author.get("kind") == "customer":
            message["customer"] = author
            if began:
                message |= {"kind": "description", "description": body}
        return replace(record, values=record.values | message)


def _author(said: Tree) -> Tree:
    type = text_at(said, "message_author_type")
    kind = kind_of({"type": type})
    id, email = text_at(said, "message_author_id"), text_at(said, "message_author_email")
    # Intercom makes up the ids of leads; who has no address is known by Intercom's own id.
    own = "" if type == "lead" else text_at(said, "message_author_user_id")
    return person(
        kind=kind,
        id=id,
        email=email,
        name=text_at(said, "message_author_name"),
        external_id=(own or ("" if email else id)) if kind == "customer" else "",
    )
