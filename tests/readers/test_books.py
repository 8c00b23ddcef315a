"""One table in every kind of workbook: what its cells say must not depend on the kind."""

import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest

from migrator.errors import SourceError
from tests.readers.support import codes, opened, read, told, write

DATA = Path(__file__).parent / "data"
HEADER = ["id", "subject", "created", "day", "time", "lasted", "amount"]
ROW = ["00123", "Zürich 😀", "2025-01-15T10:30:00", "2025-01-15", "09:05:00", "30:05:00", "4.6"]
LONG = ["1234567890123456789", "two\nlines", "2025-01-15T10:30:15.250", "", "23:59:59", "9600:00:00", "42"]
LAST = ["9", "last", "", "", "", "", ""]


def xlsx(folder: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Tickets"
    moment, day = datetime(2025, 1, 15, 10, 30), date(2025, 1, 15)
    sheet.append(HEADER)
    sheet.append([*ROW[:2], moment, day, time(9, 5), timedelta(hours=30, minutes=5), 4.6])
    long_moment = datetime(2025, 1, 15, 10, 30, 15, 250_000)
    sheet.append([*LONG[:2], long_moment, None, time(23, 59, 59), timedelta(days=400), 42])
    sheet.append([])
    sheet.append(["9", "last"])
    book.create_sheet("Hidden").sheet_state = "hidden"
    book.save(folder / "t.xlsx")
    return folder / "t.xlsx"


def xls(folder: Path) -> Path:
    return write(folder, "t.xls", (DATA / "tickets.xls").read_bytes())


def zipped(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def ods_content(table: str, styles: str = "") -> str:
    names = {"office": "office", "table": "table", "style": "style", "text": "text"}
    spaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for prefix, name in names.items()
    )
    calc = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    return (
        f"<office:document-content {spaces} {calc}><office:automatic-styles>{styles}"
        '<style:style style:name="gone"><style:table-properties table:display="false"/></style:style>'
        "</office:automatic-styles><office:body><office:spreadsheet>"
        f"{table}</office:spreadsheet></office:body></office:document-content>"
    )


def ods_text(text: str) -> str:
    paragraphs = "".join(f"<text:p>{line}</text:p>" for line in text.split("\n"))
    return f'<table:table-cell office:value-type="string">{paragraphs}</table:table-cell>'


def ods_typed(kind: str, value: str, attribute: str = "value", shown: str = "") -> str:
    return (
        f'<table:table-cell office:value-type="{kind}" office:{attribute}="{value}">'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )


def ods_row(*cells: str, repeated: int = 1) -> str:
    times = f' table:number-rows-repeated="{repeated}"' if repeated > 1 else ""
    return f"<table:table-row{times}>{''.join(cells)}</table:table-row>"


def ods_file(path: Path, *rows: str, name: str = "Tickets") -> Path:
    table = f'<table:table table:name="{name}">{"".join(rows)}</table:table>'
    hidden = '<table:table table:name="Hidden" table:style-name="gone"/>'
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped(path, **{"mimetype": mimetype, "content.xml": ods_content(table + hidden)})


def ods(folder: Path) -> Path:
    blank = '<table:table-cell table:number-columns-repeated="16378"/>'
    one = "<table:table-cell/>"
    row = ods_row(
        *(ods_text(text) for text in ROW[:2]),
        ods_typed("date", "2025-01-15T10:30:00", "date-value"),
        ods_typed("date", "2025-01-15", "date-value"),
        ods_typed("time", "PT09H05M00S", "time-value"),
        ods_typed("time", "PT30H05M00S", "time-value"),
        ods_typed("float", "4.6"),
        blank,
    )
    long = ods_row(
        *(ods_text(text) for text in LONG[:2]),
        ods_typed("date", "2025-01-15T10:30:15.25", "date-value"),
        one,
        ods_typed("time", "PT23H59M59S", "time-value"),
        ods_typed("time", "PT9600H00M00S", "time-value"),
        ods_typed("float", "42"),
    )
    header = f"<table:table-header-rows>{ods_row(*map(ods_text, HEADER))}</table:table-header-rows>"
    rest = ods_row(blank, repeated=1_048_571)
    return ods_file(
        folder / "t.ods", header, row, long, ods_row(blank), ods_row(ods_text("9"), ods_text("last")), rest
    )


STYLES = (
    '<Styles><Style ss:ID="day"><NumberFormat ss:Format="Short Date"/></Style>'
    '<Style ss:ID="lasted"><NumberFormat ss:Format="[h]:mm:ss"/></Style>'
    '<Style ss:ID="zeros"><NumberFormat ss:Format="00000"/></Style></Styles>'
)


def xml_cell(text: str, kind: str = "String", style: str = "", more: str = "") -> str:
    styled = f' ss:StyleID="{style}"' if style else ""
    return f'<Cell{styled}{more}><Data ss:Type="{kind}">{text}</Data></Cell>'


def xml_file(path: Path, *rows: str, more: str = "") -> Path:
    spaces = 'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
    path.write_text(
        f'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook {spaces}>{STYLES}'
        f'<Worksheet ss:Name="Tickets"><Table>{"".join(rows)}</Table></Worksheet>{more}</Workbook>',
        encoding="utf-8",
    )
    return path


def spreadsheet_xml(folder: Path) -> Path:
    hidden = (
        '<Worksheet ss:Name="Hidden"><Table/><WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel">'
        "<Visible>SheetHidden</Visible></WorksheetOptions></Worksheet>"
    )
    header = "".join(map(xml_cell, HEADER))
    row = (
        xml_cell(ROW[0])
        + xml_cell(ROW[1])
        + xml_cell("2025-01-15T10:30:00.000", "DateTime")
        + xml_cell("2025-01-15T00:00:00.000", "DateTime", "day")
        + xml_cell("1899-12-31T09:05:00.000", "DateTime")
        + xml_cell("1900-01-01T06:05:00.000", "DateTime", "lasted")
        + xml_cell("4.5999999999999996", "Number")
    )
    long = (
        xml_cell(LONG[0])
        + xml_cell("two&#10;lines")
        + xml_cell("2025-01-15T10:30:15.250", "DateTime")
        + xml_cell("1899-12-31T23:59:59.000", "DateTime", more=' ss:Index="5"')
        + xml_cell("1901-02-04T00:00:00.000", "DateTime", "lasted")
        + xml_cell("42", "Number")
    )
    return xml_file(
        folder / "t.xls",
        *(f"<Row>{cells}</Row>" for cells in (header, row, long)),
        f'<Row ss:Index="5">{xml_cell("9")}{xml_cell("last")}</Row>',
        more=hidden,
    )


def html(folder: Path) -> Path:
    rows = [HEADER, ROW, ["1234567890123456789", "two<br>lines", *LONG[2:]], [], ["9", " last\n"]]
    body = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return write(folder, "t.xls", f"<html><body><table border=1>\n{body}\n</table></body></html>")


KINDS = {"xlsx": xlsx, "xls": xls, "ods": ods, "spreadsheet-xml": spreadsheet_xml, "html": html}


@pytest.mark.parametrize(
    ("kind", "options"),
    [(kind, {}) for kind in KINDS] + [("xlsx", {"fast": True})],
    ids=[*KINDS, "xlsx-fast"],
)
def test_a_table_says_the_same_in_every_kind_of_workbook(tmp_path, kind, options):
    source = opened(KINDS[kind](tmp_path), **options)
    first, second, last = source.records()
    assert source.files[0].kind == kind
    assert list(source.columns) == HEADER
    assert list(first.original) == ROW
    assert list(second.original) == LONG
    assert list(last.original) == LAST
    assert [record.ref.row for record in (first, second, last)] == [2, 3, 5]
    assert codes(first) == codes(second) == codes(last) == []
    assert told(source)["blank-rows"] == 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_workbook_can_be_read_again_and_shows_its_progress(tmp_path, kind):
    source = opened(KINDS[kind](tmp_path))
    once = list(source.records())
    seen = [source.read_bytes for _ in source.records()]
    assert seen == sorted(seen)
    assert seen[-1] <= source.read_bytes == source.size_bytes
    assert list(source.records()) == once


@pytest.mark.parametrize("kind", ["xlsx", "ods", "spreadsheet-xml", "xls"])
def test_hidden_sheets_are_told_in_every_kind_that_has_them(tmp_path, kind):
    source = opened(KINDS[kind](tmp_path))
    assert "a sheet was not read: Hidden (hidden)" in [notice.message for notice in source.notices]


@pytest.mark.parametrize(
    ("kind", "options", "cautious"),
    [
        ("xlsx", {}, False),
        ("xlsx", {"fast": True}, True),
        ("xls", {}, True),
        ("ods", {}, False),
        ("html", {}, False),
    ],
)
def test_what_a_kind_cannot_show_is_told(tmp_path, kind, options, cautious):
    source = opened(KINDS[kind](tmp_path), **options)
    assert any("errors such as #N/A" in notice.message for notice in source.notices) is cautious


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_workbook_that_was_cut_off_never_loses_rows_in_silence(tmp_path, kind, share):
    path = KINDS[kind](tmp_path)
    whole = len(read(path))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    try:
        left = len(read(path))
    except SourceError:
        left = 0
    assert left in (0, whole) or kind == "html"  # a page is not asked to be complete


def filtered_xlsx(folder):
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["id", "subject"], ["1", "a"], ["2", "b"], ["3", "c"]):
        sheet.append(row)
    sheet.row_dimensions[2].hidden = sheet.row_dimensions[4].hidden = True
    book.save(folder / "t.xlsx")
    return folder / "t.xlsx"


