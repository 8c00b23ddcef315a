"""Freshservice: what its API answers, and account exports. The ticket list is a plain table.

A ticket looks like one of Freshdesk's, with the words of IT service management beside. Facts: formats,
section 7.
"""

from __future__ import annotations

from migrator.readers.helpdesks.fresh import Fresh

_MARKS = frozenset(
    (
        *("requested_for_id", "department_id", "department_id_value", "item_category", "sla_policy_id"),
        *("sub_category", "urgency", "impact", "workspace_id"),
    )
)
_MARKS_WANTED = 2


class Freshservice(Fresh):
    """The files of one Freshservice export."""

    name = "freshservice"

    @classmethod
    def marks_of(cls, keys: set[str]) -> set[str]:
        marks = _MARKS & keys
        return {*marks} if super().marks_of(keys) and len(marks) >= _MARKS_WANTED else set()
