import io
import re
import tracemalloc
import zipfile
from datetime import datetime

import pytest

from migrator.errors import SourceError, UnreadableSource
from migrator.readers.blobs import OnDisk
from migrator.readers.package import Package
from migrator.readers.sheets import MOST_COLUMNS, MOST_ROWS
from tests.readers.support import opened, patched_sheet, read, workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


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
        Package(OnDisk(path))


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


def rewritten(path, change):
    """The same workbook with every XML part passed through `change(name, text)`."""
    packed = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name).decode()))
    return path


ROWS = [["id", "day"], ["007", datetime(2025, 1, 15, 10, 30)], ["8", None]]


def test_the_strict_dialect_of_the_standard_is_read(tmp_path):
    spaces = {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "http://purl.oclc.org/ooxml/officeDocument/relationships",
    }

    def strictly(name, text):
        for loose, strict in spaces.items():
            text = text.replace(loose, strict)
        return text

    path = workbook(tmp_path / "t.xlsx", {"T": ROWS})
    records = read(path)
    assert read(rewritten(path, strictly)) == records
    assert records[0].values == {"id": "007", "day": "2025-01-15T10:30:00"}


def test_prefixes_and_a_missing_dimension_make_no_difference(tmp_path):
    def otherwise(name, text):
        if "worksheets/" not in name:
            return text
        text = re.sub(r"<dimension[^>]*/>", "", text)
        text = re.sub(r"<(/?)(?=[a-z])", r"<\1x:", text)
        return text.replace("xmlns=", "xmlns:x=")

    path = workbook(tmp_path / "t.xlsx", {"T": ROWS})
    records = read(path)
    assert read(rewritten(path, otherwise)) == records


def test_a_workbook_without_styles_or_shared_texts_is_read(tmp_path):
    path = patched_sheet(
        tmp_path / "t.xlsx",
        '<row><c t="inlineStr"><is><t>id</t></is></c></row><row><c><v>1</v></c></row>',
    )

    def bare(name, text):
        if name == "xl/_rels/workbook.xml.rels":
            return re.sub(r"<Relationship [^>]*(?:styles|sharedStrings|theme)[^>]*/>", "", text)
        return text

    assert read(rewritten(path, bare))[0].values == {"id": "1"}


@pytest.mark.parametrize("dimension", ["", '<dimension ref="A1:B20001"/>'])
@pytest.mark.parametrize("kind", ["str", "s"])
def test_memory_does_not_grow_with_the_rows(tmp_path, dimension, kind):
    def peak_bytes(count):
        texts = [f"{number:0200}" for number in range(count)]
        shown = texts if kind == "str" else range(count)
        rows = "".join(
            f'<row><c><v>{n}</v></c><c t="{kind}"><v>{v}</v></c></row>' for n, v in enumerate(shown)
        )
        header = '<row><c t="str"><v>id</v></c><c t="str"><v>x</v></c></row>'
        path = patched_sheet(tmp_path / "t.xlsx", f"{header}{rows}")
        related = '<Relationship Id="x" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>'

        def put(name, text):
            if name == "xl/_rels/workbook.xml.rels":
                return text.replace("</Relationships>", related)
            return text.replace("<sheetData>", f"{dimension}<sheetData>")

        rewritten(path, put)
        shared = "".join(f"<si><t>{text}</t></si>" for text in texts)
        member(path, "xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{shared}</sst>')
        source = opened(path)
        tracemalloc.start()
        assert sum(1 for _ in source.records()) == count
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert peak_bytes(8_000) < peak_bytes(2_000) + (1 << 20)
