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
    write(tmp_path, "users.json", json_lines(*USERS))
    write(tmp_path, "tickets.json", json_lines(ticket, zendesk_ticket(2)))
    return next(iter(opened(tmp_path).records()))


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
    authors = [(each["author"]["id"], each["author"]["kind"]) for each in (first, second)]
    assert authors == [("501", "customer"), ("601", "agent")]


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


def test_custom_fields_are_named_where_the_list_of_fields_is_there(tmp_path):
    options = [{"name": "Gold plan", "value": "plan_gold"}]
    url = "https://x.zendesk.example/api/v2/ticket_fields/"
    fields = [
        {"id": 1, "url": f"{url}1.json", "title": "Order"},
        {"id": 2, "url": f"{url}2.json", "title": "Plan", "custom_field_options": options},
        {"id": 3, "url": f"{url}3.json", "title": "Order"},
    ]
    write(tmp_path, "fields.json", json_lines(*fields))
    values = [{"id": 1, "value": "77"}, {"id": 2, "value": ["plan_gold", "x"]}, {"id": 3, "value": "78"}]
    empty = [{"id": 1, "value": None}, {"id": 4, "value": "of a field that is not listed"}]
    record = single(tmp_path, custom_fields=[*values, *empty])
    assert record.values["named_fields"] == {"Order": "77", "Plan": ["Gold plan", "x"], "Order (3)": "78"}
    assert "named_fields" not in single(write(tmp_path, "fields.json", "{}").parent).values


@pytest.mark.parametrize(
    ("keys", "told_of"),
    [
        pytest.param({"requester_id": 501}, [], id="listed"),
        pytest.param({"requester_id": 999}, ["requester-unknown"], id="not-listed"),
        pytest.param({"requester_id": 999, "requester": {"name": "W"}}, [], id="inside"),
    ],
)
def test_a_requester_of_whom_only_the_number_is_known_is_told(tmp_path, keys, told_of):
    record = single(tmp_path, **keys)
    assert codes(record) == told_of


def test_a_caller_without_an_address_is_known_by_their_number(tmp_path):
    record = single(tmp_path, requester={"id": 7, "name": "+49 30 5550", "role": "end-user"})
    assert record.values["requester"]["external_id"] == "zendesk-7"


def test_comments_inside_of_exported_events_are_joined(tmp_path):
    def event(number, *children, ticket=1):
        moment = f"2024-01-01T00:00:0{number}Z"
        return {"id": number, "ticket_id": ticket, "updater_id": 601, "created_at": moment} | {
            "event_type": "Audit",
            "child_events": list(children),
        }

    said = {"event_type": "Comment", "body": "hello", "public": True, "id": 8, "author_id": 501}
    secret = {"event_type": "Comment", "body": "secret", "public": False, "id": 9}
    changed = {"event_type": "Change", "status": "open", "id": 7}
    events = [event(2, secret), event(1, changed, said), event(3, said, ticket=2)]
    write(tmp_path, "events.json", json.dumps({"ticket_events": events, "end_time": 1, "count": 3}))
    record = single(tmp_path)
    told_by = [(each["body"], each["private"], each["author"]["name"]) for each in record.values["comments"]]
    assert told_by == [("hello", "false", "Wanda"), ("secret", "true", "Ada")]


def test_what_a_document_database_calls_id_is_the_id(tmp_path):
    """Widely copied demonstration data: `_id` for `id`, no requester, keys missing instead of null."""
    ticket = {"_id": "7382ad0e-dea7", "subject": "S", "status": "closed", "priority": "low", "via": "chat"}
    ticket |= {"submitter_id": 501, "assignee_id": 601, "organization_id": 7, "has_incidents": False}
    users = [
        {**{key: value for key, value in user.items() if key != "id"}, "_id": user["id"]} for user in USERS
    ]
    write(tmp_path, "tickets.json", json.dumps([ticket, {**ticket, "_id": "50f3fdbd"}]))
    write(tmp_path, "users.json", json.dumps(users))
    write(tmp_path, "organizations.json", json.dumps([{"_id": 7, "name": "Acme", "domain_names": []}]))

    source = opened(tmp_path)
    first, second = source.records()

    assert source.helpdesk == "zendesk"
    assert (first.values["id"], second.values["id"]) == ("7382ad0e-dea7", "50f3fdbd")
    assert first.values["requester"]["email"] == "wanda@example.com"
    assert first.values["requester"]["kind"] == "customer"
    assert first.values["assignee"]["email"] == "ada@example.com"
    assert first.values["organization"]["name"] == "Acme"


def test_a_requester_is_preferred_to_whoever_entered_the_ticket(tmp_path):
    record = single(tmp_path, requester_id=999, submitter_id=501)
    assert record.values["requester"] == {"id": "999", "kind": "customer"}


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param({"submitter_id": 601, "assignee_id": None, "group_id": 8}, id="by-their-role"),
        pytest.param({"submitter_id": 999, "assignee_id": 999}, id="by-their-work"),
    ],
)
def test_an_agent_who_entered_a_ticket_becomes_its_requester_only_with_a_word(tmp_path, keys):
    record = single(tmp_path, requester_id=None, **keys)
    assert record.values["requester"]["id"] == str(keys["submitter_id"])
    assert "requester-is-agent" in codes(record)


def test_a_customer_who_entered_a_ticket_is_its_requester_if_nothing_else_is_said(tmp_path):
    record = single(tmp_path, requester_id=None, submitter_id=501)
    assert record.values["requester"]["email"] == "wanda@example.com"
    assert codes(record) == []
