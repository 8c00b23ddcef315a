"""Messages as part of a ticket's text."""

from __future__ import annotations

import json
from dataclasses import replace

from migrator.featurebase import Directory, into_content, thread_in
from migrator.featurebase.rendering import THREAD_BEGINS, said
from migrator.model import FileRef, Step, StepKind, Upload
from tests.featurebase.conftest import make_directory


def reply(contact: bytes = b"", **body: object) -> Step:
    content = json.dumps({"body": "<p>x</p>", "skipNotifications": True, **body}).encode()
    return Step(StepKind.REPLY, "POST", "/v2/tickets/{number}/reply", content, contact=contact)


def text_of(*messages: Step, directory: Directory | None = None) -> str:
    change = into_content("<p>How?</p>", messages, directory or make_directory())
    return str(json.loads(change.body)["content"])


def test_a_message_shows_who_said_it_when_and_with_which_files():
    shown = said(
        "<Ann>", "2024-05-01T08:02:03.000Z", "<p>Hi</p>", [FileRef("a.png", "https://x.example/a.png")]
    )
    assert shown == (
        "<p><b>&lt;Ann&gt;</b>, 2024-05-01 08:02 UTC:</p><p>Hi</p>"
        '<p>(file: <a href="https://x.example/a.png">a.png</a>)</p>'
    )
    assert said("Ann", None, "<p>Hi</p>") == "<p><b>Ann</b>:</p><p>Hi</p>"


def test_authors_are_called_by_the_best_name_there_is():
    messages = (
        reply(type="admin", adminId="a-ada", createdAt="2024-05-01T08:02:03.000Z"),
        reply(type="admin", adminId="gone"),
        reply(b'{"email":"ann@example.com","name":"Ann"}', type="contact", contactEmail="ann@example.com"),
        reply(type="contact", contactEmail="cy@example.com"),
        reply(type="contact", contactId="c-1"),
        reply(b'{"userId":"lead-7","name":"Lea"}', type="contact", contactId=""),
    )
    text = text_of(*messages)
    assert text.startswith("<p>How?</p>" + THREAD_BEGINS + "<p><b>Ada Brook</b>, 2024-05-01 08:02 UTC:</p>")
    assert [name in text for name in ("Support", ">Ann<", "cy@example.com", ">Customer<", ">Lea<")] == [
        True
    ] * 5


def test_attachments_of_messages_are_linked():
    assert 'href="https://x.example/d/a.png">a.png<' in text_of(
        reply(type="contact", contactId="c-1", attachmentUrls=["https://x.example/d/a.png"])
    )


def test_uploads_of_messages_are_named():
    upload = Upload("files", "error.log", "/x/error.log", 3, "0" * 64, "text/plain")
    assert "<p>x</p><p>(file: error.log)</p>" in text_of(
        replace(reply(type="contact", contactId="c-1"), uploads=(upload,))
    )


def test_without_messages_the_text_stays_and_with_them_they_can_be_told_apart_again():
    assert text_of() == "<p>How?</p>"
    text = text_of(reply(type="contact", contactId="c-1"))
    assert thread_in(text) == text.removeprefix("<p>How?</p>")
    assert thread_in("<p>How?</p>") == ""


def test_who_may_be_notified_of_the_messages_may_be_of_the_text():
    loud = reply(type="contact", contactId="c-1", skipNotifications=False)
    assert json.loads(into_content("", [loud], Directory()).body)["skipNotifications"] is False
    assert json.loads(into_content("", [], Directory()).body)["skipNotifications"] is True
