"""From names to bytes: everything that the create call takes, and everything that it would refuse."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import migrator.sandbox
from migrator.featurebase import Directory, as_sent, part_sent, resolve
from migrator.model import (
    Draft,
    DraftAuthor,
    PartKind,
    PartSeen,
    Problem,
    Rejected,
    Severity,
    StepKind,
    Ticket,
)
from tests.featurebase.conftest import make_directory
from tests.featurebase.drafts import ADA, a_field, draft, message, named

OPENAPI = json.loads(Path(migrator.sandbox.__file__).with_name("openapi.json").read_text(encoding="utf-8"))


def described(*names: str) -> jsonschema.Draft202012Validator:
    """Bodies as the API's description has them, read by a validator that is not ours."""
    return jsonschema.Draft202012Validator(
        {
            "oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in names],
            "components": OPENAPI["components"],
        },
        format_checker=jsonschema.FormatChecker(),
    )


CREATE, UPDATE = described("TicketCreate"), described("TicketUpdate")
NOTE = message(ADA, at="2025-01-16T10:30:00.000Z", private=True)


def ticket_of(given: Draft, directory: Directory | None = None) -> Ticket:
    ticket = resolve(given, directory or make_directory())
    assert isinstance(ticket, Ticket), ticket
    return ticket


def body_of(given: Draft, directory: Directory | None = None) -> dict[str, Any]:
    body = json.loads(ticket_of(given, directory).steps[0].body)
    CREATE.validate(body)
    return body


def problems_of(given: Draft) -> tuple[Problem, ...]:
    result = resolve(given, make_directory())
    assert isinstance(result, Rejected)
    return result.problems


FULL = draft(
    author=DraftAuthor(
        id=named("u1"),
        user_id=named("ext-1"),
        email=named("ann@example.com"),
        name=named("Ann"),
        picture=named("https://p.example/a.png"),
    ),
    created_at=named("2025-01-15T10:30:00.250Z"),
    status=named("resolved"),
    open=False,
    assignee=named("ada@work.example"),
    company=named("Acme Inc"),
    linked_conversation=named("123"),
    fields=(a_field("Legacy ID", "Z-1", legacy_id=True),),
    replies=(NOTE,),
)


def test_every_field_of_the_create_call_is_sent_in_the_order_of_its_description():
    body = body_of(FULL)
    assert body == {
        "ticketCategoryId": "c-support",
        "title": "Cannot login",
        "content": "<p>403</p>",
        "author": {
            "id": "u1",
            "userId": "ext-1",
            "email": "ann@example.com",
            "name": "Ann",
            "profilePicture": "https://p.example/a.png",
        },
        "customFields": {"f-text": "Z-1"},
        "companyId": "co-acme",
        "linkedConversationId": "123",
        "assigneeId": "a-ada",
        "createdAt": "2025-01-15T10:30:00.250Z",
        "skipNotifications": True,
        "statusId": "s-done",
    }
    assert list(body) == list(OPENAPI["components"]["schemas"]["TicketCreate"]["properties"])


def test_a_ticket_is_created_then_talked_on_then_closed():
    ticket = ticket_of(FULL)
    assert [(step.kind, step.method, step.path) for step in ticket.steps] == [
        (StepKind.CREATE, "POST", "/v2/tickets"),
        (StepKind.NOTE, "POST", "/v2/tickets/{number}/reply"),
        (StepKind.UPDATE, "PATCH", "/v2/tickets/{number}"),
    ]
    assert ticket.created_at_ms == 1736937000250
    assert ticket.legacy_id == "Z-1"
    assert ticket.left_out == ()


def test_an_open_ticket_is_snoozed_after_its_thread_and_a_closed_one_only_closed():
    until = named("2031-01-15T10:30:00.000Z")
    *_, last = ticket_of(draft(snoozed_until=until, replies=(NOTE,))).steps
    UPDATE.validate(json.loads(last.body))
    assert json.loads(last.body) == {"snoozedUntil": until.value, "skipNotifications": True}
    *_, last = ticket_of(draft(snoozed_until=until, open=False)).steps
    assert json.loads(last.body) == {"open": False, "skipNotifications": True}


