import json

import pytest

from tests.readers.support import codes, opened, read, told, write

WANDA = "wanda@example.com"
PIPELINE = {
    "label": "Refunds",
    "id": "715",
    "stages": [
        {"label": "At the bank", "id": "91", "metadata": {"ticketState": "OPEN", "isClosed": "false"}},
        {"label": "Done", "id": "92", "metadata": {"isClosed": "true"}},
    ],
}
OWNER = {"id": "61", "email": "ada@example.org", "firstName": "Ada", "lastName": "Brook", "userId": 4}


def thing(number, associations=None, **properties):
    found = {
        "id": str(number),
        "properties": {**properties, "hs_object_id": str(number)},
        "createdAt": "2024-01-01T10:00:00.000Z",
        "updatedAt": "2024-01-01T10:00:00.000Z",
        "archived": False,
    }
    if associations:
        found["associations"] = {
            name: {"results": [{"id": str(id), "type": "x"} for id in ids]}
            for name, ids in associations.items()
        }
    return found


def ticket(number, associations=None, **properties):
    standard = {
        "subject": "Need help",
        "content": "1 < 2",
        "hs_pipeline": "0",
        "hs_pipeline_stage": "1",
        "createdate": "2024-01-01T10:00:00.120Z",
        "hs_ticket_priority": "HIGH",
        "hubspot_owner_id": "61",
    }
    return thing(
        number, {"contacts": [1]} if associations is None else associations, **{**standard, **properties}
    )


def email(number, direction="EMAIL", **keys):
    standard = {
        "hs_timestamp": f"2024-01-01T10:00:{number:02}Z",
        "hs_email_direction": direction,
        "hs_email_html": f"<p>words {number}</p>",
        "hs_email_status": "SENT",
        "hs_email_from_email": WANDA if direction == "INCOMING_EMAIL" else "support@example.org",
    }
    return thing(number, **{**standard, **keys})


def account(tmp_path, **lists):
    """The folder of an export: what is not given is a contact and an owner."""
    lists.setdefault(
        "contacts", [thing(1, email=WANDA, firstname="Wanda", lastname="Q", associatedcompanyid="9")]
    )
    lists.setdefault("owners", [OWNER])
    for name, objects in lists.items():
        write(tmp_path, f"{name}.json", json.dumps({"results": objects, "paging": {"next": {"after": "1"}}}))
    return tmp_path


def comments(tmp_path, associations, **lists):
    (record,) = read(account(tmp_path, tickets=[ticket(5, {"contacts": [1], **associations})], **lists))
    return record.values["comments"]


def test_tickets_are_joined_with_the_lists_beside_them(tmp_path):
    companies = [
        thing(9, name="Acme", domain="acme.example"),
        thing(8, name="Globex", domain="globex.example"),
    ]
    tickets = [
        ticket(5),
        ticket(6, {"contacts": [99], "companies": [8]}, hubspot_owner_id="99"),
        ticket(7, {}),
    ]
    source = opened(account(tmp_path, tickets=tickets, companies=companies))
    first, second, third = source.records()
    assert (source.reader, source.helpdesk) == ("hubspot", "hubspot")
    assert first.values["requester"] == {**{"kind": "customer", "id": "1", "email": WANDA, "name": "Wanda Q"}}
    assert first.values["assignee"] == {
        **{"kind": "agent", "id": "61", "email": "ada@example.org", "name": "Ada Brook"}
    }
    assert first.values["company"] == {"id": "9", "name": "Acme"}
    assert second.values["company"] == {"id": "8", "name": "Globex"}
    assert (second.values["requester"], codes(second)) == (
        {"kind": "customer", "id": "99"},
        ["requester-unknown"],
    )
    assert "assignee" not in second.values
    assert codes(first) == codes(third) == []
    assert {"requester", "company"} & third.values.keys() == set()
    assert (first.values["created_at"], first.values["description"], first.values["description_format"]) == (
        *("2024-01-01T10:00:00.120Z", "1 < 2", "text"),
    )
    assert first.values["properties"]["hs_ticket_priority"] == "HIGH"


