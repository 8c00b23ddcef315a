import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.reports.sheets import TextWorkbook

AWKWARD = ["", "000417", "=1+1", "1e5", "TRUE", " x ", "a & b < c", "two\nlines", "é😀", "'quoted'"]


def written(rows: list[list[str]], columns: tuple[str, ...] = ("a", "b")) -> bytes:
    file = io.BytesIO()
    with TextWorkbook(file, "Tickets", columns, ["For reading."]) as book:
        for row in rows:
            book.add(row)
    return file.getvalue()


def read(data: bytes) -> dict[str, list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_cells_come_back_as_text_exactly_as_given() -> None:
    found = read(written([[text, text] for text in AWKWARD]))
    assert found["Tickets"][0] == ("a", "b")
    assert [row[0] or "" for row in found["Tickets"][1:]] == AWKWARD
    assert found["About"] == [("For reading.",)]


def test_no_cell_is_a_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written([["=1+1", "@SUM(A1)"]])))
    assert {cell.data_type for cell in book["Tickets"][2]} <= {"s", "inlineStr"}


def test_the_header_stays_in_sight_and_columns_are_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written([["1", "2"]])))
    assert book["Tickets"].freeze_panes == "A2"
    assert book["Tickets"]["A2"].number_format == "@"


def test_what_xml_cannot_carry_is_replaced_and_what_excel_cannot_hold_is_cut() -> None:
    ((_, *rows),) = [read(written([["a\x00b", "x" * 40_000]]))["Tickets"]]
    assert rows[0][0] == "a\ufffdb"
    assert len(str(rows[0][1])) == 32_767


def test_an_empty_table_is_a_workbook_too() -> None:
    assert read(written([]))["Tickets"] == [("a", "b")]


def test_more_rows_than_a_sheet_holds_go_to_the_next() -> None:
    file = io.BytesIO()
    with TextWorkbook(file, "Tickets", ("a", "b"), ["For reading."], rows_a_sheet=3) as book:
        for number in range(7):
            book.add([str(number), ""])
    assert {name: len(rows) for name, rows in read(file.getvalue()).items()} == {
        "Tickets": 4,
        "Tickets 2": 4,
        "Tickets 3": 2,
        "About": 1,
    }


def test_a_failure_leaves_no_complete_workbook() -> None:
    file = io.BytesIO()

    def fail() -> None:
        with TextWorkbook(file, "Tickets", ("a",), []) as book:
            book.add(["1"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert "xl/workbook.xml" not in zipfile.ZipFile(io.BytesIO(file.getvalue())).namelist()


@settings(max_examples=40)
@given(st.lists(st.text(max_size=50), min_size=1, max_size=4))
def test_any_text_makes_a_workbook_that_opens(cells: list[str]) -> None:
    assert len(read(written([cells]))["Tickets"]) == 2
