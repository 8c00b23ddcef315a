import json

import pytest

from tests.readers.support import opened, read, write

AGENTS = [{"id": "ag1", "name": "Ada", "email": "ada@example.org", "role": "A"}]


def group(kind, *messages, **keys):
    said = [{"id": f"m{n}", "format": "T", "message": f"text {n}", "type": t} for n, t in enumerate(messages)]
    return {"id": "g1", "userid": "ag1", "type": kind, "status": "V", "messages": said} | keys


def ticket(*groups, **keys):
    return {
        **{"id": "k1", "code": "A-1", "status": "C", "subject": "Help", "owner_contactid": "c1"},
        **{"owner_name": "Wanda", "agentid": "ag1", "messages": list(groups)},
        **keys,
    }


def export(tmp_path, *groups, **keys):
    write(tmp_path, "tickets.json", json.dumps([ticket(*groups, **keys)]))
    write(tmp_path, "agents.json", json.dumps(AGENTS))
    return opened(tmp_path)


def test_groups_are_taken_apart_and_events_left_out(tmp_path):
    asked = group("3", "H", "M", userid="c1", datecreated="2023-05-02 09:00:00")
    answered = group("4", "M", "S", datecreated="2023-05-02 10:00:00")
    source = export(tmp_path, answered, asked, owner_email="wanda@example.com")
    (record,) = source.records()
    assert (source.reader, source.helpdesk) == ("liveagent", "liveagent")
    assert [(each["kind"], each["author"]["name"]) for each in record.values["comments"]] == [
        ("description", "Wanda"),
        ("reply", "Ada"),
    ]
    assert (record.values["description"], record.values["assignee"]["email"]) == ("text 1", "ada@example.org")


@pytest.mark.parametrize(
    ("kind", "message", "private"),
    [
        pytest.param("4", "M", "false", id="outgoing-mail"),
        pytest.param("3", "Q", "false", id="quoted"),
        pytest.param("C", "M", "false", id="chat"),
        pytest.param("I", "M", "true", id="internal"),
        pytest.param("4", "N", "true", id="note-in-mail"),
        pytest.param("O", "M", None, id="forward"),
        pytest.param("?", "M", None, id="unknown"),
    ],
)
def test_only_what_is_known_to_reach_the_customer_is_public(tmp_path, kind, message, private):
    (record,) = export(tmp_path, group(kind, message)).records()
    assert record.values["comments"][0].get("private") == private


def test_groups_beside_their_tickets_are_joined_and_deleted_ones_are_not_brought(tmp_path):
    write(
        tmp_path,
        "groups.json",
        json.dumps([group("4", "M", ticket_id="k1"), group("4", "M", ticket_id="k1", id="g2", status="D")]),
    )
    write(tmp_path, "tickets.json", json.dumps([ticket()]))
    (record,) = read(tmp_path)
    assert len(record.values["comments"]) == 1
    assert record.values["requester"]["external_id"] == "liveagent-c1"