@pytest.mark.parametrize("layout", ["array", "lines", "one object a file"])
def test_other_layouts_are_the_same_export(tmp_path, layout):
    things = {"tickets": [ticket(5), ticket(6)], "contacts": [thing(1, email=WANDA)], "owners": [OWNER]}
    for name, objects in things.items():
        match layout:
            case "array":
                write(tmp_path, f"{name}.json", json.dumps(objects))
            case "lines":
                write(tmp_path, f"{name}.json", "\n".join(map(json.dumps, objects)))
            case _:
                for each in objects:
                    write(tmp_path, f"{name}-{each['id']}.json", json.dumps(each))
    assert [record.values["requester"]["email"] for record in read(tmp_path)] == [WANDA, WANDA]


@pytest.mark.parametrize(
    ("pipeline", "stage", "listed", "expected"),
    [
        pytest.param("0", "4", False, ("Closed", "CLOSED", "0"), id="default-stage"),
        pytest.param("0", "2", False, ("Waiting on contact", "OPEN", "0"), id="default-open"),
        pytest.param("0", "9", False, ("9", None, "0"), id="unknown-stage"),
        pytest.param("715", "4", False, ("4", None, "715"), id="other-pipeline-same-number"),
        pytest.param("715", "91", True, ("At the bank", "OPEN", "Refunds"), id="listed"),
        pytest.param("715", "92", True, ("Done", "CLOSED", "Refunds"), id="listed-without-state"),
        pytest.param("715", "4", True, ("4", None, "Refunds"), id="listed-pipeline-unknown-stage"),
    ],
)
def test_a_stage_is_told_by_its_words(tmp_path, pipeline, stage, listed, expected):
    lists = {"pipelines": [PIPELINE]} if listed else {}
    tickets = [ticket(5, hs_pipeline=pipeline, hs_pipeline_stage=stage)]
    (record,) = read(account(tmp_path, tickets=tickets, **lists))
    assert tuple(record.values.get(name) for name in ("status", "state", "pipeline")) == expected


def test_notes_and_calls_are_private_and_emails_speak_for_who_wrote_them(tmp_path):
    found = comments(
        tmp_path,
        {"emails": [11, 13], "notes": [12], "calls": [14]},
        emails=[
            email(11, "INCOMING_EMAIL", hs_email_from_firstname="Wanda", hs_email_from_lastname="Q"),
            email(13, hubspot_owner_id="61", hs_email_to_email=f"other@example.com; {WANDA.upper()}"),
        ],
        notes=[thing(12, hs_note_body="secret", hs_timestamp="1704103212000", hubspot_owner_id="61")],
        calls=[thing(14, hs_call_body="spoke", hs_timestamp="2024-01-01T10:00:14Z")],
    )
    assert [(each["id"], each["kind"], each.get("private"), each["author"]["kind"]) for each in found] == [
        ("11", "reply", "false", "customer"),
        ("12", "note", "true", "agent"),
        ("13", "reply", "false", "agent"),
        ("14", "note", "true", "agent"),
    ]
    assert found[0]["author"] == {"kind": "customer", "email": WANDA, "name": "Wanda Q"}
    assert found[1]["created_at"] == "2024-01-01T10:00:12.000Z"
    assert found[2]["author"]["name"] == "Ada Brook"


@pytest.mark.parametrize(
    ("keys", "private"),
    [
        pytest.param({}, "false", id="recipients-not-exported"),
        pytest.param({"hs_email_to_email": WANDA}, "false", id="to-the-customer"),
        pytest.param({"hs_email_to_email": "a@example.org", "hs_email_cc_email": WANDA}, "false", id="copy"),
        pytest.param({"hs_email_to_email": "supplier@example.net"}, None, id="to-somebody-else"),
        pytest.param({"hs_email_direction": "FORWARDED_EMAIL"}, None, id="forwarded"),
        pytest.param({"hs_email_direction": None}, None, id="no-direction"),
    ],
)
def test_an_email_is_public_only_where_the_customer_was_part_of_it(tmp_path, keys, private):
    (found,) = comments(tmp_path, {"emails": [11]}, emails=[email(11, **keys)])
    assert found.get("private") == private


