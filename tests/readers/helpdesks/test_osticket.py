import json

import pytest

from tests.readers.support import opened, read, write

HEADER = "Ticket Number,Date Created,Subject,From,From Email,Priority,Department,Current Status"
ROW = "000123,3/12/21 9:57,{subject},Wanda,w@example.com,Normal,Support,Open"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("'=2+2", "=2+2"),
        ("'+49 30 1", "+49 30 1"),
        ("'-- x --'", "-- x --'"),
        ("'@all", "@all"),
        ("''=x", "''=x"),
        ("'tis so", "'tis so"),
        ("a '=b", "a '=b"),
        ("", ""),
    ],
)
def test_the_guard_against_formulas_is_taken_off_once(tmp_path, cell, expected):
    path = write(tmp_path, "t.csv", f"{HEADER}\n{ROW.format(subject=cell)}\n", "utf-8-sig")
    source = opened(path)
    (record,) = source.records()
    assert (source.reader, source.helpdesk) == ("osticket", "osticket")
    assert record.values["Subject"] == expected
    assert record.values["Ticket Number"] == "000123"
    assert record.original[2] == cell


@pytest.mark.parametrize(
    ("header", "helpdesk"),
    [
        (HEADER, "osticket"),
        (HEADER.upper(), "osticket"),
        (HEADER.replace(",", ";"), "osticket"),
        ("Ticket Number,Date Created,Subject,From,Priority,Help Topic,Source,Status,a", "osticket"),
        ("Ticket Number,Subject,Status,From", ""),
    ],
)
def test_a_queue_is_known_by_its_columns(tmp_path, header, helpdesk):
    mark = ";" if ";" in header else ","
    cells = mark.join("x" for _ in header.split(mark))
    assert opened(write(tmp_path, "t.csv", f"{header}\n{cells}\n")).helpdesk == helpdesk


def test_the_list_as_json_is_known_by_its_keys(tmp_path):
    ticket = {
        "number": "000123",
        "created": "2021-03-12 09:57:11",
        "cdata__subject": "Hi",
        "user__name": "Wanda",
    }
    path = write(tmp_path, "t.json", json.dumps([ticket]))
    (record,) = read(path)
    assert (opened(path).reader, opened(path).helpdesk) == ("osticket-json", "osticket")
    assert record.values == ticket
