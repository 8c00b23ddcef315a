"""From messages to bytes: order, dates, words, files, and that nothing private ever gets out."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.featurebase import Directory, part_sent, resolve
from migrator.model import (
    DraftAuthor,
    DraftReply,
    FileRef,
    PartKind,
    PartSeen,
    Rejected,
    Severity,
    Step,
    StepKind,
    Ticket,
)
from migrator.sandbox.formats import is_uri
from tests.featurebase.conftest import make_directory
from tests.featurebase.drafts import ADA, ANN, GONE, draft, message, named, person
from tests.featurebase.test_wire import described

REPLY_BODY = described("TicketContactReply", "TicketAdminReply")
DAY = "2025-01-{:02}T10:00:00.000Z"


def thread(*messages: DraftReply, directory: Directory | None = None, **changes: Any) -> Ticket:
    given_draft = draft(replies=messages, **({"fallback_agent": named("any")} | changes))
    ticket = resolve(given_draft, directory or make_directory())
    assert isinstance(ticket, Ticket), ticket
    return ticket


def read(step: Step) -> dict[str, Any]:
    body = json.loads(step.body)
    REPLY_BODY.validate(body)
    assert (step.method, step.path) == ("POST", "/v2/tickets/{number}/reply")
    assert all(is_uri(url) for url in body.get("attachmentUrls", []))
    assert (step.kind is StepKind.NOTE) == (body.get("messageType") == "note")
    return body


def bodies(ticket: Ticket) -> list[dict[str, Any]]:
    return [read(step) for step in ticket.steps[1:] if step.kind is not StepKind.UPDATE]


def codes(ticket: Ticket) -> list[str]:
    assert all(warning.severity is Severity.WARNING and warning.hint for warning in ticket.warnings)
    return [warning.code for warning in ticket.warnings]


def urls(count: int) -> tuple[FileRef, ...]:
    return tuple(FileRef(f"{n}.png", f"https://f.example/{n}.png") for n in range(count))


def test_a_thread_is_one_step_a_message_in_the_drafts_order_and_the_closing_comes_last():
    ticket = thread(
        message(ANN, "<p>1</p>", DAY.format(3)),
        message(ADA, "<p>2</p>", DAY.format(2)),
        message(ADA, "<p>3</p>", DAY.format(1), private=True),
        open=False,
    )
    kinds = [StepKind.CREATE, StepKind.REPLY, StepKind.REPLY, StepKind.NOTE, StepKind.UPDATE]
    assert [step.kind for step in ticket.steps] == kinds
    assert [body["body"] for body in bodies(ticket)] == ["<p>1</p>", "<p>2</p>", "<p>3</p>"]
    assert (codes(ticket), ticket.left_out) == ([], ())


def test_the_bytes_of_each_kind_of_message_are_exactly_these():
    ticket = thread(
        message(ANN, "<p>é</p>", DAY.format(1), files=urls(1)),
        message(ADA, "<p>b</p>", DAY.format(2)),
        message(ADA, "<p>c</p>", DAY.format(3), private=True),
    )
    assert [step.body.decode() for step in ticket.steps[1:]] == [
        '{"type":"contact","contactEmail":"ann@example.com","body":"<p>é</p>",'
        '"attachmentUrls":["https://f.example/0.png"],"createdAt":"2025-01-01T10:00:00.000Z","skipNotifications":true}',
        '{"type":"admin","adminId":"a-ada","messageType":"comment","body":"<p>b</p>",'
        '"createdAt":"2025-01-02T10:00:00.000Z","skipNotifications":true}',
        '{"type":"admin","adminId":"a-ada","messageType":"note","body":"<p>c</p>",'
        '"createdAt":"2025-01-03T10:00:00.000Z","skipNotifications":true}',
    ]


def test_people_are_notified_of_messages_only_where_the_draft_says_so():
    for notify in (True, False):
        ticket = thread(message(), message(ADA, private=True), open=False, notify=notify)
        assert [json.loads(step.body)["skipNotifications"] for step in ticket.steps] == [not notify] * 4


def test_who_stands_in_is_named_before_the_words():
    (body,) = bodies(thread(message(GONE, "<p>hello</p>", DAY.format(1))))
    assert body["body"] == "<p><b>Zoe</b> wrote:</p><p>hello</p>"


def test_a_customers_message_carries_what_makes_them_a_contact_and_no_other_does():
    replies = (message(person("cy@example.com", name="x" * 501)), message(ADA), message(ADA, private=True))
    _, of_customer, *others = thread(*replies, created_at=named(DAY.format(1))).steps
    body = json.loads(of_customer.contact)
    described("ContactUpsert").validate(body)
    assert body == {"email": "cy@example.com", "name": "x" * 500}
    assert [step.contact for step in others] == [b"", b""]


# --- dates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ticket_at", "days", "sent"),
    [
        pytest.param(1, ["", ""], [1, 1], id="all-like-the-ticket"),
        pytest.param(1, ["", 5, "", 7], [1, 5, 5, 7], id="like-the-message-before"),
        pytest.param(None, ["", 5, ""], [None, 5, 5], id="the-first-has-none"),
        pytest.param(None, ["", " "], [None, None], id="none-at-all"),
    ],
)
def test_a_message_without_a_date_keeps_its_place(ticket_at, days, sent):
    replies = [message(ANN, at=DAY.format(day) if isinstance(day, int) else day) for day in days]
    ticket = thread(*replies, created_at=named(DAY.format(ticket_at)) if ticket_at else None)
    assert [body.get("createdAt") for body in bodies(ticket)] == [
        DAY.format(day) if day else None for day in sent
    ]
    (warning,) = ticket.warnings
    assert (warning.code, f": {len(days) - sum(isinstance(d, int) for d in days)};" in warning.message) == (
        "reply-undated",
        True,
    )
    assert ("the day of the migration" in warning.message) == (None in sent)


def test_a_message_with_an_unreadable_date_is_a_problem():
    result = resolve(draft(replies=(message(at="yesterday"),)), make_directory())
    assert isinstance(result, Rejected)
    assert [problem.code for problem in result.problems] == ["created-at-invalid"]


# --- words and files ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "files", "sent"),
    [
        pytest.param("<p>x</p>", (), "<p>x</p>", id="words"),
        pytest.param("", urls(1), "<p>(files)</p>", id="only-files"),
        pytest.param("<p> &nbsp;<br></p>", urls(1), "<p>(files)</p>", id="blank-markup"),
        pytest.param('<img src="https://x.example/a.png">', (), '<img src="https://x.example/a.png">', id="a-picture"),
        pytest.param("", (FileRef("a.txt", path="/a.txt"),), "<p>(file: a.txt)</p>", id="only-a-local-file"),
        pytest.param("<p>x</p>", (FileRef("a.txt", path="/a.txt"),), "<p>x</p><p>(file: a.txt)</p>", id="words-and-a-local-file"),
        pytest.param("", (), "<p>(no text)</p>", id="nothing"),
    ],
)  # fmt: skip
def test_a_message_always_says_something(body, files, sent):
    (made,) = bodies(thread(message(ANN, body, DAY.format(1), files=files)))
    assert made["body"] == sent


@pytest.mark.parametrize(("count", "split"), [(0, [0]), (10, [10]), (11, [10, 1]), (25, [10, 10, 5])])
@pytest.mark.parametrize("private", [True, False])
def test_more_files_than_a_message_takes_follow_in_the_same_name(count, split, private):
    ticket = thread(message(GONE, "<p>x</p>", DAY.format(1), private=private, files=urls(count)))
    made = bodies(ticket)
    assert [len(body.get("attachmentUrls", [])) for body in made] == split
    assert [url for body in made for url in body.get("attachmentUrls", [])] == [f.url for f in urls(count)]
    rest = [{k: v for k, v in body.items() if k not in ("body", "attachmentUrls")} for body in made]
    assert rest == rest[:1] * len(rest)
    assert {body["body"] for body in made[1:]} <= {"<p><b>Zoe</b> wrote:</p><p>(more files)</p>"}
    assert len({step.kind for step in ticket.steps[1:]}) == 1


def test_files_that_cannot_travel_are_counted():
    ticket = thread(
        message(at=DAY.format(1), files=(FileRef("a", path="/a"), *urls(1), FileRef("b", path="/b")))
    )
    assert dict(ticket.left_out) == {"files": 2}


def test_a_message_is_checked_for_size():
    assert codes(thread(message(body="x" * 5_000_001, at=DAY.format(1)))) == ["body-large"]
    result = resolve(draft(replies=(message(body="x" * 50_000_001, at=DAY.format(1)),)), make_directory())
    assert isinstance(result, Rejected)
    assert [problem.code for problem in result.problems] == ["body-too-large"]


def test_half_characters_are_told_once_a_ticket():
    ticket = thread(*[message(body="x\ud800", at=DAY.format(1))] * 3, title=named("ab\ud800"))
    assert codes(ticket) == ["lone-surrogate"]
    assert {body["body"] for body in bodies(ticket)} == {"x\ufffd"}


# --- tickets without a customer -----------------------------------------------------------------


def test_public_messages_of_an_internal_ticket_become_notes_and_are_counted_once():
    replies = [message(ANN, at=DAY.format(1)), message(ADA, at=DAY.format(2)), message(ADA, at=DAY.format(3), private=True)]  # fmt: skip
    ticket = thread(*replies, category=named("Internal"))
    assert {step.kind for step in ticket.steps[1:]} == {StepKind.NOTE}
    (warning,) = ticket.warnings
    assert (warning.code, warning.value) == ("notes-only-category", "Internal")
    assert "become notes: 2" in warning.message
    assert bodies(ticket)[0]["body"].startswith("<p><b>Ann</b> wrote:</p>")


def test_private_notes_of_an_internal_ticket_are_nothing_to_tell():
    ticket = thread(message(ADA, at=DAY.format(1), private=True), category=named("Tracker"))
    assert codes(ticket) == []


# --- what was sent, for comparing ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_message", "part"),
    [
        pytest.param(message(ANN, "<p>x</p>", DAY.format(1)), PartSeen(PartKind.CONTACT, DAY.format(1), "<p>x</p>", None, "ann@example.com"), id="contact"),
        pytest.param(message(person(id="u-7", is_agent=False), "x", DAY.format(1)), PartSeen(PartKind.CONTACT, DAY.format(1), "x", "u-7"), id="contact-by-id"),
        pytest.param(message(ADA, "x"), PartSeen(PartKind.ADMIN, None, "x", "a-ada"), id="admin"),
        pytest.param(message(ADA, "x", DAY.format(1), private=True), PartSeen(PartKind.NOTE, DAY.format(1), "x", "a-ada"), id="note"),
    ],
)  # fmt: skip
def test_a_step_reads_back_as_the_part_that_was_asked_for(given_message, part):
    assert part_sent(thread(given_message).steps[1]) == part


# --- laws ---------------------------------------------------------------------------------------

NAMES = st.none() | st.builds(
    named, st.sampled_from(["", "Ada Brook", "Ben Cole", "Zoe", "a-ada", "u-1"]) | st.text(max_size=4)
)
EMAILS = st.none() | st.builds(
    named, st.sampled_from(["ada@work.example", "ann@example.com", "zoe@work.example", "a b@c.de", " "])
)
PEOPLE = st.builds(
    lambda id_, email, name, is_agent: DraftAuthor(id=id_, email=email, name=name, is_agent=is_agent),
    NAMES,
    EMAILS,
    NAMES,
    st.sampled_from([True, False, None]),
)
FILES = st.lists(
    st.builds(
        FileRef,
        name=st.sampled_from(["a.png", "a.exe", ""]),
        url=st.sampled_from(
            ["https://f.example/ä b", "https://f.example/ä{}", "http://f.example/a", "x", ""]
        ),
    ),
    max_size=12,
).map(tuple)
MESSAGES = st.builds(
    DraftReply,
    body=st.sampled_from(["", "<p>x</p>", "<br>"]) | st.text(st.characters(codec=None), max_size=4),
    author=PEOPLE,
    private=st.booleans(),
    created_at=st.none() | st.just(named(DAY.format(1))),
    files=FILES,
)
DRAFTS = st.builds(
    draft,
    category=st.sampled_from(["Support", "Internal", "Tracker", "Odd"]).map(named),
    author=st.sampled_from([ANN, ADA, person(id="u-1"), person(name="Ann")]),
    created_at=st.none() | st.just(named(DAY.format(1))),
    open=st.none() | st.booleans(),
    fallback_agent=st.none() | st.sampled_from(["any", "a-ben1", "Ben Cole", "Nobody"]).map(named),
    notify=st.booleans(),
)
DIRECTORIES = st.sampled_from([make_directory(), make_directory(admins=()), Directory.unchecked()])


@settings(max_examples=80, deadline=None)
@given(DRAFTS, MESSAGES, DIRECTORIES)
def test_a_private_message_is_a_note_or_nothing_whoever_wrote_it_wherever(
    given_draft, given_message, directory
):
    private = replace(given_message, private=True)
    result = resolve(replace(given_draft, replies=(private,)), directory)
    if isinstance(result, Ticket):
        steps = [step for step in result.steps[1:] if step.kind is not StepKind.UPDATE]
        assert steps
        for step in steps:
            body = json.loads(step.body)
            assert (step.kind, body["type"], body["messageType"]) == (StepKind.NOTE, "admin", "note")


@settings(max_examples=60, deadline=None)
@given(DRAFTS, st.lists(MESSAGES, max_size=4).map(tuple), DIRECTORIES)
def test_whatever_is_drafted_every_message_arrives_as_a_valid_request_or_the_row_says_why(
    given_draft, messages, directory
):
    result = resolve(replace(given_draft, replies=messages), directory)
    if isinstance(result, Rejected):
        assert any(problem.blocks for problem in result.problems)
        assert all(problem.hint for problem in result.problems)
        return
    steps = [step for step in result.steps if step.kind in (StepKind.REPLY, StepKind.NOTE)]
    assert len(steps) >= len(messages)
    made = [read(step) for step in steps]
    assert all(body["skipNotifications"] is not given_draft.notify for body in made)
    public = [each for each in messages if not each.private]
    assert sum(step.kind is StepKind.REPLY for step in steps) <= sum(1 + len(m.files) // 10 for m in public)
    assert (result.steps[-1].kind is StepKind.UPDATE) == (given_draft.open is False)
