import json

import pytest

from tests.readers.support import codes, json_lines, opened, read, told, write

CONTACT = {
    "id": 20,
    "name": "Wren",
    "email": "wren@example.com",
    "company_id": 50,
    "unique_external_id": "w1",
}
AGENT = {
    "id": 10,
    "occasional": False,
    "ticket_scope": 1,
    "contact": {"name": "Ada", "email": "ada@example.com"},
}
COMPANY = {"id": 50, "name": "Acme", "domains": []}
WREN = {"id": "20", "kind": "customer", "name": "Wren", "email": "wren@example.com", "external_id": "w1"}
ADA = {"id": "10", "kind": "agent", "name": "Ada", "email": "ada@example.com"}


def ticket(number, **keys):
    """A ticket as the API of today writes it."""
    return {
        **{
            "id": number,
            "subject": f"Subject {number}",
            "description": "<p>Hi</p>",
            "description_text": "Hi",
        },
        **{"status": 2, "priority": 1, "source": 1, "requester_id": 20, "responder_id": 10},
        **{"fr_escalated": False, "spam": False, "tags": ["a"], "attachments": []},
        **{"created_at": "2024-01-01T10:00:00Z", "updated_at": "2024-01-02T10:00:00Z"},
        **keys,
    }


def said(number, **keys):
    """A message as the API of today writes it."""
    return {
        **{"id": number, "body": f"<p>text {number}</p>", "body_text": f"text {number}", "incoming": False},
        **{"private": False, "user_id": 10, "ticket_id": 1, "created_at": f"2024-01-0{number}T10:00:00Z"},
        **keys,
    }


def earlier(display_id, **keys):
    """A ticket as the account export writes it, in JSON."""
    inside = {
        **{"id": 9000 + display_id, "display_id": display_id, "subject": "Old", "description": "a < b"},
        **{"description_html": "<p>a &lt; b</p>", "status": 2, "status_name": "Open", "requester_id": 20},
        **{"responder_id": None, "ticket_type": None, "created_at": "2014-12-31T12:27:09+10:00"},
        **keys,
    }
    return {"helpdesk_ticket": inside}


def single(tmp_path, one, **beside):
    for name, objects in beside.items():
        write(tmp_path, f"{name}.json", json.dumps(objects))
    write(tmp_path, "tickets.json", json.dumps([one, ticket(777)]))
    return next(iter(opened(tmp_path).records()))


def facts(person):
    return {key: person[key] for key in ("id", "kind", "email", "name", "external_id") if key in person}


@pytest.mark.parametrize("layout", ["array", "lines", "search", "one object a file"])
def test_tickets_are_joined_with_companion_files(tmp_path, layout):
    one, two = ticket(1, company_id=50, group_id=30), ticket(2, requester_id=99, responder_id=None)
    write(tmp_path, "contacts.json", json.dumps([CONTACT]))
    write(tmp_path, "agents.json", json.dumps([AGENT]))
    write(tmp_path, "companies.json", json.dumps([COMPANY]))
    write(tmp_path, "groups.json", json.dumps([{"id": 30, "name": "First level", "agent_ids": [10]}]))
    write(tmp_path, "conversations.json", json.dumps([said(3), said(2, user_id=20, incoming=True)]))
    match layout:
        case "array":
            write(tmp_path, "tickets.json", json.dumps([one, two]))
        case "lines":
            write(tmp_path, "tickets.json", json_lines(one, two))
        case "search":
            write(tmp_path, "tickets.json", json.dumps({"total": 2, "results": [one, two]}))
        case "one object a file":
            write(tmp_path, "ticket-1.json", json.dumps(one))
            write(tmp_path, "ticket-2.json", json.dumps(two))

    source = opened(tmp_path)
    first, second = source.records()

    assert (source.reader, source.helpdesk) == ("freshdesk", "freshdesk")
    assert "requester_id" in source.why or "description_text" in source.why
    assert facts(first.values["requester"]) == WREN
    assert facts(first.values["assignee"]) == ADA
    assert first.values["company"]["name"] == "Acme"
    assert first.values["group"] == {"id": "30", "name": "First level"}
    assert [(each["id"], facts(each["author"])) for each in first.values["comments"]] == [
        ("2", WREN),
        ("3", ADA),
    ]
    assert second.values["requester"] == {"id": "99", "kind": "customer", "external_id": "freshdesk-99"}
    assert "assignee" not in second.values
    assert second.values["comments"] == []


