"""Messages of a thread as part of the ticket's own text, where there is no conversation to hold them.

Private notes never come here: customers read the text of a ticket. Source: featurebase.md section 8.1,
the third way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from migrator.featurebase.attachments import in_words
from migrator.featurebase.directory import Directory
from migrator.featurebase.encoding import exactly
from migrator.featurebase.entries import Admin
from migrator.featurebase.fallback import without_files
from migrator.model import FileRef, Step, StepKind

THREAD_BEGINS = "<hr><p><b>Messages of this ticket</b></p>"
"""Stands between what a ticket says and its messages, so that the two can be told apart again."""


def said(name: str, moment: str | None, body: str, files: Iterable[FileRef] = ()) -> str:
    """One message, with its author and its time in front of it.

    Args:
        moment: ISO 8601 UTC; None where nobody knows.
    """
    at = f", {moment[:10]} {moment[11:16]} UTC" if moment else ""
    return f"<p><b>{escape(name, quote=False)}</b>{at}:</p>{body}{''.join(map(in_words, files))}"


def into_content(content: str, messages: Sequence[Step], directory: Directory) -> Step:
    """The change that puts messages behind a ticket's text, in their order.

    Args:
        content: What the ticket says now.
        messages: Messages that customers may see; the requests that would have sent them.
    """
    bodies: list[dict[str, Any]] = [json.loads(each.body) for each in messages]
    text = "".join(_from_request(step, body, directory) for step, body in zip(messages, bodies, strict=True))
    changed = {"content": content + (THREAD_BEGINS + text if text else "")}
    quiet = all(body.get("skipNotifications", False) for body in bodies)
    return Step(
        StepKind.UPDATE,
        "PATCH",
        "/v2/tickets/{number}",
        exactly({**changed, "skipNotifications": quiet}),
    )


def thread_in(content: str) -> str:
    """The messages that `into_content` put behind a text; empty where it put none."""
    _, begins, thread = content.partition(THREAD_BEGINS)
    return begins + thread


def _from_request(step: Step, body: dict[str, Any], directory: Directory) -> str:
    plain = without_files(step)
    text = json.loads(plain.step.body)["body"] if plain else body["body"]
    return said(_author(step, body, directory), body.get("createdAt"), text)


def _author(step: Step, body: dict[str, Any], directory: Directory) -> str:
    if body["type"] == "admin":
        admin = directory.index("admins").find(body["adminId"])
        return admin.title if isinstance(admin, Admin) else "Support"
    contact: dict[str, str] = json.loads(step.contact) if step.contact else {}
    return contact.get("name") or contact.get("email") or body.get("contactEmail") or "Customer"