def filtered_ods(folder):
    rows = [
        ods_row(*map(ods_text, cells)) for cells in (["id", "subject"], ["1", "a"], ["2", "b"], ["3", "c"])
    ]
    rows[1] = rows[1].replace("<table:table-row", '<table:table-row table:visibility="filter"')
    rows[3] = rows[3].replace("<table:table-row", '<table:table-row table:visibility="collapse"')
    return ods_file(folder / "t.ods", *rows)


def filtered_spreadsheet_xml(folder):
    rows = [
        f"<Row{hidden}>{''.join(map(xml_cell, cells))}</Row>"
        for cells, hidden in (
            (["id", "subject"], ""),
            (["1", "a"], ' ss:Hidden="1"'),
            (["2", "b"], ""),
            (["3", "c"], ' ss:Hidden="1"'),
        )
    ]
    return xml_file(folder / "t.xls", *rows)


@pytest.mark.parametrize("make", [filtered_xlsx, filtered_ods, filtered_spreadsheet_xml])
def test_rows_that_a_filter_hides_are_read_and_told(tmp_path, make):
    source = opened(make(tmp_path))
    assert [record.values["id"] for record in source.records()] == ["1", "2", "3"]
    assert [(n.count, n.message) for n in source.notices if n.code == "hidden-rows"] == [
        (2, "rows that the sheet hides, as a filter does, are read all the same: 2")
    ]
