import json

import pytest

from tests.readers.support import codes, json_lines, opened, read, told, write

USER = {"type": "user", "id": "u1", "name": "Wanda", "email": "wanda@example.com"}
ADMIN = {"type": "admin", "id": "7", "name": "Ada", "email": "ada@example.org"}
BOT = {"type": "bot", "id": "9", "name": "Fin", "email": "operator+x@intercom.example"}


def conversation(number, *parts, **keys):
    return {
        "type": "conversation",
        "id": str(number),
        "created_at": 1710000000,
        "updated_at": 1710000000,
        "title": None,
        "state": "open",
        "source": {
            "type": "email",
            "id": f"{number}0",
            "delivered_as": "customer_initiated",
            "subject": "<p>Hello &amp; bye</p>",
            "body": "<p>First words</p>",
            "author": USER,
            "attachments": [],
        },
        "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": "u1"}]},
        "admin_assignee_id": 7,
        "team_assignee_id": 5,
        "conversation_parts": {
            "type": "conversation_part.list",
            "conversation_parts": list(parts),
            "total_count": len(parts),
        },
        **keys,
    }


def part(number, part_type="comment", body="<p>words</p>", **keys):
    return {
        "type": "conversation_part",
        "id": f"p{number}",
        "part_type": part_type,
        "body": body,
        "created_at": 1710000000 + number,
        "author": ADMIN,
        "attachments": [],
        **keys,
    }


def ticket(number, *parts, **keys):
    return {
        "type": "ticket",
        "id": str(number),
        "ticket_id": "53",
        "ticket_attributes": {"_default_title_": "Broken", "_default_description_": "a < b\nc"},
        "ticket_state": {"type": "ticket_state", "category": "in_progress", "internal_label": "Busy"},
        "ticket_type": {"type": "ticket_type", "name": "Bug", "category": "Customer"},
        "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": "u1"}]},
        "admin_assignee_id": "0",
        "created_at": 1710000000,
        "category": "Customer",
        "ticket_parts": {"type": "ticket_part.list", "ticket_parts": list(parts)},
        **keys,
    }


def single(tmp_path, *objects):
    return next(iter(read(write(tmp_path, "x.json", json_lines(*objects, conversation(99))))))


PARTS = {
    "conversations": [conversation(1), conversation(2, admin_assignee_id=None)],
    "contacts": [
        {
            "type": "contact",
            "id": "u1",
            "role": "user",
            "external_id": "acme-1",
            "email": "wanda@example.com",
            "name": "Wanda Q",
            "companies": {"type": "list", "data": [{"type": "company", "id": "c1"}]},
        }
    ],
    "admins": [{"type": "admin", "id": "7", "name": "Ada", "email": "ada@example.org"}],
    "teams": [{"type": "team", "id": "5", "name": "Tier 1"}],
    "companies": [{"type": "company", "id": "c1", "company_id": "acme", "name": "Acme"}],
}


@pytest.mark.parametrize("layout", ["lines", "array", "envelope", "one object a file"])
def test_conversations_are_joined_with_companion_files(tmp_path, layout):
    for name, objects in PARTS.items():
        if layout == "one object a file":
            for number, each in enumerate(objects):
                write(tmp_path, f"{name}-{number}.json", json.dumps(each))
            continue
        key = "data" if name in ("contacts", "companies") else name
        text = {
            "lines": json_lines(*objects),
            "array": json.dumps(objects),
            "envelope": json.dumps({"type": "list", "pages": {"page": 1}, key: objects, "total_count": 1}),
        }
        write(tmp_path, f"{name}.json", text[layout])

    source = opened(tmp_path)
    first, second = source.records()

    assert (source.reader, source.helpdesk) == ("intercom", "intercom")
    assert first.values["requester"] == {
        **{"kind": "customer", "id": "u1", "email": "wanda@example.com", "name": "Wanda"},
        "external_id": "acme-1",
    }
    assert first.values["assignee"] == {
        **{"kind": "agent", "id": "7", "email": "ada@example.org", "name": "Ada"}
    }
    assert first.values["team"]["name"] == "Tier 1"
    assert first.values["company"]["name"] == "Acme"
    assert (first.values["subject"], first.values["preview"]) == ("Hello & bye", "First words")
    assert first.values["contacts"] == {
        "type": "contact.list",
        "contacts": [{"type": "contact", "id": "u1"}],
    }
    assert "assignee" not in second.values