@pytest.mark.parametrize("notify", [True, False])
def test_a_closed_ticket_is_closed_in_so_many_words(notify):
    body = json.loads(ticket_of(draft(open=False, notify=notify)).steps[-1].body)
    UPDATE.validate(body)
    assert body == {"open": False, "skipNotifications": not notify}


@pytest.mark.parametrize("is_open", [True, None])
def test_a_ticket_that_is_not_closed_is_left_as_it_was_made(is_open):
    assert [step.kind for step in ticket_of(draft(open=is_open)).steps] == [StepKind.CREATE]


def test_the_smallest_ticket_says_only_what_it_must():
    assert ticket_of(draft()).steps[0].body == (
        b'{"ticketCategoryId":"c-support","title":"Cannot login","content":"<p>403</p>",'
        b'"author":{"email":"ann@example.com"},"skipNotifications":true}'
    )


def test_people_are_notified_only_where_the_draft_says_so():
    assert body_of(draft())["skipNotifications"] is True
    assert body_of(draft(notify=True))["skipNotifications"] is False


@pytest.mark.parametrize("text", ["é😀 – „x“", " two\r\nlines ", "\x00\x1f", "{{x}} </script>", "\u2028"])
def test_text_arrives_character_for_character(text):
    body = body_of(draft(title=named("ab" + text), content=text))
    assert (body["title"], body["content"]) == ("ab" + text, text)


def test_half_a_character_is_replaced_with_a_warning_and_two_halves_become_one():
    ticket = ticket_of(draft(title=named("x\ud800"), content="\ud83d\ude00"))
    body = json.loads(ticket.steps[0].body)
    assert (body["title"], body["content"]) == ("x\ufffd", "😀")
    assert [warning.code for warning in ticket.warnings] == ["lone-surrogate"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"category": named("Suport")}, "category-unknown", id="category-unknown"),
        pytest.param({"category": named(" ")}, "category-unknown", id="category-blank"),
        pytest.param({"category": named("Nope", fallback="")}, "category-unknown", id="category-cannot-be-left-out"),
        pytest.param({"title": named(" x ")}, "title-too-short", id="title-too-short"),
        pytest.param({"title": named("")}, "title-too-short", id="title-blank"),
        pytest.param({"author": DraftAuthor(name=named("Ann"))}, "author-missing", id="author-missing"),
        pytest.param({"author": DraftAuthor(email=named(" "))}, "author-missing", id="author-blank"),
        pytest.param({"author": DraftAuthor(email=named("a b@c.de"))}, "author-email-invalid", id="email-with-space"),
        pytest.param({"author": DraftAuthor(user_id=named("x" * 256))}, "author-user-id-too-long", id="user-id-too-long"),
        pytest.param({"author": DraftAuthor(id=named("u"), name=named("x" * 256))}, "author-name-too-long", id="name-too-long"),
        pytest.param({"status": named("Solved")}, "status-unknown", id="status-unknown"),
        pytest.param({"status": named("Nope", fallback="Neither")}, "status-unknown", id="fallback-unknown-too"),
        pytest.param({"assignee": named("Ben Cole")}, "assignee-ambiguous", id="two-admins"),
        pytest.param({"assignee": named("Zoe")}, "assignee-unknown", id="assignee-unknown"),
        pytest.param({"company": named("Umbrella")}, "company-unknown", id="company-unknown"),
        pytest.param({"created_at": named("yesterday")}, "created-at-invalid", id="date-unreadable"),
        pytest.param({"created_at": named("2025-01-15T10:30:00")}, "created-at-invalid", id="date-without-zone"),
        pytest.param({"content": "x" * 50_000_001}, "body-too-large", id="body-too-large"),
    ],
)  # fmt: skip
def test_what_would_be_refused_is_a_problem_with_place_and_way_out(changes, code):
    problems = [problem for problem in problems_of(draft(**changes)) if problem.blocks]
    assert [problem.code for problem in problems] == [code]
    assert problems[0].hint
    assert problems[0].ref == draft().ref
    if code != "body-too-large":
        assert (problems[0].at, problems[0].column) == ("m.yaml, line 3", "column")


