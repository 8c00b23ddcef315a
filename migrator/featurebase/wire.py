"""A draft becomes the exact bytes of its requests, or the list of everything that is wrong with it.

Pure: the same draft and directory give the same bytes, in a dry run and in a run. Custom fields
are built in `fields.py`, the thread in `threads.py`; where files go is decided in `filing.py`; answers are
read in `answers.py`.

Source: the create call is featurebase.md section 5.2, the closing one 5.3, files 7.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from migrator.featurebase import limits
from migrator.featurebase.attachments import FIELD_PART
from migrator.featurebase.directory import Directory, folded
from migrator.featurebase.encoding import encoded
from migrator.featurebase.fields import check_required, custom_fields, legacy_id
from migrator.featurebase.filing import Filing, Load
from migrator.featurebase.findings import NOWHERE, Findings
from migrator.featurebase.lookup import given, look_up, unchecked
from migrator.featurebase.moments import milliseconds
from migrator.featurebase.parties import Employer, employer_of, parties_of
from migrator.featurebase.threads import thread_of
from migrator.featurebase.values import FieldValue
from migrator.featurebase.voices import opening
from migrator.model import (
    Draft,
    DraftAuthor,
    Named,
    PartKind,
    PartSeen,
    Rejected,
    Step,
    StepKind,
    Ticket,
    TicketSeen,
    shown,
)


def resolve(draft: Draft, directory: Directory) -> Ticket | Rejected:
    """Turn names into ids, check every documented limit, and write the requests.

    Returns:
        The ticket, or all its errors (and warnings) at once.
    """
    findings = Findings(draft.ref)
    category_id = _category_id(draft, directory, findings)
    category = directory.category(category_id) if category_id else None
    filing = Filing(draft.file_rules, category, directory, findings)
    fields = custom_fields(draft.fields, category, directory, filing, findings)
    filing.without_field(draft.files, draft.file_rules.origin)
    employer = employer_of(draft, directory, findings)
    said = _create_body(draft, category_id, employer, directory, findings)
    thread = thread_of(draft, category, directory, filing, findings)
    first, *loads = filing.finish()
    check_required({**fields, **_filled([first, *loads])}, category, directory, findings)
    body = _with_files({**said, "content": f"{said['content']}{filing.text}{thread.text}"}, fields, first)
    steps = (
        Step(
            StepKind.CREATE,
            "POST",
            "/v2/tickets",
            encoded(body, "the ticket", findings),
            uploads=first.uploads,
        ),
        *(_more_files(draft, fields, load, findings) for load in loads),
        *thread.steps,
        *_closing(draft, findings),
    )
    created_at = given(draft.created_at)
    created_at_ms = milliseconds(created_at, findings) if created_at else None
    parties = parties_of(draft, employer, directory, findings)
    if findings.errors:
        problems = (*findings.errors, *draft.warnings, *findings.warnings)
        return Rejected(draft.key, draft.ref, problems)
    return Ticket(
        key=draft.key,
        ref=draft.ref,
        steps=steps,
        created_at_ms=created_at_ms,
        warnings=(*draft.warnings, *findings.warnings),
        left_out=tuple(findings.left_out.items()),
        legacy_id=legacy_id(draft.fields, body, directory),
        parties=parties,
        old_url=draft.old_url,
    )


def as_sent(step: Step) -> TicketSeen:
    """What a create step asks for, in the shape of an answer, for comparing with tickets that exist.

    Number and id are empty, and everything that the step does not say is None.
    """
    body: dict[str, Any] = json.loads(step.body)
    author = body.get("author", {})
    linked = body.get("linkedConversationId")
    return TicketSeen(
        number=0,
        object_id="",
        title=body.get("title"),
        content=body.get("content"),
        category_id=body.get("ticketCategoryId"),
        author_id=author.get("id"),
        author_email=author.get("email"),
        author_name=author.get("name"),
        created_at=body.get("createdAt"),
        status_id=body.get("statusId"),
        assignee_id=body.get("assigneeId"),
        company_id=body.get("companyId"),
        custom_fields=body.get("customFields"),
        linked_conversations=(linked,) if linked else None,
    )


def part_sent(step: Step) -> PartSeen:
    """What a step adds to the thread, in the shape of an entry of it, for comparing.

    A create step may do so too: some workspaces show the description as the first message.
    """
    body: dict[str, Any] = json.loads(step.body)
    if step.kind is StepKind.CREATE:
        return PartSeen(PartKind.CONTACT, body.get("createdAt"), body.get("content"))
    if step.kind is StepKind.NOTE:
        kind = PartKind.NOTE
    else:
        kind = PartKind.ADMIN if body["type"] == "admin" else PartKind.CONTACT
    return PartSeen(
        kind=kind,
        created_at=body.get("createdAt"),
        body=body["body"],
        author_id=body.get("adminId") or body.get("contactId") or None,
        author_email=body.get("contactEmail"),
    )


def _category_id(draft: Draft, directory: Directory, findings: Findings) -> str | None:
    found = _entry_id(draft.category, "category", "categories", directory, findings)
    if found is None and not findings.errors:
        message, hint = "a ticket needs a category", "name one that the workspace has"
        findings.error("category-unknown", message, hint, draft.category.origin, draft.category.value)
    return found


def _create_body(
    draft: Draft,
    category_id: str | None,
    employer: Employer | None,
    directory: Directory,
    findings: Findings,
) -> dict[str, object | None]:
    """The create call, in the order of its description, None for what the draft does not have."""
    return {
        "ticketCategoryId": category_id,
        "title": _title(draft.title, findings),
        "content": opening(draft.stands_in_for) + draft.content if draft.stands_in_for else draft.content,
        "author": _author(draft.author, directory, findings),
        "customFields": None,
        "companyId": (employer.id or None)
        if employer
        else _entry_id(draft.company, "company", "companies", directory, findings),
        "linkedConversationId": _text(draft.linked_conversation),
        "assigneeId": _entry_id(draft.assignee, "assignee", "admins", directory, findings),
        "createdAt": _text(draft.created_at),
        "skipNotifications": not draft.notify,
        "statusId": _status_id(draft.status, directory, findings),
    }


def _with_files(
    said: Mapping[str, object | None], fields: Mapping[str, FieldValue], load: Load
) -> dict[str, object]:
    """A body with its custom fields, those with files last, and without what it does not say."""
    body = {**said, "customFields": {**fields, **load.values} or None}
    return {name: value for name, value in body.items() if value is not None}


def _more_files(draft: Draft, fields: Mapping[str, FieldValue], load: Load, findings: Findings) -> Step:
    """A change that brings the files of further fields.

    Whether a change of custom fields merges with those that are there is not documented (14.12): saying the
    others once more is right in either case.
    """
    body = _with_files({"customFields": None, "skipNotifications": not draft.notify}, fields, load)
    content = encoded(body, "a change", findings)
    return Step(StepKind.UPDATE, "PATCH", "/v2/tickets/{number}", content, uploads=load.uploads)


def _filled(loads: Sequence[Load]) -> dict[str, bool]:
    """The fields that get files, by id."""
    filled = [field for load in loads for field in load.values]
    uploaded = [upload.part.removeprefix(FIELD_PART) for load in loads for upload in load.uploads]
    return dict.fromkeys((*filled, *uploaded), True)


def _text(named: Named | None) -> str | None:
    known = given(named)
    return known.value if known else None


def _title(named: Named, findings: Findings) -> str:
    length = len(named.value.strip())
    if length < limits.TITLE_LEAST:
        message = f"a title needs at least {limits.TITLE_LEAST} characters"
        hint = (
            r"correct the row; or the mapping's title gets `replace: {'^\s*(\S)\s*$': '(\1)'}`"
            if length
            else "give the mapping a `missing` title, or correct the row"
        )
        findings.error("title-too-short", message, hint, named.origin, named.value)
    elif length > limits.TITLE_LONG:
        message = (
            f"the title has {length} characters, and Featurebase may refuse more than {limits.TITLE_LONG}"
        )
        findings.warn("title-long", message, "shorten it if it is refused", named.origin, named.value)
    return named.value


def _author(author: DraftAuthor, directory: Directory, findings: Findings) -> dict[str, str]:
    given = {
        "id": author.id,
        "userId": author.user_id,
        "email": author.email,
        "name": author.name,
        "profilePicture": author.picture,
    }
    found = {name: named for name, named in given.items() if named and named.value.strip()}
    if not found.keys() & {"id", "userId", "email"}:
        origin = next((named.origin for named in given.values() if named), NOWHERE)
        hint = "fill in the address; or map author.email, author.userId or author.id"
        findings.error("author-missing", "nobody is named as the author", hint, origin)
    for name, code in (("userId", "author-user-id-too-long"), ("name", "author-name-too-long")):
        named = found.get(name)
        if named and len(named.value) > limits.AUTHOR_TEXT_MOST:
            message = f"author.{name} takes at most {limits.AUTHOR_TEXT_MOST} characters"
            findings.error(code, message, "shorten it in the row or the mapping", named.origin, named.value)
    if email := found.get("email"):
        _check_email(email, directory, findings)
    picture = found.get("profilePicture")
    if picture and not limits.is_web_address(picture.value):
        message, hint = "the author's picture is not a web address; it is left out", "map a URL, or nothing"
        findings.warn("picture-invalid", message, hint, picture.origin, picture.value)
        findings.leave_out("author picture")
        del found["profilePicture"]
    return {name: named.value for name, named in found.items()}


def _check_email(email: Named, directory: Directory, findings: Findings) -> None:
    if not limits.is_email(email.value):
        hint = "correct it, or identify this author by userId; spaces and several addresses are not allowed"
        message = "the author's email is not an address"
        findings.error("author-email-invalid", message, hint, email.origin, email.value)
    elif directory.is_admin(email.value):
        message = "the author's email belongs to somebody who works in the workspace"
        hint = "what Featurebase makes of that is not documented: look at one such ticket first"
        findings.warn("author-is-admin", message, hint, email.origin, email.value)


def _entry_id(
    named: Named | None, what: str, list_name: str, directory: Directory, findings: Findings
) -> str | None:
    if named is None or not named.value.strip():
        return None
    if list_name not in directory.loaded:
        return unchecked(named, what, findings)
    found = look_up(named, directory.index(list_name), what, findings)
    return found.id if found else None


def _status_id(named: Named | None, directory: Directory, findings: Findings) -> str | None:
    status_id = _entry_id(named, "status", "statuses", directory, findings)
    if named is None or not status_id or directory.status_name(status_id) == named.value:
        return status_id
    if fitting := directory.at_stage(named.value):
        chosen = next((status for status in fitting if status.id == status_id), None)
        if chosen and len(fitting) > 1 and folded(chosen.name) != folded(named.value):
            message = (
                f"{len(fitting)} statuses are of the type {chosen.stage}; {shown(chosen.name)!r} is used"
            )
            hint = f"name one of: {', '.join(shown(status.name) for status in fitting[:8])}"
            findings.warn("status-by-stage", message, hint, named.origin, named.value)
    return status_id


def _closing(draft: Draft, findings: Findings) -> tuple[Step, ...]:
    """Status and open are independent, so a closed ticket is closed in so many words, after its thread.

    A message wakes a snoozed ticket up, so that is said last as well; closing would end it (5.3).
    """
    snoozed_until = given(draft.snoozed_until)
    if draft.open is False:
        body: dict[str, object] = {"open": False}
    elif snoozed_until is not None:
        body = {"snoozedUntil": snoozed_until.value}
    else:
        return ()
    content = encoded({**body, "skipNotifications": not draft.notify}, "the closing", findings)
    return (Step(StepKind.UPDATE, "PATCH", "/v2/tickets/{number}", content),)
