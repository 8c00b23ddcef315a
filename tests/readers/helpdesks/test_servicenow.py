import json

import pytest

from tests.readers.support import opened, read, told, write

USERS = [
    {"sys_id": "c1", "user_name": "iris.falk", "name": "Iris Falk", "email": "iris@example.com"},
    {"sys_id": "a1", "user_name": "ada.brook", "name": "Ada Brook", "email": "ada@example.com"},
]
IRIS = {"id": "c1", "kind": "customer", "name": "Iris Falk", "email": "iris@example.com"}
ADA = {"id": "a1", "kind": "agent", "name": "Ada Brook", "email": "ada@example.com"}


def incident(number, **keys):
    return {
        **{"sys_id": f"i{number}", "number": f"INC{number}", "short_description": "S", "description": "D"},
        **{
            "caller_id": "c1",
            "opened_by": "c1",
            "assigned_to": "a1",
            "state": "2",
            "sys_created_by": "iris.falk",
        },
        **{"opened_at": "2024-01-01 10:00:00", "sys_updated_on": "2024-01-01 10:00:00"},
        **keys,
    }


def journal(number, element, by, **keys):
    return {
        **{"sys_id": f"j{number}", "element": element, "element_id": "i1", "value": f"text {number}"},
        **{"sys_created_by": by, "sys_created_on": f"2024-01-0{number} 10:00:00", **keys},
    }


def sides(shown, value=None):
    return {"display_value": shown, "value": shown if value is None else value}


def unload(tmp_path, *records):
    body = "".join(
        f'<{table} action="INSERT_OR_UPDATE">'
        + "".join(
            f'<{key} display_value="{value[0]}">{value[1]}</{key}>'
            if isinstance(value, tuple)
            else f"<{key}>{value}</{key}>"
            for key, value in fields.items()
        )
        + f"</{table}>"
        for table, fields in records
    )
    return write(
        tmp_path,
        "unload.xml",
        f'<?xml version="1.0"?><unload unload_date="2024-06-01 10:00:00">{body}</unload>',
    )


@pytest.mark.parametrize("envelope", ["records", "result"])
def test_records_are_joined_with_journal_and_users(tmp_path, envelope):
    lists = {
        "incident": [incident(1), incident(2, caller_id="c9")],
        "sys_user": USERS,
        "sys_journal_field": [
            journal(3, "comments", "iris.falk"),
            journal(2, "comments", "ada.brook"),
            journal(1, "work_notes", "ada.brook"),
        ],
        "sys_attachment": [{"sys_id": "f1", "file_name": "a.png", "table_sys_id": "i1", "size_bytes": "5"}],
    }
    for name, records in lists.items():
        write(tmp_path, f"{name}.json", json.dumps({envelope: records}))
    source = opened(tmp_path)
    first, second = source.records()

    assert (source.reader, source.helpdesk) == ("servicenow", "servicenow")
    assert (first.values["requester"], first.values["assignee"]) == (IRIS, ADA)
    assert first.values["files"] == [{"name": "a.png", "size": "5"}]
    assert [(each["kind"], each["private"], each["author"]) for each in first.values["comments"]] == [
        ("note", "true", ADA),
        ("reply", "false", ADA),
        ("reply", "false", IRIS),
    ]
    assert second.values["requester"] == {"id": "c9", "kind": "customer", "external_id": "servicenow-c9"}
    assert second.values["comments"] == []


def test_an_unload_has_two_sides_to_a_field_and_all_tables_in_one_file(tmp_path):
    one = incident(
        1,
        caller_id=("Iris Falk", "c1"),
        state=("In Progress", "2"),
        assigned_to=("", ""),
        company=("Acme", "k1"),
    )
    path = unload(
        tmp_path,
        ("incident", one),
        ("sys_journal_field", journal(1, "work_notes", "ada.brook")),
        *(("sys_user", user) for user in USERS),
        ("incident", incident(2)),
    )
    source = opened(path)
    first, _ = source.records()
    assert source.reader == "servicenow"
    assert first.values["state"] == {"value": "2", "display_value": "In Progress"}
    assert first.values["requester"] == IRIS
    assert first.values["organization"] == {"id": "k1", "name": "Acme"}
    assert "assigned_to" not in first.values
    assert "assignee" not in first.values
    assert [(each["body"], each["private"]) for each in first.values["comments"]] == [("text 1", "true")]


