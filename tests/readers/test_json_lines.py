import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrator.errors import UnreadableSource
from tests.readers.support import codes, json_lines, opened, read, told, write

TEXTS = st.text(st.characters(codec="utf-8"), max_size=10) | st.sampled_from(
    ["\u2028", "\x85", "\r", "007", "é😀"]
)


@given(
    st.lists(st.dictionaries(st.sampled_from("abc"), TEXTS, min_size=1), min_size=2, max_size=5),
    st.booleans(),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_values_come_back_exactly_as_written(tmp_path_factory, objects, ascii_only):
    lines = [json.dumps(each, ensure_ascii=ascii_only) for each in objects]
    records = read(write(tmp_path_factory.mktemp("t"), "t.jsonl", "\n".join(lines)))
    assert [record.values for record in records] == objects
    assert [record.original for record in records] == lines


def test_records_and_lines_are_counted(tmp_path):
    path = write(
        tmp_path, "t.ndjson", '{"id": 1}\r\n\n{"id": 2}\n[{"id": 3}, {"id": 4}]\n{"id": 5}{"id": 6}\n'
    )
    records = read(path)
    assert [record.values["id"] for record in records] == ["1", "2", "3", "4", "5", "6"]
    assert [(record.ref.row, record.ref.line) for record in records] == [
        (1, 1),
        (2, 3),
        (3, 4),
        (4, 4),
        (5, 5),
        (6, 5),
    ]
    assert records[2].original == '{"id": 3}'


def test_a_line_that_is_no_json_is_refused_with_its_place(tmp_path):
    path = write(tmp_path, "t.jsonl", '{"id": 1}\n{"id": 2}\n{"id": oops}\n{"id": 4}\n')
    with pytest.raises(UnreadableSource, match="not JSON") as caught:
        read(path)
    assert caught.value.at == "t.jsonl, line 3"


def test_a_file_that_was_cut_off_is_named_as_such(tmp_path):
    path = write(tmp_path, "t.jsonl", '{"id": 1}\n{"id": 2}\n{"id": 3, "text": "half a sen')
    with pytest.raises(UnreadableSource, match="cut off") as caught:
        read(path)
    assert caught.value.at == "t.jsonl, line 3"


def test_a_line_nested_beyond_python_is_a_problem_of_its_record_only(tmp_path):
    path = write(
        tmp_path, "t.jsonl", '{"id": 1}\n{"id": 2}\n' + '{"a":' * 9000 + "1" + "}" * 9000 + '\n{"id": 4}\n'
    )
    records = read(path)
    assert [codes(record) for record in records] == [[], [], ["too-deeply-nested"], []]


def test_windows_1252_is_told(tmp_path):
    source = opened(write(tmp_path, "t.jsonl", '{"a": "ü"}\n{"a": "€"}\n', encoding="cp1252"))
    assert [record.values["a"] for record in source.records()] == ["ü", "€"]
    assert told(source) == {"encoding-assumed": 1}


def test_rejects_come_back_without_our_keys_and_with_their_ledger(tmp_path):
    text = (
        '{"migrator_problem": [{"code": "x"}], "migrator_row": "t.json, row 7", "migrator_ledger": "L7", '
        '"migrator_reader": "json-lines", "id": 1.10}\n'
        '{"migrator_problem": [], "migrator_ledger": "L7", "migrator_reader": "json-lines", "id": 2}\n'
    )
    source = opened(write(tmp_path, "rejects.ndjson", text))
    first = next(iter(source.records()))
    assert (source.ledger_id, source.reader, source.helpdesk) == ("L7", "json-lines", "")
    assert (first.values, first.original) == ({"id": "1.10"}, '{"id": 1.10}')
    assert [record.earlier_place for record in source.records()] == ["t.json, row 7", ""]


@pytest.mark.parametrize("count", [1, 2], ids=["one", "two"])
def test_records_that_were_joined_come_back_as_they_are(tmp_path, count):
    joined = {
        "migrator_reader": "zendesk",
        "migrator_ledger": "L7",
        "migrator_row": "tickets.json, row 9",
        "id": "1",
        "requester": {"kind": "customer"},
    }
    source = opened(write(tmp_path, "rejects.ndjson", json_lines(*[joined] * count)))
    assert (source.reader, source.helpdesk, source.ledger_id) == ("zendesk", "zendesk", "L7")
    assert [r.values for r in source.records()] == [{"id": "1", "requester": {"kind": "customer"}}] * count
    assert {r.earlier_place for r in source.records()} == {"tickets.json, row 9"}


@pytest.mark.parametrize("place", ["7", '["a"]', "null", "{}"], ids=["number", "list", "null", "object"])
def test_a_place_that_somebody_spoiled_is_only_text_or_nothing(tmp_path, place):
    path = write(tmp_path, "r.ndjson", f'{{"migrator_row": {place}, "migrator_ledger": "L7", "id": 1}}\n')
    (record,) = read(path)
    assert (record.values, record.earlier_place) == ({"id": "1"}, "7" if place == "7" else "")


def test_a_line_that_is_no_json_is_named_once(tmp_path):
    file = write(tmp_path, "t.ndjson", b'{"id": 1}\nnot json\n{"id": 2}\n')
    with pytest.raises(UnreadableSource, match="expecting value, near 'not json'") as caught:
        read(file)
    assert caught.value.at == "t.ndjson, line 2"
