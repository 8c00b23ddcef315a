import json

import pytest

from tests.readers.support import opened, write

USERS = [
    {"id": 6, "name": "abrook", "realname": "Brook", "firstname": "Ada"},
    {"id": 11, "name": "wquill", "realname": "Quill", "firstname": "Wanda"},
]
ROLES = [
    {"id": 1, "tickets_id": 41, "users_id": 11, "type": 1},
    {"id": 2, "tickets_id": 41, "users_id": 6, "type": 2},
]


def ticket(**keys):
    return {
        **{"id": 41, "name": "Help", "content": "&lt;p&gt;x&lt;/p&gt;", "status": 2, "users_id_recipient": 6},
        **{"itilcategories_id": 0, "date": "2024-01-31 09:05:00", "priority": 3},
        **keys,
    }


def followup(number, **keys):
    return {
        **{"id": number, "itemtype": "Ticket", "items_id": 41, "users_id": 6, "content": f"text {number}"},
        **{"is_private": 0, "date": f"2024-01-31 10:00:0{number}"},
        **keys,
    }


def export(tmp_path, *messages, roles=ROLES, users=USERS, **keys):
    addresses = [{"id": 1, "users_id": 11, "email": "old@example.com", "is_default": 0}]
    addresses.append({"id": 2, "users_id": 11, "email": "wanda@example.com", "is_default": 1})
    lists = {
        "Ticket": [ticket(**keys)],
        "Ticket_User": roles,
        "User": users,
        "UserEmail": addresses,
        "F": messages,
    }
    for name, objects in lists.items():
        write(tmp_path, f"{name}.json", json.dumps(objects))
    return opened(tmp_path)


def test_a_ticket_is_joined_with_its_people_and_followups(tmp_path):
    source = export(tmp_path, followup(2, users_id=11), followup(1))
    (record,) = source.records()
    assert (source.reader, source.helpdesk) == ("glpi-api", "glpi")
    assert record.values["requester"] == {
        **{"kind": "customer", "id": "11", "email": "wanda@example.com", "name": "Wanda Quill"}
    }
    assert record.values["assignee"]["name"] == "Ada Brook"
    assert record.values["description_format"] == "escaped-html"
    assert [each["author"]["name"] for each in record.values["comments"]] == ["Ada Brook", "Wanda Quill"]


@pytest.mark.parametrize(("said", "private"), [(0, "false"), (1, "true"), (None, None), (7, None)])
def test_privacy_is_never_guessed(tmp_path, said, private):
    (record,) = export(tmp_path, followup(1, is_private=said)).records()
    assert record.values["comments"][0].get("private") == private


def test_a_solution_and_a_task_with_the_number_of_a_followup_are_messages_of_their_own(tmp_path):
    solution = {
        "id": 1,
        "itemtype": "Ticket",
        "items_id": 41,
        "solutiontypes_id": 0,
        "content": "done",
        "users_id": 6,
    }
    task = {
        "id": 1,
        "tickets_id": 41,
        "actiontime": 60,
        "is_private": 1,
        "content": "drive there",
        "users_id": 6,
    }
    write(tmp_path, "ITILSolution.json", json.dumps([solution]))
    write(tmp_path, "TicketTask.json", json.dumps([task]))
    (record,) = export(tmp_path, followup(1)).records()
    told = {(each["body"], each.get("private")) for each in record.values["comments"]}
    assert told == {("text 1", "false"), ("done", None), ("drive there", "true")}


def test_followups_of_a_problem_with_the_number_of_the_ticket_are_not_its_own(tmp_path):
    (record,) = export(tmp_path, followup(1, itemtype="Problem")).records()
    assert record.values["comments"] == []


def test_without_requesters_it_is_from_whoever_wrote_it(tmp_path):
    (record,) = export(tmp_path, roles=[]).records()
    assert record.values["requester"]["name"] == "Ada Brook"


def test_names_in_place_of_ids_are_read_too(tmp_path):
    roles = [{"id": 1, "tickets_id": 41, "users_id": "wquill", "type": 1}]
    (record,) = export(tmp_path, roles=roles).records()
    assert record.values["requester"]["email"] == "wanda@example.com"
