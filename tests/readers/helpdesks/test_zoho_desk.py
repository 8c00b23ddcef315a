import csv
import io
import json

import pytest

from migrator.readers.helpdesks.shapes import field
from migrator.readers.helpdesks.zoho_messages import message_of
from tests.readers.support import opened, read, told, write

LUCA = {"id": "20", "firstName": "Luca", "lastName": "S.", "email": "luca@example.com"}
LUCA_READ = {"id": "20", "kind": "customer", "name": "Luca S.", "email": "luca@example.com"}
ADA_READ = {"id": "10", "kind": "agent", "name": "Ada B.", "email": "ada@example.com"}


def ticket(number, **keys):
    return {
        **{"id": f"9{number}", "ticketNumber": str(number), "subject": "S", "description": None},
        **{
            "status": "Open",
            "statusType": "Open",
            "contactId": "20",
            "assigneeId": "10",
            "departmentId": "60",
        },
        **{"createdTime": "2024-04-01T08:00:00.000Z", "modifiedTime": "2024-04-01T08:00:00.000Z"},
        **keys,
    }


def thread(number, **keys):
    author = {"id": "20", "name": "Luca S.", "email": "luca@example.com", "type": "END_USER"}
    return {
        **{
            "id": f"t{number}",
            "direction": "in",
            "visibility": "public",
            "status": "SUCCESS",
            "author": author,
        },
        **{
            "contentType": "text/html",
            "content": f"<p>text {number}</p>",
            "fromEmailAddress": "luca@example.com",
        },
        **{"createdTime": f"2024-04-0{number}T08:00:00.000Z", **keys},
    }


def comment(number, **keys):
    return {
        **{"id": f"c{number}", "isPublic": False, "contentType": "plainText", "content": f"note {number}"},
        **{"commentedTime": f"2024-04-0{number}T09:00:00.000Z", "commenterId": "10", **keys},
    }


def single(tmp_path, **keys):
    path = write(tmp_path, "tickets.json", json.dumps({"data": [ticket(1, **keys), ticket(2)]}))
    return next(iter(opened(path).records()))


# --- the API ----------------------------------------------------------------------------------


@pytest.mark.parametrize("wrapped", [True, False])
def test_threads_and_comments_in_a_ticket_become_one_thread(tmp_path, wrapped):
    threads = [thread(3, direction="out", author={"name": "Ada B.", "type": "AGENT"}), thread(1)]
    comments = [comment(2)]
    record = single(
        tmp_path,
        description="something else",
        contact=LUCA,
        threads={"data": threads} if wrapped else threads,
        comments={"data": comments} if wrapped else comments,
    )
    assert [
        (each["id"], each["kind"], each["private"], each["body_format"]) for each in record.values["comments"]
    ] == [
        ("t1", "reply", "false", "html"),
        ("c2", "note", "true", "text"),
        ("t3", "reply", "false", "html"),
    ]
    assert record.values["comments"][0]["author"] == LUCA_READ
    assert record.values["comments"][2]["author"] == {"kind": "agent", "name": "Ada B."}
    assert record.values["requester"] == LUCA_READ


def test_the_first_message_is_the_text_of_a_ticket_that_has_none(tmp_path):
    record = single(tmp_path, threads=[thread(1), thread(2)])
    assert [each["kind"] for each in record.values["comments"]] == ["description", "reply"]
    assert record.values["description_html"] == "<p>text 1</p>"


def test_an_agents_first_message_does_not_become_the_text_of_the_ticket(tmp_path):
    agent = {"id": "10", "name": "Ada B.", "type": "AGENT"}
    sent = {"author": agent, "direction": "out", "fromEmailAddress": "ada@example.com"}
    record = single(tmp_path, threads=[thread(1, **sent), thread(2)])
    comments = record.values["comments"]
    assert [(each["kind"], each["author"]["name"]) for each in comments] == [
        ("reply", "Ada B."),
        ("reply", "Luca S."),
    ]
    assert "description" not in record.values


def test_a_private_first_message_does_not_become_the_text_of_the_ticket(tmp_path):
    record = single(tmp_path, threads=[thread(1, visibility="private"), thread(2)])
    assert [(each["kind"], each["private"]) for each in record.values["comments"]] == [
        ("note", "true"),
        ("reply", "false"),
    ]
    assert "description_html" not in record.values
    assert "description" not in record.values


def test_the_description_is_not_written_twice(tmp_path):
    record = single(tmp_path, description="<div>text 1</div>", threads=[thread(1)])
    assert [each["kind"] for each in record.values["comments"]] == ["description"]
    assert record.values["description_html"] == "<div>text 1</div>"