@pytest.mark.parametrize(
    ("title", "way_out"), [("", "`missing`"), (" x ", r"`replace: {'^\s*(\S)\s*$': '(\1)'}`")]
)
def test_a_title_that_is_too_short_is_told_what_helps_against_it(title, way_out):
    (problem,) = problems_of(draft(title=named(title)))
    assert way_out in problem.hint
    assert ("`missing`" in problem.hint) is (title == "")


def test_everything_wrong_with_a_row_is_said_at_once():
    given = draft(
        category=named("x"),
        title=named(""),
        author=DraftAuthor(),
        status=named("x"),
        fields=(a_field("x", "y"),),
    )
    assert sorted(problem.code for problem in problems_of(given)) == [
        "author-missing", "category-unknown", "field-unknown", "status-unknown", "title-too-short",
    ]  # fmt: skip


@pytest.mark.parametrize("changes", [{"company": named("Umbrella")}, {"assignee": named("Zoe")}])
def test_somebody_whom_the_workspace_lacks_can_be_left_out(changes):
    (problem,) = problems_of(draft(**changes))
    assert "`unmapped: {action: empty}`" in problem.hint


def test_an_ambiguous_name_shows_both_ids():
    (problem,) = problems_of(draft(assignee=named("Ben Cole")))
    assert "a-ben1" in problem.hint
    assert "a-ben2" in problem.hint


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"title": named("x" * 513)}, "title-long", id="long-title"),
        pytest.param({"author": DraftAuthor(email=named("ADA@work.example"))}, "author-is-admin", id="author-is-admin"),
        pytest.param({"author": DraftAuthor(id=named("u"), picture=named("photo"))}, "picture-invalid", id="picture"),
        pytest.param({"status": named("active")}, "status-by-stage", id="one-of-two-at-a-stage"),
        pytest.param({"status": named("Odd", fallback="New")}, "status-fallback", id="status-fallback"),
        pytest.param({"assignee": named("gone@work.example", fallback="")}, "assignee-fallback", id="assignee-left-out"),
        pytest.param({"category": named("Strict")}, "field-required", id="required-field-empty"),
        pytest.param({"fields": (a_field("Loose", "x"),)}, "field-not-attached", id="field-of-another-category"),
        pytest.param({"content": "x" * 5_000_001}, "body-large", id="large-body"),
    ],
)  # fmt: skip
def test_what_a_person_should_know_is_a_warning(changes, code):
    ticket = ticket_of(draft(**changes))
    assert [(warning.code, warning.severity) for warning in ticket.warnings] == [(code, Severity.WARNING)]
    assert ticket.warnings[0].hint


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("In progress", "s-progress"),
        ("completed", "s-done"),
        ("unstarted", "s-new"),
        ("s-waiting", "s-waiting"),
    ],
)
def test_a_status_is_found_by_name_then_by_stage(status, expected):
    ticket = ticket_of(draft(status=named(status)))
    assert json.loads(ticket.steps[0].body)["statusId"] == expected
    assert not ticket.warnings


def test_a_fallback_may_be_a_stage():
    assert body_of(draft(status=named("Odd", fallback="completed")))["statusId"] == "s-done"


def test_a_left_out_assignee_is_not_sent_and_is_counted():
    ticket = ticket_of(draft(assignee=named("gone@work.example", fallback="")))
    assert b"assigneeId" not in ticket.steps[0].body
    assert dict(ticket.left_out) == {"assignee without a match": 1}


