import json

import pytest

from tests.readers.support import opened, read, told, write

ADA = {
    "id": "tea_1",
    "email": "ada@example.org",
    "username": "ada",
    "first_name": "Ada",
    "last_name": "Brook",
}
HEADER = (
    "Message ID,Conversation ID,Direction,Status,Inbox,Message Date,Response time,Handle time,Assignee,"
    "Contact name,Contact handle,Extract,Tags\n"
)


def conversation(id="cnv_1", **keys):
    return {
        "id": id,
        "subject": "Need help",
        "status": "assigned",
        "assignee": ADA,
        "recipient": {"handle": "wanda@example.com", "name": "Wanda", "role": "from"},
        "tags": [],
        "created_at": 1710000000.123,
        **keys,
    }


def message(number, inbound=True, conversation="cnv_1", **keys):
    link = f"https://api2.frontapp.example/conversations/{conversation}"
    return {
        "_links": {"related": {"conversation": link}},
        "id": f"msg_{number}",
        "is_inbound": inbound,
        "is_draft": False,
        "created_at": 1710000000.5 + number,
        "body": f"<p>words {number}</p>",
        "author": None if inbound else ADA,
        "recipients": [{"handle": "wanda@example.com" if inbound else "support@example.org", "role": "from"}],
        "attachments": [],
        **keys,
    }


def comment(number, conversation="cnv_1"):
    link = f"https://api2.frontapp.example/conversations/{conversation}"
    links = {"related": {"conversation": link}}
    return {
        "_links": links,
        "id": f"com_{number}",
        "body": "<secret>",
        "posted_at": 1710000000 + number,
        "author": ADA,
    }


def pages(tmp_path, **lists):
    for name, objects in lists.items():
        write(tmp_path, f"{name}.json", json.dumps({"_pagination": {"next": None}, "_results": objects}))
    return tmp_path


def test_messages_and_comments_are_joined_by_their_links(tmp_path):
    folder = pages(
        tmp_path,
        conversations=[conversation(), conversation("cnv_2", recipient=None, assignee=None)],
        messages=[message(3, inbound=False), message(1), message(5, conversation="cnv_2")],
        comments=[comment(2)],
    )
    source = opened(folder)
    first, second = source.records()
    assert (source.reader, source.helpdesk) == ("front", "front")
    assert [
        (each["id"], each["kind"], each["private"], each["author"]["kind"])
        for each in first.values["comments"]
    ] == [
        ("msg_1", "description", "false", "customer"),
        ("com_2", "note", "true", "agent"),
        ("msg_3", "reply", "false", "agent"),
    ]
    assert first.values["comments"][1]["body_format"] == "text"
    assert first.values["requester"]["email"] == "wanda@example.com"
    assert first.values["assignee"]["name"] == "Ada Brook"
    assert second.values["requester"]["email"] == "wanda@example.com"
    assert "assignee" not in second.values


def test_drafts_are_left_out_and_an_unknown_direction_is_not_public(tmp_path):
    messages = [message(1, is_draft=True), message(2, is_inbound=None)]
    source = opened(pages(tmp_path, conversations=[conversation()], messages=messages))
    (record,) = source.records()
    assert [(each["id"], each.get("private")) for each in record.values["comments"]] == [("msg_2", None)]
    assert told(source) == {"left-out": 1}


@pytest.mark.parametrize(
    ("handle", "expected"),
    [
        ("wanda@example.com", {"email": "wanda@example.com"}),
        ("+15550100", {"external_id": "front-+15550100"}),
        ("@wanda", {"external_id": "front-@wanda"}),
    ],
)
def test_people_are_known_by_what_front_knows_of_them(tmp_path, handle, expected):
    recipient = {"handle": handle, "name": "Wanda"}
    (record,) = read(
        pages(tmp_path, conversations=[conversation(recipient=recipient)], messages=[message(1)])
    )
    assert record.values["requester"] == {"kind": "customer", "id": handle, "name": "Wanda", **expected}


def test_rows_of_the_table_are_messages_each_told_once(tmp_path):
    rows = (
        "msg_1,cnv_1,Inbound,archived,A,2024-01-01 10:00:00,,,Ada,Wanda,wanda@example.com,first words,\n"
        "msg_1,cnv_1,Inbound,archived,B,2024-01-01 10:00:00,,,Ada,Wanda,wanda@example.com,first words,\n"
        "msg_2,cnv_1,Outbound,archived,A,2024-01-01 11:00:00,,,Ada,Wanda,wanda@example.com,an answer,\n"
        "msg_3,cnv_1,Comment,archived,A,2024-01-01 12:00:00,,,Ada,Wanda,wanda@example.com,?,\n"
    )
    source = opened(write(tmp_path, "messages.csv", HEADER + rows))
    found = list(source.records())
    assert (source.reader, source.helpdesk) == ("front-csv", "front")
    assert [(each.values["id"], each.values.get("private"), each.ref.row) for each in found] == [
        ("msg_1", "false", 2),
        ("msg_2", "false", 4),
        ("msg_3", None, 5),
    ]
    assert found[0].values["author"] == found[1].values["customer"]
    assert found[1].values["author"] == {"kind": "agent"}
    assert "preview" not in found[2].values
    assert told(source) == {"left-out": 1}


def test_messages_inside_a_conversation_may_be_an_answer_of_the_api(tmp_path):
    inside = conversation(messages={"_results": [message(1)]}, comments={"_results": []})
    (record,) = read(write(tmp_path, "c.json", json.dumps(inside)))
    assert [each["id"] for each in record.values["comments"]] == ["msg_1"]
