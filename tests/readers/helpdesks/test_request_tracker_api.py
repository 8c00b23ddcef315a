import base64

import pytest

from tests.readers.support import json_lines, opened, write

WANDA, ADA = {"id": "wanda@example.com", "type": "user"}, {"id": "ada", "type": "user"}


def transaction(number, kind="Correspond", creator=ADA):
    object_ = {"id": "7", "type": "ticket"}
    return {
        "id": number,
        "Type": kind,
        "Object": object_,
        "Creator": creator,
        "Created": f"2024-01-31T09:05:1{number}Z",
    }


def words(number, content, kind="text/plain", **keys):
    return {
        "id": number * 10,
        "TransactionId": {"id": str(number)},
        "ContentType": kind,
        "Content": content,
    } | keys


def export(tmp_path, transactions, attachments, **keys):
    ticket = {"id": 7, "Subject": "Help", "Status": "open", "Queue": {"id": "1", "Name": "General"}}
    ticket |= {"Requestor": [WANDA], "Owner": {"id": "Nobody"}, "Created": "2024-01-31T09:05:12Z", **keys}
    write(tmp_path, "tickets.json", json_lines(ticket))
    write(tmp_path, "transactions.json", json_lines(*transactions))
    write(tmp_path, "attachments.json", json_lines(*attachments))
    users = [{"id": 22, "Name": "ada", "EmailAddress": "ada@example.org", "RealName": "Ada"}]
    write(tmp_path, "users.json", json_lines(*users))
    return opened(tmp_path)


def test_a_ticket_is_joined_with_what_was_said(tmp_path):
    rich = words(1, "<p>hi</p>", "text/html")
    source = export(
        tmp_path,
        [
            transaction(2),
            transaction(1, "Create", WANDA),
            transaction(3, "Comment"),
            transaction(4, "Status"),
        ],
        [
            words(1, "hi"),
            {**rich, "id": 11},
            words(2, "hello"),
            words(3, "secret"),
            words(1, None, "image/png", id=12, Filename="a.png"),
        ],
    )
    (record,) = source.records()
    assert (source.reader, source.helpdesk) == ("request-tracker-api", "request-tracker")
    told = [
        (each["kind"], each["body"], each["private"], each["author"]["name"])
        for each in record.values["comments"]
    ]
    assert told == [
        ("description", "<p>hi</p>", "false", "wanda@example.com"),
        ("reply", "hello", "false", "Ada"),
        ("note", "secret", "true", "Ada"),
    ]
    assert record.values["attachments"] == [{"name": "a.png", "type": "image/png"}]
    assert (record.values["requester"]["email"], record.values["assignee"]) == ("wanda@example.com", {})


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param(base64.encodebytes(("Grüße, " * 40).encode()).decode(), "Grüße, " * 40, id="encoded"),
        pytest.param("plain words\n", "plain words\n", id="plain"),
        pytest.param("test\n", "test\n", id="a-word-that-could-be-encoded"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_words_are_read_encoded_or_not(tmp_path, content, text):
    (record,) = export(tmp_path, [transaction(1)], [words(1, content)]).records()
    assert record.values["comments"][0]["body"] == text


def test_a_time_that_was_never_set_is_none(tmp_path):
    times = {"Due": "1970-01-01T00:00:00Z", "Resolved": "2024-02-01T00:00:00Z"}
    (record,) = export(tmp_path, [transaction(1)], [words(1, "x")], **times).records()
    assert (record.values["due_at"], record.values["resolved_at"]) == ("", "2024-02-01T00:00:00Z")
