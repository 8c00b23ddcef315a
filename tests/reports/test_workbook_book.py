from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.readers import ReadOptions, open_source
from migrator.reports.workbook_book import MOST_CHARACTERS, Book, Look, fits, is_untouched

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
        pytest.param("a\0b", False, id="nul"),
    ],
)
def test_what_a_workbook_cannot_hold_is_known(cell: str, can_be_held: bool) -> None:
    assert fits(cell) is can_be_held


def test_a_book_that_is_given_up_leaves_no_parts_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def give_up() -> None:
        with Book(BytesIO()) as book:
            book.sheet("Rows").add(["half a row"])
            raise KeyError

    with pytest.raises(KeyError):
        give_up()
    assert list(tmp_path.iterdir()) == []


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
    write(ours, [["id"], ["1"]])
    book = openpyxl.load_workbook(ours)
    book.properties.modified = book.properties.modified.replace(year=2099)
    book.save(theirs)
    other.write_bytes(b"no workbook")
    assert [is_untouched(path) for path in (ours, theirs, other, tmp_path / "none")] == [
        True,
        False,
        False,
        False,
    ]