@pytest.mark.parametrize("element", ["approval_history", "u_notes", ""])
def test_a_journal_that_is_neither_of_the_two_is_private(tmp_path, element):
    write(tmp_path, "incident.json", json.dumps({"result": [incident(1)]}))
    write(tmp_path, "sys_journal_field.json", json.dumps({"result": [journal(1, element, "ada.brook")]}))
    (record,) = read(tmp_path)
    (message,) = record.values["comments"]
    assert (message["kind"], "private" in message) == ("note", False)


def test_without_users_the_caller_is_known_by_having_opened_the_record(tmp_path):
    write(tmp_path, "incident.json", json.dumps({"result": [incident(1)]}))
    entries = [journal(1, "comments", "iris.falk"), journal(2, "comments", "ada.brook")]
    write(tmp_path, "sys_journal_field.json", json.dumps({"result": entries}))
    (record,) = read(tmp_path)
    assert [each["author"] for each in record.values["comments"]] == [
        {"id": "c1", "kind": "customer", "external_id": "servicenow-c1"},
        {"kind": "agent", "name": "ada.brook"},
    ]


def test_journals_that_come_as_text_are_taken_apart(tmp_path):
    one = incident(
        1,
        sys_id=sides("i1"),
        caller_id=sides("Iris Falk", "c1"),
        assigned_to=sides("Ada Brook", "a1"),
        description=sides("", ""),
        comments=sides("2024-01-03 10:00:00 - Iris Falk (Additional comments)\nthanks\n\n", ""),
        work_notes=sides("2024-01-02 10:00:00 - Ada Brook (Work notes)\nsecret\n\n", ""),
    )
    write(tmp_path, "incident.json", json.dumps({"result": [one]}))
    write(tmp_path, "sys_user.json", json.dumps({"result": USERS}))
    (record,) = read(tmp_path)
    assert "description" not in record.values
    assert [(each["body"], each["private"], each["author"]) for each in record.values["comments"]] == [
        ("secret", "true", ADA),
        ("thanks", "false", IRIS),
    ]


def test_a_reference_may_hold_its_id_in_a_link_only(tmp_path):
    link = "https://desk.example/api/now/table/sys_user/c1"
    one = incident(1, caller_id={"display_value": "Iris Falk", "link": link}, state="In Progress")
    write(tmp_path, "incident.json", json.dumps({"result": [one]}))
    write(tmp_path, "sys_user.json", json.dumps({"result": USERS}))
    (record,) = read(tmp_path)
    assert record.values["requester"] == IRIS


def test_an_address_that_was_fetched_beside_the_caller_is_theirs(tmp_path):
    one = incident(1, **{"caller_id.email": "iris@example.com", "caller_id.name": "Iris Falk"})
    (record,) = read(write(tmp_path, "incident.json", json.dumps({"result": [one]})))
    assert record.values["requester"] == IRIS


def test_a_single_record_of_the_rest_api_is_read(tmp_path):
    (record,) = read(write(tmp_path, "incident.json", json.dumps({"result": incident(1)})))
    assert (record.values["number"], record.values["requester"]["id"]) == ("INC1", "c1")


def test_a_record_that_is_there_twice_is_read_once_and_newest(tmp_path):
    newer = incident(1, state="6", sys_updated_on="2024-02-01 10:00:00")
    same_number = {**incident(3), "number": "INC1"}
    path = write(tmp_path, "incident.json", json.dumps({"result": [newer, incident(1), same_number]}))
    source = opened(path)
    assert [(each.values["sys_id"], each.values["state"]) for each in source.records()] == [
        ("i1", "6"),
        ("i3", "2"),
    ]
    assert told(source) == {"repeated-tickets": 1}


# --- lists ------------------------------------------------------------------------------------

JOURNAL = (
    '"2024-01-03 10:00:00 - Iris Falk (Additional comments)\nthanks\n\n'
    '2024-01-02 10:00:00 - Ada Brook (Work notes)\nsecret\n\n"'
)


