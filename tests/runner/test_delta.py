"""What a newer source adds to a ticket that is there already."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.featurebase import Unnamed
from migrator.model import SourceRef, Step, StepKind, Ticket, Upload
from migrator.runner.delta import Delta, delta

REPLY = "/v2/tickets/{number}/reply"


def create(**changes: object) -> Step:
    body = {"ticketCategoryId": "c", "title": "A question", "author": {"email": "a@example.com"}}
    body |= {"createdAt": "2024-05-01T08:00:00.000Z", "statusId": "s", "skipNotifications": True}
    body |= changes
    kept = {name: value for name, value in body.items() if value is not None}
    return Step(StepKind.CREATE, "POST", "/v2/tickets", json.dumps(kept).encode())


def message(number: int, words: str = "", *, private: bool = False, dated: bool = True) -> Step:
    body = {"type": "admin", "adminId": "a", "messageType": "note" if private else "comment"}
    body["body"] = words or f"<p>{number}</p>"
    if dated:
        body["createdAt"] = f"2024-05-01T09:{number:02}:00.000Z"
    return Step(StepKind.NOTE if private else StepKind.REPLY, "POST", REPLY, json.dumps(body).encode())


def closing() -> Step:
    body = {"open": False, "skipNotifications": True}
    return Step(StepKind.UPDATE, "PATCH", "/v2/tickets/{number}", json.dumps(body).encode())


def to(
    kept: list[Step],
    newer: list[Step],
    *,
    update: bool = False,
    finished: bool = True,
    unnamed: Unnamed = Unnamed.UNKNOWN,
) -> Delta:
    ticket = Ticket("K", SourceRef("t", 1), tuple(newer))
    return delta(kept, ticket, update=update, finished=finished, unnamed=unnamed)


def said(found: Delta) -> list[object]:
    """The kinds of the steps, and for changes what they set."""
    return [
        {k: v for k, v in json.loads(each.body).items() if k != "skipNotifications"}
        if each.kind is StepKind.UPDATE
        else json.loads(each.body)["body"]
        for each in found.steps
    ]


def test_the_same_version_has_nothing_more():
    steps = [create(), message(1), message(2, private=True), closing()]
    assert to(steps, steps, update=True) == Delta(())


def test_new_messages_are_added_in_their_order_and_a_closed_ticket_is_closed_again():
    found = to([create(), message(1), closing()], [create(), message(1), message(2), message(3), closing()])
    assert said(found) == ["<p>2</p>", "<p>3</p>", {"open": False}]
    assert found.whole


def test_an_edited_message_is_told_and_never_sent_a_second_time():
    found = to([create(), message(1)], [create(), message(1, "<p>better</p>")])
    assert (found.steps, found.impossible) == ((), ("edited messages: 1",))


def test_a_message_that_became_private_is_an_edit_and_never_sent_a_second_time():
    found = to([create(), message(1)], [create(), message(1, private=True)])
    assert (found.steps, found.impossible) == ((), ("edited messages: 1",))


def test_a_message_that_the_source_lost_is_told():
    assert to([create(), message(1), message(2)], [create(), message(1)]).impossible == (
        "messages that the source no longer has: 1",
    )


def test_twins_of_one_second_are_each_there_once():
    twin = message(1)
    assert said(to([create(), twin], [create(), twin, twin])) == ["<p>1</p>"]


CHANGES = [
    pytest.param({"title": "Better"}, {"title": "Better"}, "title", id="title"),
    pytest.param({"statusId": "t"}, {"statusId": "t"}, "status", id="status"),
    pytest.param({"assigneeId": "x"}, {"assigneeId": "x"}, "assignee", id="assigned"),
    pytest.param({"customFields": {"f": "1"}}, {"customFields": {"f": "1"}}, "fields", id="field"),
]


@pytest.mark.parametrize(("change", "body", "word"), CHANGES)
def test_what_a_ticket_says_is_changed_only_when_that_is_asked_for(change, body, word):
    kept, newer = [create()], [create(**change)]
    assert said(to(kept, newer, update=True)) == [body]
    without = to(kept, newer)
    assert (without.steps, without.not_asked, without.whole) == ((), (word,), False)


def test_what_the_source_no_longer_says_is_cleared():
    before = create(assigneeId="x", customFields={"f": "1", "g": "2"})
    found = to([before], [create(customFields={"g": "2"})], update=True)
    assert said(found) == [{"assigneeId": None, "customFields": {"g": "2", "f": None}}]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"createdAt": "2024-05-02T08:00:00.000Z"}, "date"),
        ({"author": {"email": "b@example.com"}}, "author"),
        ({"ticketCategoryId": "d"}, "category"),
    ],
)
def test_what_featurebase_cannot_change_is_told(change, word):
    found = to([create()], [create(**change)], update=True)
    assert (found.steps, found.impossible) == ((), (word,))


def test_closing_and_opening_again_need_to_be_asked_for():
    assert to([create()], [create(), closing()]).not_asked == ("closed",)
    assert said(to([create()], [create(), closing()], update=True)) == [{"open": False}]
    assert to([create(), closing()], [create()]).not_asked == ("open again",)
    assert said(to([create(), closing()], [create()], update=True)) == [{"open": True}]


def test_a_ticket_that_stopped_half_way_is_finished_and_closed():
    found = to([create(), message(1)], [create(), message(1), message(2), closing()], finished=False)
    assert said(found) == ["<p>2</p>", {"open": False}]
    assert found.whole


def snoozed(until: str = "2031-01-01T00:00:00.000Z") -> Step:
    body = {"snoozedUntil": until, "skipNotifications": True}
    return Step(StepKind.UPDATE, "PATCH", "/v2/tickets/{number}", json.dumps(body).encode())


def test_another_snooze_needs_to_be_asked_for_unless_the_first_was_never_sent():
    kept, later = [create(), snoozed()], [create(), snoozed("2032-01-01T00:00:00.000Z")]
    assert to(kept, later).not_asked == ("snoozed",)
    assert said(to(kept, later, update=True)) == [{"snoozedUntil": "2032-01-01T00:00:00.000Z"}]
    assert to(kept, kept, update=True) == Delta(())
    assert said(to([create()], kept, finished=False)) == [{"snoozedUntil": "2031-01-01T00:00:00.000Z"}]


def test_a_change_counts_from_the_last_one_that_was_sent():
    changed = to([create()], [create(statusId="t")], update=True).steps[0]
    assert to([create(), changed], [create(statusId="t")], update=True) == Delta(())
    assert said(to([create(), changed], [create()], update=True)) == [{"statusId": "s"}]


@given(st.lists(st.integers(0, 30), unique=True), st.lists(st.integers(0, 30), unique=True))
def test_old_and_new_messages_together_are_those_of_both_versions_each_once(old, new):
    kept = [create(), *map(message, sorted(old))]
    found = to(kept, [create(), *map(message, sorted(new))])
    sent = sorted(json.loads(each.body)["body"] for each in (*kept[1:], *found.steps))
    assert sent == sorted(f"<p>{number}</p>" for number in set(old) | set(new))


SCAN = Upload("customFields.f", "scan.pdf", "/old/scan.pdf", 3, "00")
NAMED = "<p>(file: scan.pdf)</p>"


def with_files(step: Step, *uploads: Upload) -> Step:
    return replace(step, uploads=uploads)


def test_a_file_that_was_named_because_it_was_refused_stays_named_and_is_tried_once_more():
    kept = [create(content="x" + NAMED)]
    found = to(kept, [with_files(create(content="x"), SCAN)], update=True)
    assert said(found) == [{}]
    assert found.steps[0].uploads == (SCAN,)


def test_a_text_that_changes_keeps_the_files_that_are_named_in_it():
    found = to([create(content="x" + NAMED)], [create(content="y")], update=True)
    assert said(found) == [{"content": "y" + NAMED}]


def test_a_new_file_of_a_field_follows_with_the_other_fields_or_is_told():
    kept, newer = [create(customFields={"t": "1"})], [with_files(create(customFields={"t": "1"}), SCAN)]
    found = to(kept, newer, update=True)
    assert said(found) == [{"customFields": {"t": "1"}}]
    assert found.steps[0].uploads == (SCAN,)
    assert to(kept, newer).not_asked == ("files of fields",)


PHOTO = [{"url": "https://files.example/photo.png"}]


@pytest.mark.parametrize("unnamed", Unnamed)
def test_a_changed_field_takes_no_other_field_and_no_file_with_it(unnamed):
    """Where others are kept nothing is said of them; where they are wiped, all; else all but files."""
    kept = [with_files(create(customFields={"t": "1", "n": 5, "p": PHOTO}), SCAN)]
    newer = [with_files(create(customFields={"t": "2", "n": 5, "p": PHOTO}), SCAN)]
    (change,) = to(kept, newer, update=True, unnamed=unnamed).steps
    fields = json.loads(change.body)["customFields"]
    assert (fields, change.uploads) == {
        Unnamed.KEPT: ({"t": "2"}, ()),
        Unnamed.UNKNOWN: ({"t": "2", "n": 5}, ()),
        Unnamed.WIPED: ({"t": "2", "n": 5, "p": PHOTO}, (SCAN,)),
    }[unnamed]


@pytest.mark.parametrize("unnamed", Unnamed)
def test_a_new_file_takes_no_earlier_file_with_it(unnamed):
    plan = replace(SCAN, part="customFields.g", name="plan.pdf", sha256="01")
    kept = [with_files(create(customFields={"t": "1"}), SCAN)]
    newer = [with_files(create(customFields={"t": "1"}), SCAN, plan)]
    (change,) = to(kept, newer, update=True, unnamed=unnamed).steps
    assert change.uploads == ((SCAN, plan) if unnamed is Unnamed.WIPED else (plan,))
    assert said(Delta((change,))) == [{} if unnamed is Unnamed.KEPT else {"customFields": {"t": "1"}}]


def test_a_file_is_the_same_wherever_the_newer_export_lies():
    moved = replace(SCAN, path="/new/scan.pdf")
    found = to([with_files(create(), SCAN)], [with_files(create(), moved)], update=True)
    assert found == Delta(())
