import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.model import SourceRef
from migrator.readers.json_text import DEEPEST, JsonParser, record_of, strings, without_own_keys
from migrator.readers.trees import Item
from tests.readers.support import codes

TREES = st.recursive(
    st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=10,
)


def record(text):
    parser = JsonParser()
    tree, end = parser.decode(text)
    assert end == len(text)
    return record_of(SourceRef("t.json", 1), Item("", tree, text, 1, tuple(parser.repeated)))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("1.10", "1.10", id="decimal"),
        pytest.param("9007199254740993123", "9007199254740993123", id="19-digits"),
        pytest.param("1e5", "1e5", id="exponent"),
        pytest.param("-0", "-0", id="minus-zero"),
        pytest.param("NaN", "NaN", id="nan"),
        pytest.param("-Infinity", "-Infinity", id="infinity"),
        pytest.param("true", "true", id="true"),
        pytest.param("[1, null, [false]]", ["1", ["false"]], id="lists"),
        pytest.param('"a\tb\\u2028"', "a\tb\u2028", id="raw-tab"),
        pytest.param('"\\ud83d\\ude00"', "😀", id="pair"),
    ],
)
def test_scalars_are_text_as_written(text, value):
    found = record(f'{{"x": {text}}}')
    assert found.values == {"x": value}
    assert found.problems == ()


def test_null_is_absent():
    assert record('{"a": null, "b": {"c": null}, "d": ""}').values == {"b": {}, "d": ""}


@pytest.mark.parametrize(
    ("text", "code", "values"),
    [
        pytest.param('{"a": 1, "a": 2}', "duplicate-json-key", {"a": "2"}, id="twice"),
        pytest.param('{"a": 1, "a": null}', "duplicate-json-key", {}, id="last-is-null"),
        pytest.param('{"b": {"a": 1, "a": 2}}', "duplicate-json-key", {"b": {"a": "2"}}, id="nested"),
        pytest.param('{"a": "x\\ud83d"}', "lone-surrogate", {"a": "x\ufffd"}, id="half"),
        pytest.param('{"a": "x\\u0000"}', "nul-character", {"a": "x\0"}, id="nul"),
        pytest.param('{"a": "Ã¼"}', "damaged-text", {"a": "Ã¼"}, id="mojibake"),
        pytest.param('{"a": "\\uFFFD"}', "damaged-text", {"a": "\ufffd"}, id="escaped-replacement"),
        pytest.param("[1]", "not-an-object", {}, id="list"),
        pytest.param('"text"', "not-an-object", {}, id="scalar"),
    ],
)
def test_oddities_are_named(text, code, values):
    found = record(text)
    assert (codes(found), found.values, found.original) == ([code], values, text)


def test_a_backslash_before_u_is_no_escape():
    assert record('{"a": "\\\\u0000 \\\\ud83d"}').problems == ()


@pytest.mark.parametrize(("levels", "found"), [(DEEPEST, []), (DEEPEST + 1, ["too-deeply-nested"])])
def test_nesting_has_a_limit(levels, found):
    assert codes(record('{"a":' * levels + "1" + "}" * levels)) == found


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), TREES, max_size=4))
def test_text_survives_exactly(tree):
    found = record(json.dumps(tree))
    expected = {key: value for key, value in tree.items() if not key.startswith("migrator_")}
    assert found.values == expected
    assert [text for _, text in strings(expected)] == [text for _, text in strings(found.values)]


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        pytest.param('{"migrator_a": [1, {"b": 2}], "id": 1.10}', '{"id": 1.10}', id="first"),
        pytest.param('{"id": 1.10 , "migrator_a": "}"}', '{"id": 1.10}', id="last"),
        pytest.param('{"a":"migrator_","migrator_b":null,"c":[]}', '{"a":"migrator_","c":[]}', id="between"),
        pytest.param('{"migrator_a": 1}', "{}", id="only"),
        pytest.param('{ "a": 1 }', '{"a": 1}', id="none"),
    ],
)
def test_our_own_keys_are_cut_out_of_the_exact_text(text, rest):
    assert without_own_keys(text) == rest


def test_an_object_with_very_many_keys_is_read_at_once():
    keys = ", ".join(f'"k{number}": {number}' for number in range(100_000))
    found = record(f'{{{keys}, "k1": 7}}')  # some minutes, where every key is looked for among all
    assert codes(found) == ["duplicate-json-key"]
    assert found.values["k1"] == "7"
