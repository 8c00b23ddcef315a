from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from migrator.errors import SourceError
from migrator.model import ValueDecision
from migrator.readers import read_decisions


def workbook(path: Path, rows: list[tuple[str, ...]], sheet: str = "Value maps") -> Path:
    book = openpyxl.Workbook()
    book.active.append(["id", "subject"])
    book.active.append(["1", "Hello"])
    page = book.create_sheet(sheet)
    for row in rows:
        page.append(row)
    book.save(path)
    return path


HEADER = ("rule", "column", "value", "rows", "becomes", "mapping line")


def test_what_is_filled_in_is_read_and_the_rest_is_undecided(tmp_path: Path) -> None:
    rows = [
        HEADER,
        ("ticket.status", "Status", "odd", "3", " New ", "m"),
        ("ticket.status", "Status", "x", "1", "", "m"),
    ]
    path = workbook(tmp_path / "p.xlsx", rows)
    assert read_decisions(path) == (
        ValueDecision("ticket.status", "odd", "New", "p.xlsx[Value maps], row 2"),
    )


def test_a_table_of_text_does_as_well(tmp_path: Path) -> None:
    path = tmp_path / "decided.csv"
    path.write_text("rule,value,becomes\nticket.status,007,New\n", encoding="utf-8")
    assert read_decisions(path) == (ValueDecision("ticket.status", "007", "New", "decided.csv, row 2"),)


@pytest.mark.parametrize("name", ["t.xlsx", "t.csv"])
def test_a_file_without_decisions_is_refused_where_it_was_given_for_them(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if path.suffix == ".xlsx":
        workbook(path, [("a", "b")], sheet="Other")
    else:
        path.write_text("id,subject\n1,x\n", encoding="utf-8")
    assert read_decisions(path, required=False) == ()
    with pytest.raises(SourceError, match="holds no values that were decided"):
        read_decisions(path)
