"""The thread of a ticket: one request a message, in the draft's order, which is that of time.

In whose name a message is sent is decided in `voices.py`; what becomes of its files, in `filing.py`.
Source: `POST /v2/tickets/{number}/reply`, featurebase.md section 5.4.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from migrator.featurebase import limits
from migrator.featurebase.attachments import as_uri
from migrator.featurebase.directory import Directory
from migrator.featurebase.encoding import encoded
from migrator.featurebase.entries import Category
from migrator.featurebase.filing import Attached, Filing
from migrator.featurebase.findings import NOWHERE, Findings
from migrator.featurebase.lookup import given
from migrator.featurebase.moments import milliseconds
from migrator.featurebase.rendering import THREAD_BEGINS, said
from migrator.featurebase.voices import Voice, Voices, name_of
from migrator.model import CustomersWords, Draft, DraftReply, Named, Step, StepKind, shown

MORE_FILES = "<p>(more files)</p>"
OWN_FILES = "<p>(files of the ticket)</p>"
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Thread:
    """What becomes of a draft's messages."""

    steps: tuple[Step, ...]
    text: str
    """HTML of those that become part of the ticket's text; empty where none do."""


_NO_THREAD = Thread((), "")


def thread_of(
    draft: Draft, category: Category | None, directory: Directory, filing: Filing, findings: Findings
) -> Thread:
    """The requests that send a draft's messages: one each, and more for those with many files.

    Args:
        category: The ticket's; None where nobody has looked at the workspace.
        filing: Has been told of the ticket's own files; is told of those of its messages.
    """
    if not draft.replies and not filing.loose:
        return _NO_THREAD
    voices = Voices(draft, category, directory, findings)
    steps: list[Step] = []

    def add(voice: Voice, said: str, urls: Sequence[str], moment: Named | None) -> None:
        contact = encoded(voice.contact, "a contact", findings) if voice.contact else b""
        for body in _bodies(voice, said, urls, moment):
            body["skipNotifications"] = not draft.notify
            content = encoded(body, "a message", findings)
            steps.append(Step(voice.kind, "POST", "/v2/tickets/{number}/reply", content, contact=contact))

    if own := _own_files(draft, voices, filing):
        add(*own, given(draft.created_at))
    text, as_notes = "", 0
    for message, moment in _dated(draft, findings):
        if voices.notes_only and not message.private and not voices.is_agent(message.author):
            if draft.in_notes_only is CustomersWords.SKIP:
                findings.leave_out("messages of customers in a category of notes only")
                continue
            if draft.in_notes_only is CustomersWords.CONTENT:
                text += _in_words(message, moment, filing)
                continue
        voice = voices.of(message)
        as_notes += not message.private
        if voice is not None:
            files = filing.with_message(message)
            add(voice, voice.opening + _words(message.body, files), files.urls, moment)
    if voices.notes_only and category and as_notes:
        _tell_of_notes(draft, category, as_notes, findings)
    return Thread(tuple(steps), THREAD_BEGINS + text if text else "")


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


def _tell_of_notes(draft: Draft, category: Category, public: int, findings: Findings) -> None:
    name = shown(category.name)
    message = f"the category {name!r} carries notes only; public messages that become notes: {public}"
    hint = "choose a category of the kind `customer` where customers should see them"
    findings.warn("notes-only-category", message, hint, draft.category.origin, draft.category.value)


def _in_words(message: DraftReply, moment: Named | None, filing: Filing) -> str:
    """A message as part of the ticket's text."""
    files = filing.with_message(message)
    linked = (file for file in message.files if file.url and as_uri(file.url) in files.urls)
    body = message.body + files.text
    return said(name_of(message.author), moment.value if moment else None, body, linked)


def _own_files(draft: Draft, voices: Voices, filing: Filing) -> tuple[Voice, str, list[str]] | None:
    """The note that brings files of the ticket itself for which there is no field.

    Private, because nobody said that customers may see it; where no admin can say it, the files are linked.
    """
    if not filing.loose:
        return None
    voice = voices.of_nobody() if draft.file_rules.by_note else None
    if voice is None:
        filing.only_linked(filing.loose)
        return None
    return voice, OWN_FILES, list(dict.fromkeys(as_uri(file.url) for file in filing.loose))


def _bodies(
    voice: Voice, said: str, urls: Sequence[str], moment: Named | None
) -> Iterator[dict[str, object]]:
    """What is sent for one message: its words and first files, then the files that are left."""
    for first in range(0, max(len(urls), 1), limits.REPLY_FILES_MOST):
        some = urls[first : first + limits.REPLY_FILES_MOST]
        body: dict[str, object] = {**voice.sender}
        if voice.kind is StepKind.NOTE:
            body["messageType"] = "note"
        elif voice.sender["type"] == "admin":
            body["messageType"] = "comment"
        body["body"] = said if first == 0 else voice.opening + MORE_FILES
        if some:
            body["attachmentUrls"] = list(some)
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
