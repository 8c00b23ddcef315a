import pytest

from tests.readers.support import opened, read, told, workbook, write


def named(source):
    return {notice.code: notice.message.rpartition(": ")[2] for notice in source.notices}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("id,x\n1.23457E+15,a\n7,b\n", {"rounded-numbers": "id (1.23457E+15)"}, id="rounded"),
        pytest.param("id;x\n1,23457E+15;a\n", {"rounded-numbers": "id (1,23457E+15)"}, id="decimal-comma"),
        pytest.param(
            "id;Erstellt am\n1;45293,5\n2;\n", {"serial-dates": "Erstellt am (45293,5)"}, id="serial-dates"
        ),
        pytest.param("id,Created\n1,45293.5\n2,2024-01-01\n", {}, id="not-all-are-numbers"),
        pytest.param("id,Minutes\n1,45293\n", {}, id="numbers-that-are-no-dates"),
        pytest.param("id,Created\n1,1719828000\n", {}, id="epochs"),
        pytest.param('id,x\n"=""007""",a\n"=""008""",b\n', {"formula-cells": 'id (="008")'}, id="formulas"),
        pytest.param("id,x\n007,a\n", {}, id="nothing"),
    ],
)
def test_what_a_spreadsheet_did_to_a_column_is_told_and_nothing_is_changed(tmp_path, text, found):
    path = write(tmp_path, "t.csv", text)
    assert named(opened(path)) == found
    assert len(read(path)) == text.count("\n") - 1


def test_a_workbook_whose_dates_lost_their_format_is_told(tmp_path):
    source = opened(workbook(tmp_path / "t.xlsx", {"T": [["id", "Created"], ["1", 45293.5]]}))
    assert told(source) == {"serial-dates": 1}
