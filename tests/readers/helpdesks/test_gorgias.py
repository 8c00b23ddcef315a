import json

import pytest

from tests.readers.support import opened, read, told, write

WANDA = {"id": 1, "email": "wanda@example.com", "name": "Wanda", "firstname": "Wanda", "lastname": "Q"}
ADA = {"id": 7, "email": "ada@example.org", "name": "Ada"}


def ticket(number, *messages, **keys):
    return {
        "id": number,
        "status": "open",
        "channel": "email",
        "from_agent": False,
        "spam": False,
        "customer": WANDA,
        "assignee_user": ADA,
        "assignee_team": None,
        "subject": "Need help",
        "created_datetime": "2024-01-01T10:00:00.000000",
        "updated_datetime": "2024-01-01T10:00:00.000000",
        "trashed_datetime": None,
        **({"messages": list(messages)} if messages else {}),
        **keys,
    }


def message(number, sender=ADA, **keys):
    return {
        "id": number,
        "ticket_id": 1,
        "public": True,
        "channel": "email",
        "from_agent": sender is ADA,
        "sender": sender,
        "body_text": f"words {number}",
        "body_html": None,
        "attachments": [],
        "created_datetime": f"2024-01-01T10:00:{number:02}+00:00",
        "sent_datetime": None,
        **keys,
    }


def page(tmp_path, name, *objects):
    return write(
        tmp_path, name, json.dumps({"data": objects, "object": "list", "meta": {"next_cursor": None}})
    )


def test_messages_are_found_inside_and_beside(tmp_path):
    page(tmp_path, "tickets.json", ticket(1), ticket(2, message(3, WANDA, ticket_id=2)), ticket(3))
    page(tmp_path, "messages.json", message(2), message(1, WANDA), message(4, ticket_id=99))
    source = opened(tmp_path)
    first, second, third = source.records()
    assert (source.reader, source.helpdesk) == ("gorgias", "gorgias")
    assert [(each["id"], each["kind"], each["author"]["kind"]) for each in first.values["comments"]] == [
        ("1", "description", "customer"),
        ("2", "reply", "agent"),
    ]
    assert first.values["requester"] == {
        **{"kind": "customer", "id": "1", "email": "wanda@example.com", "name": "Wanda"}
    }
    assert first.values["assignee"]["kind"] == "agent"
    assert (second.values["description"], second.values["preview"]) == ("words 3", "words 3")
    assert third.values["comments"] == []
    assert told(source) == {"orphans": 1, "left-out": 1}


@pytest.mark.parametrize(
    ("keys", "private"),
    [
        ({"public": True}, "false"),
        ({"public": False}, "true"),
        ({"public": None}, None),
        ({"public": "maybe"}, None),
        ({"public": None, "channel": "internal-note"}, "true"),
        ({"public": True, "channel": "internal-note"}, "true"),
        ({"public": True, "source": {"type": "internal-note"}}, "true"),
    ],
)
def test_privacy_is_never_guessed(tmp_path, keys, private):
    (record,) = read(page(tmp_path, "t.json", ticket(1, message(1, **keys))))
    (found,) = record.values["comments"]
    assert found.get("private") == private


def test_a_message_carries_its_html_and_its_files(tmp_path):
    attachment = {"name": "a.png", "url": "https://x.example/a", "size": 5, "content_type": "image/png"}
    said = message(1, body_html="<p>rich</p>", attachments=[attachment], sent_datetime="2024-02-01T00:00:00")
    (record,) = read(page(tmp_path, "t.json", ticket(1, said)))
    (found,) = record.values["comments"]
    assert (found["body"], found["body_format"], found["created_at"]) == (
        *("<p>rich</p>", "html", "2024-02-01T00:00:00"),
    )
    assert found["files"] == [
        {"name": "a.png", "url": "https://x.example/a", "size": "5", "type": "image/png"}
    ]


def test_deleted_messages_are_left_out_and_counted(tmp_path):
    gone = message(2, deleted_datetime="2024-01-01T10:01:00")
    source = opened(page(tmp_path, "t.json", ticket(1, message(1), gone)))
    (record,) = source.records()
    assert [each["id"] for each in record.values["comments"]] == ["1"]
    assert told(source) == {"left-out": 1}


def test_who_has_no_address_stays_one_person(tmp_path):
    visitor = {"id": 5, "email": None, "name": "", "firstname": "Plum", "lastname": "Kettle"}
    (record,) = read(page(tmp_path, "t.json", ticket(1, message(1, visitor), customer=visitor)))
    expected = {"kind": "customer", "id": "5", "name": "Plum Kettle", "external_id": "gorgias-5"}
    assert record.values["requester"] == record.values["comments"][0]["author"] == expected
