"""Freshdesk: account exports (XML and JSON), what its API answers, and the ticket list as a table.

Facts: formats, section 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from migrator.model import Record
from migrator.readers.base import Pass
from migrator.readers.fingerprints import helpdesk_of
from migrator.readers.helpdesks.fresh import Fresh, is_short
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.reshaped import Reshaped
from migrator.readers.helpdesks.shapes import list_at, text_at
from migrator.readers.trees import Tree, TreeFile

_OUTBOUND = "10"
"""The source of tickets that an agent began, with a mail to the requester."""
_OUTBOUND_SHOWN = ("outbound email", "outbound e-mail")
"""As the list says it."""


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
    opening = _opening(rich or plain, "html" if rich else "text", text_at(ticket, "created_at"))
    opening["files"] = ticket.pop("files", [])
    ticket["comments"] = [opening, *list_at(ticket, "comments")]


def _opening(body: str, body_format: str, created_at: str) -> Tree:
    """The mail with which an agent began a ticket; who it was, the export does not say."""
    return {
        "kind": "reply",
        "body": body,
        "body_format": body_format,
        "author": {"kind": "agent"},
        "private": "false",
        "created_at": created_at,
        "files": [],
    }


class FreshdeskTable(Reshaped):
    """The ticket list. It has no conversations; but the text of a ticket that an agent began is a reply."""

    name = "freshdesk-table"
    product = "freshdesk"
    adds = ("comments",)

    @classmethod
    def recognise(cls, columns: Sequence[str]) -> str:
        helpdesk, evidence = helpdesk_of(columns)
        return evidence if helpdesk == "freshdesk" else ""

    def reshape(self, record: Record, current: Pass) -> Record:  # noqa: ARG002  # nothing is left out
        columns = {name.casefold(): name for name in record.values}
        source, description, created = (
            columns.get(each, "") for each in ("source", "description", "created time")
        )
        body = text_at(record.values, description)
        if not body or text_at(record.values, source).strip().casefold() not in _OUTBOUND_SHOWN:
            return record
        opening = _opening(body, "text", text_at(record.values, created))
        return replace(record, values={**record.values, description: "", "comments": [opening]})