@pytest.mark.parametrize(
    ("part_type", "private"),
    [
        ("comment", "false"),
        ("quick_reply", "false"),
        ("open", "false"),
        ("close", "false"),
        ("note", "true"),
        ("Note", "true"),
        ("note_and_reopen", "true"),
        ("note_and_unsnooze", "true"),
        ("assignment", None),
        ("assign_and_reopen", None),
        ("conversation_summary", None),
        ("something_new", None),
        (None, None),
    ],
)
def test_only_parts_that_are_known_to_be_public_are(tmp_path, part_type, private):
    record = single(tmp_path, conversation(1, part(1, part_type)))
    _, found = record.values["comments"]
    assert found.get("private") == private
    assert found["kind"] == ("reply" if private == "false" else "note")


def test_the_first_message_is_the_text_of_the_ticket_and_parts_follow_oldest_first(tmp_path):
    upload = {"type": "upload", "name": "a.pdf", "url": "https://x.example/a", "filesize": 5}
    upload |= {"content_type": "application/pdf", "width": None}
    found = conversation(1, part(9, author=USER), part(2, attachments=[upload], body=None), part(3, body=""))
    found["source"]["attachments"] = [upload]
    record = single(tmp_path, found)

    first, second, third = record.values["comments"]
    file = {"name": "a.pdf", "url": "https://x.example/a", "size": "5", "type": "application/pdf"}
    assert (first["kind"], first["id"], first["private"], first["files"]) == (
        *("description", "10", "false"),
        [file],
    )
    assert (record.values["description"], record.values["description_format"]) == (
        *("<p>First words</p>", "html"),
    )
    assert record.values["attachments"] == [file]
    assert (second["id"], second["files"], second["author"]["kind"]) == ("p2", [file], "agent")
    assert (third["id"], third["author"]["kind"], third["created_at"]) == ("p9", "customer", "1710000009")


@pytest.mark.parametrize(("author", "kind"), [(ADMIN, "agent"), (BOT, "bot")])
def test_what_an_admin_or_a_bot_began_is_their_reply_to_the_customer(tmp_path, author, kind):
    found = conversation(1, part(1, author=USER))
    found["source"] |= {"author": author, "delivered_as": "admin_initiated"}
    record = single(tmp_path, found)
    assert "description" not in record.values
    assert [(each["kind"], each["author"]["kind"]) for each in record.values["comments"]] == [
        ("reply", kind),
        ("reply", "customer"),
    ]
    assert record.values["requester"]["email"] == "wanda@example.com"


def test_a_redacted_first_message_is_no_message(tmp_path):
    found = conversation(1, part(1))
    found["source"] |= {"body": None, "subject": None, "redacted": True}
    record = single(tmp_path, found)
    assert [each["id"] for each in record.values["comments"]] == ["p1"]
    assert "description" not in record.values


def test_the_preview_never_tells_a_note(tmp_path):
    found = conversation(1, part(1, "note", "<p>secret</p>"), part(2, body=f"<p>{'long ' * 40}</p>"))
    found["source"]["body"] = None
    preview = single(tmp_path, found).values["preview"]
    assert preview.startswith("long long")
    assert len(preview) == 80


def test_who_has_no_address_is_known_by_the_id_of_intercom(tmp_path):
    lead = {"type": "lead", "id": "u1", "name": None, "email": None}
    found = conversation(1)
    found["source"]["author"] = lead
    contact = {"type": "contact", "id": "u1", "role": "lead", "external_id": "made-up", "name": "Plum Kettle"}
    write(tmp_path, "contacts.json", json.dumps([contact]))
    write(tmp_path, "conversations.json", json.dumps([found]))
    (record,) = read(tmp_path)
    assert record.values["requester"] == {
        **{"kind": "customer", "id": "u1", "name": "Plum Kettle", "external_id": "u1"}
    }


