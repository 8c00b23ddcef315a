"""What a ticket looks like once its requests have been carried out, for comparing with what is there.

Pure; answers are read in `answers.py`, requests written in `wire.py` and `threads.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from migrator.featurebase.wire import as_sent
from migrator.model import Step, TicketSeen

FIELD_PART = "customFields."
"""How the name of a multipart part begins that carries a file of a custom field (section 7)."""

_CHANGES = {
    "title": "title",
    "content": "content",
    "statusId": "status_id",
    "open": "open",
    "assigneeId": "assignee_id",
    "companyId": "company_id",
    "snoozedUntil": "snoozed_until",
}


def as_left(steps: Sequence[Step]) -> TicketSeen:
    """The ticket after its create step and every change that follows, in their order.

    A ticket that nothing closes is open. Files of custom fields are the list of their names. What no step
    speaks of is None.

    Args:
        steps: The create step first; messages are passed over.
    """
    expected = replace(as_sent(steps[0]), open=True)
    for step in steps[1:]:
        if step.kind.is_change:
            expected = with_change(expected, step)
    return replace(expected, custom_fields=_with_files(expected.custom_fields, steps))


def with_change(expected: TicketSeen, change: Step) -> TicketSeen:
    """A ticket as an UPDATE step leaves it."""
    body: dict[str, Any] = json.loads(change.body)
    said = {ours: body[theirs] for theirs, ours in _CHANGES.items() if theirs in body}
    fields = {**(expected.custom_fields or {}), **body.get("customFields", {})}
    return replace(expected, **said, custom_fields=fields or None)


def _with_files(fields: dict[str, object] | None, steps: Iterable[Step]) -> dict[str, object] | None:
    uploads = [upload for step in steps for upload in step.uploads if upload.part.startswith(FIELD_PART)]
    if not uploads:
        return fields
    named: dict[str, list[object]] = {}
    for upload in uploads:
        named.setdefault(upload.part.removeprefix(FIELD_PART), []).append({"name": upload.name})
    merged = dict(fields or {})
    for field, files in named.items():
        known = merged.get(field)
        merged[field] = [*(known if isinstance(known, list) else [known] if known else []), *files]
    return merged