def test_emails_that_were_never_sent_are_left_out(tmp_path):
    emails = [email(11, hs_email_status="SCHEDULED"), email(12, hs_email_status="BOUNCED")]
    folder = account(tmp_path, tickets=[ticket(5, {"emails": [11, 12]})], emails=emails)
    source = opened(folder)
    (record,) = source.records()
    assert [each["id"] for each in record.values["comments"]] == ["12"]
    assert told(source)["left-out"] == 1


def test_activities_are_found_by_their_own_associations_too_and_once(tmp_path):
    notes = [
        thing(12, {"tickets": [5]}, hs_note_body="both", hs_timestamp="2024-01-01T10:00:12Z"),
        thing(13, {"tickets": [5]}, hs_note_body="theirs", hs_timestamp="2024-01-01T10:00:13Z"),
        thing(14, {"tickets": [77]}, hs_note_body="of another", hs_timestamp="2024-01-01T10:00:14Z"),
    ]
    found = comments(tmp_path, {"notes": [12]}, notes=notes)
    assert [each["body"] for each in found] == ["both", "theirs"]


def test_the_email_that_is_the_ticket_is_not_written_twice_whatever_was_noted_before(tmp_path):
    tickets = [ticket(5, {"contacts": [1], "emails": [11], "notes": [12]}, content="Hello,\n\nwords  11")]
    emails = [email(11, "INCOMING_EMAIL", hs_email_html="<p>Hello,</p><p>words 11</p>")]
    notes = [thing(12, hs_note_body="first", hs_timestamp="2024-01-01T09:00:00Z")]
    (record,) = read(account(tmp_path, tickets=tickets, emails=emails, notes=notes))
    assert [each["kind"] for each in record.values["comments"]] == ["note", "description"]
    assert codes(record) == []


def test_a_description_that_is_a_private_note_stays_private(tmp_path):
    tickets = [ticket(5, {"contacts": [1], "notes": [12]}, content="secret")]
    notes = [thing(12, hs_note_body="<p>secret</p>", hs_timestamp="2024-01-01T09:00:00Z")]
    (record,) = read(account(tmp_path, tickets=tickets, notes=notes))
    assert "description" not in record.values
    assert codes(record) == ["private-description"]


def message(number, message_type="MESSAGE", direction="INCOMING", **keys):
    return {
        "type": message_type,
        "id": f"m{number}",
        "conversationsThreadId": "77",
        "createdAt": f"2024-01-01T10:00:{number:02}.000Z",
        "senders": [
            {
                "actorId": "V-1",
                "name": "Wanda",
                "deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": WANDA},
            }
        ],
        "text": f"words {number}",
        "direction": direction,
        "attachments": [],
        **keys,
    }


def test_messages_of_the_inbox_are_the_thread_and_its_comments_are_internal(tmp_path):
    attachment = {"type": "FILE", "name": "a.png", "url": "https://x.example/a"}
    messages = [
        message(3, "COMMENT", "OUTGOING"),
        message(
            2, direction="OUTGOING", richText="<p>rich</p>", attachments=[attachment, {"type": "LOCATION"}]
        ),
        message(1),
        message(4, "ASSIGNMENT"),
    ]
    tickets = [ticket(5, content=None, hs_conversations_originating_thread_id="66;77")]
    source = opened(account(tmp_path, tickets=tickets, messages=messages))
    (record,) = source.records()
    first, second, third = record.values["comments"]
    assert (first["kind"], first["private"], first["author"]["email"]) == ("description", "false", WANDA)
    assert (record.values["description"], record.values["description_format"]) == ("words 1", "text")
    assert (second["kind"], second["body"], second["body_format"]) == ("reply", "<p>rich</p>", "html")
    assert second["files"] == [{"name": "a.png", "url": "https://x.example/a"}]
    assert (third["kind"], third["private"], third["author"]["kind"]) == ("note", "true", "agent")
    assert told(source)["left-out"] == 1


