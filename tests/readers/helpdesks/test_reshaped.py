from dataclasses import replace

import pytest

from migrator.readers import ReadOptions
from migrator.readers.blobs import OnDisk
from migrator.readers.delimited import Delimited
from migrator.readers.helpdesks.reshaped import Reshaped
from migrator.readers.workbook import Workbook
from tests.readers.support import codes, told, workbook, write


class Desk(Reshaped):
    name = "desk-csv"
    product = "desk"

    @classmethod
    def recognise(cls, columns):
        return "it has a column Note" if "Note" in columns else ""

    def reshape(self, record, current):
        current.left_out("blank notes", not record.values.get("Note"))
        return replace(
            record, values={**record.values, "comments": [{"body": record.values.get("Note", "")}]}
        )


ROWS = [["Id", "Note"], ["007", "a"], ["8", ""]]


@pytest.fixture(params=["csv", "xlsx"])
def table(request, tmp_path):
    if request.param == "csv":
        text = "\n".join(",".join(row) for row in ROWS)
        return Delimited([OnDisk(write(tmp_path, "t.csv", text))], ReadOptions())
    return Workbook([OnDisk(workbook(tmp_path / "t.xlsx", {"T": ROWS}))], ReadOptions())


def test_rows_are_reshaped_and_stay_the_rows_they_were(table):
    plain = list(table.records())
    source = Desk(table, "it was recognised")
    reshaped = list(source.records())
    assert (source.reader, source.helpdesk, source.columns) == ("desk-csv", "desk", ("Id", "Note"))
    assert source.why.endswith("it was recognised")
    assert [record.values["comments"] for record in reshaped] == [[{"body": "a"}], [{"body": ""}]]
    assert [(r.original, r.ref, r.values["Id"]) for r in reshaped] == [
        (r.original, r.ref, r.values["Id"]) for r in plain
    ]
    assert source.read_bytes == source.size_bytes == table.size_bytes


def test_what_is_left_out_is_counted_once_a_pass(table):
    source = Desk(table, "it was recognised")
    assert told(source) == told(source) == {"left-out": 1}


def test_rejected_rows_come_back_with_their_ledger_and_place(tmp_path):
    text = 'Id,Note,migrator_row,migrator_ledger\n7,a,"t.csv, row 4",L7\n8\n'
    source = Desk(
        Delimited([OnDisk(write(tmp_path, "rejects.csv", text))], ReadOptions()), "it was recognised"
    )
    back, short = source.records()
    assert (source.ledger_id, back.earlier_place, back.original) == ("L7", "t.csv, row 4", ("7", "a"))
    assert codes(short) == ["row-too-short"]
