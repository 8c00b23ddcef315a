from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from migrator.model import Problem, Record, Rejected, Severity, SourceRef
from migrator.readers import ReadOptions, open_source
from migrator.reports.rejects import ADDED_COLUMNS, MARK
from migrator.reports.workbook import FILE, ProblemBook
from migrator.reports.workbook_book import MOST_COLUMNS
from migrator.reports.workbook_cells import MOST_CHARACTERS
from migrator.reports.workbook_choices import Choice
from migrator.reports.workbook_rows import LIST_COLUMNS, Faulty, Home
from migrator.runner.prepare import Prepared
from tests.reports.support import problem

COLUMNS = ("id", "Subject", "Status")
AT = "m.yaml, line 9, ticket.status"
STATUS = Choice("ticket.status", AT, ("Status",), ("open", "closed"), True, ("New", "Resolved"), True, True)
HOME = Home(COLUMNS, "m.yaml", "ab" * 16, "tickets.ledger", (STATUS,))


def faulty(row: int = 2, cells: tuple[str, ...] | str = ("007", "x", "open"), *problems: Problem) -> Faulty:
    return Faulty("007", f"tickets.csv, row {row}", cells, problems or (problem(),))


def unmapped(value: str) -> Problem:
    return problem("value-unmapped", column="Status", value=value, at=AT)


def write(folder: Path, *rows: Faulty, home: Home = HOME) -> Path:
    with ProblemBook(folder, home) as book:
        for row in rows:
            book.add(row)
        finished = book.finish()
    assert finished is not None
    return finished.path


def said(path: Path, sheet: str) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True))


def test_a_row_stands_there_as_it_was_with_the_reason_behind_it(tmp_path: Path) -> None:
    header, row = said(write(tmp_path, faulty()), "Rows")
    assert header == (*COLUMNS, *ADDED_COLUMNS)
    assert row == (
        "007",
        "x",
        "open",
        "title-too-short: the title has one character",
        "write a longer subject",
        "Subject",
        "tickets.csv, row 2",
        "ab" * 16,
        "tickets.ledger",
    )


