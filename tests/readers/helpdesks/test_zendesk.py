import json

import pytest

from tests.readers.support import codes, json_lines, opened, read, told, write, zendesk_ticket

USERS = [
    {"id": 501, "name": "Wanda", "email": "wanda@example.com", "role": "end-user", "external_id": "w1"},
    {"id": 601, "name": "Ada", "email": "ada@example.com", "role": "admin", "external_id": None},
]


def comment(number, **keys):
    return {"id": number, "body": f"text {number}", "public": True, "author_id": 501, **keys}


def single(tmp_path, *comments, **keys):
    ticket = zendesk_ticket(1, comments=list(comments), **keys)
    return next(
        iter(opened(write(tmp_path, "tickets.json", json_lines(ticket, zendesk_ticket(2)))).records())
    )


@pytest.mark.parametrize("layout", ["lines", "array", "envelope", "one envelope"])
def test_tickets_are_joined_with_companion_files(tmp_path, layout):
    tickets = [zendesk_ticket(1, organization_id=7, group_id=8), zendesk_ticket(2, requester_id=999)]
    organizations = [{"id": 7, "name": "Acme", "domain_names": [], "external_id": "a7"}]
    groups = [{"id": 8, "name": "Support", "url": "https://x.zendesk.example/api/v2/groups/8.json"}]
    parts = {"tickets": tickets, "users": USERS, "organizations": organizations, "groups": groups}
    if layout == "one envelope":
        write(tmp_path, "page.json", json.dumps({"count": 2, **dict(reversed(parts.items()))}))
    for name, objects in parts.items() if layout != "one envelope" else ():
        text = {
            "lines": json_lines(*objects),
            "array": json.dumps(objects),
            "envelope": json.dumps({name: objects}),
        }
        write(tmp_path, f"{name}.json", text[layout])

    source = opened(tmp_path)
    first, second = source.records()

    assert (source.reader, source.helpdesk) == ("zendesk", "zendesk")
    assert first.values["requester"] == {
        **{"id": "501", "name": "Wanda", "email": "wanda@example.com", "role": "end-user"},
        **{"external_id": "w1", "kind": "customer"},
    }
    assert first.values["assignee"]["kind"] == "agent"
    assert first.values["organization"]["name"] == "Acme"
    assert first.values["group"]["name"] == "Support"
    assert second.values["requester"] == {"id": "999", "kind": "customer"}
    assert (first.values["status"], first.values["requester_id"], first.original) == ("open", "501", "")
    assert (first.ref.row, second.ref.row) == (1, 2)


def test_side_loaded_people_are_taken_as_they_are(tmp_path):
    person = {"id": 501, "name": "Wanda", "email": "w@example.com", "role": "agent"}
    record = single(tmp_path, requester=person)
    assert record.values["requester"] == {**person, "id": "501", "kind": "agent"}


def test_a_single_ticket_of_the_api_is_read(tmp_path):
    (record,) = read(write(tmp_path, "t.json", json.dumps({"ticket": zendesk_ticket(1), "users": USERS})))
    assert record.values["requester"]["email"] == "wanda@example.com"


def test_the_comment_that_repeats_the_description_is_marked(tmp_path):
    record = single(
        tmp_path,
        comment(
            1, html_body="<p>Hello  &amp; <b>bye</b></p>", attachments=[{"file_name": "a.png", "size": 5}]
        ),
        comment(2, html_body="<p>Hello &amp; bye</p>"),
        description="Hello & bye",
    )
    first, second = record.values["comments"]
    assert (first["kind"], second["kind"]) == ("description", "reply")
    assert record.values["attachments"] == [{"name": "a.png", "size": "5"}]
    assert codes(record) == []


def test_a_first_comment_that_says_something_else_is_a_reply(tmp_path):
    record = single(tmp_path, comment(1), description="something else")
    assert record.values["comments"][0]["kind"] == "reply"
    assert "attachments" not in record.values


def test_a_private_description_stays_private(tmp_path):
    record = single(tmp_path, comment(1, public=False, body="secret"), description="secret")
    assert "description" not in record.values
    assert (record.values["comments"][0]["kind"], record.values["comments"][0]["private"]) == ("note", "true")
    assert codes(record) == ["private-description"]


@pytest.mark.parametrize(
    ("public", "kind", "private"),
    [(True, "reply", "false"), (False, "note", "true"), (None, "note", None), ("maybe", "note", None)],
)
def test_privacy_is_never_guessed(tmp_path, public, kind, private):
    (found,) = single(tmp_path, comment(1, public=public)).values["comments"]
    assert (found["kind"], found.get("private")) == (kind, private)


def test_comments_are_canonical_and_oldest_first(tmp_path):
    attachment = {
        "file_name": "a.pdf",
        "content_url": "https://x.example/a",
        "content_type": "application/pdf",
    }
    record = single(
        tmp_path,
        comment(
            2, created_at="2024-01-02T00:00:00Z", author_id=601, attachments=[{**attachment, "inline": False}]
        ),
        comment(1, created_at="2024-01-01T00:00:00Z", html_body="<p>one</p>", via={"channel": "web"}),
    )
    first, second = record.values["comments"]
    assert (first["id"], first["body"], first["body_format"], first["via"]) == (
        *("1", "<p>one</p>", "html"),
        {"channel": "web"},
    )
    assert (second["body"], second["body_format"]) == ("text 2", "text")
    assert second["files"] == [
        {"name": "a.pdf", "url": "https://x.example/a", "type": "application/pdf", "inline": "false"}
    ]
    assert (first["author"], second["author"]) == (
        {"id": "501", "kind": "customer"},
        {"id": "601", "kind": "agent"},
    )


def test_a_repeated_ticket_is_read_once_and_newest(tmp_path):
    tickets = [
        zendesk_ticket(1, status="open", updated_at="2024-01-01T00:00:00Z"),
        zendesk_ticket(2),
        zendesk_ticket(1, status="solved", updated_at="2024-03-01T00:00:00Z"),
        zendesk_ticket(1, status="pending", updated_at="2024-02-01T00:00:00Z"),
    ]
    source = opened(write(tmp_path, "tickets.json", json_lines(*tickets)))
    assert [(r.values["id"], r.values["status"], r.ref.row) for r in source.records()] == [
        ("2", "open", 2),
        ("1", "solved", 3),
    ]
    assert told(source) == {"repeated-tickets": 2}


def test_tickets_in_several_files_are_one_export(tmp_path):
    for number in (1, 2, 10):
        write(
            tmp_path,
            f"tickets-{number}.json",
            json_lines(zendesk_ticket(number), zendesk_ticket(number + 100)),
        )
    assert [record.values["id"] for record in read(tmp_path)] == ["1", "101", "2", "102", "10", "110"]


def test_a_file_that_is_neither_tickets_nor_people_is_told(tmp_path):
    write(tmp_path, "tickets.json", json_lines(zendesk_ticket(1), zendesk_ticket(2)))
    write(tmp_path, "macros.json", json_lines({"id": 1, "title": "x"}, {"id": 2, "title": "y"}))
    source = opened(tmp_path)
    assert len(list(source.records())) == 2
    assert told(source) == {"file-left-out": 1}
