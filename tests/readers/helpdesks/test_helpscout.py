import json

import pytest

from tests.readers.support import codes, json_lines, opened, read, told, write

CUSTOMER = {"id": 1, "type": "customer", "first": "Wanda", "last": "Q", "email": "wanda@example.com"}
USER = {"id": 7, "type": "user", "first": "Ada", "last": "Brook", "email": "ada@example.org"}


def thread(number, thread_type="message", by=USER, **keys):
    return {
        "id": number,
        "type": thread_type,
        "state": "published",
        "body": f"words {number}",
        "createdBy": by,
        "customer": {key: value for key, value in CUSTOMER.items() if key != "type"},
        "createdAt": f"2024-01-01T10:00:{number:02}Z",
        "_embedded": {"attachments": []},
        **keys,
    }


def conversation(number, *threads, **keys):
    embedded = {"_embedded": {"threads": list(threads)}} if threads else {}
    return {
        "id": number,
        "number": 3000 + number,
        "threads": len(threads),
        "type": "email",
        "folderId": 5,
        "status": "active",
        "state": "published",
        "subject": "Need help",
        "mailboxId": 85,
        "assignee": USER,
        "createdBy": CUSTOMER,
        "createdAt": "2024-01-01T10:00:00Z",
        "userUpdatedAt": "2024-01-02T10:00:00Z",
        "primaryCustomer": {"id": 1, "email": "wanda@example.com"},
        "tags": [{"id": 1, "color": "#fff", "tag": "vip"}],
        "customFields": [{"id": 3, "name": "Plan", "value": "33077", "text": "Team"}],
        **embedded,
        **keys,
    }


def hal(name, objects, number=1):
    page = {"size": 25, "totalElements": len(objects), "totalPages": 1, "number": number}
    links = {"self": {"href": "https://api.helpscout.example/v2/x"}}
    return json.dumps({"_embedded": {name: objects}, "_links": links, "page": page})


def single(tmp_path, *objects):
    path = write(tmp_path, "c.json", json_lines(*objects, conversation(99, thread(1))))
    return next(iter(read(path)))


@pytest.mark.parametrize("layout", ["pages", "pages in one file", "lines", "array", "one object a file"])
def test_conversations_of_version_2_are_joined_with_customers(tmp_path, layout):
    found = [conversation(1, thread(1, "customer", CUSTOMER)), conversation(2, thread(2), assignee=None)]
    customers = [
        {
            "id": 1,
            "firstName": "Wanda",
            "lastName": "Quill",
            "organization": "Acme",
            "_embedded": {"emails": [{"id": 9, "value": "other@example.com", "type": "work"}]},
        }
    ]
    match layout:
        case "pages":
            write(tmp_path, "page1.json", hal("conversations", found[:1]))
            write(tmp_path, "page2.json", hal("conversations", found[1:], 2))
        case "pages in one file":
            pages = [hal("conversations", found[:1]), hal("conversations", found[1:], 2)]
            write(tmp_path, "pages.json", "\n".join(pages))
        case "lines":
            write(tmp_path, "c.json", json_lines(*found))
        case "array":
            write(tmp_path, "c.json", json.dumps(found))
        case "one object a file":
            for each in found:
                write(tmp_path, f"c{each['id']}.json", json.dumps(each))
    write(tmp_path, "customers.json", hal("customers", customers))

    source = opened(tmp_path)
    first, second = source.records()

    assert (source.reader, source.helpdesk) == ("helpscout", "helpscout")
    assert first.values["requester"] == {
        **{"kind": "customer", "id": "1", "email": "wanda@example.com", "name": "Wanda Quill"}
    }
    assert first.values["assignee"]["email"] == "ada@example.org"
    assert first.values["assignee"]["kind"] == "agent"
    assert first.values["company"] == {"name": "Acme"}
    assert first.values["fields"] == {"Plan": "Team"}
    assert first.values["description"] == "words 1"
    assert (first.values["number"], first.values["threads"]) == ("3001", "1")
    assert "assignee" not in second.values


