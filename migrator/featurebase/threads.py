"""The thread of a ticket: one request a message, in the draft's order, which is that of time.

In whose name a message is sent is decided in `voices.py`; what becomes of its files, in `attachments.py`.
Source: `POST /v2/tickets/{number}/reply`, featurebase.md section 5.4.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from migrator.featurebase import limits
from migrator.featurebase.attachments import Attached, attached
from migrator.featurebase.directory import Directory
from migrator.featurebase.encoding import encoded
from migrator.featurebase.entries import Category
from migrator.featurebase.findings import NOWHERE, Findings
from migrator.featurebase.lookup import given
from migrator.featurebase.moments import milliseconds
from migrator.featurebase.voices import Voice, Voices
from migrator.model import Draft, DraftReply, Named, Step, StepKind, shown

MORE_FILES = "<p>(more files)</p>"
_TAG = re.compile(r"<[^>]*>")


def thread_steps(
    draft: Draft, category: Category | None, directory: Directory, findings: Findings
) -> tuple[Step, ...]:
    """The requests that send a draft's messages: one each, and more for those with many files.

    Args:
        category: The ticket's; None where nobody has looked at the workspace.
    """
    voices = Voices(draft, category, directory, findings)
    steps: list[Step] = []
    for message, moment in _dated(draft, findings):
        voice = voices.of(message)
        if voice is not None:
            for body in _bodies(message, voice, moment, findings):
                body["skipNotifications"] = not draft.notify
                content = encoded(body, "a message", findings)
                contact = encoded(voice.contact, "a contact", findings) if voice.contact else b""
                steps.append(Step(voice.kind, "POST", "/v2/tickets/{number}/reply", content, contact=contact))
    if voices.notes_only and category:
        _tell_of_notes(draft, category, findings)
    return tuple(steps)


def _dated(draft: Draft, findings: Findings) -> Iterator[tuple[DraftReply, Named | None]]:
    """Each message with its moment; one without gets that of the message before it, or the ticket's.

    So it keeps its place in the thread, where the API's own date would put it at the end.
    """
    last = given(draft.created_at)
    undated = today = 0
    for message in draft.replies:
        if moment := given(message.created_at):
            milliseconds(moment, findings)
            last = moment
        else:
            undated += 1
            today += last is None
        yield message, last
    if undated:
        told = f"messages without a date: {undated}; each gets that of the message before it, or the ticket's"
        if today:
            told = f"messages without a date: {undated}; {today} of them get the day of the migration"
        findings.warn("reply-undated", told, "map `createdAt` of `replies`, or of the ticket", NOWHERE)


def _tell_of_notes(draft: Draft, category: Category, findings: Findings) -> None:
    public = sum(not message.private for message in draft.replies)
    if public:
        name = shown(category.name)
        message = f"the category {name!r} carries notes only; public messages that become notes: {public}"
        hint = "choose a category of the kind `customer` where customers should see them"
        findings.warn("notes-only-category", message, hint, draft.category.origin, draft.category.value)


def _bodies(
    message: DraftReply, voice: Voice, moment: Named | None, findings: Findings
) -> Iterator[dict[str, object]]:
    """What is sent for one message: its words and first files, then the files that are left."""
    files = attached(message.files, findings)
    said = voice.opening + _words(message.body, files)
    for first in range(0, max(len(files.urls), 1), limits.REPLY_FILES_MOST):
        urls = files.urls[first : first + limits.REPLY_FILES_MOST]
        body: dict[str, object] = {**voice.sender}
        if voice.kind is StepKind.NOTE:
            body["messageType"] = "note"
        elif voice.sender["type"] == "admin":
            body["messageType"] = "comment"
        body["body"] = said if first == 0 else voice.opening + MORE_FILES
        if urls:
            body["attachmentUrls"] = list(urls)
        if moment is not None:
            body["createdAt"] = moment.value
        yield body


def _words(body: str, files: Attached) -> str:
    """What a message says; the API takes none without a character."""
    if not _is_blank(body):
        return body + files.text
    return files.text or ("<p>(files)</p>" if files.urls else "<p>(no text)</p>")


def _is_blank(markup: str) -> bool:
    """Whether a reader would see nothing: no words and no picture."""
    return "<img" not in markup and not html.unescape(_TAG.sub("", markup)).strip()
