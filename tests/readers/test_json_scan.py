import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.errors import UnreadableSource
from migrator.readers.json_scan import CHUNK_CHARACTERS, Scanner, items

OBJECTS = st.lists(
    st.dictionaries(st.text(max_size=3), st.text(max_size=6) | st.integers() | st.none(), max_size=3),
    max_size=5,
)


class Drip(io.StringIO):
    """A file that gives a few characters at a time, so that every value is cut somewhere."""

    def read(self, size: int | None = -1) -> str:
        return super().read(3)


def scan(text, wanted=None):
    return [(item.key, item.text) for item in items(Scanner(Drip(text), "t.json"), wanted)]


@given(OBJECTS, st.sampled_from([None, 1]))
def test_elements_come_back_as_their_exact_text_however_the_file_is_cut(objects, indent):
    texts = [json.dumps(each, indent=indent) for each in objects]
    assert scan("[" + " ,\n".join(texts) + "]") == [("", text) for text in texts]
    assert scan("\n".join(texts)) == [("", text) for text in texts]


def test_documents_may_follow_each_other_without_a_separator():
    assert scan('[{"a":1}][{"b":2},3]{"c":4}') == [
        ("", '{"a":1}'),
        ("", '{"b":2}'),
        ("", "3"),
        ("", '{"c":4}'),
    ]


def test_an_envelope_gives_the_lists_and_objects_that_are_wanted():
    text = '{"count": 2, "users": [{"id":7}], "tickets": [{"id":1}, {"id":2}], "meta": {"x": [1]}, "ticket": {"id":3}}'
    assert scan(text, {"tickets", "ticket"}.__contains__) == [
        ("tickets", '{"id":1}'),
        ("tickets", '{"id":2}'),
        ("ticket", '{"id":3}'),
    ]


@pytest.mark.parametrize("wanted", [{"a", "b"}.__contains__, lambda _: True], ids=["some", "all"])
def test_what_a_hal_envelope_embeds_is_told_as_if_it_stood_beside_once(wanted):
    text = '{"_embedded": {"a": [1], "_embedded": {"c": [3]}, "b": {"d": 2}}, "a": [4]}'
    found = [pair for pair in scan(text, wanted) if pair[0] != "_embedded"]
    assert found == [("a", "1"), ("b", '{"d": 2}'), ("a", "4")]


def test_an_array_of_pages_gives_the_records_of_all_pages():
    assert scan('[[{"id":1}], [], [{"id":2}]]') == [("", '{"id":1}'), ("", '{"id":2}')]
    text = '[{"tickets": [{"id":1}], "count": 2}, {"count": 2, "tickets": [{"id":2}]}]'
    assert scan(text, {"tickets"}.__contains__) == [("tickets", '{"id":1}'), ("tickets", '{"id":2}')]


def test_lines_are_counted():
    found = items(Scanner(io.StringIO('\n[\n{"a":\n1},\n\n{"b":2}]\n{"c":3}'), "t.json"))
    assert [item.line for item in found] == [3, 6, 7]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        pytest.param('[{"a": 1},\n{"b": ', 2, "cut off", id="cut-in-an-object"),
        pytest.param('[{"a": 1},\n{"b": "te', 2, "cut off", id="cut-in-a-text"),
        pytest.param('[{"a": 1}\n', 2, "cut off", id="cut-after-an-element"),
        pytest.param('[{"a": 1},', 1, "cut off", id="cut-after-a-comma"),
        pytest.param('[{"a": 1}\n{"b": 2}]', 2, "expected , or ]", id="comma-missing"),
        pytest.param(
            '[{"a": 1},\n{"b": x, "c": "a long rest of text"}]', 2, "expecting value", id="bare-word"
        ),
        pytest.param(
            "[{'a': 1, 'b': 'a long rest of text'}]", 1, "enclosed in double quotes", id="single-quotes"
        ),
        pytest.param("[{'a': 1}]", 1, "enclosed in double quotes", id="single-quotes-at-the-end"),
        pytest.param('[{"a": 1},\n]', 2, "expecting value, near ']'", id="comma-at-the-end"),
        pytest.param('[{"a": 1}]\nx', 2, "expecting value, near 'x'", id="rubbish-at-the-end"),
        pytest.param('[{"a": 1}, tru', 1, "cut off", id="cut-in-a-word"),
    ],
)
def test_broken_text_is_refused_with_its_line(text, line, message):
    with pytest.raises(UnreadableSource, match=message) as caught:
        scan(text)
    assert caught.value.at == f"t.json, line {line}"


def test_nesting_beyond_python_is_refused():
    with pytest.raises(UnreadableSource, match="nested deeper"):
        list(items(Scanner(io.StringIO('[{"a":' * 100_000), "t.json")))


def test_memory_does_not_grow_with_the_file():
    record = json.dumps({"id": 1, "text": "x" * 1000})
    scanner = Scanner(io.StringIO("[" + ",".join([record] * 2000) + "]"), "t.json")
    longest = max(len(scanner._buffer) for _ in items(scanner))
    assert longest <= CHUNK_CHARACTERS + len(record)


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=3), OBJECTS.map(lambda each: each[0] if each else {}), max_size=4
    )
)
def test_records_by_their_ids_say_them_and_their_text_says_the_same(records):
    text = json.dumps(records)
    found = list(items(Scanner(Drip(text), "t.json"), by_id={""}))
    assert [item.tree["id"] for item in found] == [
        each["id"] if isinstance(each.get("id"), str) else own for own, each in records.items()
    ]
    for item in found:
        (again,) = items(Scanner(io.StringIO(item.text), "t.json"))
        assert again.tree == item.tree


def test_a_way_leads_through_objects_to_the_lists_inside():
    text = '{"a": {"v": 1, "b": {"t": [{"id": 1}], "by": {"7": {"x": 1}}}}, "t": [5]}'
    found = items(Scanner(Drip(text), "t.json"), {"t", "by"}.__contains__, inside=("a", "b"), by_id={"by"})
    assert [(item.key, item.text) for item in found] == [
        ("t", '{"id": 1}'),
        ("by", '{"x": 1, "id": "7"}'),
        ("t", "5"),
    ]