def test_the_company_of_the_requester_stands_in_for_that_of_the_ticket(tmp_path):
    record = single(tmp_path, ticket(1), contacts=[CONTACT], companies=[COMPANY])
    assert record.values["company"]["name"] == "Acme"


@pytest.mark.parametrize(
    ("private", "kind", "kept"),
    [(True, "note", "true"), (False, "reply", "false"), (None, "note", None), ("perhaps", "note", None)],
)
def test_privacy_is_never_guessed(tmp_path, private, kind, kept):
    (message,) = single(tmp_path, ticket(1, conversations=[said(1, private=private)])).values["comments"]
    assert (message["kind"], message.get("private")) == (kind, kept)


@pytest.mark.parametrize(
    ("keys", "author"),
    [
        pytest.param(
            {"incoming": True, "user_id": 99},
            {"id": "99", "kind": "customer", "external_id": "freshdesk-99"},
            id="customer",
        ),
        pytest.param({"incoming": False, "user_id": 99}, {"id": "99", "kind": "agent"}, id="agent"),
        pytest.param(
            {"incoming": True, "private": True, "user_id": 99}, {"id": "99", "kind": "agent"}, id="note"
        ),
        pytest.param({"incoming": None, "user_id": 99}, {"id": "99"}, id="nobody-says"),
        pytest.param({"incoming": True, "user_id": 10}, ADA, id="agent-who-asks"),
        pytest.param(
            {"incoming": True, "user_id": 99, "from_email": '"Fenna" <fenna@example.org>'},
            {"id": "99", "kind": "customer", "email": "fenna@example.org", "name": "Fenna"},
            id="sender-of-a-mail",
        ),
        pytest.param(
            {"incoming": False, "user_id": 99, "from_email": "support@example.org"},
            {"id": "99", "kind": "agent"},
            id="address-of-the-helpdesk",
        ),
    ],
)
def test_who_wrote_is_told_by_the_lists_and_else_by_the_message(tmp_path, keys, author):
    record = single(tmp_path, ticket(1, conversations=[said(1, **keys)]), agents=[AGENT], contacts=[CONTACT])
    assert facts(record.values["comments"][0]["author"]) == author


def test_a_requester_whose_contact_is_gone_is_known_by_their_own_message(tmp_path):
    mail = said(1, user_id=99, incoming=True, from_email="Fenna <fenna@example.org>")
    record = single(tmp_path, ticket(1, requester_id=99, conversations=[mail]), contacts=[CONTACT])
    assert record.values["requester"] == {
        **{"id": "99", "kind": "customer", "email": "fenna@example.org", "name": "Fenna"},
    }


def test_an_embedded_requester_is_completed_from_the_list(tmp_path):
    own = {"id": 20, "name": "Wren A.", "email": None, "mobile": "+1 202-555-0187"}
    record = single(tmp_path, ticket(1, requester=own), contacts=[CONTACT])
    assert facts(record.values["requester"]) == {**WREN, "name": "Wren A."}
    assert record.values["requester"]["mobile"] == "+1 202-555-0187"


def test_whom_the_ticket_itself_knows_is_known_as_a_writer(tmp_path):
    own = {"id": 20, "name": "Wren", "email": "wren@example.com"}
    messages = [said(1, user_id=20, incoming=True), said(2, user_id=10)]
    record = single(tmp_path, ticket(1, requester=own, conversations=messages, responder_name="Ada"))
    assert [facts(each["author"]) for each in record.values["comments"]] == [
        {"id": "20", "kind": "customer", "name": "Wren", "email": "wren@example.com"},
        {"id": "10", "kind": "agent", "name": "Ada"},
    ]


