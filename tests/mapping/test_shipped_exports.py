"""Exports as people really hold them, under the shipped mapping as it is: abridged, renamed, half empty.

The samples show what a mapping does with a whole export; here stands what real files lack or do otherwise.
"""

import json

import pytest

from migrator.cli.shipped import find_mapping
from migrator.mapping import Orders, apply, load_mapping
from migrator.model import Draft, Rejected
from migrator.readers import read_table
from tests.readers.support import opened, write, zendesk_ticket
from tests.readers.test_check_list import become

UNLOAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<unload unload_date="2024-11-12 16:40:28">
<incident action="INSERT_OR_UPDATE"><number>INC0010001</number><sys_id>aa01</sys_id>
<short_description>Router</short_description><state>7</state><opened_at>2018-08-16 22:32:47</opened_at>
<caller_id display_value="Wanda Quill">c1</caller_id></incident>
<incident action="INSERT_OR_UPDATE"><number>INC0010001</number><sys_id>aa02</sys_id>
<short_description>Upgrade</short_description><state>2</state><opened_at>2018-08-14 18:45:38</opened_at>
<caller_id display_value="Tor Haugen">c2</caller_id></incident>
</unload>
"""


def test_two_records_of_servicenow_with_one_number_are_two_tickets(tmp_path):
    seen = become(tmp_path, {"incident.xml": UNLOAD}, "servicenow")
    assert [(each["key"], each["title"]) for each in seen] == [("aa01", "Router"), ("aa02", "Upgrade")]


def test_demonstration_data_of_zendesk_is_brought_whole(tmp_path):
    """`_id`, no requester, keys that are missing instead of null, a space before the offset."""
    tickets = [
        {
            **{"_id": "7382ad0e-dea7-4c8d", "external_id": "6d3b0e05", "type": "task", "priority": "high"},
            **{"url": "http://acme.zendesk.example/api/v2/tickets/7382ad0e-dea7-4c8d.json", "via": "chat"},
            **{"created_at": "2016-03-31T03:16:52 -11:00", "subject": "A problem", "description": "It <b>"},
            **{"status": "closed", "submitter_id": 35, "assignee_id": 64, "tags": ["Missouri"]},
            **{"has_incidents": True, "organization_id": 118},
        },
        {
            **{"_id": "50f3fdbd-f8a6-481d", "created_at": "2016-05-19T08:52:06 -10:00", "status": "pending"},
            **{"subject": "A nuisance", "submitter_id": 66, "has_incidents": False, "via": "voice"},
        },
    ]
    users = [
        {"_id": 35, "name": "Fran Rask", "email": "fran@example.com", "role": "admin", "suspended": True},
        {"_id": 66, "name": "Gen Poole", "email": "gen@example.com", "role": "end-user"},
    ]
    files = {"tickets.json": json.dumps(tickets), "users.json": json.dumps(users)}
    first, second = become(tmp_path, files, "zendesk")
    assert (first["key"], first["author"], first["created"]) == (
        *("7382ad0e-dea7-4c8d", "fran@example.com"),
        "2016-03-31T14:16:52.000Z",
    )
    assert first["content"] == "It &lt;b&gt;"
    assert (second["author"], second["status"], second["content"]) == (
        *("gen@example.com", "Waiting on customer"),
        "",
    )


BOTH_JOURNALS = """\
number,short_description,opened_at,state,caller_id,comments_and_work_notes
INC1,Router,2024-05-06 09:00:00,New,Iris Falk,"2024-05-06 12:00:00 - Ada (Additional comments)
done

2024-05-06 11:00:00 - Ada (Work notes)
secret

