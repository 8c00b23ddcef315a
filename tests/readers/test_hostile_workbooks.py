"""Workbooks that no spreadsheet writes: made to hurt, or by a program that knows the format by hearsay."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from migrator.errors import MigratorError, SourceError, UnreadableSource
from migrator.readers.sheets import MOST_COLUMNS
from migrator.readers.zipped_book import MOST_UNPACKED_BYTES
from tests.readers.support import codes, patched_sheet, read, workbook

HEADER = '<row r="1"><c r="A1" t="str"><v>id</v></c><c r="B1" t="str"><v>x</v></c></row>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def with_parts(folder: Path, parts: Mapping[str, str], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """A sound workbook some of whose parts are exchanged, or added."""
    path = workbook(folder / "t.xlsx", {"T": [["id", "x"], ["1", "a"], ["2", "b"]]})
    packed = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(path, "w", method) as new:
        for name in (name for name in old.namelist() if name not in parts):
            new.writestr(name, old.read(name))
        for name, text in parts.items():
            new.writestr(name, text)
    return path


def relations(target: str, mode: str = "") -> str:
    return f'<Relationships><Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="{target}" {mode}/></Relationships>'


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(
            relations("http://files.example.com/sheet1.xml", 'TargetMode="External"'), id="on-the-network"
        ),
        pytest.param(relations("../../../../etc/passwd"), id="outside-of-the-package"),
        pytest.param(relations("file:///etc/passwd"), id="on-the-disk"),
    ],
)
def test_a_sheet_that_lies_elsewhere_is_not_fetched(tmp_path, target):
    with pytest.raises(SourceError, match="no table in a visible sheet"):
        read(with_parts(tmp_path, {"xl/_rels/workbook.xml.rels": target}))


def test_links_to_other_workbooks_are_passed_over(tmp_path):
    link = (
        f'<Relationships><Relationship Id="rId1" Type="{OFFICE}/externalLinkPath" '
        'Target="http://files.example.com/other.xlsx" TargetMode="External"/></Relationships>'
    )
    parts = {
        "xl/externalLinks/externalLink1.xml": "<externalLink/>",
        "xl/externalLinks/_rels/externalLink1.xml.rels": link,
    }
    assert len(read(with_parts(tmp_path, parts))) == 2


def test_texts_that_unpack_without_measure_are_refused_unread(tmp_path):
    with pytest.raises(SourceError, match="far more than its size explains"):
        read(with_parts(tmp_path, {"xl/sharedStrings.xml": " " * (MOST_UNPACKED_BYTES + 1)}))


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_entities_are_never_expanded(tmp_path, part):
    laughs = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>'
    with pytest.raises(SourceError, match="document type declaration"):
        read(with_parts(tmp_path, {part: laughs}))


@pytest.mark.parametrize(
    "row",
    [
        pytest.param('<row r="4"><c r="B4" t="s"><v>99999</v></c></row>', id="no-such-text"),
        pytest.param('<row r="4"><c r="B4"><v>seven</v></c></row>', id="text-for-a-number"),
        pytest.param('<row r="4"><c r="A4" s="9999"><v>7</v></c></row>', id="no-such-style"),
        pytest.param('<row r="9999999"><c r="A4"><v>7</v></c></row>', id="row-beyond-the-last"),
        pytest.param('<row r="4"><c r="B4"><v>7</v></c><c r="A4"><v>7</v></c></row>', id="cells-backwards"),
        pytest.param('<row r="2"><c r="A2"><v>7</v></c></row>', id="rows-backwards"),
    ],
)
def test_what_is_wrong_is_told_with_its_row(tmp_path, row):
    sound = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in (2, 3))
    with pytest.raises(UnreadableSource, match="damaged behind row 3") as caught:
        read(patched_sheet(tmp_path / "t.xlsx", HEADER + sound + row))
    assert caught.value.at == "t.xlsx[T], row 4"
    assert caught.value.hint


_CELL = "<c t='inlineStr'><is><t>x</t></is></c>"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        pytest.param("<c r='ZZZZZ4'><v>7</v></c>", "more than 16,384 cells", id="column-beyond-the-last"),
        pytest.param(_CELL * (MOST_COLUMNS + 1), "more than 16,384 cells", id="one-cell-too-many"),
        pytest.param(_CELL * 100_000, "longer than any spreadsheet", id="cells-without-end"),
        pytest.param(
            f"<c t='str'><v>{'x' * (1 << 25)}</v></c>", "a cell is longer than 16 MB", id="long-cell"
        ),
        pytest.param(f"<c r='{'A' * (1 << 25)}'/>", "a cell is longer than 16 MB", id="long-tag"),
    ],
)
@pytest.mark.parametrize("number", [1, 4], ids=["header", "row"])
def test_rows_and_cells_that_outgrow_every_spreadsheet_are_refused_as_that(tmp_path, number, row, message):
    above = "" if number == 1 else HEADER
    path = patched_sheet(tmp_path / "t.xlsx", f'{above}<row r="{number}">{row}</row>')
    with pytest.raises(UnreadableSource, match=message) as caught:
        read(path)
    assert str(caught.value).startswith("t.xlsx[T], row ")


def test_elements_that_are_nested_without_end_are_passed_over(tmp_path):
    nested = "<a>" * 10_000 + "</a>" * 10_000
    row = '<row r="2"><c r="A2"><v>1</v></c></row>'
    assert [
        record.values["id"] for record in read(patched_sheet(tmp_path / "t.xlsx", HEADER + nested + row))
    ] == ["1"]


def test_a_size_that_is_a_lie_costs_nothing(tmp_path):
    path = patched_sheet(tmp_path / "t.xlsx", HEADER + '<row r="2"><c r="A2"><v>1</v></c></row>')
    packed = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            claimed = b'<dimension ref="A1:XFD1048576"/><sheetData>'
            new.writestr(name, old.read(name).replace(b"<sheetData>", claimed))
    assert [record.values for record in read(path)] == [{"id": "1", "x": ""}]
    with pytest.raises(MigratorError, match="too large to be read fast"):
        read(path, fast=True)


def test_merged_cells_say_their_text_once_and_columns_stay(tmp_path):
    merged = (
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2"/></row><row r="3"><c r="A3"><v>2</v></c>'
        '<c r="B3" t="str"><v>b</v></c></row></sheetData><mergeCells><mergeCell ref="A2:B2"/></mergeCells><sheetData>'
    )
    first, second = read(patched_sheet(tmp_path / "t.xlsx", HEADER + merged))
    assert (first.values, second.values) == ({"id": "1", "x": ""}, {"id": "2", "x": "b"})
    assert codes(first) == codes(second) == []
