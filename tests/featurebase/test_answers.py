"""The table of DESIGN section 5, line by line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.errors import KeyRefused, MigratorError, VersionRefused, WrongAddress
from migrator.featurebase.answers import Answer, judge, read_ticket, words
from migrator.model import (
    Done,
    InDoubt,
    NotSent,
    Outcome,
    PartKind,
    PartSeen,
    Refused,
    StepKind,
    TicketSeen,
)
from tests.featurebase.conftest import TICKET

HERE = "https://do.featurebase.app"


def answer(status: int, body: object = None, **headers: str) -> Answer:
    return Answer(status, headers, body if isinstance(body, bytes) else json.dumps(body).encode())


def judge_a_create(given_answer: Answer, address: str) -> Outcome:
    return judge(StepKind.CREATE, given_answer, address)


def envelope(code: str, message: str = "No", **more: object) -> dict[str, object]:
    return {"error": {"type": "invalid_request_error", "code": code, "message": message, **more}}


@pytest.mark.parametrize("status", [200, 201, 202])
def test_a_2xx_with_a_ticket_settles(status):
    outcome = judge_a_create(answer(status, TICKET), HERE)
    assert isinstance(outcome, Done)
    assert (outcome.seen.number, outcome.seen.object_id, outcome.adopted) == (42, TICKET["id"], False)


@pytest.mark.parametrize("status", [400, 404, 410, 413, 422, 415, 451])
def test_a_refusal_of_this_row_keeps_the_services_words(status):
    outcome = judge_a_create(
        answer(status, envelope("invalid_request", "Title too short", param="title")), HERE
    )
    assert outcome == Refused(status, "invalid_request", "Title too short (title)")


@pytest.mark.parametrize("status", [408, 409, 425, 500, 502, 503, 504, 599])
def test_what_may_have_been_carried_out_is_in_doubt(status):
    assert isinstance(judge_a_create(answer(status, envelope("internal_error")), HERE), InDoubt)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Welcome</html>",
        b'{"id": "65',
        b"null",
        b"[]",
        b'"x"',
        b'{"id": "x"}',
        b'{"ticketNumber": 3}',
    ],
)
def test_an_unreadable_2xx_is_in_doubt(body):
    assert isinstance(judge_a_create(answer(201, body), HERE), InDoubt)


LATER = [StepKind.REPLY, StepKind.NOTE, StepKind.UPDATE]


@pytest.mark.parametrize("kind", LATER)
def test_a_later_step_is_settled_by_its_own_ticket_only(kind):
    outcome = judge(kind, answer(200, TICKET), HERE, 42)
    assert isinstance(outcome, Done)
    assert outcome.seen.object_id == TICKET["id"]
    assert isinstance(judge(kind, answer(200, TICKET), HERE, 43), InDoubt)


@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize("kind", [StepKind.REPLY, StepKind.NOTE])
def test_a_confirmation_settles_a_message_without_naming_its_part(kind, status):
    outcome = judge(kind, answer(status, {"success": True}), HERE, 42)
    assert outcome == Done(TicketSeen(number=42, object_id=""))


def test_a_confirmation_does_not_settle_an_update():
    assert isinstance(judge(StepKind.UPDATE, answer(200, {"success": True}), HERE, 42), InDoubt)


@pytest.mark.parametrize("kind", LATER)
@pytest.mark.parametrize(
    ("given_answer", "kind_of_outcome"),
    [
        pytest.param(answer(200, b"<html>"), InDoubt, id="unreadable"),
        pytest.param(answer(200, []), InDoubt, id="a-list"),
        pytest.param(answer(500, envelope("update_error")), InDoubt, id="500"),
        pytest.param(answer(429, envelope("x")), NotSent, id="429"),
        pytest.param(answer(400, envelope("invalid_request")), Refused, id="400"),
        pytest.param(answer(404, envelope("contact_not_found")), Refused, id="404"),
    ],
)
def test_a_later_step_is_judged_like_a_create(kind, given_answer, kind_of_outcome):
    assert isinstance(judge(kind, given_answer, HERE, 42), kind_of_outcome)


def test_a_message_of_an_unknown_contact_is_refused_in_the_apis_words():
    outcome = judge(StepKind.REPLY, answer(404, envelope("contact_not_found", "Contact not found")), HERE, 42)
    assert outcome == Refused(404, "contact_not_found", "Contact not found")


def test_too_many_requests_did_nothing():
    assert isinstance(judge_a_create(answer(429, envelope("rate_limit_error")), HERE), NotSent)


@pytest.mark.parametrize(
    ("given_answer", "error"),
    [
        pytest.param(
            answer(401, {"success": False, "message": "Invalid API Key"}), KeyRefused, id="401-flat"
        ),
        pytest.param(answer(401, envelope("authentication_error")), KeyRefused, id="401-envelope"),
        pytest.param(answer(403, b"forbidden"), KeyRefused, id="403-text"),
        pytest.param(answer(402, b""), KeyRefused, id="402-plan"),
        pytest.param(answer(301, b"", location="https://www.example/login"), WrongAddress, id="redirect"),
        pytest.param(answer(302, b""), WrongAddress, id="redirect-without-target"),
        pytest.param(answer(307, b"", location="//[bad"), WrongAddress, id="redirect-to-no-address"),
        pytest.param(answer(404, b"<html>Not found</html>"), WrongAddress, id="404-html"),
        pytest.param(answer(404, b""), WrongAddress, id="404-empty"),
        pytest.param(answer(405, b"Method not allowed"), WrongAddress, id="405"),
        pytest.param(answer(404, envelope("version_not_supported")), VersionRefused, id="version-404"),
        pytest.param(answer(400, envelope("version_not_supported")), VersionRefused, id="version-400"),
    ],
)
def test_what_no_request_can_survive_ends_the_run_with_a_way_out(given_answer, error):
    with pytest.raises(error) as caught:
        judge_a_create(given_answer, HERE)
    assert caught.value.hint
    assert caught.value.at == HERE


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        pytest.param(envelope("missing_parameter", "author is required"), "missing_parameter", "author is required", id="envelope"),
        pytest.param(
            envelope("invalid_request", "Bad", details=[{"path": "body.title", "message": "too short"}]),
            "invalid_request",
            "Bad body.title: too short",
            id="details",
        ),
        pytest.param(
            {"code": 400, "message": "Validation error: body.title: String must contain at least 2 character(s)"},
            "",
            "Validation error: body.title: String must contain at least 2 character(s)",
            id="flat-validation",
        ),
        pytest.param({"success": False, "message": "Invalid API Key"}, "", "Invalid API Key", id="flat-auth"),
        pytest.param({"error": "nope"}, "", "nope", id="error-is-text"),
        pytest.param({}, "", "HTTP 400", id="empty-object"),
        pytest.param(b"Bad\x00 Request\n", "", "Bad\\x00 Request", id="raw-text"),
        pytest.param(b"", "", "HTTP 400, without a word", id="nothing"),
        pytest.param({"error": {"code": 7, "message": None, "details": "x"}}, "", "HTTP 400", id="wrong-types"),
    ],
)  # fmt: skip
def test_words_are_found_in_every_shape(body, code, message):
    said = words(answer(400, body))
    assert (said.code, said.message) == (code, message)


def test_words_are_short_however_long_the_answer():
    assert len(words(answer(400, envelope("x", "long " * 1000))).message) <= 500


@pytest.mark.parametrize(
    ("number", "read"),
    [
        (42, 42),
        (42.0, 42),
        (42.5, None),
        ("42", 42),
        ("4x", None),
        (True, None),
        (0, None),
        (-1, None),
        (None, None),
    ],
)
def test_a_ticket_needs_a_number(number, read):
    seen = read_ticket(TICKET | {"ticketNumber": number})
    assert (seen.number if seen else None) == read


def test_a_ticket_with_every_property_is_read_whole():
    seen = read_ticket(TICKET)
    assert seen is not None
    assert (seen.title, seen.content, seen.category_id) == ("Cannot login", "<p>403</p>", "c-support")
    assert (seen.author_id, seen.author_email, seen.author_name) == ("u1", "ann@example.com", "Ann")
    assert (seen.status_id, seen.open, seen.custom_fields) == ("s-new", True, {"f-text": "Z-1"})
    assert (seen.linked_conversations, seen.url) == (("7",), "https://support.example/p/42")


def test_a_ticket_without_its_thread_says_nothing_of_parts():
    seen = read_ticket(TICKET)
    assert seen is not None
    assert (seen.parts, seen.snoozed_until) == (None, None)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        pytest.param({"partType": "user_msg", "bodyHtml": "<p>x</p>", "bodyMarkdown": "x"}, PartSeen(PartKind.CONTACT, body="<p>x</p>"), id="contact"),
        pytest.param({"partType": "email_msg", "bodyHtml": None, "bodyMarkdown": "x"}, PartSeen(PartKind.CONTACT, body="x"), id="markdown"),
        pytest.param({"partType": "admin_msg", "author": {"id": "a1", "email": "a@b.co"}}, PartSeen(PartKind.ADMIN, author_id="a1", author_email="a@b.co"), id="admin"),
        pytest.param({"partType": "admin_note", "createdAt": "2025-01-15T10:30:00.000Z", "author": {"id": None}}, PartSeen(PartKind.NOTE, "2025-01-15T10:30:00.000Z"), id="note"),
        pytest.param({"partType": "workflow_wait"}, PartSeen(PartKind.OTHER), id="event"),
        pytest.param({"partType": ["new"], "author": 5, "bodyHtml": {}}, PartSeen(PartKind.OTHER), id="strange"),
    ],
)  # fmt: skip
def test_a_part_is_read_as_far_as_it_says(part, expected):
    seen = read_ticket(TICKET | {"conversationParts": [part, None]})
    assert seen is not None
    assert seen.parts == (expected,)


def test_a_snoozed_ticket_says_until_when():
    seen = read_ticket(TICKET | {"snoozedUntil": "2026-01-15T10:30:00.000Z"})
    assert seen is not None
    assert seen.snoozed_until == "2026-01-15T10:30:00.000Z"


@pytest.mark.parametrize(
    ("said", "linked"),
    [
        pytest.param({"linkedConversations": [{"id": "7", "role": "customer"}]}, ("7",), id="one"),
        pytest.param({"linkedConversations": []}, (), id="none"),
        pytest.param({"linkedConversations": None}, (), id="null-is-none"),
        pytest.param({"linkedConversations": "7"}, None, id="strange-tells-nothing"),
        pytest.param({}, None, id="not-said"),
    ],
)
def test_whether_there_is_a_conversation(said, linked):
    data = {key: each for key, each in TICKET.items() if key != "linkedConversations"}
    seen = read_ticket(data | said)
    assert seen is not None
    assert seen.linked_conversations == linked


@pytest.mark.parametrize("name", [*sorted(TICKET.keys() - {"id", "ticketNumber"}), "conversationParts"])
@pytest.mark.parametrize("value", [None, 5, [None], {"x": 1}, "absent"])
def test_a_missing_or_strange_property_only_stays_unknown(name, value):
    data = {key: each for key, each in TICKET.items() if key != name}
    seen = read_ticket(data if value == "absent" else data | {name: value})
    assert seen is not None
    assert seen.number == 42


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*TICKET, "conversationParts", "error", "message", "code"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(
    kind=st.sampled_from(StepKind),
    status=st.integers(200, 599),
    body=JSON.map(lambda data: json.dumps(data).encode()) | st.binary(max_size=40),
)
def test_no_answer_is_ever_more_than_an_outcome_or_an_error_of_ours(kind, status, body):
    number = None if kind is StepKind.CREATE else 42
    try:
        outcome = judge(kind, Answer(status, {}, body), HERE, number)
    except MigratorError:
        return
    assert isinstance(outcome, Done | Refused | NotSent | InDoubt)
    assert not (isinstance(outcome, Done) and not 200 <= status < 300)
    assert not (isinstance(outcome, Refused | NotSent) and status >= 500)