2024-05-06 10:00:00 - Iris Falk (Additional comments)
please"
"""
HEADINGS = """\
replies.private={from: [private, heading], values: {false: false, comments: false}, unmapped: true}"""


@pytest.mark.parametrize(
    ("overrides", "kinds"),
    [
        pytest.param((), ["note", "note", "reply"], id="safe-by-itself"),
        pytest.param((HEADINGS,), ["reply", "note", "reply"], id="headings-believed"),
    ],
)
def test_headings_in_a_text_of_both_journals_of_servicenow_are_believed_if_the_mapping_says_so(
    tmp_path, overrides, kinds
):
    (seen,) = become(tmp_path, {"incident.csv": BOTH_JOURNALS}, "servicenow-csv", *overrides)
    assert [kind for _, kind in seen["messages"]] == kinds


def test_tickets_of_zendesk_without_their_users_say_which_file_is_missing(tmp_path):
    write(tmp_path, "tickets.json", json.dumps({"zendesk_tickets": [zendesk_ticket(1), zendesk_ticket(2)]}))
    mapping = load_mapping(find_mapping("zendesk"), read_table=read_table)
    rejected = apply(next(iter(opened(tmp_path).records())), mapping, Orders())
    assert isinstance(rejected, Rejected)
    (problem,) = (each for each in rejected.problems if each.blocks)
    assert (problem.code, problem.message) == (
        "author-missing",
        "the ticket has no author: the export names them by a number only, '501'",
    )
    assert "give the users together with the tickets" in problem.hint
    assert "placeholder: unknown@customers.invalid" in problem.hint


CHAT = {
    **{
        "id": 1,
        "url": "https://acme.zendesk.example/api/v2/tickets/1.json",
        "subject": None,
        "status": "open",
    },
    **{"raw_subject": None, "via": {"channel": "chat"}, "created_at": "2020-01-01T00:00:00Z"},
    **{"description": "hello there", "requester": {"id": 5, "name": "Ann", "email": "ann@example.com"}},
    **{"assignee_id": None, "satisfaction_rating": None, "organization_id": None},
}


def test_chats_of_zendesk_of_which_nearly_everything_is_null_are_brought(tmp_path):
    """No subject in any of them, and comments that do not say when and for whom they were written."""
    chat = {**CHAT, "comments": [{"author_id": 5, "body": "hello there"}, {"author_id": 6, "body": "hi"}]}
    (seen,) = become(tmp_path, {"t.json": json.dumps([chat])}, "zendesk")
    assert (seen["title"], seen["content"]) == ("hello there", "hello there")
    assert seen["messages"] == [("<p>hi</p>", "note")]


def test_the_way_out_for_messages_of_unknown_privacy_never_publishes_those_that_are_known_to_be_private(
    tmp_path,
):
    """The very words of the hint, given on the command line."""
    table = "number,short_description,opened_at,state,caller_id,comments,work_notes\n"
    files = {"incident.csv": f"{table}INC1,Router,2024-05-06 09:00:00,New,Iris Falk,hello,secret\n"}
    (seen,) = become(tmp_path, files, "servicenow-csv")
    assert [kind for _, kind in seen["messages"]] == ["note", "note"]

    mapping = load_mapping(find_mapping("servicenow-csv"), read_table=read_table)
    draft = apply(next(iter(opened(tmp_path / "incident.csv").records())), mapping, Orders())
    (told,) = (each for each in draft.warnings if each.code == "privacy-unknown")
    rule = told.hint.partition("`private: ")[2].partition("`")[0]

    (seen,) = become(tmp_path, files, "servicenow-csv", f"replies.private={rule}")
    assert seen["messages"] == [("<p>hello</p>", "reply"), ("<p>secret</p>", "note")]


def test_the_title_of_a_conversation_without_one_never_tells_an_internal_note(tmp_path):
    """Gorgias' own excerpt is of the last message, whoever may read it."""
    customer = {"id": 5, "email": "ann@example.com", "name": "Ann"}
    messages = [
        {"id": 1, "public": True, "from_agent": False, "sender": customer, "body_text": "please help"},
        {"id": 2, "public": False, "from_agent": True, "sender": {"id": 9}, "body_text": "he is a liar"},
    ]
    ticket = {
        **{"id": 1, "subject": None, "excerpt": "he is a liar", "status": "open", "channel": "email"},
        **{"customer": customer, "messages": messages, "via": "email", "from_agent": False, "spam": False},
        **{"created_datetime": "2024-01-01T10:00:00", "is_unread": False, "language": "en"},
    }
    (seen,) = become(tmp_path, {"t.json": json.dumps({"data": [ticket]})}, "gorgias")
    assert seen["title"] == "please help"


VIEW = """\
Summation column,Id,Requester,Requester id,Requester external id,Requester email,Subject,Status,Created at
1,1,Ann Quill,501,w-1,ann@example.com,One,Open,2024-03-01 10:00
1,2,Ann Quill,501,-,ann@example.com,Two,Open,2024-03-01 10:00
1,3,Caller +1 202-555-0187,502,-,-,Three,Open,2024-03-01 10:00
"""


def test_a_caller_in_a_view_of_zendesk_is_known_by_their_number_as_in_its_json(tmp_path):
    mapping = load_mapping(find_mapping("zendesk-csv"), read_table=read_table)
    made = [apply(each, mapping, Orders()) for each in opened(write(tmp_path, "v.csv", VIEW)).records()]
    assert all(isinstance(each, Draft) for each in made)
    assert [each.author.user_id and each.author.user_id.value for each in made] == [
        "w-1",
        None,
        "zendesk-502",
    ]
