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


def test_comments_and_metrics_of_companion_files_are_joined(tmp_path):
    write(tmp_path, "tickets.json", json_lines(zendesk_ticket(1), zendesk_ticket(2)))
    comments = [comment(5, ticket_id=1, body="Text 1"), comment(6, ticket_id=2, public=False, body="note")]
    write(tmp_path, "comments.json", json.dumps({"comments": comments}))
    write(
        tmp_path,
        "metrics.json",
        json_lines({"id": 9, "ticket_id": 1, "reopens": 3}, {"id": 8, "ticket_id": 7, "reopens": 0}),
    )
    first, second = read(tmp_path)
    assert [(c["id"], c["kind"]) for c in first.values["comments"]] == [("5", "description")]
    assert [(c["id"], c["kind"], c["private"]) for c in second.values["comments"]] == [("6", "note", "true")]
    assert first.values["metric_set"]["reopens"] == "3"
    assert "metric_set" not in second.values


def test_comments_that_do_not_name_their_ticket_are_not_read(tmp_path):
    page = {"tickets": [zendesk_ticket(1)], "comments": [comment(5), comment(6)]}
    source = opened(write(tmp_path, "page.json", json.dumps(page)))
    assert [record.values.get("comments") for record in source.records()] == [None]
    assert told(source) == {"list-left-out": 1}


XML = """<?xml version="1.0" encoding="UTF-8"?>
<tickets type="array"><ticket>
  <nice-id type="integer">7</nice-id><status-id type="integer">{status}</status-id>
  <priority-id type="integer">{priority}</priority-id><ticket-type-id type="integer">{type}</ticket-type-id>
  <requester-id type="integer">301</requester-id><submitter-id type="integer">301</submitter-id>
  <via-id type="integer">4</via-id><current-tags>a b</current-tags><due-date nil="true"></due-date>
  <subject>S</subject><description>D &amp; E</description><created-at type="datetime">2011-03-02T08:15:00Z</created-at>
  <comments type="array">
    <comment><author-id>301</author-id><value>D &amp; E</value><is-public type="boolean">true</is-public></comment>
    <comment><author-id>201</author-id><value>secret</value><is-public type="boolean">false</is-public></comment>
    <comment><author-id>201</author-id><value>unknown</value></comment>
  </comments>
  <ticket-field-entries type="array"><ticket-field-entry><ticket-field-id>1001</ticket-field-id><value>LP-9</value></ticket-field-entry></ticket-field-entries>
</ticket></tickets>"""
XML_USERS = """<users type="array">
  <user><id>301</id><name>Marit</name><email>marit@example.com</email><roles>0</roles></user>
  <user><id>201</id><name>Ada</name><email nil="true"></email><roles>2</roles></user>
</users>"""


def of_xml(tmp_path, **codes):
    write(tmp_path, "tickets.xml", XML.format(**{"status": 1, "priority": 2, "type": 1, **codes}))
    write(tmp_path, "users.xml", XML_USERS)
    (record,) = read(tmp_path)
    return record.values


def test_the_old_xml_is_read_in_the_words_of_the_api(tmp_path):
    values = of_xml(tmp_path)
    assert (values["id"], values["tags"], values["custom_fields"]) == (
        "7",
        ["a", "b"],
        [{"id": "1001", "value": "LP-9"}],
    )
    assert (values["requester"]["email"], values["requester"]["kind"]) == ("marit@example.com", "customer")
    assert [
        (c["kind"], c.get("private"), c["body"], c["author"].get("kind")) for c in values["comments"]
    ] == [
        ("description", "false", "D & E", "customer"),
        ("note", "true", "secret", "agent"),
        ("note", None, "unknown", "agent"),
    ]


@pytest.mark.parametrize(
    ("key", "code", "name", "word"),
    [
        *(
            ("status", n, "status", w)
            for n, w in enumerate(("new", "open", "pending", "solved", "closed", "deleted", "hold"))
        ),
        ("status", 9, "status", "9"),
        *(("priority", n, "priority", w) for n, w in enumerate((None, "low", "normal", "high", "urgent"))),
        *(("type", n, "type", w) for n, w in enumerate((None, "question", "incident", "problem", "task"))),
    ],
)
def test_numbers_of_the_old_xml_become_words(tmp_path, key, code, name, word):
    assert of_xml(tmp_path, **{key: code}).get(name) == word


def test_a_file_that_is_neither_tickets_nor_people_is_told(tmp_path):
    write(tmp_path, "tickets.json", json_lines(zendesk_ticket(1), zendesk_ticket(2)))
    write(tmp_path, "macros.json", json_lines({"id": 1, "title": "x"}, {"id": 2, "title": "y"}))
    source = opened(tmp_path)
    assert len(list(source.records())) == 2
    assert told(source) == {"file-left-out": 1}


@pytest.mark.parametrize("key", ["results", "data"])
def test_tickets_are_known_under_any_name_of_their_list(tmp_path, key):
    page = {key: [zendesk_ticket(1, result_type="ticket")], "next_page": None, "count": 1}
    source = opened(write(tmp_path, "t.json", json.dumps(page)))
    assert (source.reader, [record.values["id"] for record in source.records()]) == ("zendesk", ["1"])


def test_pages_in_an_array_are_one_export(tmp_path):
    pages = [{"tickets": [zendesk_ticket(number)], "users": USERS, "count": 2} for number in (1, 2)]
    first, second = read(write(tmp_path, "t.json", json.dumps(pages)))
    assert second.values["requester"]["email"] == "wanda@example.com"
    assert (first.values["id"], second.values["id"]) == ("1", "2")


def test_a_ticket_of_which_little_was_kept_is_known_by_the_word_of_its_status(tmp_path):
    names = ("id", "subject", "description", "status", "created_at", "requester_id")
    short = {name: zendesk_ticket(1)[name] for name in names}
    assert opened(write(tmp_path, "t.json", json.dumps([short]))).reader == "zendesk"
    assert opened(write(tmp_path, "u.json", json.dumps([short | {"status": 2}]))).reader == "json"


def test_who_mailed_a_ticket_is_its_requester_only_where_they_sent_it_themselves(tmp_path):
    source = {"from": {"address": "wanda@example.com", "name": "Wanda"}}
    mail = {"via": {"channel": "email", "source": source}}
    text = json_lines(
        zendesk_ticket(1, **mail),
        zendesk_ticket(2, submitter_id=601, **mail),
        zendesk_ticket(3, via={"channel": "web", "source": source}),
    )
    people = [record.values["requester"] for record in read(write(tmp_path, "t.json", text))]
    assert [person.get("email") for person in people] == ["wanda@example.com", None, None]


def test_an_error_of_the_api_inside_an_export_is_told(tmp_path):
    pages = json_lines({"tickets": [zendesk_ticket(1)], "error": None}, {"error": "RecordNotFound"})
    assert told(opened(write(tmp_path, "t.json", pages))) == {"error-inside": 1}
