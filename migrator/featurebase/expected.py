"""What a ticket looks like once its requests have been carried out, for comparing with what is there.

Pure; answers are read in `answers.py`, requests written in `wire.py` and `threads.py`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from migrator.featurebase.attachments import FIELD_PART
from migrator.featurebase.wire import as_sent
from migrator.model import Step, TicketSeen

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
    create = steps[0]
    expected = replace(as_sent(create), open=True, custom_fields=_fields_after({}, create))
    for step in steps[1:]:
        if step.kind.is_change:
            expected = with_change(expected, step)
    return expected


def with_change(expected: TicketSeen, change: Step) -> TicketSeen:
    """A ticket as a change leaves it."""
    body: dict[str, Any] = json.loads(change.body)
    said = {ours: body[theirs] for theirs, ours in _CHANGES.items() if theirs in body}
    return replace(expected, **said, custom_fields=_fields_after(expected.custom_fields or {}, change))


def _fields_after(before: dict[str, object], step: Step) -> dict[str, object] | None:
    """The custom fields after a step, which says of each that it names all that is to be in it."""
    said: dict[str, Any] = json.loads(step.body).get("customFields", {})
    files: dict[str, list[object]] = {}
    for upload in step.uploads:
        files.setdefault(upload.part.removeprefix(FIELD_PART), []).append({"name": upload.name})
    return {**before, **said, **files} or None