def test_drafts_are_left_out_and_counted(tmp_path):
    drafts = [thread(2, status="DRAFT"), thread(3, status="FAILED")]
    tickets = [ticket(1, threads=[thread(1), *drafts]), ticket(2)]
    source = opened(write(tmp_path, "tickets.json", json.dumps({"data": tickets})))
    assert [len(record.values["comments"]) for record in source.records()] == [1, 0]
    assert told(source) == {"left-out": 2}


@pytest.mark.parametrize(
    ("keys", "private"),
    [
        ({"visibility": "public"}, "false"),
        ({"visibility": "private"}, "true"),
        ({"visibility": "members"}, "true"),
        ({"isPublic": "true"}, "false"),
        ({"isPublic": "false"}, "true"),
        ({"isPublic": "perhaps"}, None),
        ({"Is Private": "false"}, "false"),
        ({"Is Private": "true"}, "true"),
        ({"Is Private": ""}, None),
        ({}, None),
    ],
)
def test_privacy_is_never_guessed(keys, private):
    message = message_of({"content": "x", **keys}, {}, {})
    assert (message.get("private"), message["kind"]) == (private, "reply" if private == "false" else "note")


@pytest.mark.parametrize("name", ["createdTime", "Created Time", "CREATED_TIME", "created time"])
def test_a_field_is_found_by_its_letters(name):
    assert field({name: "x"}, "createdTime") == "x"


# --- the backup -------------------------------------------------------------------------------


def table(tmp_path, name, *rows):
    """A file of a backup: its second line repeats the header in the words of the API."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(rows[0])
    lines.writerow(
        [
            "".join(word.casefold() if not i else word.title() for i, word in enumerate(key.split()))
            for key in rows[0]
        ]
    )
    lines.writerows(row.values() for row in rows)
    write(tmp_path, name, text.getvalue())


def backup(tmp_path, **first):
    case = {
        **{"ID": "91", "Contact ID": "20", "Email": "", "Subject": "S", "Description": "", "Status": "Open"},
        **{
            "Ticket Owner": "10",
            "Created Time": "2024-04-01 08:00:00",
            "Modified Time": "",
            "Request Id": "1",
            **first,
        },
    }
    thread = {
        "ID": "t1",
        "Request ID": "91",
        "Created Time": "2024-04-01 08:00:00",
        "Thread Status": "SUCCESS",
    }
    note = {"ID": "c1", "Comment": "secret", "Commented By": "10", "Is Public": "false"}
    table(tmp_path, "Cases__1.csv", case, {**case, "ID": "92", "Request Id": "2"})
    table(
        tmp_path,
        "Threads__1.csv",
        {
            **thread,
            "Content": "<p>hello</p>",
            "Is Private": "false",
            "From Email Address": "Luca <luca@example.com>",
        },
    )
    table(tmp_path, "Comments__1.csv", {**note, "Commented Time": "2024-04-02 08:00:00", "Entity ID": "91"})
    table(
        tmp_path,
        "Agents__1.csv",
        {"ID": "10", "First Name": "Ada", "Last Name": "B.", "Email": "ada@example.com", "Status": "ACTIVE"},
    )
    table(
        tmp_path,
        "Contacts__1.csv",
        {
            "ID": "20",
            "First Name": "Luca",
            "Last Name": "S.",
            "Email": "luca@example.com",
            "Account ID": "50",
        },
    )
    table(tmp_path, "Accounts__1.csv", {"ID": "50", "Account Name": "Globex"})
    return tmp_path


def test_the_tables_of_a_backup_are_joined(tmp_path):
    names, first, second = read(backup(tmp_path))
    assert names.values["ID"] == "id"  # left out by the mapping
    assert (first.values["requester"], first.values["assignee"]) == (LUCA_READ, ADA_READ)
    assert first.values["company"] == {"id": "50", "name": "Globex"}
    assert [(each["kind"], each["private"], each["body"]) for each in first.values["comments"]] == [
        ("description", "false", "<p>hello</p>"),
        ("note", "true", "secret"),
    ]
    assert first.values["comments"][0]["author"] == LUCA_READ
    assert first.values["comments"][1]["author"] == ADA_READ
    assert second.values["comments"] == []


@pytest.mark.parametrize(
    ("text", "is_html"), [("a < b & c", False), ("<div>a</div>", True), ("a<br>b", True)]
)
def test_a_description_is_html_only_where_it_holds_tags(tmp_path, text, is_html):
    _, first, _ = read(backup(tmp_path, Description=text))
    assert first.values["description"] == text
    assert ("description_html" in first.values) == is_html


def test_a_table_with_owners_and_contact_ids_is_not_taken_for_freshdesk(tmp_path):
    header = "ID,Contact ID,Ticket Owner,Subject,Status,Email,Created Time,Ticket Id"
    path = write(tmp_path, "t.csv", f"{header}\n1,2,Ada,S,Open,a@example.com,2023-05-01 10:00:00,101\n")
    assert opened(path).helpdesk == "zoho-desk"
