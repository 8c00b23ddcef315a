"""Freshdesk: account exports (XML and JSON) and what its API answers. The ticket list is a plain table.

Facts: formats, section 6.
"""

from __future__ import annotations

from collections.abc import Sequence

from migrator.model import Record
from migrator.readers.helpdesks.fresh import Fresh, is_short
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import list_at, text_at
from migrator.readers.trees import Tree, TreeFile

_OUTBOUND = "10"
"""The source of tickets that an agent began, with a mail to the requester."""


class Freshdesk(Fresh):
    """The files of one Freshdesk export."""

    name = "freshdesk"

    @classmethod
    def recognise(cls, files: Sequence[TreeFile]) -> str:
        if evidence := super().recognise(files):
            return evidence
        for file in files:
            if any(records and is_short(records[0]) for records in file.samples.values()):
                return f"{file.name} holds tickets with numbers for their status and priority"
        return ""

    def canonical(self, record: Record, known: Known) -> Record:
        record = super().canonical(record, known)
        if text_at(record.values, "source") == _OUTBOUND:
            _give_to_an_agent(record.values)
        return record


def _give_to_an_agent(ticket: Tree) -> None:
    """Make the text of a ticket its first message: an agent's words must not stand there as a customer's."""
    plain = text_at(ticket, "description")
    rich = text_at(ticket, "description_html")
    for key in ("description", "description_html"):
        ticket.pop(key, None)
    opening: Tree = {
        "kind": "reply",
        "body": rich or plain,
        "body_format": "html" if rich else "text",
        "author": {"kind": "agent"},
        "private": "false",
        "created_at": text_at(ticket, "created_at"),
        "files": ticket.pop("files", []),
    }
    ticket["comments"] = [opening, *list_at(ticket, "comments")]