def test_warnings_of_the_mapping_travel_on():
    warning = Problem("html-cleaned", "x", severity=Severity.WARNING)
    assert ticket_of(draft(warnings=(warning,))).warnings == (warning,)
    assert warning in problems_of(draft(warnings=(warning,), title=named("")))


def test_without_a_workspace_names_stand_unchecked_and_say_so():
    ticket = ticket_of(FULL, Directory.unchecked())
    body = json.loads(ticket.steps[0].body)
    assert body["ticketCategoryId"] == "unchecked:Support"
    assert body["statusId"] == "unchecked:resolved"
    assert body["customFields"] == {"unchecked:Legacy ID": "Z-1"}
    assert sorted((warning.code, warning.value) for warning in ticket.warnings) == [
        ("agent-unchecked", "Ada Brook"),
        ("assignee-unchecked", "ada@work.example"),
        ("category-unchecked", "Support"),
        ("company-unchecked", "Acme Inc"),
        ("field-unchecked", "Legacy ID"),
        ("status-unchecked", "resolved"),
    ]


def test_what_does_not_need_a_workspace_is_checked_without_one():
    assert isinstance(resolve(draft(title=named("x")), Directory.unchecked()), Rejected)


def test_a_step_reads_back_as_what_was_asked_for():
    seen = as_sent(ticket_of(FULL).steps[0])
    assert (seen.number, seen.object_id, seen.open) == (0, "", None)
    assert (seen.title, seen.content, seen.category_id) == ("Cannot login", "<p>403</p>", "c-support")
    assert (seen.author_email, seen.created_at) == ("ann@example.com", "2025-01-15T10:30:00.250Z")
    assert (seen.custom_fields, seen.linked_conversations) == ({"f-text": "Z-1"}, ("123",))


def test_a_create_step_reads_back_as_the_first_message_that_it_may_show():
    part = part_sent(ticket_of(FULL).steps[0])
    assert part == PartSeen(PartKind.CONTACT, "2025-01-15T10:30:00.250Z", "<p>403</p>")


TEXT = st.text(st.characters(codec=None), max_size=12)
MAYBE = st.none() | st.builds(
    named, TEXT | st.sampled_from(["Support", "New", "active", "ada@work.example", "acme"])
)
LABELS = st.sampled_from(
    ["Legacy ID", "Reopens", "Priority", "Tags", "VIP", "Due date", "Files", "Contract", "Nope"]
)
FIELDS = st.builds(
    lambda label, values, optional: a_field(label, *values, optional=optional),
    LABELS,
    st.lists(TEXT | st.sampled_from(["1", "true", "High", "bug", "2025-01-15"]), max_size=2),
    st.just(True),
)
DRAFTS = st.builds(
    draft,
    category=st.builds(named, st.just("Support")),
    title=st.builds(named, TEXT),
    content=TEXT,
    author=st.builds(DraftAuthor, MAYBE, MAYBE, st.just(named("ann@example.com")), MAYBE, MAYBE),
    created_at=st.none() | st.just(named("2025-01-15T10:30:00.000Z")),
    status=MAYBE,
    assignee=MAYBE,
    company=MAYBE,
    fields=st.lists(FIELDS, max_size=3).map(tuple),
    notify=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(DRAFTS)
def test_whatever_is_drafted_what_is_sent_is_a_valid_create_call(given_draft):
    directory = make_directory()
    result = resolve(given_draft, directory)
    assert pickle.loads(pickle.dumps(resolve(given_draft, directory))) == result
    if isinstance(result, Ticket):
        body = json.loads(result.steps[0].body)
        CREATE.validate(body)
        assert body["skipNotifications"] is not given_draft.notify
        assert body["content"] == given_draft.content.encode("utf-16", "surrogatepass").decode(
            "utf-16", "replace"
        )
    else:
        assert any(problem.blocks for problem in result.problems)
        assert all(problem.hint for problem in result.problems)
