from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.readers import ReadOptions, open_source
from migrator.reports.workbook_book import Book
from migrator.reports.workbook_cells import MOST_CHARACTERS, Look, cut, fits
from migrator.reports.workbook_parts import is_untouched

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)))


def write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w+b") as file, Book(file) as book:
        page = book.sheet("Rows")
        for row in rows:
            page.add(row)


@settings(max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_whatever_a_cell_holds_comes_back_exactly(cells: list[str]) -> None:
    rows = [[f"id {number}", cell] for number, cell in enumerate(cells)]
    with TemporaryDirectory() as folder:
        path = Path(folder, "t.xlsx")
        write(path, [["id", "text"], *rows])
        read = list(open_source([path], ReadOptions(sheet="Rows")).records())
    assert [list(record.original) for record in read] == rows


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        '=HYPERLINK("http://x.example")',
        "000442",
        "1234567890123456789",
        "1e5",
    ],
)
def test_nothing_in_a_cell_is_computed(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "t.xlsx"
    write(path, [["id"], [cell]])
    found = openpyxl.load_workbook(path)["Rows"]["A2"]
    assert (found.value, found.data_type, found.number_format) == (cell, "s", "@")


@pytest.mark.parametrize(
    ("cell", "can_be_held"),
    [
        pytest.param("x" * MOST_CHARACTERS, True, id="as-long-as-can-be"),
        pytest.param("x" * (MOST_CHARACTERS + 1), False, id="too-long"),
        pytest.param("😀" * (MOST_CHARACTERS // 2 + 1), False, id="too-long-in-utf-16"),
        pytest.param("\ud800" * (MOST_CHARACTERS // 6), True, id="spelled-out"),
        pytest.param("\ud800" * (MOST_CHARACTERS // 5), False, id="too-long-spelled-out"),
        pytest.param("a\0b", False, id="nul"),
    ],
)
def test_what_a_workbook_cannot_hold_is_known(cell: str, can_be_held: bool) -> None:
    assert fits([cell, "x"]) is can_be_held


@pytest.mark.parametrize("sign", ["x", "😀", "\ud800"], ids=["one-unit", "two-units", "spelled-out"])
def test_what_is_cut_fits_and_is_the_beginning(sign: str) -> None:
    text = cut("x" + sign * MOST_CHARACTERS)
    assert fits([text])
    assert text.startswith("x" + sign if sign.isprintable() else "x\\ud800")
    assert len(text.encode("utf-16-le")) // 2 >= MOST_CHARACTERS - 5
    assert cut("short") == "short"


def test_a_book_that_is_given_up_is_no_workbook() -> None:
    file = BytesIO()

    def give_up() -> None:
        with Book(file) as book:
            book.stream("Tickets", (8,)).add(["half a row"])
            book.sheet("Rows").add(["half a row"])
            raise KeyError

    with pytest.raises(KeyError):
        give_up()
    assert "xl/workbook.xml" not in zipfile.ZipFile(file).namelist()


def test_a_full_disk_is_told_as_the_system_says_it() -> None:
    class Full(BytesIO):
        def write(self, _data: object) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"), Book(Full()) as book:
        book.sheet("Rows").add(["x"])


def test_lists_lie_on_a_hidden_sheet_and_equal_ones_are_kept_once(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with path.open("w+b") as file, Book(file) as book:
        page = book.sheet("Rows")
        page.add(["a", "b", "c"], [Look.HEADER] * 3)
        page.add(["1", "2", "3"])
        page.offer(0, (1, 1), ("x", "y"), only=True)
        page.offer(1, (1, 1), ("x", "y"), only=False)
        page.offer(2, (1, 1), ("z",), only=True)
    read = openpyxl.load_workbook(path)
    rules = read["Rows"].data_validations.dataValidation
    assert {str(rule.sqref): rule.formula1 for rule in rules} == {
        "A2": "'migrator lists'!$A$1:$A$2",
        "B2": "'migrator lists'!$A$1:$A$2",
        "C2": "'migrator lists'!$B$1:$B$1",
    }
    assert [bool(rule.showErrorMessage) for rule in rules] == [True, False, True]
    assert read["migrator lists"].sheet_state == "hidden"


def test_a_workbook_that_somebody_has_saved_is_told_from_ours(tmp_path: Path) -> None:
    ours, theirs, other = tmp_path / "a.xlsx", tmp_path / "b.xlsx", tmp_path / "c.xlsx"
    broken = tmp_path / "d.xlsx"
    write(ours, [["id"], ["1"]])
    book = openpyxl.load_workbook(ours)
    book.properties.modified = book.properties.modified.replace(year=2099)
    book.save(theirs)
    other.write_bytes(b"no workbook")
    content = bytearray(ours.read_bytes())
    begins = content.index(b"docProps/core.xml") + len("docProps/core.xml")
    content[begins : begins + 60] = b"\xff" * 60
    broken.write_bytes(content)
    files = (ours, theirs, other, broken, tmp_path / "none")
    assert [is_untouched(path) for path in files] == [True, False, False, False, False]


def test_comments_stand_at_their_cells_beyond_a_block_of_ids(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with path.open("w+b") as file, Book(file) as book:
        page = book.sheet("Rows")
        for number in range(1_100):
            page.add(["a", "b"], (), {number % 2: f"wrong & <{number}>"})
    sheet = openpyxl.load_workbook(path)["Rows"]
    found = [cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment]
    assert found == [f"wrong & <{number}>" for number in range(1_100)]
    assert (sheet["A1"].comment.text, sheet["B1100"].comment.text) == ("wrong & <0>", "wrong & <1099>")
    drawn = zipfile.ZipFile(path).read("xl/drawings/vmlDrawing1.vml").decode()
    assert drawn.count("<v:shape ") == 1_100
    assert 'data="1,2"' in drawn
