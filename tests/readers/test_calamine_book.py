from contextlib import suppress

import openpyxl
import pytest

from migrator.errors import SourceError
from tests.readers.support import codes, opened, read, told, workbook, write
from tests.readers.test_books import DATA


def test_values_of_a_fast_workbook_become_exact_text(tmp_path):
    rows = [["id", "a", "b"], [1234567890123456, 42, True], ["0007", 1e-7, "Ã¼"], [-3.5, None, "a_x000D_b"]]
    records = read(workbook(tmp_path / "t.xlsx", {"T": rows}), fast=True)
    assert [(record.original, codes(record)) for record in records] == [
        (("1234567890123456", "42", "true"), ["digits-lost"]),
        (("0007", "0.0000001", "Ã¼"), ["damaged-text"]),
        (("-3.5", "", "a\rb"), []),
    ]


def test_a_table_that_begins_in_the_midst_of_a_sheet_keeps_its_place(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for column, text in (("C", "id"), ("D", "x")):
        sheet[f"{column}4"], sheet[f"{column}6"] = text, text.upper()
    book.save(tmp_path / "t.xlsx")
    (slow,) = read(tmp_path / "t.xlsx")
    (fast,) = read(tmp_path / "t.xlsx", fast=True)
    assert slow == fast
    assert (fast.ref.row, fast.values["id"]) == (6, "ID")


def test_a_sheet_that_would_fill_the_memory_is_refused(tmp_path):
    path = workbook(tmp_path / "t.xlsx", {"T": [["id"], ["1"]]})
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["XFD1048576"] = "stray"
    book.save(path)
    with pytest.raises(SourceError, match="too large to be read fast") as caught:
        opened(path, fast=True)
    assert caught.value.hint == "read it with --no-fast-excel"


def test_a_protected_xls_is_named(tmp_path):
    content = bytearray((DATA / "tickets.xls").read_bytes())
    begins = content.index(b"\x09\x08\x10\x00")  # the record that opens the workbook; the next one follows
    content[begins + 20 : begins + 22] = b"\x2f\x00"  # FilePass
    with pytest.raises(SourceError, match="protected with a password"):
        opened(write(tmp_path, "t.xls", bytes(content)))


@pytest.mark.parametrize("place", range(0, 1400, 100))
def test_an_xls_that_is_damaged_is_read_or_refused_without_a_word_of_the_library(tmp_path, capfd, place):
    content = bytearray((DATA / "tickets.xls").read_bytes())
    del content[place : place + 7]
    path = write(tmp_path, "t.xls", bytes(content))
    with suppress(SourceError):
        assert read(path)
    assert capfd.readouterr().err == ""


def test_reading_fast_is_for_workbooks_only(tmp_path):
    with pytest.raises(SourceError, match="fast"):
        opened(write(tmp_path, "t.csv", "id,a\n1,x\n"), fast=True)
    assert told(opened(workbook(tmp_path / "t.xlsx", {"T": [["id"], ["1"]]}), fast=True)) == {
        "values-only": 1
    }
