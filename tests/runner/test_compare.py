"""What counts as a difference, what explains one, and what is none."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from migrator.featurebase import Directory, Field, Option
from migrator.model import PartKind, PartSeen, Step, StepKind, TicketSeen
from migrator.runner.compare import compare_ticket, overwritten

FIELDS = (
    Field("f-text", "Legacy ID", "text"),
    Field("f-num", "Reopens", "number"),
    Field("f-sel", "Priority", "select", options=(Option("o-1", "High"), Option("o-2", "Low"))),
    Field("f-file", "Files", "file", allow_multiple=True),
    Field("f-date", "Due", "date"),
)
DIRECTORY = Directory(fields=FIELDS)
BODY = {
    "ticketCategoryId": "c",
    "title": "A question",
    "content": "<p>How?</p>",
    "author": {"email": "ann@example.com", "name": "Ann"},
    "createdAt": "2024-05-01T08:00:00.000Z",
    "statusId": "s",
    "customFields": {
        "f-text": "T-1",
        "f-num": 3,
        "f-sel": "o-1",
        "f-file": [{"url": "https://files.example.com/a.png", "name": "a.png"}],
    },
    "skipNotifications": True,
}
SEEN = TicketSeen(
    number=7,
    object_id="o",
    title="A question",
    content="<p>How?</p>",
    category_id="c",
    author_email="ann@example.com",
    author_name="Ann",
    created_at="2024-05-01T08:00:00.000Z",
    status_id="s",
    open=True,
    custom_fields={
        "f-text": "T-1",
        "f-num": 3,
        "f-sel": "o-1",
        "f-file": json.dumps([{"key": "k", "name": "a.png", "url": "https://signed.example.com/x?y=z"}]),
    },
    parts=(),
)


def step(kind: StepKind, body: dict[str, object]) -> Step:
    return Step(kind, "POST", "/v2/tickets", json.dumps(body).encode())


CREATE = step(StepKind.CREATE, BODY)


def reply(words: str, minute: int, *, private: bool = False) -> tuple[Step, PartSeen]:
    at = f"2024-05-01T09:{minute:02}:00.000Z"
    body = {"type": "admin", "adminId": "ada", "messageType": "note" if private else "comment"}
    kind = StepKind.NOTE if private else StepKind.REPLY
    seen = PartSeen(PartKind.NOTE if private else PartKind.ADMIN, at, f"<p>{words}</p>", "ada")
    return step(kind, {**body, "body": f"<p>{words}</p>", "createdAt": at}), seen


def differences(steps, seen) -> list[tuple[str, str]]:
    return [(each.field, each.kind.value) for each in compare_ticket(steps, seen, DIRECTORY).differences]


def test_a_ticket_as_it_was_sent_differs_only_by_its_signed_file_links():
    assert differences([CREATE], SEEN) == [("Files", "explained")]


UNTOUCHED = [("Files", "explained")]
CASES = [
    pytest.param({"title": "A  question "}, [("title", "explained")], id="white-space-is-explained"),
    pytest.param({"title": "Another"}, [("title", "different")], id="another-title"),
    pytest.param({"content": "<div>How?</div>"}, [("content", "explained")], id="markup-is-explained"),
    pytest.param({"content": "<p>Why?</p>"}, [("content", "different")], id="other-words"),
    pytest.param({"author_email": "ANN@example.com"}, [], id="case-of-an-address-is-nothing"),
    pytest.param({"author_email": "bob@example.com"}, [("author email", "different")], id="other-author"),
    pytest.param({"author_name": "Ann Fox"}, [("author name", "explained")], id="known-by-another-name"),
    pytest.param({"created_at": "2024-05-01T10:00:00+02:00"}, [], id="the-same-instant-is-nothing"),
    pytest.param({"created_at": "2024-05-01T08:00:00.5Z"}, [("created", "explained")], id="milliseconds"),
    pytest.param({"created_at": "2024-05-01T08:00:01Z"}, [("created", "different")], id="another-second"),
    pytest.param({"status_id": "t"}, [("status", "different")], id="another-status"),
    pytest.param({"open": False}, [("open", "different")], id="closed-by-somebody"),
    pytest.param({"assignee_id": "a"}, [("assignee", "extra")], id="assigned-by-somebody"),
    pytest.param({"title": None, "content": None, "open": None}, [], id="what-is-not-shown-is-not-compared"),
]


@pytest.mark.parametrize(("seen", "found"), CASES)
def test_a_difference_of_a_ticket_is_named_and_explained_where_it_can_be(seen, found):
    assert differences([CREATE], replace(SEEN, **seen)) == [*found, *UNTOUCHED]


VALUES = [
    pytest.param("f-text", "T-2", "different", id="another-text"),
    pytest.param("f-text", None, "missing", id="no-text"),
    pytest.param("f-num", 3.0, None, id="three-is-three"),
    pytest.param("f-num", "3", "explained", id="number-as-text"),
    pytest.param("f-num", 4, "different", id="another-number"),
    pytest.param("f-sel", "High", "explained", id="choice-by-its-label"),
    pytest.param("f-sel", "o-2", "different", id="another-choice"),
    pytest.param("f-file", "[]", "different", id="no-files"),
]


@pytest.mark.parametrize(("field", "value", "kind"), VALUES)
def test_a_custom_field_is_compared_by_what_it_means(field, value, kind):
    fields = {**SEEN.custom_fields, field: value}
    found = dict(differences([CREATE], replace(SEEN, custom_fields=fields)))
    label = next(each.label for each in FIELDS if each.id == field)
    assert found.get(label) == kind


def test_a_ticket_that_is_gone_is_missing():
    assert differences([CREATE], None) == [("ticket", "missing")]


def test_closing_is_expected_once_it_was_sent():
    closing = step(StepKind.UPDATE, {"open": False})
    assert ("open", "different") in differences([CREATE, closing], SEEN)
    assert differences([CREATE, closing], replace(SEEN, open=False)) == UNTOUCHED


def thread(*messages: tuple[Step, PartSeen]) -> tuple[list[Step], list[PartSeen]]:
    return [CREATE, *(sent for sent, _ in messages)], [seen for _, seen in messages]


def test_a_thread_as_it_was_sent_differs_in_nothing():
    steps, parts = thread(reply("one", 1), reply("two", 2, private=True), reply("three", 3))
    assert differences(steps, replace(SEEN, parts=tuple(parts))) == UNTOUCHED


def test_a_lost_message_a_doubled_one_and_a_strangers_are_each_named():
    steps, parts = thread(reply("one", 1), reply("two", 2), reply("three", 3))
    parts = [parts[0], parts[0], parts[2], reply("somebody", 9)[1]]
    assert differences(steps, replace(SEEN, parts=tuple(parts))) == [
        *UNTOUCHED,
        ("message 2 (admin)", "missing"),
        ("message (admin)", "extra"),
        ("message (admin)", "extra"),
    ]


def test_a_private_note_that_customers_can_see_is_a_difference():
    steps, parts = thread(reply("secret", 1, private=True))
    public = replace(parts[0], kind=PartKind.ADMIN)
    found = differences(steps, replace(SEEN, parts=(public,)))
    assert found == [*UNTOUCHED, ("message 1 (note)", "missing"), ("message (admin)", "extra")]


def test_a_thread_in_another_order_is_a_difference():
    steps, (one, two, three) = thread(reply("one", 1), reply("two", 2), reply("three", 3))
    found = differences(steps, replace(SEEN, parts=(two, one, three)))
    assert found == [*UNTOUCHED, ("order of the thread", "different")]


def test_a_thread_that_is_shown_from_its_newest_entry_is_explained():
    steps, parts = thread(reply("one", 1), reply("two", 2))
    described = PartSeen(PartKind.CONTACT, "2024-05-01T08:00:00.000Z", "<p>How?</p>")
    found = differences(steps, replace(SEEN, parts=(*reversed(parts), described)))
    assert found == [*UNTOUCHED, ("order of the thread", "explained")]


@pytest.mark.parametrize(
    ("shown_as", "found"),
    [
        pytest.param("plan_v_2_.pdf", "explained", id="tidied"),
        pytest.param("PLAN_v_2_.pdf", "explained", id="tidied-in-capitals"),
        pytest.param("plan_v_3_.pdf", "different", id="another"),
        pytest.param("plän_v_2_.pdf", "different", id="not-tidied"),
    ],
)
def test_a_file_under_a_tidied_name_is_explained(shown_as, found):
    sent = {**BODY, "customFields": {"f-file": [{"url": "https://files.example/1", "name": "plan v(2).pdf"}]}}
    seen = replace(SEEN, custom_fields={"f-file": json.dumps([{"name": shown_as, "url": "https://x"}])})
    assert differences([step(StepKind.CREATE, sent)], seen) == [("Files", found)]


def test_the_description_shown_as_a_first_message_is_no_difference():
    described = PartSeen(PartKind.CONTACT, "2024-05-01T08:00:00.000Z", "<p>How?</p>")
    steps, parts = thread(reply("one", 1))
    assert differences(steps, replace(SEEN, parts=(described, *parts))) == UNTOUCHED


def test_a_change_overwrites_only_what_somebody_set_to_something_else():
    change = step(StepKind.UPDATE, {"statusId": "done", "title": "Better"})
    assert overwritten([CREATE], change, SEEN, DIRECTORY) == ()
    assert overwritten([CREATE], change, replace(SEEN, status_id="done"), DIRECTORY) == ()
    assert overwritten([CREATE], change, replace(SEEN, status_id="other"), DIRECTORY) == ("status",)
    assert overwritten([CREATE], change, replace(SEEN, assignee_id="a"), DIRECTORY) == ()


def test_a_change_of_a_custom_field_is_guarded_by_its_label():
    change = step(StepKind.UPDATE, {"customFields": {"f-sel": "o-2"}})
    touched = replace(SEEN, custom_fields={**SEEN.custom_fields, "f-sel": "o-3"})
    assert overwritten([CREATE], change, touched, DIRECTORY) == ("Priority",)


@pytest.mark.parametrize(
    ("sent", "seen", "same"),
    [
        ("2024-05-01", "2024-05-01T00:00:00.000Z", True),
        ("2024-05-01T00:00:00.000Z", "2024-05-01", True),
        ("2024-05-01", "2024-05-01T00:00:00+00:00", True),
        ("2024-05-01", "2024-05-02", False),
        ("2024-05-01", "2024-04-30T22:00:00.000Z", False),
        ("2024-05-01T08:30:00.000Z", "2024-05-01", False),
    ],
)
def test_a_date_field_is_the_same_day_with_and_without_its_midnight(sent, seen, same):
    made = step(StepKind.CREATE, {**BODY, "customFields": {"f-date": sent}})
    told = compare_ticket([made], replace(SEEN, custom_fields={"f-date": seen}), DIRECTORY)
    assert [each.field for each in told.changed] == ([] if same else ["Due"])


def test_behind_a_message_nobody_knows_whether_a_closed_ticket_is_open_again():
    close = step(StepKind.UPDATE, {"open": False})
    more = step(StepKind.REPLY, {"type": "admin", "adminId": "a", "body": "one more"})
    shut, opened = replace(SEEN, open=False), replace(SEEN, open=True)
    assert overwritten([CREATE, close], close, opened, DIRECTORY) == ("open",)  # somebody opened it
    assert overwritten([CREATE, close, more], close, opened, DIRECTORY) == ()
    before, since = 1, 2  # the closing came after a person was found to have opened it, or before
    assert overwritten([CREATE, close, more], close, opened, DIRECTORY, reopened_after=before) == ()
    assert overwritten([CREATE, close, more], close, opened, DIRECTORY, reopened_after=since) == ("open",)
    assert overwritten([CREATE, more], close, shut, DIRECTORY) == ()
