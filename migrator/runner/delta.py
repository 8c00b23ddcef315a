"""What a newer source still has to say about a ticket that is in Featurebase already. Pure.

New messages are added. What the ticket itself says (title, content, status, assignee, company, fields, open
or closed) is changed only when that was asked for. What the API cannot change (the date, the author, the
category, the words of a message) is told and left as it is.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from migrator.featurebase import (
    Unnamed,
    as_left,
    as_staged,
    files_named_in,
    part_sent,
    thread_in,
    with_change,
)
from migrator.model import Step, StepKind, Ticket, Upload
from migrator.runner.matching import folded
from migrator.runner.parts import same_place

CHANGEABLE = ("title", "content", "statusId", "assigneeId", "companyId")
"""What a create call says and an update can say too (featurebase.md section 5.3)."""
FIXED = {"createdAt": "date", "author": "author", "ticketCategoryId": "category"}
_CLEARABLE = ("assigneeId", "companyId")


@dataclass(frozen=True, slots=True)
class Delta:
    """What has to be sent to bring a ticket up to date, and what cannot or was not asked to be."""

    steps: tuple[Step, ...]
    """To be sent behind those that were sent."""
    not_asked: tuple[str, ...] = ()
    """What changed and would be sent with `--update`: `status`, `open`."""
    impossible: tuple[str, ...] = ()
    """What changed and cannot be changed in Featurebase."""

    @property
    def whole(self) -> bool:
        """Whether the ticket will be what the newer source says."""
        return not (self.not_asked or self.impossible)


def delta(
    kept: Sequence[Step],
    ticket: Ticket,
    *,
    update: bool,
    finished: bool,
    unnamed: Unnamed = Unnamed.UNKNOWN,
) -> Delta:
    """The way from what was sent to what a newer version says.

    Args:
        kept: The steps that were carried out, or may have been, in their order; the create step first.
        ticket: The newer version, whole.
        update: Change what the ticket itself says.
        finished: Nothing of the earlier version is left to be sent. Otherwise closing is part of it still.
        unnamed: What becomes of custom fields that a change does not name: decides which are said once more.
    """
    kept = [step for step in kept if step.kind is not StepKind.REWRITE]  # the source knows nothing of these
    newer, placeless = _without_conversation(kept, ticket.steps)
    messages, impossible = _messages(kept, newer)
    body, uploads, changed = _changed(kept, newer, unnamed)
    impossible += [*placeless, *_fixed(kept[0], newer[0])]
    loads = [] if update and uploads else _loads(kept, newer, unnamed)
    steps: list[Step] = []
    not_asked: list[str] = []
    if update or not finished:
        steps += loads
    elif loads:
        not_asked.append("files of fields")
    steps += messages
    if body and update:  # behind the messages: where it cannot be made, they are there all the same
        steps.append(_update({**body, "skipNotifications": True}, uploads))
    elif body:
        not_asked += changed
    end, left_out = _end(kept, newer, again=bool(messages), allowed=update or not finished)
    return Delta((*steps, *end), (*not_asked, *left_out), tuple(impossible))


def _without_conversation(
    kept: Sequence[Step], newer: Sequence[Step]
) -> tuple[Sequence[Step], tuple[str, ...]]:
    """The newer version of a ticket whose messages became part of its text, and what of it has no place."""
    create, changes = _content(kept[0]), [_content(step) for step in kept[1:]]
    thread = next((found for content in reversed(changes) if (found := thread_in(content))), "")
    if not thread or thread_in(create):
        return newer, ()
    first = json.loads(newer[0].body)
    body = json.dumps({**first, "content": first.get("content", "") + thread}, ensure_ascii=False)
    public = [json.loads(step.body)["body"] for step in newer if step.kind is StepKind.REPLY]
    new = sum(said not in thread for said in public)
    ticket = [replace(newer[0], body=body.encode()), *newer[1:]]
    return [step for step in ticket if step.kind not in (StepKind.REPLY, StepKind.NOTE)], (
        (f"messages of a ticket without a conversation: {new}",) if new else ()
    )


def _content(step: Step) -> str:
    return str(json.loads(step.body).get("content", ""))


def _end(
    kept: Sequence[Step], newer: Sequence[Step], *, again: bool, allowed: bool
) -> tuple[tuple[Step, ...], tuple[str, ...]]:
    """Closing, snoozing or opening, and what of that was not asked for.

    Args:
        again: Messages are added, which may open a ticket that was closed.
        allowed: What changed may be changed.
    """
    before, ending = as_left(kept), _ending(newer)
    wanted = with_change(replace(before, open=True, snoozed_until=None), ending) if ending else None
    closed, close = before.open is False, wanted is not None and wanted.open is False
    if close:
        if (again and closed) or (allowed and not closed):
            return (ending,) if ending else (), ()
        return (), () if closed else ("closed",)
    if closed:
        if allowed:
            return (_update({"open": True, "skipNotifications": True}),), ()
        shut = (_update({"open": False, "skipNotifications": True}),) if again else ()
        return shut, ("open again",)  # what was closed stays closed until somebody asks for more
    if ending is not None and wanted is not None and wanted.snoozed_until != before.snoozed_until:
        return ((ending,), ()) if allowed else ((), ("snoozed",))
    return (), ()


def _messages(kept: Sequence[Step], newer: Sequence[Step]) -> tuple[list[Step], list[str]]:
    """The messages that were never sent, and what happened to those that were."""
    sent = [step for step in kept if step.kind in (StepKind.REPLY, StepKind.NOTE)]
    wanted = [step for step in newer if step.kind in (StepKind.REPLY, StepKind.NOTE)]
    left = list(sent)
    unknown = []
    for step in wanted:  # the same bytes first, so that an edited twin cannot take an unedited one's place
        same = next((each for each in left if as_staged(each).body == step.body), None)
        if same is None:
            unknown.append(step)
        else:
            left.remove(same)
    new: list[Step] = []
    edited = 0
    for step in unknown:
        earlier = next((each for each in left if _same_message(each, step)), None)
        if earlier is None:
            new.append(step)
        else:
            left.remove(earlier)
            edited += 1
    told = [f"edited messages: {edited}"] if edited else []
    told += [f"messages that the source no longer has: {len(left)}"] if left else []
    return new, told


def _same_message(earlier: Step, newer: Step) -> bool:
    """Whether one is an edit of the other: said at the same second, or undated and in the same words.

    That customers may see it now, or no longer, is an edit too: a message that is there must not come twice.
    """
    one, other = part_sent(earlier), part_sent(newer)
    if one.created_at is None:
        return folded(one.body or "") == folded(other.body or "")
    return same_place(replace(one, kind=other.kind), other)


def _changed(
    kept: Sequence[Step], newer: Sequence[Step], unnamed: Unnamed
) -> tuple[dict[str, object], tuple[Upload, ...], list[str]]:
    """The body and the files of the update that is needed, and what it changes in words."""
    before = _state(kept)
    now = _naming_files(_state(newer), before)
    body: dict[str, object] = {}
    changed: list[str] = []
    for name in CHANGEABLE:
        if now.get(name) != before.get(name) and (name in now or name in _CLEARABLE):
            body[name] = now.get(name)
            changed.append(name.removesuffix("Id"))
    fields_before, fields_now = before.get("customFields") or {}, now.get("customFields") or {}
    gone = {key: None for key in fields_before if key not in fields_now and fields_before[key] is not None}
    different = {key for key, value in fields_now.items() if fields_before.get(key) != value}
    uploads: tuple[Upload, ...] = ()
    if gone or different:
        said = different | _said_again(fields_now, unnamed).keys()
        body["customFields"] = {key: fields_now[key] for key in fields_now if key in said} | gone
        uploads = _uploads(newer) if unnamed is Unnamed.WIPED else ()
        changed.append("fields")
    return body, uploads, changed


def _said_again(fields: dict[str, Any], unnamed: Unnamed) -> dict[str, Any]:
    """The custom fields that a change says although they stay as they are."""
    match unnamed:
        case Unnamed.KEPT:
            return {}
        case Unnamed.WIPED:
            return fields
        case Unnamed.UNKNOWN:  # but no files: where a change adds to what is there, they would come twice
            return {key: value for key, value in fields.items() if not _is_files(value)}


def _is_files(value: object) -> bool:
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict)


def _naming_files(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """The newer ticket with the files that were named in its text because they could not travel."""
    content = str(now.get("content", ""))
    named = [words for words in files_named_in(str(before.get("content", ""))) if words not in content]
    return {**now, "content": content + "".join(named)} if named else now


def _loads(kept: Sequence[Step], newer: Sequence[Step], unnamed: Unnamed) -> list[Step]:
    """Changes that bring the files of fields, of which some were never sent."""
    sent = {_identity(upload) for upload in _uploads(kept)}
    again = _said_again(_state(newer).get("customFields") or {}, unnamed)
    said: dict[str, object] = {"customFields": again} if again else {}
    at_once = unnamed is Unnamed.WIPED
    steps: list[Step] = []
    for uploads in [_uploads(newer)] if at_once else [step.uploads for step in newer]:
        unsent = {upload.part for upload in uploads if _identity(upload) not in sent}
        if unsent:
            some = tuple(upload for upload in uploads if at_once or upload.part in unsent)
            steps.append(_update({**said, "skipNotifications": True}, some))
    return steps


def _uploads(steps: Sequence[Step]) -> tuple[Upload, ...]:
    return tuple(upload for step in steps for upload in step.uploads)


def _identity(upload: Upload) -> tuple[str, str, str]:
    """What makes it the same file wherever the newer export lies."""
    return upload.part, upload.name, upload.sha256 or upload.path


def _state(kept: Sequence[Step]) -> dict[str, Any]:
    """What the create call said, as later updates changed it."""
    state: dict[str, Any] = json.loads(kept[0].body)
    for step in kept[1:]:
        if step.kind is StepKind.UPDATE:
            change: dict[str, Any] = json.loads(step.body)
            fields = {**(state.get("customFields") or {}), **change.pop("customFields", {})}
            state |= {**change, "customFields": fields}
    return state


def _fixed(earlier: Step, newer: Step) -> list[str]:
    before, now = json.loads(earlier.body), json.loads(newer.body)
    return [word for name, word in FIXED.items() if before.get(name) != now.get(name)]


def _ending(steps: Sequence[Step]) -> Step | None:
    """The step that closes or snoozes the ticket; None where it stays open."""
    last = steps[-1]
    ends = last.kind is StepKind.UPDATE and json.loads(last.body).keys() & {"open", "snoozedUntil"}
    return last if ends else None


def _update(body: dict[str, object], uploads: tuple[Upload, ...] = ()) -> Step:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Step(StepKind.UPDATE, "PATCH", "/v2/tickets/{number}", text.encode(), uploads=uploads)
