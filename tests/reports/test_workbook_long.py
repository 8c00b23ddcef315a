from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl

from migrator.reports.workbook_book import Book
from migrator.reports.workbook_long import LongTable
from tests.reports.ooxml import faults_of


def test_a_table_that_no_sheet_holds_goes_on_in_the_next(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with path.open("w+b") as file, Book(file) as book:
        table = LongTable(book, "Tickets", ("a", "b"), (8, 8), rows_a_sheet=3)
        for number in range(7):
            table.add([str(number), ""])
        book.sheet("About").add(["For reading."])
    read = openpyxl.load_workbook(path)
    assert {sheet.title: sheet.max_row for sheet in read} == {
        "Tickets": 4,
        "Tickets 2": 4,
        "Tickets 3": 2,
        "About": 1,
    }
    assert [sheet.freeze_panes for sheet in read] == ["A2", "A2", "A2", None]
    assert [sheet["A2"].value for sheet in read][:3] == ["0", "3", "6"]


def test_a_table_goes_on_in_the_next_sheet_before_an_archive_needs_64_bits(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with path.open("w+b") as file, Book(file) as book:
        table = LongTable(book, "Tickets", ("a",), (8,), bytes_a_sheet=300_000)
        for _ in range(60):
            table.add(["x" * 30_000])
    assert faults_of(path) == []
    assert len([name for name in zipfile.ZipFile(path).namelist() if "/sheet" in name]) > 2
