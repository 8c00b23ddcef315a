import pytest

from migrator.errors import SourceError, UnreadableSource
from tests.readers.support import codes, read
from tests.readers.test_books import ods_content, ods_file, ods_row, ods_text, ods_typed, zipped

HEADER = ods_row(ods_text("id"), ods_text("x"))


def only(tmp_path, cell):
    (record,) = read(ods_file(tmp_path / "t.ods", HEADER, ods_row(ods_text("1"), cell)))
    return record


@pytest.mark.parametrize(
    ("cell", "text", "found"),
    [
        pytest.param(ods_typed("float", "123", shown="00123"), "00123", [], id="zeros-of-a-format"),
        pytest.param(ods_typed("float", "0", shown="000"), "000", [], id="zeros-only"),
        pytest.param(ods_typed("float", "1234.5", shown="1.234,50"), "1234.5", [], id="number-as-it-is"),
        pytest.param(ods_typed("percentage", "0.25", shown="25 %"), "0.25", [], id="percentage"),
        pytest.param(
            ods_typed("float", "1.23456789012346E+018"), "1234567890123460000", ["digits-lost"], id="lost"
        ),
        pytest.param(ods_typed("boolean", "true", "boolean-value"), "true", [], id="boolean"),
        pytest.param(ods_typed("time", "-PT01H00M00S", "time-value"), "-1:00:00", [], id="negative-duration"),
        pytest.param(
            '<table:table-cell calcext:value-type="error" office:value-type="string" office:string-value="">'
            "<text:p>#N/A</text:p></table:table-cell>",
            "",
            ["error-cell"],
            id="error",
        ),
        pytest.param(
            '<table:table-cell office:value-type="string"><office:annotation><text:p>a comment</text:p>'
            '</office:annotation><text:p>a<text:s text:c="3"/>b<text:tab/><text:span>c<text:line-break/></text:span>d'
            "</text:p><text:p/><text:p>e</text:p></table:table-cell>",
            "a   b\tc\nd\n\ne",
            [],
            id="spaces-tabs-breaks-and-a-comment",
        ),
        pytest.param(ods_text("Ã¼"), "Ã¼", ["damaged-text"], id="mojibake"),
    ],
)
def test_cells_of_every_type_are_read(tmp_path, cell, text, found):
    record = only(tmp_path, cell)
    assert (record.values["x"], codes(record)) == (text, found)


def test_rows_and_cells_that_are_repeated_are_read_as_often(tmp_path):
    twice = '<table:table-cell office:value-type="string" table:number-columns-repeated="2"><text:p>b</text:p></table:table-cell>'
    records = read(ods_file(tmp_path / "t.ods", HEADER, ods_row(twice, repeated=3), ods_row(ods_text("4"))))
    assert [(r.ref.row, r.original) for r in records] == [
        *((row, ("b", "b")) for row in (2, 3, 4)),
        (5, ("4", "")),
    ]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(ods_row(ods_text("x"), repeated=2_000_000), id="more-rows-than-a-sheet-has"),
        pytest.param(
            ods_row(
                '<table:table-cell table:number-columns-repeated="99999"><text:p>x</text:p></table:table-cell>'
            ),
            id="more-columns",
        ),
        pytest.param(ods_row(ods_typed("float", "many")), id="number-that-is-none"),
        pytest.param(ods_row(ods_typed("date", "2025-13-01T00:00:00", "date-value")), id="date-that-is-none"),
        pytest.param(ods_row(ods_typed("time", "noon", "time-value")), id="time-that-is-none"),
        pytest.param('<table:table-row table:number-rows-repeated="-1"/>', id="repeated-less-than-once"),
    ],
)
def test_a_damaged_sheet_is_refused_with_the_row(tmp_path, row):
    with pytest.raises(UnreadableSource) as caught:
        read(ods_file(tmp_path / "t.ods", HEADER, ods_row(ods_text("1")), row))
    assert caught.value.at == "t.ods[Tickets], row 3"


def test_a_protected_workbook_is_named(tmp_path):
    members = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": "scrambled",
        "META-INF/manifest.xml": "<manifest><encryption-data/></manifest>",
    }
    with pytest.raises(SourceError, match="protected with a password"):
        read(zipped(tmp_path / "t.ods", **members))


def test_a_document_type_declaration_is_refused(tmp_path):
    content = '<!DOCTYPE x [<!ENTITY e "e">]>' + ods_content("")
    with pytest.raises(SourceError, match="document type declaration"):
        read(zipped(tmp_path / "t.ods", **{"mimetype": "x", "content.xml": content}))
