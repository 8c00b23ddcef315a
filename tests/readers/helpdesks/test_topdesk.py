import csv
import io
import json
import sys

import pytest

from tests.readers.support import opened, read, write

LIV = {"id": "u1", "kind": "customer", "name": "Haas, Liv", "email": "liv@example.com"}
ADA = {"id": "o1", "kind": "agent", "name": "Ada Brook"}
THREAD = (
    "03-03-2023 09:15 Haas, Liv: \nthanks\n\n02-03-2023 16:20 Ada Brook: \nrestart it\n\n"
    "02-03-2023 10:11 Haas, Liv: \nit is broken\n\nreally"
)


def incident(**keys):
    return {
        **{"id": "i1", "number": "IM2303 1902", "briefDescription": "S", "request": THREAD, "action": None},
        **{"caller": {"id": "u1", "dynamicName": "Haas, Liv", "email": "liv@example.com", "phone": None}},
        **{"operator": {"id": "o1", "name": "Ada Brook"}, "processingStatus": {"id": "s", "name": "Closed"}},
        **{"closed": True, "creationDate": "2023-03-02T09:11:00.000+0000", **keys},
    }


def as_json(tmp_path, one):
    return opened(
        write(tmp_path, "incidents.json", json.dumps([one, incident(id="i2", number="IM2303 1903")]))
    )


def as_table(tmp_path, one):
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(one)
    rows.writerow("" if each is None else str(each) for each in one.values())
    return opened(write(tmp_path, "incidents.csv", text.getvalue()))


@pytest.mark.parametrize("form", [as_json, as_table])
def test_an_incident_is_the_same_as_json_and_as_a_table(tmp_path, form):
    source = form(tmp_path, incident(action="02-03-2023 11:00 Ada Brook: \nknown bug"))
    record = next(iter(source.records()))
    assert source.helpdesk == "topdesk"
    assert (record.values["requester"], record.values["assignee"], record.values["state"]) == (
        LIV,
        ADA,
        "Closed",
    )
    assert record.values["description"] == "it is broken\n\nreally"
    assert [
        (each["kind"], each.get("private"), each["created_at"], each["body"], each["author"])
        for each in record.values["comments"]
    ] == [
        ("reply", "false", "2023-03-02 16:20", "restart it", ADA),
        ("reply", "false", "2023-03-03 09:15", "thanks", LIV),
        ("note", None, "2023-03-02 11:00", "known bug", ADA),
    ]


def test_a_request_without_entries_is_the_text_of_the_ticket(tmp_path):
    record = next(iter(as_json(tmp_path, incident(request="just a text")).records()))
    assert (record.values["description"], record.values["comments"]) == ("just a text", [])


@pytest.mark.parametrize("cell", ["{'open': ", "{1: }", "__import__('os')", "{" * 5_000, "[x for x in y]"])
def test_a_cell_that_only_looks_like_an_object_stays_text(tmp_path, cell):
    path = write(tmp_path, "t.csv", f'number,briefDescription,request,caller\nIM1,S,R,"{cell}"\n')
    (record,) = read(path)
    assert record.values["caller"] == cell
    assert "requester" not in record.values


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        pytest.param("{'n': 1.10}", {"n": "1.10"}, id="trailing-zero"),
        pytest.param("{'n': 1e5, 'm': -0.50}", {"n": "1e5", "m": "-0.50"}, id="exponent-and-sign"),
        pytest.param("[9007199254740993.0]", ["9007199254740993.0"], id="more-digits-than-a-float"),
        pytest.param("{'a': None, 'b': [None, True], 'c': {}}", {"b": ["true"], "c": {}}, id="literals"),
        pytest.param("{}", {}, id="nothing-inside"),
        pytest.param("{'dir': 'C:\\data'}", {"dir": "C:\\data"}, id="lone-backslash"),
        pytest.param(
            "['ü', 1.0,\r\n 2.0,\r 3.0,\n 'ü', 4.0]", ["ü", *["1.0", "2.0", "3.0", "ü", "4.0"]], id="lines"
        ),
    ],
)
def test_an_object_in_a_cell_keeps_what_is_written_there(tmp_path, cell, value):
    path = write(tmp_path, "t.csv", f'number,briefDescription,request,extra\nIM1,S,R,"{cell}"\n')
    (record,) = read(path)
    assert record.values["extra"] == value


def test_the_work_for_a_list_in_a_cell_grows_as_the_list_does(tmp_path):
    calls = []

    def calls_for(numbers):
        path = write(tmp_path, "t.csv", f'number,briefDescription,request,x\nIM1,S,R,"{numbers}"\n')
        before, watching = len(calls), sys.getprofile()
        sys.setprofile(lambda _frame, event, _: calls.append(event))
        try:
            (record,) = read(path)
        finally:
            sys.setprofile(watching)
        assert record.values["x"] == [str(each) for each in numbers]
        return len(calls) - before

    calls_for([1])  # what is imported only now is no part of it
    few, many = (calls_for([1] * count) for count in (100, 400))
    assert many < 8 * few
