"""Which helpdesk wrote a table, by its header. First match wins (formats, section 2)."""

from __future__ import annotations

import re
from collections.abc import Sequence

_MARKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("zendesk", ("summation column",)),
    ("zendesk", ("requester domain", "initially assigned at")),
    ("zendesk", ("id", "subject", "requester", "requested", "assignee")),
    ("zendesk", ("ticket id", "ticket subject", "ticket status", "requester name")),
    ("zoho-desk", ("ticket owner", "contact id")),
    ("freshservice", ("ticket id", "requester email", "created time")),
    ("freshservice", ("ticket id", "requester name", "department", "sub-category")),
    ("freshdesk", ("ticket id", "subject", "status", "created time", "contact id")),
    ("freshdesk", ("ticket id", "created time", "due by time", "every response status")),
    ("freshdesk", ("ticket id", "created time", "agent interactions", "full name")),
    ("zoho-desk", ("ticket id", "ticket owner", "created time", "channel")),
    ("zoho-desk", ("ticket id", "status (ticket)", "created time (ticket)")),
    ("intercom", ("teammate currently assigned",)),
    ("hubspot", ("ticket name", "ticket status")),
    ("servicenow", ("short_description",)),
    ("servicenow", ("short description", "caller")),
    ("uservoice", ("suggestion.id", "suggestion.title")),
    ("front", ("message id", "conversation id", "direction", "inbox", "extract")),
)
_GLPI = re.compile(r"\S.* - \S.*")


def helpdesk_of(columns: Sequence[str]) -> tuple[str, str]:
    """The helpdesk and the evidence; both empty where nothing tells."""
    folded = [column.casefold() for column in columns]
    for helpdesk, marks in _MARKS:
        if all(mark in folded for mark in marks):
            return helpdesk, f"its columns include {', '.join(marks)}"
    people = [column for column in columns if _GLPI.fullmatch(column)]
    if len(people) >= 2 and folded[0] == "id" and columns[-1].startswith("(column "):
        return "glpi", f"its columns include {', '.join(people[:2])}, and every line ends with a delimiter"
    return "", ""
