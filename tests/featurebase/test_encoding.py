"""The bytes of a body, whatever is in it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.featurebase.encoding import encoded
from migrator.featurebase.findings import Findings
from migrator.featurebase.values import Exact
from migrator.model import SourceRef

REF = SourceRef("t.csv", 2)


def test_a_body_is_compact_utf_8_with_its_keys_in_order_and_exact_numbers():
    body = {"b": "é😀", "a": {"n": Exact("1.50"), "x": [1, None]}}
    assert encoded(body, "the ticket", Findings(REF)) == '{"b":"é😀","a":{"n":1.50,"x":[1,null]}}'.encode()


@given(st.dictionaries(st.text(max_size=3), st.text(st.characters(codec=None), max_size=6), max_size=3))
def test_every_text_arrives_but_for_half_characters_which_are_told(body):
    findings = Findings(REF)
    made = json.loads(encoded(body, "the ticket", findings))
    whole = {k: v.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for k, v in body.items()}
    assert made == whole
    assert bool(findings.warnings) == any("\ud800" <= c <= "\udfff" for v in body.values() for c in v)


@pytest.mark.parametrize(
    ("size_bytes", "errors", "warnings"),
    [
        pytest.param(5_000_000, [], [], id="usual"),
        pytest.param(5_000_001, [], ["body-large"], id="large"),
        pytest.param(50_000_000, [], ["body-large"], id="just-sent"),
        pytest.param(50_000_001, ["body-too-large"], [], id="too-large"),
    ],
)
def test_the_size_of_a_body_is_told_with_whose_it_is(size_bytes, errors, warnings):
    findings = Findings(REF)
    encoded({"x": "y" * (size_bytes - len('{"x":""}'))}, "a message", findings)
    assert [problem.code for problem in findings.errors] == errors
    assert [problem.code for problem in findings.warnings] == warnings
    assert all(p.message.startswith("a message has ") and p.hint for p in findings.errors + findings.warnings)
