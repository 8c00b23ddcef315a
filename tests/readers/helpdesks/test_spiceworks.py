import json

import pytest

from tests.readers.support import opened, told, write

TICKETS = "ticket_id,ticket_number,summary,creator_id,assignee_id,end_user_id,ticket_category_id,status"
COMMENTS = "ticket_comment_id,ticket_id,body,private,creator_id,end_user_id,created_at,deleted"
ADA = {"id": "1", "kind": "agent", "name": "Ada B.", "email": "ada@example.com"}
NIA = {"id": "101", "kind": "customer", "name": "Nia F.", "email": "nia@example.com"}


def export(tmp_path, *comments, tickets=("900,11,S,,1,101,51,Open", "901,12,S,1,,,,Closed")):
    tables = {
        "Tickets": (TICKETS, *tickets),
        "Ticket Comments": (COMMENTS, *comments),
        "Users": ("user_id,first_name,last_name,email", "1,Ada,B.,ada@example.com"),
        "End Users": ("end_user_id,first_name,last_name,email", "101,Nia,F.,nia@example.com"),
        "Ticket Categories": ("ticket_category_id,name", "51,Printer"),
        "Ticket Changes": ("ticket_change_id,ticket_id,action,body", "1,900,updated,x"),
    }
    for name, lines in tables.items():
        write(tmp_path, f"{name}.csv", "\n".join(lines) + "\n")
    return opened(tmp_path)


def test_the_tables_of_an_export_are_joined(tmp_path):
    source = export(
        tmp_path,
        "2,900,reply,false,1,,2025-09-01T10:00:00+00:00,false",
        "1,900,secret,true,1,,2025-09-01T09:00:00+00:00,false",
        "3,900,thanks,false,,101,2025-09-01T11:00:00+00:00,false",
        "4,900,gone,false,1,,2025-09-01T12:00:00+00:00,true",
    )
    first, second = source.records()
    assert (source.reader, source.helpdesk) == ("spiceworks", "spiceworks")
    assert (first.values["requester"], first.values["assignee"]) == (NIA, ADA)
    assert first.values["category_name"] == "Printer"
    assert [
        (each["body"], each["kind"], each["private"], each["author"]) for each in first.values["comments"]
    ] == [
        ("secret", "note", "true", ADA),
        ("reply", "reply", "false", ADA),
        ("thanks", "reply", "false", NIA),
    ]
    assert second.values["requester"] == ADA
    assert second.values["comments"] == []
    assert told(source) == {"file-left-out": 1, "left-out": 1}


@pytest.mark.parametrize(
    ("cell", "private"), [("true", "true"), ("false", "false"), ("", None), ("perhaps", None)]
)
def test_privacy_is_never_guessed(tmp_path, cell, private):
    source = export(tmp_path, f"1,900,text,{cell},1,,2025-09-01T10:00:00+00:00,false")
    (message,) = next(iter(source.records())).values["comments"]
    assert (message.get("private"), message["kind"]) == (private, "reply" if private == "false" else "note")


def test_somebody_who_is_not_in_the_export_is_known_by_id(tmp_path):
    source = export(tmp_path, tickets=("900,11,S,,1,999,,Open", "901,12,S,,,101,,Open"))
    record = next(iter(source.records()))
    assert record.values["requester"] == {"id": "999", "kind": "customer", "external_id": "spiceworks-999"}


def test_json_of_the_desktop_edition_is_read(tmp_path):
    nia = {"id": 101, "first_name": "Nia", "last_name": "F.", "email": "nia@example.com"}
    ada = {"id": 1, "first_name": "Ada", "last_name": "B.", "email": "ada@example.com"}
    comments = [
        {"id": 1, "body": "secret", "is_public": False, "created_at": "2024-01-02T10:00:00Z", "creator": ada},
        {"id": 2, "body": "thanks", "is_public": True, "created_at": "2024-01-03T10:00:00Z", "creator": nia},
    ]
    one = {"id": 5, "summary": "S", "description": "D", "status": "open", "creator": nia, "assignee": ada}
    path = write(
        tmp_path, "tickets.json", json.dumps({"tickets": [{**one, "comments": comments}, {**one, "id": 6}]})
    )
    first, _ = opened(path).records()
    assert (first.values["requester"], first.values["assignee"]) == (NIA, ADA)
    assert [(each["private"], each["author"]) for each in first.values["comments"]] == [
        ("true", ADA),
        ("false", NIA),
    ]


def test_the_titles_of_its_own_export_are_read_as_well_as_names(tmp_path):
    comments = [
        {
            "Body": "thanks",
            "Public?": True,
            "Created By": "nia@example.com",
            "Created On": "2024-01-03 10:00:00",
        },
        {"Body": "secret", "Public?": False, "Created By": "Ada B.", "Created On": "2024-01-02 10:00:00"},
        {"Body": "who knows", "Created By": "Ada B.", "Created On": "2024-01-04 10:00:00"},
    ]
    one = {
        "id": 5,
        "Summary": "S",
        "Description": "D",
        "Status": "open",
        "Created By": "nia@example.com",
        "Assigned To": "Ada B.",
    }
    tickets = [{**one, "Comments": comments}, {**one, "id": 6}]
    first, _ = opened(write(tmp_path, "t.json", json.dumps({"tickets": tickets}))).records()
    assert [(each["body"], each.get("private")) for each in first.values["comments"]] == [
        ("secret", "true"),
        ("thanks", "false"),
        ("who knows", None),
    ]
    assert first.values["comments"][1]["author"]["kind"] == "customer"
