import json

import pytest

from tests.readers.support import opened, read, told, write

API = "https://api.groovehq.example/v1"


def links(**targets):
    return {name: {"href": f"{API}/{target}"} for name, target in targets.items()}


def ticket(number, **keys):
    return {
        "number": number,
        "title": "Need help",
        "state": "opened",
        "created_at": "2024-01-01T10:00:00Z",
        "links": links(
            customer="customers/wanda%40example.com",
            assignee="agents/ada@example.org",
            messages=f"tickets/{number}/messages",
        ),
        **keys,
    }


def message(number, author="customers/wanda@example.com", note=False, **keys):
    return {
        "created_at": f"2024-01-01T10:00:{number:02}Z",
        "note": note,
        "body": f"words<br />{number}",
        "plain_text_body": f"words {number}",
        "href": f"{API}/messages/{number}",
        "links": links(author=author, ticket="tickets/1"),
        **keys,
    }


def lists(tmp_path, **objects):
    for name, each in objects.items():
        write(tmp_path, f"{name}.json", json.dumps({name: each, "meta": {"pagination": {"current_page": 1}}}))
    return tmp_path


def test_everything_is_joined_by_links(tmp_path):
    folder = lists(
        tmp_path,
        tickets=[ticket(1), ticket(2, links=links(messages="tickets/2/messages"))],
        messages=[
            message(2, "agents/ada@example.org"),
            message(1),
            message(3, "agents/ada@example.org", note=True),
        ],
        customers=[
            {"email": "Wanda@example.com", "name": "Wanda", "href": f"{API}/customers/Wanda@example.com"}
        ],
        agents=[{"email": "ada@example.org", "first_name": "Ada", "last_name": "Brook"}],
    )
    source = opened(folder)
    first, second = source.records()
    assert (source.reader, source.helpdesk) == ("groove", "groove")
    assert first.values["requester"] == {
        **{"kind": "customer", "id": "wanda@example.com", "email": "wanda@example.com", "name": "Wanda"}
    }
    assert first.values["assignee"]["name"] == "Ada Brook"
    assert [(each["id"], each["kind"], each["author"]["name"]) for each in first.values["comments"]] == [
        ("1", "description", "Wanda"),
        ("2", "reply", "Ada Brook"),
        ("3", "note", "Ada Brook"),
    ]
    assert {"requester", "assignee"} & second.values.keys() == set()
    assert told(source) == {"left-out": 1}


@pytest.mark.parametrize(("note", "private"), [(True, "true"), (False, "false"), (None, None), ("?", None)])
def test_privacy_is_never_guessed(tmp_path, note, private):
    (record,) = read(lists(tmp_path, tickets=[ticket(1)], messages=[message(1, note=note)]))
    (found,) = record.values["comments"]
    assert found.get("private") == private


def test_a_message_without_html_is_text(tmp_path):
    (record,) = read(lists(tmp_path, tickets=[ticket(1)], messages=[message(1, body=None)]))
    assert (record.values["description"], record.values["description_format"]) == ("words 1", "text")