def test_the_old_shape_of_the_api_is_read(tmp_path):
    old = {
        "type": "conversation",
        "id": "1",
        "created_at": 1553380000,
        "user": {"type": "user", "id": "u1", "user_id": "acme-1", "email": "w@example.com"},
        "assignee": {"type": "nobody_admin", "id": None},
        "conversation_message": {
            "type": "conversation_message",
            "id": "5",
            "subject": "",
            "body": "<p>Hi</p>",
            "author": {"type": "user", "id": "u1"},
            "attachments": [],
        },
        "conversation_parts": {"conversation_parts": [part(1, "open", None), part(2)]},
        "open": False,
    }
    record = single(tmp_path, old)
    assert record.values["requester"]["external_id"] == "acme-1"
    assert (record.values["status"], record.values["description"]) == ("closed", "<p>Hi</p>")
    assert record.values["assignee"] == {"type": "nobody_admin"}
    assert [each["id"] for each in record.values["comments"]] == ["5", "p2"]
    old["assignee"] = ADMIN
    assert single(tmp_path, old).values["assignee"]["kind"] == "agent"


@pytest.mark.parametrize(
    "state", ["in_progress", {"type": "ticket_state", "category": "in_progress"}], ids=["text", "object"]
)
def test_a_ticket_says_what_conversations_say_under_the_same_keys(tmp_path, state):
    files = [{"type": "upload", "name": "a.png", "url": "https://x.example/a", "content_type": "image/png"}]
    found = ticket(1, part(1), part(2, "ticket_state_updated_by_admin", None), ticket_state=state)
    found["ticket_attributes"]["Screenshot"] = files
    values = single(tmp_path, found).values
    assert (values["title"], values["status"], values["category"]) == ("Broken", "in_progress", "Customer")
    assert (values["description"], values["description_format"]) == ("a < b\nc", "text")
    assert values["attachments"] == [{"name": "a.png", "url": "https://x.example/a", "type": "image/png"}]
    assert values["requester"]["id"] == "u1"
    assert "assignee" not in values
    assert [(each["id"], each.get("private")) for each in values["comments"]] == [
        ("", "false"),
        ("p1", "false"),
    ]


def test_a_description_with_markup_is_html(tmp_path):
    found = ticket(1)
    found["ticket_attributes"]["_default_description_"] = '<p class="no-margin">a</p>'
    assert single(tmp_path, found).values["description_format"] == "html"


@pytest.mark.parametrize("category", ["Back-office", "Tracker"])
def test_nothing_of_an_internal_ticket_is_public(tmp_path, category):
    found = ticket(1, part(1, "comment"), part(2, "something_new"))
    del found["category"]
    found["ticket_type"]["category"] = category
    values = single(tmp_path, found).values
    assert values["category"] == category
    assert [each["private"] for each in values["comments"][1:]] == ["true", "true"]


def test_the_newest_copy_is_read_and_a_ticket_is_no_copy_of_a_conversation(tmp_path):
    source = opened(
        write(
            tmp_path,
            "x.json",
            json_lines(
                conversation(1, state="closed", updated_at=1710000500),
                conversation(1, state="open", updated_at=1710000100),
            ),
        ),
        write(tmp_path, "tickets.json", json.dumps({"type": "ticket.list", "tickets": [ticket(1)]})),
    )
    assert [(record.values["type"], record.values["status"]) for record in source.records()] == [
        ("conversation", "closed"),
        ("ticket", "in_progress"),
    ]
    assert told(source)["repeated-tickets"] == 1


def test_a_list_without_parts_is_told(tmp_path):
    found = conversation(1)
    del found["conversation_parts"]
    path = write(tmp_path, "x.json", json.dumps({"type": "conversation.list", "conversations": [found]}))
    source = opened(path)
    (record,) = source.records()
    assert [each["kind"] for each in record.values["comments"]] == ["description"]
    assert told(source) == {"left-out": 1}


@pytest.mark.parametrize(
    "parts",
    ["text", [part(1)], {"conversation_parts": "text"}, {"conversation_parts": [None, "x", part(1)]}],
)
def test_odd_shapes_lose_nothing_and_break_nothing(tmp_path, parts):
    record = single(
        tmp_path, conversation(1, conversation_parts=parts, contacts=[], source={"delivered_as": 1})
    )
    assert [each["id"] for each in record.values["comments"]] == (["p1"] if "p1" in str(parts) else [])
    assert codes(record) == []


# --- tables -----------------------------------------------------------------------------------

REPORT = 'Conversation ID,Updated at ({zone}),"Conversation started at (Europe/Berlin)",Current conversation state\n'