def test_version_1_is_read(tmp_path):
    customer = {"id": 1, "type": "customer", "firstName": "Wanda", "lastName": "Q"}
    customer |= {"emails": ["wanda@example.com"], "organization": "Acme"}
    item = {
        "id": 5,
        "number": 349,
        "folderId": 1,
        "isDraft": False,
        "threadCount": 2,
        "mailbox": {"id": 1, "name": "M"},
        "owner": {"id": 7, "firstName": "Team", "lastName": "", "email": None, "type": "team"},
        "customer": customer,
        "status": "active",
        "subject": "I need help!",
        "createdAt": "2012-07-23T12:34:12Z",
        "modifiedAt": "2012-07-24T20:18:33Z",
        "customFields": [{"fieldId": 1, "name": "Team", "value": "Development"}],
        "tags": ["tag1", "tag2"],
        "threads": [
            {
                "id": 8,
                "type": "customer",
                "state": "published",
                "createdBy": customer,
                "createdByCustomer": True,
                "body": "<p>Help</p>",
                "createdAt": "2012-07-23T12:34:12Z",
                "attachments": [
                    {
                        "id": 1,
                        "fileName": "a.png",
                        "mimeType": "image/png",
                        "size": 5,
                        "url": "https://x.example/a",
                    }
                ],
            },
            {
                "id": 9,
                "type": "note",
                "state": "published",
                "createdBy": {
                    "id": 8,
                    "type": "user",
                    "firstName": "Jack",
                    "lastName": "S",
                    "email": "j@example.org",
                },
                "body": "secret",
                "createdAt": "2012-07-23T12:35:12Z",
            },
        ],
    }
    (record,) = read(write(tmp_path, "one.json", json.dumps({"item": item})))
    (listed,) = read(
        write(tmp_path, "page.json", json.dumps({"page": 1, "pages": 1, "count": 1, "items": [item]}))
    )
    assert record.values == listed.values
    assert record.values["requester"]["email"] == "wanda@example.com"
    assert record.values["assignee"] == {"kind": "agent", "id": "7", "name": "Team"}
    assert record.values["company"] == {"name": "Acme"}
    assert record.values["attachments"] == [
        {"name": "a.png", "url": "https://x.example/a", "size": "5", "type": "image/png"}
    ]
    first, second = record.values["comments"]
    assert (first["kind"], first["private"], first["author"]["name"]) == ("description", "false", "Wanda Q")
    assert (second["kind"], second["private"], second["author"]["name"]) == ("note", "true", "Jack S")


def test_copies_of_a_warehouse_are_joined_with_their_threads(tmp_path):
    found = {
        "id": 1,
        "number": 5,
        "folder_id": 1,
        "mailbox_id": 2,
        "user_updated_at": "2024-01-01T00:00:00Z",
        "created_at": "2024-01-01T00:00:00Z",
        "primary_customer": {"id": 1, "first": "Wanda", "last": "Q", "email": "wanda@example.com"},
        "status": "closed",
        "subject": "Hi",
    }
    threads = [
        {
            "id": number,
            "conversation_id": 1,
            "type": thread_type,
            "state": "published",
            "body": "words",
            "created_by": by,
            "created_at": f"2024-01-01T00:00:0{number}Z",
            "attachments": [{"id": 1, "filename": "a.png", "mime_type": "image/png", "size": 5}],
        }
        for number, thread_type, by in ((2, "note", USER), (1, "customer", CUSTOMER))
    ]
    write(tmp_path, "conversations.json", json_lines(found))
    write(
        tmp_path,
        "conversation_threads.json",
        json_lines(*threads, {**threads[0], "id": 3, "conversation_id": 77}),
    )
    source = opened(tmp_path)
    (record,) = source.records()
    assert [(each["id"], each["kind"], each["created_at"]) for each in record.values["comments"]] == [
        ("1", "description", "2024-01-01T00:00:01Z"),
        ("2", "note", "2024-01-01T00:00:02Z"),
    ]
    assert record.values["attachments"] == [{"name": "a.png", "size": "5", "type": "image/png"}]


@pytest.mark.parametrize(
    ("thread_type", "by", "private"),
    [
        ("customer", CUSTOMER, "false"),
        ("message", USER, "false"),
        ("reply", USER, "false"),
        ("chat", USER, "false"),
        ("beaconchat", CUSTOMER, "false"),
        ("forwardchild", USER, "false"),
        ("phone", CUSTOMER, "false"),
        ("phone", USER, None),
        ("note", USER, "true"),
        ("note", CUSTOMER, "true"),
        ("forwardparent", USER, "true"),
        ("something-new", USER, None),
        (None, USER, None),
    ],
)
def test_only_threads_that_are_known_to_be_public_are(tmp_path, thread_type, by, private):
    record = single(tmp_path, conversation(1, thread(1, thread_type, by)))
    (found,) = record.values["comments"]
    assert found.get("private") == private
    assert ("description" in record.values) == (private == "false" and by is CUSTOMER)


