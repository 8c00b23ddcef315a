import json
import tracemalloc

import pytest

from migrator.errors import SourceError, UnreadableSource
from tests.readers.support import codes, opened, read, told, write, zendesk_ticket


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('[{"id": 1}, {"id": 2}]', id="array"),
        pytest.param('[{"id": 1}][{"id": 2}]', id="arrays-in-a-row"),
        pytest.param('[{"id": 1}]\n[{"id": 2}]\n', id="arrays-line-by-line"),
        pytest.param('{"count": 2, "results": [{"id": 1}, {"id": 2}], "next": null}', id="envelope"),
        pytest.param('{"results": [{"id": 1}]}\n{"results": [{"id": 2}]}\n', id="envelopes-line-by-line"),
        pytest.param('{"tickets": [{"id": 1}, {"id": 2}], "users": [{"id": 3}]}', id="tickets-beside-users"),
        pytest.param(
            '{"data": {"issues": [{"id": 1}, {"id": 2}]}, "exported": "x"}', id="answer-in-an-object"
        ),
        pytest.param('{\n "id": 1\n}\n{\n "id": 2\n}', id="objects-over-several-lines"),
        pytest.param('{"id": 1}{"id": 2}', id="objects-on-one-line"),
    ],
)
def test_records_are_found_in_every_wrapping(tmp_path, text):
    source = opened(write(tmp_path, "t.json", text))
    records = list(source.records())
    assert source.reader == "json"
    assert [(record.ref.row, record.values, record.original) for record in records] == [
        (1, {"id": "1"}, records[0].original),
        (2, {"id": "2"}, records[1].original),
    ]
    assert [json.loads(str(record.original)) for record in records] == [{"id": 1}, {"id": 2}]


def test_pages_may_hold_their_records_by_id(tmp_path):
    text = '[{"tickets": {"12": {"x": "a"}, "13": {"x": "b"}}}, {"tickets": {"14": {"x": "c"}}}]'
    records = read(write(tmp_path, "t.json", text))
    assert [record.values for record in records] == [
        {"id": "12", "x": "a"},
        {"id": "13", "x": "b"},
        {"id": "14", "x": "c"},
    ]


def test_one_object_is_one_record_even_with_a_list_inside(tmp_path):
    (record,) = read(write(tmp_path, "t.json", '{"id": 1, "comments": [{"body": "x"}]}'))
    assert record.values == {"id": "1", "comments": [{"body": "x"}]}


def test_several_lists_are_asked_about(tmp_path):
    path = write(tmp_path, "t.json", '{"issues": [{"a": 1}], "people": [{"b": 2}]}')
    with pytest.raises(SourceError, match="issues, people"):
        opened(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.json", '{"issues": [{"a": 1}], "people": [{"b": 2}]}'),
        ("t.xml", "<out><issues><issue><a>1</a></issue></issues><people><b>2</b></people></out>"),
    ],
)
def test_a_list_can_be_named(tmp_path, name, text):
    path = write(tmp_path, name, text)
    assert read(path, sheet="people")[0].values == {"b": "2"}
    with pytest.raises(SourceError, match="there is no list 'x'") as caught:
        opened(path, sheet="x")
    assert "people" in caught.value.hint


def test_lists_that_are_not_read_are_told(tmp_path):
    assert told(opened(write(tmp_path, "t.json", '{"tickets": [{"id": 1}], "people": [{"b": 2}]}'))) == {
        "list-left-out": 1
    }


def test_elements_that_are_no_objects_are_problems(tmp_path):
    records = read(write(tmp_path, "t.json", '[{"id": 1}, 7, null, [1]]'))
    assert [codes(record) for record in records] == [[], *[["not-an-object"]] * 3]
    assert [record.original for record in records][1:] == ["7", "null", "[1]"]


@pytest.mark.parametrize("text", ["[]", '{"tickets": [], "count": 0}'], ids=["array", "envelope"])
def test_a_list_without_records_is_told(tmp_path, text):
    source = opened(write(tmp_path, "t.json", text))
    assert list(source.records()) == []
    assert told(source) == {"no-rows": 1}


def test_a_document_that_was_cut_off_is_refused_where_it_ends(tmp_path):
    path = write(tmp_path, "t.json", '[{"id": 1},\n{"id": 2},\n{"id": 3, "text": "half')
    with pytest.raises(UnreadableSource, match="cut off") as caught:
        read(path)
    assert caught.value.at == "t.json, line 3"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings_are_read(tmp_path, encoding):
    (record,) = read(write(tmp_path, "t.json", '[{"name": "Zoë"}]', encoding=encoding))
    assert record.values == {"name": "Zoë"}