def test_the_zone_of_a_report_is_taken_from_its_header(tmp_path):
    text = REPORT.format(zone="Europe/Berlin") + "1,2024-01-02 10:00:00,2024-01-01 09:00:00,Closed\n"
    source = opened(write(tmp_path, "report.csv", text))
    (record,) = source.records()
    assert (source.reader, source.helpdesk) == ("intercom-csv", "intercom")
    assert (record.values["Conversation started at"], record.values["timezone"]) == (
        *("2024-01-01 09:00:00", "Europe/Berlin"),
    )
    assert record.original == ("1", "2024-01-02 10:00:00", "2024-01-01 09:00:00", "Closed")
    assert source.columns[1] == "Updated at (Europe/Berlin)"


def test_two_zones_in_one_header_are_none(tmp_path):
    text = REPORT.format(zone="America/New_York") + "1,2024-01-02 10:00:00,2024-01-01 09:00:00,Closed\n"
    (record,) = read(write(tmp_path, "report.csv", text))
    assert "timezone" not in record.values


def test_brackets_that_hold_no_zone_stay(tmp_path):
    text = "Conversation ID,Teammate currently assigned,First response time (seconds)\n1,Ada,5\n"
    (record,) = read(write(tmp_path, "report.csv", text))
    assert set(record.values) == {
        *("Conversation ID", "Teammate currently assigned", "First response time (seconds)"),
    }


MESSAGES = "message_id,message_body,message_type,message_created_at,message_author_type,message_author_id,"
MESSAGES += "message_author_user_id,message_author_name,message_author_email,conversation_id\n"


def test_messages_of_a_table_are_brought_into_the_canonical_shape(tmp_path):
    rows = (
        "m1,a <b>,conversation_message,2024-01-01 09:00:00,user,u1,acme-1,Wanda,w@example.com,1\n"
        "m2,secret,note,2024-01-01 09:01:00,admin,7,,Ada,ada@example.org,1\n"
        "m3,?,assign_and_reopen,2024-01-01 09:02:00,admin,7,,Ada,ada@example.org,1\n"
        "m4,,close,2024-01-01 09:03:00,admin,7,,Ada,ada@example.org,1\n"
        "m5,hello,conversation_message,2024-01-01 09:03:00,bot,9,,Fin,,2\n"
        "m6,hi,comment,2024-01-01 09:04:00,lead,u2,made-up,,,2\n"
    )
    source = opened(write(tmp_path, "messages.csv", MESSAGES + rows))
    found = [record.values for record in source.records()]
    assert (source.reader, source.helpdesk) == ("intercom-messages", "intercom")
    assert [(each["id"], each["kind"], each.get("private")) for each in found] == [
        ("m1", "description", "false"),
        ("m2", "note", "true"),
        ("m3", "note", None),
        ("m4", "reply", "false"),
        ("m5", "reply", "false"),
        ("m6", "reply", "false"),
    ]
    assert [each.get("preview") for each in found] == ["a <b>", None, None, None, "hello", "hi"]
    assert found[0]["customer"] == {
        **{"kind": "customer", "id": "u1", "email": "w@example.com", "name": "Wanda", "external_id": "acme-1"}
    }
    assert found[4]["author"]["kind"] == "bot"
    assert found[5]["customer"] == {"kind": "customer", "id": "u2", "external_id": "u2"}
    assert told(source) == {"left-out": 1}


def test_a_conversation_of_which_all_was_redacted_is_still_one(tmp_path):
    bare = conversation(1, source=None, contacts=None)
    source = opened(write(tmp_path, "c.json", json.dumps([bare])))
    assert (source.reader, len(list(source.records()))) == ("intercom", 1)


def test_parts_that_were_saved_beside_their_conversations_are_joined(tmp_path):
    said = {"type": "conversation", "id": "7", "state": "open", "created_at": 1710000000}
    part = {"type": "conversation_part", "body": "<p>x</p>", "author": ADMIN, "conversation_id": 7}
    note = {**part, "id": "3", "part_type": "note", "created_at": 1710000300}
    comment = {**part, "id": "2", "part_type": "comment", "created_at": 1710000200}
    write(tmp_path, "conversations.json", json.dumps({"conversations": [said, {**said, "id": "8"}]}))
    write(tmp_path, "conversation_parts.json", json_lines(note, comment))
    source = opened(tmp_path)
    first, second = source.records()
    assert [(each["id"], each["private"]) for each in first.values["comments"]] == [
        ("2", "false"),
        ("3", "true"),
    ]
    assert second.values["comments"] == []
    assert told(source)["left-out"] == 1
