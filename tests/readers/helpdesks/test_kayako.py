import json

import pytest

from tests.readers.support import opened, read, told, write

WANDA = {"id": 901, "resource_type": "user"}
ADA = {"id": 501, "resource_type": "user"}
USERS = [
    {"id": 501, "full_name": "Ada Brook", "role": {"type": "AGENT"}, "resource_type": "user"}
    | {"emails": [{"email": "ada@example.org"}]},
    {"id": 901, "full_name": "Wanda", "role": {"type": "CUSTOMER"}, "emails": [], "resource_type": "user"},
]


def case(**keys):
    return {
        **{"id": 31, "subject": "Help", "requester": WANDA, "assigned_agent": ADA, "state": "ACTIVE"},
        "status": {"id": 2, "label": "Open", "type": "OPEN"},
        "created_at": "2023-02-06T08:12:09+00:00",
        "resource_type": "case",
        **keys,
    }


def post(number, **keys):
    return {
        **{
            "id": number,
            "case_id": 31,
            "contents": f"text {number}",
            "creator": ADA,
            "resource_type": "post",
        },
        "created_at": f"2023-02-06T09:00:{number:02}+00:00",
        **keys,
    }


def export(tmp_path, *posts, users=USERS, **keys):
    for name, objects in {"cases": [case(**keys)], "posts": posts, "users": users}.items():
        write(tmp_path, f"{name}.json", json.dumps({"status": 200, "data": objects}))
    return opened(tmp_path)


def test_cases_are_joined_with_posts_and_users(tmp_path):
    first = post(1, creator=WANDA, is_requester=True, identity={"email": "wanda@example.com"})
    source = export(
        tmp_path, post(2, original={"resource_type": "case_message", "body_html": "<p>x</p>"}), first
    )
    (record,) = source.records()
    assert (source.reader, source.helpdesk) == ("kayako", "kayako")
    wanda = {"kind": "customer", "id": "901", "name": "Wanda", "email": "wanda@example.com"}
    assert (record.values["requester"], record.values["description"]) == (wanda, "text 1")
    told_by = [(each["kind"], each["body"], each["author"]["name"]) for each in record.values["comments"]]
    assert told_by == [("description", "text 1", "Wanda"), ("reply", "<p>x</p>", "Ada Brook")]
    assert record.values["assignee"]["email"] == "ada@example.org"


@pytest.mark.parametrize(
    ("keys", "private"),
    [
        pytest.param({"original": {"resource_type": "case_message"}}, "false", id="mail"),
        pytest.param({"original": {"resource_type": "note"}}, "true", id="note"),
        pytest.param({"source_channel": {"type": "NOTE"}}, "true", id="channel-note"),
        pytest.param({"original": {"resource_type": "note"}, "is_requester": True}, "true", id="note-wins"),
        pytest.param({"creator": WANDA}, "false", id="customer"),
        pytest.param({"original": {"resource_type": "poem"}}, None, id="unknown"),
        pytest.param({}, None, id="nothing-said"),
    ],
)
def test_privacy_is_said_by_what_a_post_was_made_as(tmp_path, keys, private):
    (record,) = export(tmp_path, post(1, **keys)).records()
    assert record.values["comments"][0].get("private") == private


@pytest.mark.parametrize(
    ("status", "name"),
    [
        ({"label": "Done!", "type": "CLOSED"}, "CLOSED"),
        ({"label": "Waits", "type": "CUSTOM"}, "Waits"),
        ({"id": 9}, "9"),
    ],
)
def test_a_status_is_known_by_its_kind_unless_it_is_a_custom_one(tmp_path, status, name):
    (record,) = export(tmp_path, status=status).records()
    assert record.values["status_name"] == name


def test_the_other_spelling_and_messages_that_say_their_case_in_their_address_are_read(tmp_path):
    message = {"id": 1, "contentHtml": "<p>hi</p>", "creator": WANDA, "resourceType": "case_message"}
    message |= {
        "resourceUrl": "https://x.example/api/v1/conversations/20/messages/1",
        "createdAt": "2023-01-01T00:00:00Z",
    }
    talk = {
        "id": 20,
        "subject": "S",
        "requester": WANDA,
        "resourceType": "conversation",
        "createdAt": "2023-01-01T00:00:00Z",
    }
    write(tmp_path, "a.json", json.dumps({"data": [talk]}))
    write(tmp_path, "b.json", json.dumps({"data": [message]}))
    (record,) = read(tmp_path)
    assert (record.values["description"], record.values["created_at"]) == (
        "<p>hi</p>",
        "2023-01-01T00:00:00Z",
    )


def test_cases_without_posts_are_told(tmp_path):
    assert told(export(tmp_path))["left-out"] == 1


def test_a_classic_post_is_public_only_if_it_says_so(tmp_path):
    posts = "".join(
        f"<post><id>{number}</id><contents>{said or 'x'}</contents><dateline>155241900{number}</dateline>"
        f"<creator>1</creator>{said and f'<isprivate>{said}</isprivate>'}</post>"
        for number, said in enumerate(("0", "1", ""))
    )
    note = '<note type="ticket" creatorstaffname="Ada" creationdate="1552419009">for us</note>'
    text = f'<tickets><ticket id="7"><displayid>A-1</displayid><subject>S</subject>{note}<posts>{posts}</posts></ticket></tickets>'
    (record,) = read(write(tmp_path, "tickets.xml", text))
    assert [each.get("private") for each in record.values["comments"]] == ["false", "true", None, "true"]
    assert record.values["comments"][-1]["created_at"] == "2019-03-12T19:30:09+00:00"
