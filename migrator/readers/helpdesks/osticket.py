"""osTicket's queue export as CSV, and the same list as JSON. Neither has the messages.

Facts: formats, section 14.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from migrator.model import Record, Value
from migrator.readers.base import Pass
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.reshaped import Reshaped
from migrator.readers.helpdesks.shapes import text_at
from migrator.readers.trees import Tree, TreeFile

_ALWAYS = {"ticket number", "subject"}
_MARKS = {
    "date created",
    "from",
    "from email",
    "department",
    "help topic",
    "current status",
    "agent assigned",
}
_MARKS_WANTED = 3
_GUARD = re.compile(r"'(?=[=+\-@])")


class OsTicket(Reshaped):
    """The table of a queue."""

    name = "osticket"

    @classmethod
    def recognise(cls, columns: Sequence[str]) -> str:
        folded = {column.casefold() for column in columns}
        marks = sorted(_MARKS & folded)
        if folded >= _ALWAYS and len(marks) >= _MARKS_WANTED:
            return f"its columns include ticket number, {', '.join(marks[:3])}"
        return ""

    def reshape(self, record: Record, current: Pass) -> Record:  # noqa: ARG002
        return replace(record, values={key: _unguarded(value) for key, value in record.values.items()})


def _unguarded(value: Value) -> Value:
    """A cell without the apostrophe that osTicket puts before what a spreadsheet would compute."""
    if isinstance(value, list):
        return [_unguarded(each) for each in value]
    return _GUARD.sub("", value, count=1) if isinstance(value, str) and _GUARD.match(value) else value


class OsTicketList(Joined):
    """The JSON of a queue, whose keys are osTicket's own names: `cdata__subject`."""

    name = "osticket-json"
    product = "osticket"

    @classmethod
    def evidence(cls, sample: Tree) -> str:
        return "tickets with number and cdata__subject" if _is_ticket(sample) else ""

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:  # noqa: ARG002
        return TICKETS if _is_ticket(sample) else ""

    def key_of(self, tree: Tree) -> str:
        return text_at(tree, "number")

    def version_of(self, tree: Tree) -> str:
        return text_at(tree, "lastupdate")

    def canonical(self, record: Record, known: Known) -> Record:  # noqa: ARG002
        return record


def _is_ticket(sample: Tree) -> bool:
    return "number" in sample and any(key.startswith(("cdata__", "user__")) for key in sample)