def test_an_agent_who_left_loses_the_mark_behind_the_name(tmp_path):
    left = {**AGENT, "contact": {"name": "Ada (Deactivated)", "email": "ada@example.com"}}
    assert single(tmp_path, ticket(1), agents=[left]).values["assignee"]["name"] == "Ada"


def test_messages_are_html_or_text_as_their_dialect_has_them(tmp_path):
    record = single(tmp_path, ticket(1, conversations=[said(1)]))
    assert record.values["description_html"] == "<p>Hi</p>"
    assert [record.values["comments"][0][key] for key in ("body", "body_format")] == ["<p>text 1</p>", "html"]


def test_messages_beside_the_tickets_are_not_doubled(tmp_path):
    record = single(tmp_path, ticket(1, conversations=[said(1)]), conversations=[said(1), said(2)])
    assert [each["id"] for each in record.values["comments"]] == ["1", "2"]


def test_attachments_keep_name_address_size_and_type(tmp_path):
    attached = {"name": "a.png", "attachment_url": "https://x.example/a?Expires=1", "size": 5}
    attached["content_type"] = "image/png"
    record = single(
        tmp_path, ticket(1, attachments=[attached], conversations=[said(1, attachments=[attached])])
    )
    expected = [{"name": "a.png", "url": "https://x.example/a?Expires=1", "size": "5", "type": "image/png"}]
    assert record.values["files"] == expected
    assert record.values["comments"][0]["files"] == expected


def test_a_ticket_that_is_there_twice_is_read_once_and_newest(tmp_path):
    newer = ticket(1, status=4, updated_at="2024-03-01T00:00:00Z")
    path = write(tmp_path, "tickets.json", json.dumps([ticket(1), newer, ticket(2)]))
    source = opened(path)
    assert [(each.values["id"], each.values["status"]) for each in source.records()] == [
        ("1", "4"),
        ("2", "2"),
    ]
    assert told(source) == {"repeated-tickets": 1}


# --- the account export -----------------------------------------------------------------------


def export_in_json(tmp_path, *tickets):
    """An account export whose objects are wrapped in their names."""
    user = {"id": 20, "name": "Wren", "email": "wren@example.com", "helpdesk_agent": False, "customer_id": 50}
    agent = {"id": 10, "name": "Ada", "email": "ada@example.com", "helpdesk_agent": True}
    write(tmp_path, "Users0.json", json.dumps([{"user": {**user, "external_id": "w1"}}]))
    write(tmp_path, "AllAgents0.json", json.dumps([{"user": agent}]))
    write(tmp_path, "Companies0.json", json.dumps([{"company": {"id": 50, "name": "Acme"}}]))
    write(tmp_path, "Groups0.json", json.dumps([{"group": {"id": 30, "name": "First level", "agents": []}}]))
    write(tmp_path, "Solutions0.json", json.dumps([{"category": {"id": 1, "name": "FAQ"}}]))
    write(tmp_path, "Tickets0.json", json.dumps(list(tickets)))
    return opened(tmp_path)


def test_an_account_export_in_json_is_joined(tmp_path):
    note = {
        "id": 1,
        "body": "plain < text",
        "body_html": None,
        "private": True,
        "incoming": False,
        "user_id": 10,
    }
    rich = {"id": 2, "body": "hello", "body_html": "<p>hello</p>", "private": False, "user_id": 20}
    one = earlier(5, notes=[{"note": note}, rich], tags=[{"name": "vip"}], group_id=30, responder_id=10)
    source = export_in_json(tmp_path, one, earlier(6))
    first, second = source.records()

    assert source.reader == "freshdesk"
    assert told(source) == {"file-left-out": 1}
    assert (first.values["display_id"], first.values["id"]) == ("5", "9005")
    assert facts(first.values["requester"]) == WREN
    assert facts(first.values["assignee"]) == ADA
    assert (first.values["company"]["name"], first.values["group"]["name"]) == ("Acme", "First level")
    assert first.values["tags"] == ["vip"]
    assert [(each["body"], each["body_format"], each["kind"]) for each in first.values["comments"]] == [
        ("plain < text", "text", "note"),
        ("<p>hello</p>", "html", "reply"),
    ]
    assert second.values["description_html"] == "<p>a &lt; b</p>"


