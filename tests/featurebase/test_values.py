"""Custom fields by type: what is sent, and what is refused before it is sent."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.featurebase import resolve
from migrator.model import FileRef, Rejected, Ticket
from tests.featurebase.conftest import make_directory
from tests.featurebase.drafts import a_field, draft

PDF = FileRef("a.pdf", "https://files.example/a.pdf")


def sent(field, **directory) -> bytes:
    """The JSON text of `customFields`, or of nothing."""
    ticket = resolve(draft(fields=(field,)), make_directory(**directory))
    assert isinstance(ticket, Ticket), ticket
    body = ticket.steps[0].body
    return body[body.index(b'"customFields":') :] if b'"customFields":' in body else b""


def codes(*fields) -> list[str]:
    result = resolve(draft(fields=fields), make_directory())
    assert isinstance(result, Rejected)
    assert all(problem.hint and problem.message for problem in result.problems)
    return [problem.code for problem in result.problems]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        pytest.param(a_field("Legacy ID", " 007 "), b'{"f-text":" 007 "}', id="text-is-exact"),
        pytest.param(a_field("Reopens", "12"), b'{"f-number":12}', id="integer"),
        pytest.param(a_field("Reopens", "-0"), b'{"f-number":-0}', id="negative-zero"),
        pytest.param(a_field("Reopens", "1" + 200 * "0"), b'{"f-number":1' + 200 * b"0", id="very-long"),
        pytest.param(a_field("Reopens", "1.50"), b'{"f-number":1.50}', id="all-digits-kept"),
        pytest.param(a_field("Reopens", "+2e3"), b'{"f-number":2e3}', id="exponent"),
        pytest.param(a_field("Reopens", "-0.1"), b'{"f-number":-0.1}', id="negative"),
        pytest.param(a_field("Reopens", "007"), b'{"f-number":7}', id="leading-zeros"),
        pytest.param(a_field("Priority", "high"), b'{"f-select":"o-high"}', id="option-by-label"),
        pytest.param(a_field("Priority", "o-low"), b'{"f-select":"o-low"}', id="option-by-id"),
        pytest.param(a_field("Tags", "login", "BUG", "bug"), b'{"f-multi":["o-login","o-bug"]}', id="multi-select"),
        pytest.param(a_field("VIP", "Yes"), b'{"f-check":true}', id="yes"),
        pytest.param(a_field("VIP", "0"), b'{"f-check":false}', id="zero"),
        pytest.param(a_field("Due date", "2025-01-15"), b'{"f-date":"2025-01-15"}', id="date"),
        pytest.param(a_field("Due date", "2025-01-15T10:30:00.000Z"), b'{"f-date":"2025-01-15T10:30:00.000Z"}', id="moment"),
        pytest.param(a_field("Contract", files=(PDF,)), b'{"f-file":{"url":"https://files.example/a.pdf","name":"a.pdf"}}', id="file"),
        pytest.param(a_field("Files", files=(PDF,)), b'{"f-files":[{"url":"https://files.example/a.pdf","name":"a.pdf"}]}', id="files"),
    ],
)  # fmt: skip
def test_a_value_is_sent_as_its_type_asks(field, expected):
    assert sent(field).startswith(b'"customFields":' + expected)


def test_a_label_is_sent_where_the_workspace_takes_labels():
    assert b'{"f-select":"High"}' in sent(a_field("Priority", "o-high"), select_as="label")


@pytest.mark.parametrize(
    "field",
    [
        a_field("Legacy ID"),
        a_field("Reopens", " "),
        a_field("Tags", "", ""),
        a_field("Files"),
        a_field("VIP", ""),
    ],
)
def test_a_blank_value_is_left_out(field):
    assert sent(field) == b""


@pytest.mark.parametrize(
    ("field", "code"),
    [
        pytest.param(a_field("Legacy ID", "x" * 10_001), "field-too-long", id="text-too-long"),
        pytest.param(a_field("Legacy ID", "a", "b"), "field-type", id="two-texts"),
        pytest.param(a_field("Reopens", "1,5"), "number-decimal-comma", id="decimal-comma"),
        pytest.param(a_field("Reopens", "1.234,50"), "number-decimal-comma", id="german-number"),
        pytest.param(a_field("Reopens", "NaN"), "number-invalid", id="nan"),
        pytest.param(a_field("Reopens", "Infinity"), "number-invalid", id="infinity"),
        pytest.param(a_field("Reopens", "1e999"), "number-digits-lost", id="overflow"),
        pytest.param(a_field("Reopens", "1e-9999"), "number-digits-lost", id="underflow"),
        pytest.param(a_field("Reopens", "9007199254740993"), "number-digits-lost", id="more-digits-than-a-double"),
        pytest.param(a_field("Reopens", "٣"), "number-invalid", id="digits-json-does-not-know"),
        pytest.param(a_field("Reopens", "0x1F"), "number-invalid", id="hexadecimal"),
        pytest.param(a_field("Priority", "hihg"), "option-unknown", id="unknown-option"),
        pytest.param(a_field("Tags", "bug", "nope"), "option-unknown", id="one-unknown-of-several"),
        pytest.param(a_field("VIP", "Ja"), "checkbox-invalid", id="no-truth"),
        pytest.param(a_field("Due date", "15.01.2025"), "field-date-invalid", id="no-iso-date"),
        pytest.param(a_field("Due date", "2025-02-30"), "field-date-invalid", id="no-such-day"),
        pytest.param(a_field("Due date", "2025-01-15T10:30:00"), "field-date-invalid", id="moment-without-zone"),
        pytest.param(a_field("Files", "https://files.example/a.pdf"), "field-type", id="text-for-files"),
        pytest.param(a_field("Legacy ID", files=(PDF,)), "field-type", id="file-for-text"),
        pytest.param(a_field("Nope", "x"), "field-unknown", id="unknown-field"),
        pytest.param(a_field("Twin", "x"), "field-ambiguous", id="two-fields-of-that-name"),
    ],
)  # fmt: skip
def test_a_value_that_would_be_refused_or_changed_is_a_problem_with_a_way_out(field, code):
    assert codes(field) == [code]


def test_a_field_is_mapped_once():
    assert codes(a_field("Legacy ID", "1"), a_field("f-text", "2")) == ["field-twice"]


def test_leading_zeros_of_a_number_are_warned_of():
    ticket = resolve(draft(fields=(a_field("Reopens", "007"),)), make_directory())
    assert isinstance(ticket, Ticket)
    assert [warning.code for warning in ticket.warnings] == ["number-leading-zeros"]


@pytest.mark.parametrize(
    ("field", "left_out"),
    [
        pytest.param(a_field("Nope", "x", optional=True), {"field Nope": 1}, id="optional-field"),
        pytest.param(a_field("Nope", " ", optional=True), {}, id="optional-and-blank"),
        pytest.param(a_field("Priority", "odd", fallback=""), {"option of the field 'Priority' without a match": 1}, id="option-that-may-be-empty"),
    ],
)  # fmt: skip
def test_what_does_not_come_over_is_counted(field, left_out):
    ticket = resolve(draft(fields=(field,)), make_directory())
    assert isinstance(ticket, Ticket)
    assert dict(ticket.left_out) == left_out


def test_an_unknown_option_becomes_its_fallback_with_a_warning():
    ticket = resolve(draft(fields=(a_field("Priority", "odd", fallback="Low"),)), make_directory())
    assert isinstance(ticket, Ticket)
    assert b'"f-select":"o-low"' in ticket.steps[0].body
    assert [warning.code for warning in ticket.warnings] == ["option-fallback"]


@given(st.text(max_size=30) | st.from_regex(r"[+-]?\d{0,20}[.,]?\d{0,20}([eE][+-]?\d{1,3})?", fullmatch=True))
def test_a_number_that_is_sent_is_json_and_exactly_what_was_written(text):
    result = resolve(draft(fields=(a_field("Reopens", text),)), make_directory())
    if isinstance(result, Ticket) and text.strip():
        number = json.loads(result.steps[0].body)["customFields"]["f-number"]
        assert float(number) == float(text)
