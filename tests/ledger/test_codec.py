from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.ledger import codec
from migrator.model import Problem, Severity, SourceRef, Upload

text = st.text(st.characters(exclude_categories=()), max_size=20).filter(
    lambda it: it.encode("utf-16", "surrogatepass").decode("utf-16", "replace") == it or len(it) < 2
)


@given(text)
def test_any_text_comes_back_exactly_and_fits_into_utf8(value):
    stored = codec.dump(value)
    assert codec.load(stored) == value
    stored.encode()


@given(text, text)
def test_different_texts_are_stored_differently(one, other):
    assert (codec.dump(one) == codec.dump(other)) == (one == other)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("\ud800", id="lone-surrogate"),
        pytest.param("\\ud800", id="its-escape-as-text"),
        pytest.param("a\x00b", id="nul"),
        pytest.param("", id="empty"),
    ],
)
def test_awkward_text_comes_back_exactly(value):
    assert codec.load(codec.dump(value)) == value


def test_problems_come_back_with_every_field():
    problem = Problem(
        "title-too-short",
        "The title is short.",
        hint="make it longer",
        severity=Severity.WARNING,
        ref=SourceRef("t.csv", 7, "Sheet", 9),
        column="subject",
        value="x",
        at="m.yaml, line 4",
    )
    plain = Problem("c", "m")
    assert codec.load_problems(codec.dump_problems([problem, plain])) == (problem, plain)


def test_uploads_come_back_with_every_field():
    upload = Upload("customFields.1", "a.png", "/tmp/a.png", 12, "ab" * 32, "image/png")
    assert codec.load_uploads(codec.dump_uploads([upload])) == (upload,)


@pytest.mark.parametrize("original", [("a", "", "c,d"), '{"id": 1}', "", ()], ids=repr)
def test_an_original_stays_cells_or_text(original):
    assert codec.load_original(codec.dump(original)) == original