def test_a_record_longer_than_a_chunk_is_whole(tmp_path):
    text = "x" * 1_000_000
    (record,) = read(write(tmp_path, "t.json", json.dumps([{"id": 1, "text": text}])))
    assert record.values["text"] == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"data": {"issues": [{"a": 1}]}, "caseId": "7"}', id="the-outer-has-an-id"),
        pytest.param('{"data": {"items": [{"a": 1}], "number": "7"}}', id="the-inner-has-an-id"),
        pytest.param('{"data": {"items": ["a", "b"]}}', id="no-records-inside"),
        pytest.param('{"data": {"photos": [{"a": 1}]}}', id="a-list-of-something-else"),
        pytest.param('{"nr": "7", "f": {"a1": {"v": 1}, "a2": {"v": 2}}}', id="fields-with-numbers"),
        pytest.param('{"nr7": "x", "f": {"a1": {"v": 1}, "a2": {"v": 2}}}', id="fields-without-an-id"),
        pytest.param('{"data": {"items": [{"a": 1}]}, "result": {"items": [{"a": 2}]}}', id="two-objects"),
    ],
)
def test_an_object_that_only_looks_like_a_wrapped_answer_is_one_record(tmp_path, text):
    (record,) = read(write(tmp_path, "t.json", text))
    assert list(record.values) == list(json.loads(text))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"errorMessages": ["No such project"], "errors": {}}', id="jira"),
        pytest.param('{"error": {"message": "No Record found"}, "status": "failure"}', id="servicenow"),
        pytest.param(
            '{"message": "Not Found", "documentation_url": "https://docs.example.com"}', id="github"
        ),
        pytest.param('{"errorCode": "INVALID_OAUTH", "message": "The token is invalid."}', id="zoho-desk"),
        pytest.param('{"error": "Couldn\'t authenticate you"}', id="zendesk"),
    ],
)
def test_an_error_of_an_api_is_no_export(tmp_path, text):
    with pytest.raises(UnreadableSource, match="error message of an API"):
        opened(write(tmp_path, "t.json", text))


def test_a_ticket_that_speaks_of_an_error_is_a_ticket(tmp_path):
    (record,) = read(write(tmp_path, "t.json", '{"id": 1, "error": "x", "message": "y"}'))
    assert record.values == {"id": "1", "error": "x", "message": "y"}


@pytest.mark.parametrize("name", ["issues", "result", "results", "records"])
def test_an_answer_without_records_holds_no_ticket(tmp_path, name):
    source = opened(write(tmp_path, "t.json", json.dumps({"total": 0, name: []})))
    assert list(source.records()) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"id": {"0": 1, "1": 2}, "subject": {"0": "a", "1": "b"}}', id="whole"),
        pytest.param('{"id": {"0": 1, "1": 2}, "subject": {"0": "a", "1": null}}', id="with-a-null"),
    ],
)
def test_records_that_are_written_column_by_column_are_refused_with_the_way_out(tmp_path, text):
    with pytest.raises(SourceError, match="column by column") as refused:
        opened(write(tmp_path, "t.json", text))
    assert "orient='records'" in refused.value.hint


@pytest.mark.parametrize(
    "text", ['{"id": 1, "fields": {"0": "a"}}', '{"0": {"id": 1}, "1": {"id": 2}}', '{"a": {}, "b": {}}']
)
def test_what_only_looks_like_columns_is_read(tmp_path, text):
    assert opened(write(tmp_path, "t.json", text)).reader == "json"


def test_lists_that_php_writes_as_objects_are_no_columns(tmp_path):
    tickets = {str(number): zendesk_ticket(number + 1) for number in range(2)}
    users = {"0": {"id": 501, "name": "Wanda", "email": "wanda@example.com", "role": "end-user"}}
    source = opened(write(tmp_path, "t.json", json.dumps({"tickets": tickets, "users": users})))
    records = list(source.records())
    assert source.reader == "zendesk"
    assert [record.values["id"] for record in records] == ["1", "2"]
    assert records[0].values["requester"]["email"] == "wanda@example.com"


def as_csv(count):
    return "id,subject\n" + "".join(f'{number},"{"x" * 4000}"\n' for number in range(count))


def as_lines(count):
    return "".join(json.dumps({"id": number, "subject": "x" * 4000}) + "\n" for number in range(count))


def as_array(count):
    return json.dumps([{"id": number, "subject": "x" * 4000} for number in range(count)])


def as_xml(count):
    ticket = "<ticket><id>{}</id><subject>" + "x" * 4000 + "</subject></ticket>"
    return f"<tickets>{''.join(map(ticket.format, range(count)))}</tickets>"


@pytest.mark.parametrize("make", [as_csv, as_lines, as_array, as_xml])
def test_memory_does_not_grow_with_the_file(tmp_path, make):
    peaks = []
    for count in (800, 3_200):  # the smaller one is longer than any buffer already
        path = write(tmp_path, f"{count}.txt", make(count))
        tracemalloc.start()
        assert sum(1 for _ in opened(path).records()) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0] + (1 << 20)