def test_only_the_offending_cell_is_coloured_and_says_why(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(write(tmp_path, faulty()))["Rows"]
    comments = {cell.coordinate: cell.comment.text for cell in sheet[2] if cell.comment}
    assert comments == {"B2": "the title has one character\nWay out: write a longer subject"}
    colours = [cell.fill.fgColor.rgb for cell in sheet[2][:3]]
    assert colours[0] == colours[2] != colours[1]


def test_what_is_only_worth_knowing_has_a_comment_and_no_colour(tmp_path: Path) -> None:
    warning = problem("assignee-fallback", column="Status", severity=Severity.WARNING)
    sheet = openpyxl.load_workbook(write(tmp_path, faulty(2, ("1", "a", "b"), problem(), warning)))["Rows"]
    assert [bool(cell.comment) for cell in sheet[2][:3]] == [False, True, True]
    colours = [cell.fill.fgColor.rgb for cell in sheet[2][:3]]
    assert colours[0] == colours[2] != colours[1]


def test_a_name_that_was_not_looked_up_is_no_problem_of_its_row(tmp_path: Path) -> None:
    unchecked = problem("status-unchecked", column="Status", severity=Severity.WARNING)
    ref = SourceRef("t.csv", 2)
    record = Record(ref, {}, ("1", "a", "b"))
    with ProblemBook(tmp_path, HOME) as book:
        book.witness(Prepared(record, Rejected("1", ref, (problem(), unchecked))))
        finished = book.finish()
    assert finished is not None
    row = openpyxl.load_workbook(finished.path)["Rows"][2]
    assert [bool(cell.comment) for cell in row[:3]] == [False, True, False]
    assert "status-unchecked" not in str(row[3].value)


@pytest.mark.parametrize(
    ("key_columns", "cell"),
    [pytest.param(("Subject",), "B2", id="of-one-column"), pytest.param((), "A2", id="put-together")],
)
@pytest.mark.parametrize("column", ["", "requester.email"], ids=["of-nothing", "of-a-path"])
def test_what_no_cell_is_to_blame_for_is_said_at_the_id(
    tmp_path: Path, key_columns: tuple[str, ...], cell: str, column: str
) -> None:
    row = replace(faulty(2, ("1", "a", "b"), problem("duplicate-key", column=column)), refused="400 x: no")
    path = write(tmp_path, row, home=replace(HOME, key_columns=key_columns))
    sheet = openpyxl.load_workbook(path)["Rows"]
    assert {each.coordinate: each.comment.text for each in sheet[2] if each.comment} == {
        cell: "400 x: no\n\nthe title has one character\nWay out: write a longer subject"
    }
    assert sheet[cell].fill.fgColor.rgb == "FFFFD9D6"


def test_several_problems_of_one_cell_share_its_comment(tmp_path: Path) -> None:
    path = write(tmp_path, faulty(2, ("1", "", ""), problem(), problem("x", message="y", hint="")))
    assert openpyxl.load_workbook(path)["Rows"]["B2"].comment.text == (
        "the title has one character\nWay out: write a longer subject\n\ny"
    )


def test_a_column_with_known_values_has_a_list_of_them(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write(tmp_path, faulty(), faulty(3)))
    (rule,) = book["Rows"].data_validations.dataValidation
    assert (str(rule.sqref), rule.formula1) == ("C2:C3", "'migrator lists'!$A$1:$A$2")
    assert [cell.value for cell in book["migrator lists"]["A"]] == ["open", "closed"]


def test_the_header_stays_in_sight_and_has_a_filter(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(write(tmp_path, faulty()))["Rows"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:I2")


def test_unknown_values_are_asked_for_once_with_their_count(tmp_path: Path) -> None:
    rows = [faulty(row, ("1", "a", "odd"), unmapped("odd")) for row in range(2, 5)]
    path = write(tmp_path, *rows, faulty(9, ("2", "b", "rare"), unmapped("rare")))
    assert said(path, "Value maps") == [
        ("rule", "column", "value", "rows", "becomes", "mapping line"),
        ("ticket.status", "Status", "odd", "3", None, AT),
        ("ticket.status", "Status", "rare", "1", None, AT),
    ]
    book = openpyxl.load_workbook(path)
    (rule,) = book["Value maps"].data_validations.dataValidation
    assert (str(rule.sqref), rule.formula1) == ("E2:E3", "'migrator lists'!$B$1:$B$2")
    assert [cell.value for cell in book["migrator lists"]["B"]] == ["New", "Resolved"]


def test_a_value_that_is_shown_cut_is_not_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, faulty(2, ("1", "a", "x" * 90), unmapped("x" * 59 + "…")))
    sheet = openpyxl.load_workbook(path)["Value maps"]
    assert sheet["A2"].value is None
    assert "mapping file" in sheet["C2"].comment.text


@pytest.mark.parametrize(
    ("cells", "problems", "beyond"),
    [
        pytest.param(("1", "a"), (problem("row-too-short"),), (MARK,), id="too-short"),
        pytest.param(("1", "a", "b", "c"), (problem("row-too-long"),), ("c",), id="too-long"),
        pytest.param(("1", "a", "b"), (problem("digits-lost"),), (MARK,), id="what-no-cell-can-show"),
    ],
)
def test_a_row_that_nobody_corrected_is_refused_again(
    tmp_path: Path, cells: tuple[str, ...], problems: tuple[Problem, ...], beyond: tuple[str, ...]
) -> None:
    path = write(tmp_path, faulty(2, cells, *problems))
    assert said(path, "Rows")[1][len(COLUMNS) + len(ADDED_COLUMNS) :] == beyond
    (record,) = open_source([path]).records()
    assert [each.code for each in record.problems] == ["row-too-long"]


def test_rows_come_back_with_their_ids_their_places_and_their_ledger(tmp_path: Path) -> None:
    source = open_source([write(tmp_path, faulty(5, ("000123456789012345678", "=1+1", "open")))])
    (record,) = source.records()
    assert source.columns == COLUMNS
    assert record.original == ("000123456789012345678", "=1+1", "open")
    assert record.earlier_place == "tickets.csv, row 5"
    assert (source.ledger_id, source.ledger_name) == ("ab" * 16, "tickets.ledger")
    assert source.notices == ()


def test_records_that_are_no_rows_are_listed_for_reading_only(tmp_path: Path) -> None:
    home = Home((), "m.yaml", "", "tickets.ledger")
    path = write(tmp_path, faulty(7, '{"id": 7}', problem(), unmapped("odd")), home=home)
    header, *lines = said(path, "Problems")
    assert header == LIST_COLUMNS
    assert [line[:4] for line in lines] == [
        ("007", "tickets.csv, row 7", "Subject", "x"),
        ("007", "tickets.csv, row 7", "Status", "odd"),
    ]
    assert "rejects.ndjson" in str(said(path, "Read me"))
    with pytest.raises(Exception, match="has no rows to correct"):
        open_source([path])


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param(("8", "x" * (MOST_CHARACTERS + 1), "open"), id="a-long-cell"),
        pytest.param(("8", "a\0b", "open"), id="nul"),
        pytest.param(("8",) * MOST_COLUMNS, id="many-cells"),
    ],
)
def test_a_row_that_no_workbook_holds_is_named_and_left_out(tmp_path: Path, cells: tuple[str, ...]) -> None:
    path = write(tmp_path, faulty(2), faulty(3, cells))
    assert len(said(path, "Rows")) == 2
    assert "or there are too many): tickets.csv, row 3. Correct them" in str(said(path, "Read me"))