def test_what_was_never_sent_is_left_out_and_counted(tmp_path):
    record = conversation(
        1,
        thread(5),
        thread(4, "lineitem", body=None),
        thread(3, state="draft"),
        thread(2, state="hidden"),
        thread(1, "customer", CUSTOMER),
    )
    source = opened(write(tmp_path, "c.json", json_lines(record)))
    (found,) = source.records()
    assert [each["id"] for each in found.values["comments"]] == ["1", "5"]
    assert told(source) == {"left-out": 3}


def test_threads_of_one_second_keep_their_order_though_the_newest_comes_first(tmp_path):
    times = {"createdAt": "2024-01-01T10:00:01Z"}
    threads = [thread(3), thread(2, **times), thread(1, "customer", CUSTOMER, **times)]
    record = single(tmp_path, conversation(1, *threads))
    assert [each["id"] for each in record.values["comments"]] == ["1", "2", "3"]


def test_a_note_before_the_first_words_of_the_customer_stays_a_note(tmp_path):
    record = single(tmp_path, conversation(1, thread(2, "customer", CUSTOMER), thread(1, "note")))
    assert [each["kind"] for each in record.values["comments"]] == ["note", "description"]
    assert record.values["description"] == "words 2"


def test_what_a_user_began_is_their_reply(tmp_path):
    record = single(tmp_path, conversation(1, thread(2, "customer", CUSTOMER), thread(1, "message")))
    assert [each["kind"] for each in record.values["comments"]] == ["reply", "reply"]
    assert "description" not in record.values


def test_the_words_of_a_customer_are_theirs_whoever_put_them_there(tmp_path):
    record = single(tmp_path, conversation(1, thread(1, "customer", USER)))
    (found,) = record.values["comments"]
    assert (found["author"]["kind"], found["author"]["email"]) == ("customer", "wanda@example.com")


def test_a_customer_and_a_user_with_the_same_number_are_two_people(tmp_path):
    namesake = {"id": 1, "type": "user", "first": "Nils", "last": "F", "email": "nils@example.org"}
    customer = {"id": 1, "type": "customer"}
    record = single(
        tmp_path,
        conversation(
            1,
            thread(1, "customer", customer),
            thread(2, "message", namesake),
            thread(3, "message", {"id": 1, "type": "user"}),
            primaryCustomer=customer,
        ),
    )
    emails = [each["author"]["email"] for each in record.values["comments"]]
    assert emails == ["wanda@example.com", "nils@example.org", "nils@example.org"]
    assert record.values["requester"]["email"] == "wanda@example.com"


def test_a_visitor_without_an_address_stays_one_person(tmp_path):
    visitor = {"id": 4, "type": "customer", "first": "Visitor", "last": "", "email": ""}
    found = conversation(1, thread(1, "beaconchat", visitor, customer=None), primaryCustomer=visitor)
    record = single(tmp_path, found)
    assert record.values["requester"] == {
        **{"kind": "customer", "id": "4", "name": "Visitor", "external_id": "helpscout-4"}
    }
    assert record.values["comments"][0]["author"]["external_id"] == "helpscout-4"


def test_the_newest_copy_is_read_and_missing_threads_are_told(tmp_path):
    old = conversation(1, status="active", userUpdatedAt="2024-01-01T00:00:00Z")
    new = conversation(1, status="closed", userUpdatedAt="2024-02-01T00:00:00Z")
    source = opened(write(tmp_path, "page.json", hal("conversations", [new, old])))
    (record,) = source.records()
    assert (record.values["status"], record.values["comments"]) == ("closed", [])
    assert told(source) == {"repeated-tickets": 1, "left-out": 1}


@pytest.mark.parametrize("threads", ["x", {"threads": "x"}, {"threads": [None, "x", {}]}, 5])
def test_odd_shapes_break_nothing(tmp_path, threads):
    odd = conversation(1, _embedded=threads, primaryCustomer="x", tags=None, customFields=[None, {"name": 5}])
    record = single(tmp_path, odd)
    assert record.values["subject"] == "Need help"
    assert codes(record) == []


def test_an_envelope_within_an_envelope_within_an_envelope_is_not_followed(tmp_path):
    deep = '{"_embedded":' * 5_000 + "{}" + "}" * 5_000
    page = hal("conversations", [conversation(1, thread(1))])
    source = opened(
        write(tmp_path, "page.json", page[:-1] + ', "more": {"_embedded": {"conversations": []}}}')
    )
    assert len(list(source.records())) == 1
    with pytest.raises(Exception, match="nested deeper"):
        read(write(tmp_path, "deep.json", deep))
