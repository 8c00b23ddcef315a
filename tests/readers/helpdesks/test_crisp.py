import json

import pytest

from tests.readers.support import opened, read, told, write


def conversation(*messages, **meta):
    return {
        "session_id": "session_1",
        "state": "resolved",
        "created_at": 1710000000000,
        "meta": {
            "nickname": "Wanda",
            "email": "wanda@example.com",
            "subject": "",
            "segments": ["vip"],
            **meta,
        },
        **({"messages": list(messages)} if messages else {}),
    }


def message(number, speaker="user", kind="text", content="words", **keys):
    return {
        "session_id": "session_1",
        "fingerprint": number,
        "type": kind,
        "from": speaker,
        "content": content,
        "timestamp": 1710000000000 + number,
        "user": {"nickname": "Ada", "user_id": "o1"},
        **keys,
    }


def page(tmp_path, name, *objects):
    return write(tmp_path, name, json.dumps({"error": False, "reason": "listed", "data": objects}))


def test_messages_are_found_beside_the_conversations(tmp_path):
    page(tmp_path, "conversations.json", conversation())
    page(tmp_path, "messages.json", message(2, "operator"), message(1, content="1 < 2"))
    source = opened(tmp_path)
    (record,) = source.records()
    assert (source.reader, source.helpdesk) == ("crisp", "crisp")
    first, second = record.values["comments"]
    assert (first["kind"], first["body_format"], first["author"]) == (
        *("description", "text"),
        {"kind": "customer", "email": "wanda@example.com", "name": "Wanda"},
    )
    assert (record.values["description"], record.values["preview"]) == ("1 < 2", "1 < 2")
    assert (second["kind"], second["author"]) == ("reply", {"kind": "agent", "id": "o1", "name": "Ada"})


@pytest.mark.parametrize(
    ("speaker", "kind", "private"),
    [
        ("user", "text", "false"),
        ("operator", "text", "false"),
        ("operator", "note", "true"),
        ("user", "note", "true"),
        ("somebody", "text", None),
    ],
)
def test_privacy_is_never_guessed(tmp_path, speaker, kind, private):
    (record,) = read(page(tmp_path, "c.json", conversation(message(1, speaker, kind))))
    (found,) = record.values["comments"]
    assert found.get("private") == private


def test_what_is_no_text_is_told_as_text_or_as_a_file(tmp_path):
    file = {"name": "a.pdf", "url": "https://x.example/a", "type": "application/pdf"}
    choices = [{"value": "y", "label": "Yes"}, {"value": "n", "label": "No"}]
    found = conversation(
        message(1, kind="file", content=file),
        message(2, "operator", "picker", {"text": "Sure?", "choices": choices}, automated=True),
        message(3, "operator", "event", {"namespace": "state:resolved"}),
    )
    source = opened(page(tmp_path, "c.json", found))
    (record,) = source.records()
    first, second = record.values["comments"]
    assert (first["body"], first["files"]) == ("", [file])
    assert (second["body"], second["author"]["kind"]) == ("Sure?\n- Yes\n- No", "bot")
    assert told(source) == {"left-out": 1}


def test_a_visitor_without_an_address_is_known_by_the_conversation(tmp_path):
    source = opened(page(tmp_path, "c.json", conversation(email=None)))
    (record,) = source.records()
    assert record.values["requester"] == {**{"kind": "customer", "name": "Wanda", "external_id": "session_1"}}
    assert told(source) == {"left-out": 1}
