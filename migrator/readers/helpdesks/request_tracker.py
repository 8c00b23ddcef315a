"""Request Tracker's "Spreadsheet" of a search: tab-separated text without any messages.

Facts: formats, section 15.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from migrator.model import Record, Value
from migrator.readers.base import Pass
from migrator.readers.helpdesks.reshaped import Reshaped
from migrator.readers.helpdesks.shapes import person
from migrator.readers.mail_addresses import getaddresses
from migrator.readers.trees import Tree

_ALWAYS = {"id", "subject", "queue"}
_MARKS = {"requestors", "requestor", "owner", "told", "lastupdated"}
_TIMES = {"created_at": "created", "due_at": "due", "resolved_at": "resolved"}
_UNSET = ("not set", "-", "")


class RequestTracker(Reshaped):
    """The table of a search."""

    name = "request-tracker"
    adds = ("requester", "requesters", "assignee", *_TIMES)

    @classmethod
    def recognise(cls, columns: Sequence[str]) -> str:
        folded = {column.casefold() for column in columns}
        marks = sorted(_MARKS & folded)
        if folded >= _ALWAYS and len(marks) >= 2:
            return f"its columns include id, subject, queue, {', '.join(marks)}"
        return ""

    def reshape(self, record: Record, current: Pass) -> Record:  # noqa: ARG002
        folded = {column.casefold(): cell for column, cell in record.values.items()}
        requesters = _people(_text(folded.get("requestors")) or _text(folded.get("requestor")))
        made: Tree = {
            "requester": requesters[0] if requesters else {},
            "requesters": [*requesters],
            "assignee": _owner(_text(folded.get("owner"))),
        }
        for ours, theirs in _TIMES.items():
            written = _text(folded.get(theirs))
            made[ours] = "" if written.casefold() in _UNSET else written
        return replace(record, values={**record.values, **made})


def _people(cell: str) -> list[Tree]:
    """`ada@example.com, "Carver, Max" <max@example.com>`; a login without an address keeps its name."""
    return [
        person(kind="customer", email=address if "@" in address else "", name=name or address)
        for name, address in getaddresses(cell)
        if name or address
    ]


def _owner(cell: str) -> Tree:
    """RT calls nobody Nobody, and writes so."""
    if cell.casefold().startswith("nobody"):
        return {}
    return person(kind="agent", email=cell if "@" in cell else "", name=cell)


def _text(value: Value | None) -> str:
    return value.strip() if isinstance(value, str) else ""
