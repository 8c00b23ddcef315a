"""A name in a draft finds its entry in the workspace, or its fallback, or becomes a problem.

How names compare is decided in `directory.py`.
"""

from __future__ import annotations

from migrator.featurebase.directory import E, Index, Several
from migrator.featurebase.findings import Findings
from migrator.model import Named, shown

UNCHECKED = "unchecked:"
"""Marks a name in the place of an id; a ticket that holds one is for counting, never for sending."""

_OTHER_WAYS = {
    "company": "; or `unmapped: {action: empty}` leaves it out, or `people` makes those that are lacking",
    "assignee": "; or `unmapped: {action: empty}` leaves it out",
}
"""What else a mapping can say of names that the workspace cannot be asked to have."""


def given(named: Named | None) -> Named | None:
    """A drafted value, unless it is blank."""
    return named if named and named.value.strip() else None


def look_up(named: Named, index: Index[E], what: str, findings: Findings, *, among: str = "") -> E | None:
    """The entry that a drafted name means; None where it is left out or a problem was found.

    Args:
        what: `status` begins the codes `status-unknown`, `status-ambiguous` and `status-fallback`.
        among: Where it was looked for, if that is not plain: ` of the field 'Priority'`.
    """
    found = index.find(named.value)
    if found is None and named.fallback is not None:
        instead = f"{shown(named.fallback)!r} is used instead" if named.fallback else "it is left out"
        findings.warn(
            f"{what}-fallback",
            f"the workspace has no {what} {shown(named.value)!r}{among}; {instead}",
            index.advice(named.value),
            named.origin,
            named.value,
        )
        if not named.fallback:
            findings.leave_out(f"{what}{among} without a match")
            return None
        named = Named(named.fallback, named.origin)
        found = index.find(named.value)
    if found is None:
        findings.error(
            f"{what}-unknown",
            f"the workspace has no {what} {shown(named.value)!r}{among}",
            index.advice(named.value) + _OTHER_WAYS.get(what, ""),
            named.origin,
            named.value,
        )
    elif isinstance(found, Several):
        findings.error(
            f"{what}-ambiguous",
            f"the workspace has {len(found.ids)} entries named {shown(named.value)!r}{among}",
            f"use one of the ids: {', '.join(found.ids[:5])}",
            named.origin,
            named.value,
        )
        return None
    return found


def unchecked(named: Named, what: str, findings: Findings) -> str:
    """What stands for a name of a workspace that nobody has looked at."""
    message = f"the {what} {shown(named.value)!r} was not checked against a workspace"
    findings.warn(f"{what}-unchecked", message, "validate again with a key", named.origin, named.value)
    return UNCHECKED + named.value
