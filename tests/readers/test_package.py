import zipfile

import pytest

from migrator.errors import SourceError, UnreadableSource
from migrator.readers.package import MOST_COLUMNS, MOST_ROWS, check_package
from tests.readers.support import opened, patched_sheet, read, workbook


def member(path, name, data):
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)


@pytest.mark.parametrize("size_mb", [100, 1100])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, size_mb):
    path = tmp_path / "t.xlsx"
    member(path, "xl/workbook.xml", "x")
    packed = bytearray(path.read_bytes())
    directory = packed.index(b"PK\x01\x02")
    says = (size_mb << 20).to_bytes(4, "little")  # how much it will unpack to
    packed[directory + 24 : directory + 28] = says
    path.write_bytes(packed)
    with pytest.raises(SourceError, match=f"would unpack to {size_mb} MB"):
        check_package(path)


def test_a_document_type_declaration_is_refused(tmp_path):
    path = workbook(tmp_path / "t.xlsx", {"T": [["id"], ["1"]]})
    member(path, "xl/extra.xml", '<!DOCTYPE x [<!ENTITY e "e">]><x>&e;</x>')
    with pytest.raises(SourceError, match="document type declaration"):
        opened(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_workbook_that_was_cut_off_is_refused(tmp_path, share):
    path = workbook(tmp_path / "t.xlsx", {"T": [["id", "a"]] + [[str(n), "x" * n] for n in range(50)]})
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(SourceError, match="damaged"):
        opened(path)


def test_a_sheet_of_broken_xml_is_refused(tmp_path):
    with pytest.raises(SourceError, match="damaged"):
        opened(patched_sheet(tmp_path / "t.xlsx", "<row"))


@pytest.mark.parametrize(
    "row",
    [
        pytest.param('<row r="3"><c r="A3" t="s"><v>999</v></c></row>', id="unknown-shared-text"),
        pytest.param('<row r="1"><c r="A1"><v>1</v></c></row>', id="rows-out-of-order"),
        pytest.param('<row r="3"><c r="A3"><v>x</v></c></row>', id="number-that-is-none"),
        pytest.param(f'<row r="3"><c r="ZZZ3"><v>{MOST_COLUMNS}</v></c></row>', id="column-beyond-the-last"),
        pytest.param('<row r="3"><c r="A3" s="77"><v>1</v></c></row>', id="unknown-style"),
        pytest.param('<row r="three"/>', id="row-number-that-is-none"),
        pytest.param(f'<row r="{MOST_ROWS + 1}"/>', id="row-beyond-the-last"),
    ],
)
def test_a_damaged_sheet_is_refused_with_the_row(tmp_path, row):
    rows = '<row r="1"><c r="A1" t="str"><v>id</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
    with pytest.raises(UnreadableSource) as caught:
        read(patched_sheet(tmp_path / "t.xlsx", rows + row))
    assert caught.value.at == "t.xlsx[T], row 3"