@pytest.mark.parametrize(
    "header",
    [
        "number,short_description,caller_id,caller_id.email,comments_and_work_notes",
        "Number,Short description,Caller,Caller.email,Comments and Work notes",
    ],
    ids=["names", "labels"],
)
def test_a_list_has_its_journal_in_a_cell(tmp_path, header):
    path = write(
        tmp_path, "incident.csv", f"{header}\nINC1,S,Iris Falk,iris@example.com,{JOURNAL}\n", "cp1252"
    )
    source = opened(path)
    (record,) = source.records()
    assert (source.reader, source.helpdesk) == ("servicenow-table", "servicenow")
    assert record.values["requester"] == {
        "kind": "customer",
        "name": "Iris Falk",
        "email": "iris@example.com",
    }
    assert [(each["body"], each["private"], each["author"]) for each in record.values["comments"]] == [
        ("secret", "true", {"kind": "agent", "name": "Ada Brook"}),
        ("thanks", "false", record.values["requester"]),
    ]
    assert record.original[0] == "INC1"


def test_separate_journals_are_believed_before_the_one_of_both(tmp_path):
    """A work note that quotes a comment would look like one in the text of both."""
    both, note = (
        "2024-01-02 10:00:00 - Ada (Work notes)\n2024-01-01 10:00:00 - X (Additional comments)\nsecret",
    ) * 2
    text = (
        f'number,short_description,comments_and_work_notes,comments,work_notes\nINC1,S,"{both}",,"{note}"\n'
    )
    (record,) = read(write(tmp_path, "incident.csv", text))
    assert {each["private"] for each in record.values["comments"]} == {"true"}


def test_a_list_without_a_column_of_work_notes_finds_them_in_the_one_of_both(tmp_path):
    comment = "2024-01-01 10:00:00 - X (Additional comments)\nhello"
    both = f"2024-01-02 10:00:00 - Ada (Work notes)\nsecret\n\n{comment}"
    text = f'number,short_description,comments_and_work_notes,comments\nINC1,S,"{both}","{comment}"\n'
    (record,) = read(write(tmp_path, "incident.csv", text))
    assert [each["private"] for each in record.values["comments"]] == ["false", "true"]


def test_what_only_a_text_of_both_journals_calls_a_comment_is_private(tmp_path):
    comment = "2024-01-01 10:00:00 - X (Additional comments)\nhello"
    quoted = "2024-01-01 09:00:00 - Y (Additional comments)\nsecret"
    both = f"{quoted}\n\n2024-01-02 10:00:00 - Ada (Work notes)\nsee above\n\n{comment}"
    text = f'number,short_description,comments_and_work_notes,comments\nINC1,S,"{both}","{comment}"\n'
    (record,) = read(write(tmp_path, "incident.csv", text))
    told = [(each["body"], each.get("private")) for each in record.values["comments"]]
    assert told == [("secret", None), ("hello", "false"), ("see above", "true")]


@pytest.mark.parametrize(
    ("column", "private"), [("comments", "false"), ("work_notes", "true"), ("Additional comments", "false")]
)
def test_the_column_of_a_journal_says_who_may_read_it(tmp_path, column, private):
    cell = '"2024-01-03 10:00:00 - Ada Brook (Ein Etikett)\ntext"'
    (record,) = read(write(tmp_path, "incident.csv", f"number,short_description,{column}\nINC1,S,{cell}\n"))
    assert [each["private"] for each in record.values["comments"]] == [private]


def test_the_address_of_another_person_is_not_taken_for_the_caller(tmp_path):
    text = (
        "number,short_description,caller_id,opened_by,opened_by.email\nINC1,S,Iris Falk,Ada,ada@example.com\n"
    )
    (record,) = read(write(tmp_path, "incident.csv", text))
    assert record.values["requester"] == {
        **{"kind": "customer", "name": "Iris Falk", "external_id": "Iris Falk"},
    }


def test_a_list_that_servicenow_may_have_cut_off_is_told(tmp_path):
    rows = "".join(f"INC{number},S\n" for number in range(10_000))
    assert told(opened(write(tmp_path, "incident.csv", f"number,short_description\n{rows}"))) == {
        "may-be-cut-off": 10_000
    }


def test_a_caller_who_is_told_only_by_what_was_fetched_beside_is_the_requester(tmp_path):
    record = {"number": "INC1", "short_description": "S", "caller_id.name": "Iris Falk"}
    path = write(
        tmp_path, "i.json", json.dumps({"result": [{**record, "caller_id.email": "iris@example.com"}]})
    )
    (found,) = read(path)
    assert opened(path).helpdesk == "servicenow"
    assert found.values["requester"] == {"kind": "customer", "name": "Iris Falk", "email": "iris@example.com"}
