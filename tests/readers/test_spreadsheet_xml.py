import pytest

from migrator.errors import SourceError, UnreadableSource
from tests.readers.support import codes, opened, read
from tests.readers.test_books import xml_cell, xml_file

HEADER = f"<Row>{xml_cell('id')}{xml_cell('x')}</Row>"


@pytest.mark.parametrize(
    ("cell", "text", "found"),
    [
        pytest.param(xml_cell("00123"), "00123", [], id="text-with-zeros"),
        pytest.param(xml_cell("1234567890123456789"), "1234567890123456789", [], id="text-of-19-digits"),
        pytest.param(xml_cell("123", "Number", "zeros"), "00123", [], id="zeros-of-a-format"),
        pytest.param(xml_cell("42.0", "Number"), "42", [], id="whole-number"),
        pytest.param(
            xml_cell("1.2345678901234568E+18", "Number"), "1234567890123456800", ["digits-lost"], id="lost"
        ),
        pytest.param(xml_cell("many", "Number"), "many", [], id="number-that-is-none"),
        pytest.param(xml_cell("", "Number"), "", [], id="number-that-is-blank"),
        pytest.param(xml_cell("today", "DateTime"), "today", [], id="date-that-is-none"),
        pytest.param(
            xml_cell("1900-01-01T06:05:00Z", "DateTime", "lasted"), "30:05:00", [], id="duration-with-zone"
        ),
        pytest.param(xml_cell("1", "Boolean"), "true", [], id="boolean"),
        pytest.param(xml_cell("#N/A", "Error"), "", ["error-cell"], id="error"),
        pytest.param('<Cell ss:Formula="=A1"/>', "", ["formula-without-value"], id="formula-without-value"),
        pytest.param(
            '<Cell><Data ss:Type="String"><B xmlns="http://www.w3.org/TR/REC-html40">bo</B>ld</Data>'
            '<Comment><Data ss:Type="String">a comment</Data></Comment></Cell>',
            "bold",
            [],
            id="formatted-text-and-a-comment",
        ),
        pytest.param(
            xml_cell("2025-01-15T00:00:00.000", "DateTime"), "2025-01-15T00:00:00", [], id="midnight"
        ),
        pytest.param(xml_cell("a\u2028b &lt;p&gt; &amp;"), "a\u2028b <p> &", [], id="escaped-and-separators"),
    ],
)
def test_cells_of_every_type_are_read(tmp_path, cell, text, found):
    row = f"<Row>{xml_cell('7')}{cell}</Row>"
    (record,) = read(xml_file(tmp_path / "t.xls", HEADER, row))
    assert (record.values["x"], codes(record)) == (text, found)


def test_cells_that_are_merged_or_left_out_keep_their_columns(tmp_path):
    merged = xml_cell("a", more=' ss:MergeAcross="1"')
    header = f"<Row>{merged}{xml_cell('c')}{xml_cell('d')}</Row>"
    third = xml_cell("3", more=' ss:Index="3"')
    row = f"<Row>{xml_cell('1')}{third}</Row>"
    (record,) = read(xml_file(tmp_path / "t.xls", header, row))
    assert record.values == {"a": "1", "(column 2)": "", "c": "3", "d": ""}


def test_a_sheet_can_be_named(tmp_path):
    rows = "".join(f"<Row>{xml_cell(one)}{xml_cell(other)}</Row>" for one, other in (("k", "w"), ("v", "z")))
    other = f'<Worksheet ss:Name="Other"><Table>{rows}</Table></Worksheet>'
    path = xml_file(tmp_path / "t.xls", HEADER, f"<Row>{xml_cell('1')}</Row>", more=other)
    with pytest.raises(SourceError, match="several sheets"):
        opened(path)
    assert read(path, sheet="other")[0].values == {"k": "v", "w": "z"}
    assert read(path, sheet="Tickets")[0].values == {"id": "1", "x": ""}


@pytest.mark.parametrize(
    "row",
    [
        pytest.param('<Row ss:Index="1"/>', id="rows-out-of-order"),
        pytest.param('<Row ss:Index="9999999"/>', id="row-beyond-the-last"),
        pytest.param('<Row><Cell ss:Index="99999"/></Row>', id="column-beyond-the-last"),
    ],
)
def test_a_damaged_sheet_is_refused_with_the_row(tmp_path, row):
    with pytest.raises(UnreadableSource) as caught:
        read(xml_file(tmp_path / "t.xls", HEADER, f"<Row>{xml_cell('1')}</Row>", row))
    assert caught.value.at == "t.xls[Tickets], row 3"


def test_broken_xml_is_refused_with_its_line(tmp_path):
    path = xml_file(tmp_path / "t.xls", HEADER, "\n<Row><Cell>&nbsp;</Cell></Row>")
    with pytest.raises(SourceError, match="its XML is broken") as caught:
        opened(path)
    assert caught.value.at == "t.xls, line 4"


def test_entities_are_refused(tmp_path):
    path = xml_file(tmp_path / "t.xls", HEADER)
    text = path.read_text().replace("<Workbook", '<!DOCTYPE x [<!ENTITY e "e">]><Workbook', 1)
    path.write_text(text)
    with pytest.raises(SourceError, match="document type declaration"):
        opened(path)
