import json

import pytest

from tests.readers.support import opened, told, write


def export(tmp_path, *replies, **keys):
    ticket = {"id": "t1", "ticketNumber": 7, "subject": "S", "status": 100, "creationDate": 1683000000000}
    ticket |= {"user": {"id": "u1", "firstName": "Wanda"}, "replies": list(replies), **keys}
    return opened(write(tmp_path, "tickets.json", json.dumps([ticket])))


def reply(**keys):
    return {"id": "r1", "ticketId": "t1", "type": 110, "status": 1, "content": "<p>x</p>"} | keys


@pytest.mark.parametrize(
    ("kind", "private", "author"),
    [(100, "false", "customer"), (110, "false", "agent"), (120, "true", "agent"), (130, None, None)],
)
def test_the_number_of_a_reply_says_who_wrote_and_who_may_read_it(tmp_path, kind, private, author):
    source = export(tmp_path, reply(type=kind, user={"id": "a", "email": "a@example.com"}))
    (record,) = source.records()
    (found,) = record.values["comments"]
    assert (found.get("private"), found["author"].get("kind")) == (private, author)
    assert (source.reader, source.helpdesk) == ("wix-answers", "wix-answers")


def test_drafts_and_deleted_replies_are_not_brought(tmp_path):
    source = export(tmp_path, reply(status=0), reply(deleted=True), reply(status=2), reply())
    assert told(source)["left-out"] == 3


def test_people_without_an_address_are_known_by_their_id(tmp_path):
    (record,) = export(tmp_path).records()
    assert record.values["requester"]["external_id"] == "wix-answers-u1"