def test_the_first_version_of_the_api_is_read(tmp_path):
    old = {
        "objectType": "TICKET",
        "objectId": 5,
        "properties": {
            "subject": {"value": "Hi", "timestamp": 1, "source": "API"},
            "hs_pipeline_stage": {"value": "4"},
            "hs_pipeline": {"value": "0"},
            "createdate": {"value": "1704103200120"},
        },
        "isDeleted": False,
    }
    (record,) = read(write(tmp_path, "t.json", json.dumps({"objects": [old], "hasMore": False})))
    assert (record.values["id"], record.values["status"], record.values["created_at"]) == (
        *("5", "Closed", "2024-01-01T10:00:00.120Z"),
    )
    assert record.values["properties"]["subject"] == "Hi"


def test_the_newest_copy_is_read(tmp_path):
    copies = [
        ticket(5, subject="new", hs_lastmodifieddate="2024-03-01T00:00:00.000Z"),
        ticket(5, subject="old", hs_lastmodifieddate="1704103200120"),
    ]
    source = opened(account(tmp_path, tickets=copies))
    assert [record.values["properties"]["subject"] for record in source.records()] == ["new"]
    assert told(source)["repeated-tickets"] == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"associations": "x"},
        {"associations": {"contacts": {"results": [None, "x", {}]}}},
        {"associations": {"contacts": []}, "createdAt": 5},
    ],
)
def test_odd_shapes_break_nothing(tmp_path, odd):
    (record,) = read(account(tmp_path, tickets=[{**ticket(5), **odd}]))
    assert record.values["status"] == "New"
    assert "requester" not in record.values


# --- tables -----------------------------------------------------------------------------------

ROWS = "Record ID,Ticket name,Ticket status,Associated Contact IDs\n5,Help,New,2;1\n6,Help,New,99\n"
PEOPLE = "Record ID,First Name,Last Name,EMAIL\n1,Wanda,Q,wanda@example.com\n2,Ada,,ada@example.com\n"


def test_tables_of_tickets_and_contacts_are_joined(tmp_path):
    write(tmp_path, "tickets.csv", ROWS)
    write(tmp_path, "contacts.csv", PEOPLE)
    source = opened(tmp_path)
    first, second = source.records()
    assert (source.reader, source.helpdesk) == ("hubspot-csv", "hubspot")
    assert first.values["requester"] == {
        **{"kind": "customer", "id": "2", "email": "ada@example.com", "name": "Ada"}
    }
    assert (first.values["Ticket name"], first.ref.row) == ("Help", 2)
    assert "requester" not in second.values


@pytest.mark.parametrize("files", [1, 2])
def test_tables_of_tickets_alone_stay_tables(tmp_path, files):
    for number in range(files):
        write(tmp_path, f"tickets-{number}.csv", ROWS)
    source = opened(tmp_path)
    assert (source.reader, source.helpdesk, len(list(source.records()))) == (
        "delimited",
        "hubspot",
        2 * files,
    )


def test_a_contact_without_an_address_is_known_by_their_number(tmp_path):
    contacts = [thing(1, firstname="Tor", lastname="Haugen", phone="+1 202-555-0187")]
    (record,) = opened(account(tmp_path, tickets=[ticket(5)], contacts=contacts)).records()
    assert record.values["requester"] == {
        **{"kind": "customer", "id": "1", "name": "Tor Haugen", "external_id": "hubspot-1"},
    }
    assert codes(record) == []
