import json

import pytest

from tests.readers.support import opened, told, write

REQUESTER = {"id": 20, "first_name": "Maud", "last_name": "Okafor", "primary_email": "maud@example.com"}
AGENT = {"id": 10, "first_name": "Ada", "last_name": "Brook", "occasional": False, "email": "ada@example.com"}
DEPARTMENT = {"id": 60, "name": "Finance", "head_user_id": 20}


def ticket(number, **keys):
    return {
        **{"id": number, "subject": "S", "description": "<p>Hi</p>", "description_text": "Hi", "status": 2},
        **{"requester_id": 20, "responder_id": 10, "department_id": 60, "fr_escalated": False, "urgency": 1},
        **{"impact": 1, "type": "Incident", "created_at": "2024-01-01T10:00:00Z", "workspace_id": 2},
        **keys,
    }


def said(number, **keys):
    message = {"id": number, "body": "<p>x</p>", "body_text": "x", "incoming": False, "private": False}
    return {**message, "user_id": 10, "ticket_id": 1, "created_at": f"2024-01-0{number}T10:00:00Z", **keys}


def export(tmp_path, *tickets, **lists):
    for name, objects in {"tickets": list(tickets), **lists}.items():
        write(tmp_path, f"{name}.json", json.dumps({name: objects}))
    return opened(tmp_path)


def test_the_lists_of_the_api_are_joined(tmp_path):
    source = export(
        tmp_path,
        ticket(1),
        ticket(2, requester_id=99, department_id=None),
        requesters=[REQUESTER],
        agents=[AGENT],
        departments=[DEPARTMENT],
        conversations=[said(2, user_id=20, incoming=True), said(1, private=True), said(3, ticket_id=9)],
    )
    first, second = source.records()

    assert (source.reader, source.helpdesk) == ("freshservice", "freshservice")
    assert [first.values["requester"][key] for key in ("kind", "email", "name")] == [
        *("customer", "maud@example.com", "Maud Okafor"),
    ]
    assert [first.values["assignee"][key] for key in ("kind", "email", "name")] == [
        *("agent", "ada@example.com", "Ada Brook"),
    ]
    assert first.values["department"] == {"id": "60", "name": "Finance", "head_user_id": "20"}
    assert "company" not in first.values
    assert [(each["id"], each["kind"], each["private"]) for each in first.values["comments"]] == [
        ("1", "note", "true"),
        ("2", "reply", "false"),
    ]
    assert second.values["requester"] == {"id": "99", "kind": "customer", "external_id": "freshservice-99"}
    assert told(source) == {"orphans": 1}


def test_one_ticket_with_its_conversation_is_read(tmp_path):
    one = ticket(
        1, conversations=[said(1)], requester={"id": 20, "name": "Maud", "email": "maud@example.com"}
    )
    path = write(tmp_path, "ticket.json", json.dumps({"ticket": one}))
    (record,) = opened(path).records()
    assert record.values["requester"]["email"] == "maud@example.com"
    assert record.values["comments"][0]["body"] == "<p>x</p>"


@pytest.mark.parametrize("private", [None, "perhaps"])
def test_unknown_privacy_is_private(tmp_path, private):
    (record,) = export(tmp_path, ticket(1), conversations=[said(1, private=private)]).records()
    (message,) = record.values["comments"]
    assert (message["kind"], "private" in message) == ("note", False)


def test_a_ticket_without_the_words_of_it_service_management_is_one_of_freshdesk(tmp_path):
    plain = {
        key: value for key, value in ticket(1).items() if key not in ("urgency", "impact", "workspace_id")
    }
    plain["department_id"] = None
    assert export(tmp_path, plain).reader == "freshdesk"