def test_a_header_that_no_workbook_holds_makes_a_list(tmp_path: Path) -> None:
    home = replace(HOME, columns=("id", "x" * (MOST_CHARACTERS + 1)))
    path = write(tmp_path, faulty(2, ("1", "a")), home=home)
    assert openpyxl.load_workbook(path).sheetnames == ["Read me", "Problems"]


def test_the_first_sheet_says_what_to_type(tmp_path: Path) -> None:
    words = str(said(write(tmp_path, faulty(2, ("1", "a", "odd"), unmapped("odd"))), "Read me"))
    assert "migrator validate problems.xlsx --mapping m.yaml" in words
    assert "migrator retry tickets.ledger --from problems.xlsx" in words
    assert "--values problems.xlsx" in words


def test_without_problems_there_is_no_workbook_and_an_earlier_one_goes(tmp_path: Path) -> None:
    path = write(tmp_path, faulty())
    with ProblemBook(tmp_path, HOME) as book:
        assert book.finish() is None
    assert not path.exists()


def test_a_workbook_that_somebody_has_edited_is_never_lost(tmp_path: Path) -> None:
    path = write(tmp_path, faulty())
    edited = openpyxl.load_workbook(path)
    edited["Rows"]["B2"].value = "corrected by hand"
    edited.properties.modified = edited.properties.modified.replace(year=2099)
    edited.save(path)
    with ProblemBook(tmp_path, HOME) as book:
        assert book.finish() is None
    assert said(path, "Rows")[1][1] == "corrected by hand"
    write(tmp_path, faulty())
    assert said(tmp_path / "problems-edited-1.xlsx", "Rows")[1][1] == "corrected by hand"
    assert said(path, "Rows")[1][1] == "x"


def test_what_was_not_finished_leaves_nothing(tmp_path: Path) -> None:
    with ProblemBook(tmp_path, HOME) as book:
        book.add(faulty())
    assert list(tmp_path.iterdir()) == []


def test_repeated_columns_stay_repeated(tmp_path: Path) -> None:
    home = Home(("id", "Note", "Note"), "m.yaml", "", "tickets.ledger")
    path = write(tmp_path, faulty(2, ("1", "a", "b"), problem(column="Note.1")), home=home)
    sheet = openpyxl.load_workbook(path)["Rows"]
    assert [cell.coordinate for cell in sheet[2] if cell.comment] == ["C2"]
    (record,) = open_source([path], ReadOptions()).records()
    assert record.values == {"id": "1", "Note": ["a", "b"]}


def test_a_workbook_that_is_cut_says_where_the_rest_is(tmp_path: Path) -> None:
    with ProblemBook(tmp_path, HOME, most_rows=2) as book:
        for row in range(2, 7):
            book.add(faulty(row))
        finished = book.finish()
    assert finished is not None
    assert finished.remark == "the first 2 rows; problems.csv names the other 3 rows too"
    assert len(said(finished.path, "Rows")) == 3
    assert "3 further rows: correct these first" in str(said(finished.path, "Read me"))


def test_a_long_list_is_all_there(tmp_path: Path) -> None:
    path = write(tmp_path, *(faulty(row) for row in range(2, 2_002)))
    assert sum(1 for _ in open_source([path]).records()) == 2_000


def test_it_is_private(tmp_path: Path) -> None:
    assert write(tmp_path, faulty()).name == FILE
    assert os.name == "nt" or (tmp_path / FILE).stat().st_mode & 0o077 == 0