def test_a_plain_description_is_not_taken_for_html(tmp_path):
    (record, _) = export_in_json(tmp_path, earlier(5, description_html=None), earlier(6)).records()
    assert "description_html" not in record.values
    assert record.values["description"] == "a < b"


def test_system_notes_and_deleted_messages_are_left_out_and_counted(tmp_path):
    notes = [
        {"id": 1, "body": "created_by:10\ntime: 9:00", "private": True, "user_id": 10},
        {"id": 2, "body": "oops", "private": False, "deleted": True, "user_id": 10},
        {"id": 3, "body": "kept", "private": False, "deleted": False, "user_id": 10},
    ]
    source = export_in_json(tmp_path, earlier(5, notes=notes), earlier(6, notes=notes[:1]))
    first, _ = source.records()
    assert [each["body"] for each in first.values["comments"]] == ["kept"]
    assert told(source) == {"file-left-out": 1, "left-out": 3}


@pytest.mark.parametrize(
    ("status", "name", "key"),
    [
        (2, "Offen", "2"),
        (5, "Closed", "5"),
        (6, "Waiting on Customer", "Waiting on Customer"),
        (8, None, "8"),
    ],
)
def test_a_status_of_ones_own_is_known_by_its_name(tmp_path, status, name, key):
    (record, _) = export_in_json(tmp_path, earlier(5, status=status, status_name=name), earlier(6)).records()
    assert record.values["status_key"] == key


def test_people_whom_no_list_knows_keep_the_name_on_the_ticket(tmp_path):
    one = earlier(5, requester_id=77, requester_name="Fenna", responder_id=78, responder_name="Pia")
    (record, _) = export_in_json(tmp_path, one, earlier(6)).records()
    assert record.values["requester"] == {
        **{"id": "77", "kind": "customer", "name": "Fenna", "external_id": "freshdesk-77"},
    }
    assert record.values["assignee"] == {"id": "78", "kind": "agent", "name": "Pia"}
    assert codes(record) == []


def test_the_same_ticket_in_two_dialects_becomes_the_same_record(tmp_path):
    """XML writes names with hyphens and lists as elements; nothing else may differ."""
    note = {"id": "1", "body": "hello", "body_html": "<p>hello</p>", "private": "false", "user_id": "20"}
    inside = earlier(5, notes=[note], tags=[{"name": "vip"}])["helpdesk_ticket"]
    in_json, in_xml = tmp_path / "json", tmp_path / "xml"
    in_json.mkdir()
    in_xml.mkdir()
    write(in_json, "Tickets0.json", json.dumps([{"helpdesk_ticket": inside}]))
    write(in_xml, "Tickets0.xml", TICKET_IN_XML)
    (of_json,) = read(in_json)
    (of_xml,) = read(in_xml)
    assert of_xml.values == of_json.values


TICKET_IN_XML = """<?xml version="1.0" encoding="UTF-8"?>
<helpdesk-tickets type="array"><helpdesk-ticket>
  <id type="integer">9005</id><display-id type="integer">5</display-id><subject>Old</subject>
  <description>a &lt; b</description><description-html>&lt;p&gt;a &amp;lt; b&lt;/p&gt;</description-html>
  <status type="integer">2</status><status-name>Open</status-name>
  <requester-id type="integer">20</requester-id><responder-id type="integer" nil="true"/>
  <ticket-type nil="true"/><created-at type="datetime">2014-12-31T12:27:09+10:00</created-at>
  <notes type="array"><helpdesk-note>
    <id type="integer">1</id><body>hello</body><body-html>&lt;p&gt;hello&lt;/p&gt;</body-html>
    <private type="boolean">false</private><user-id type="integer">20</user-id>
  </helpdesk-note></notes>
  <tags type="array"><tag><name>vip</name></tag></tags>
</helpdesk-ticket></helpdesk-tickets>
"""


