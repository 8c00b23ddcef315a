import json

import pytest

from tests.readers.support import json_lines, opened, read, write, zendesk_ticket

USERS = [{"id": 501, "name": "Wanda", "email": "wanda@example.com", "role": "end-user"}]
COMMENTS = [
    {"id": 1, "body": "Text 1", "public": True, "author_id": 501},
    {"id": 2, "body": "Between us", "public": False, "author_id": 601},
]


def bundle(number, comments=COMMENTS, **beside):
    return {"ticket": zendesk_ticket(number), "comments": comments, **beside}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps([bundle(1), bundle(2, [])]), id="array"),
        pytest.param(json_lines(bundle(1), bundle(2, [])), id="lines"),
        pytest.param(json_lines(bundle(1, {"comments": COMMENTS, "count": 2}), bundle(2, [])), id="answers"),
    ],
)
def test_messages_beside_a_ticket_belong_to_it(tmp_path, text):
    first, second = read(write(tmp_path, "t.json", text))
    assert [each["kind"] for each in first.values["comments"]] == ["description", "note"]
    assert (second.values["id"], second.values["comments"]) == ("2", [])


def test_other_lists_beside_a_ticket_stay_lists(tmp_path):
    source = opened(write(tmp_path, "t.json", json.dumps(bundle(1, users=USERS, requester_email="w@x.org"))))
    (record,) = source.records()
    assert set(source.roles[0].split(", ")) == {"tickets", "users"}
    assert record.values["requester"]["email"] == "wanda@example.com"
    assert record.values["requester_email"] == "w@x.org"


def test_a_count_in_the_place_of_messages_gives_way_to_them(tmp_path):
    text = json.dumps([{"ticket": {"subject": "S", "threads": 2, "id": 1}, "threads": [{"id": 7}]}])
    (record,) = read(write(tmp_path, "t.json", text))
    assert record.values["threads"] == [{"id": "7"}]


def test_a_record_with_an_id_of_its_own_is_no_bundle(tmp_path):
    text = json.dumps({"id": 5, "ticket": {"name": "of the bus"}, "comments": []})
    (record,) = read(write(tmp_path, "t.json", text))
    assert record.values == {"id": "5", "ticket": {"name": "of the bus"}, "comments": []}