def test_a_ticket_of_which_little_was_kept_is_known_by_its_numbers(tmp_path):
    names = ("id", "subject", "description_text", "status", "priority", "created_at")
    short = {name: ticket(1)[name] for name in names}
    source = opened(write(tmp_path, "t.json", json.dumps([short])))
    (record,) = source.records()
    assert (source.reader, record.values["description"]) == ("freshdesk", "Hi")
    assert opened(write(tmp_path, "u.json", json.dumps([short | {"status": "open"}]))).reader == "json"


def test_pages_in_an_array_are_one_export(tmp_path):
    pages = json.dumps([[ticket(1)], [ticket(2)]])
    assert [record.values["id"] for record in read(write(tmp_path, "t.json", pages))] == ["1", "2"]


@pytest.mark.parametrize(
    "choices",
    [
        pytest.param({"2": ["Open", "Open"], "9": ["Waits for parts", "Pending"]}, id="labels-by-number"),
        pytest.param([{"id": 9, "value": "Waits for parts"}], id="objects"),
        pytest.param([{"id": 4, "value": 9, "label": "Waits for parts"}], id="labelled-objects"),
    ],
)
def test_fields_that_are_listed_give_statuses_and_custom_fields_their_names(tmp_path, choices):
    common = {"required_for_closure": False}
    fields = [
        {"id": 1, "name": "status", "label": "Status", "choices": choices, **common},
        {"id": 2, "name": "cf_order", "label": "Order number", **common},
    ]
    ticket = {"id": 1, "subject": "S", "status": 9, "priority": 1, "requester_id": 5, "fr_due_by": "x"}
    ticket |= {"custom_fields": {"cf_order": 77, "cf_other": "x"}}
    write(tmp_path, "tickets.json", json.dumps([ticket]))
    write(tmp_path, "fields.json", json.dumps(fields))
    (record,) = read(tmp_path)
    assert record.values["status_key"] == "Waits for parts"
    assert record.values["named_fields"] == {"Order number": "77"}


def test_the_text_of_a_ticket_that_an_agent_began_is_the_first_reply_of_an_agent(tmp_path):
    ticket = {"id": 1, "subject": "S", "status": 2, "priority": 1, "requester_id": 5, "fr_due_by": "x"}
    ticket |= {"source": 10, "description": "<p>from us</p>", "created_at": "2024-01-01T00:00:00Z"}
    (record,) = read(write(tmp_path, "tickets.json", json.dumps([ticket])))
    assert {"description", "description_html"} & record.values.keys() == set()
    (first,) = record.values["comments"]
    assert (first["body"], first["author"], first["private"]) == (
        "<p>from us</p>",
        {"kind": "agent"},
        "false",
    )


LIST = """\
Ticket ID,Subject,Status,Source,Created time,Contact ID,Description
1,Ends in May,Pending,{source},2024-04-03 09:30:00,wren@example.com,shall we renew it?
"""


def test_the_text_of_a_ticket_in_the_list_that_an_agent_began_is_their_reply(tmp_path):
    (record,) = read(write(tmp_path, "tickets.csv", LIST.format(source="Outbound Email")))
    assert record.values["Description"] == ""
    (opening,) = record.values["comments"]
    assert (opening["body"], opening["private"], opening["author"], opening["created_at"]) == (
        *("shall we renew it?", "false", {"kind": "agent"}),
        "2024-04-03 09:30:00",
    )
    assert record.original == ("1", "Ends in May", "Pending", "Outbound Email", "2024-04-03 09:30:00",
                               "wren@example.com", "shall we renew it?")  # fmt: skip


@pytest.mark.parametrize("source", ["Email", "Portal", ""])
def test_the_text_of_any_other_ticket_in_the_list_is_the_customers(tmp_path, source):
    (record,) = read(write(tmp_path, "tickets.csv", LIST.format(source=source)))
    assert (record.values["Description"], record.values.get("comments")) == ("shall we renew it?", None)


def test_a_list_without_texts_or_sources_is_read_all_the_same(tmp_path):
    path = write(
        tmp_path, "t.csv", "Ticket ID,Subject,Status,Created time,Contact ID\n1,S,Open,x,a@example.com\n"
    )
    source = opened(path)
    assert (source.helpdesk, [record.values["Ticket ID"] for record in source.records()]) == (
        "freshdesk",
        ["1"],
    )
