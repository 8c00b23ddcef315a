import csv
import io
import zipfile
from datetime import datetime, time, timedelta

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from migrator.cli.shipped import shipped
from migrator.errors import SourceError
from tests.readers.support import codes, opened, patched_sheet, read, told, workbook

CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=12).filter(
    lambda text: "_x" not in text and not ILLEGAL_CHARACTERS_RE.search(text)
) | st.sampled_from(
    ["", "NA", "007", "1e5", "TRUE", " x ", "two\nlines", "é😀", "#N/A!", "12345678901234567890"]
)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=5))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_text_cells_come_back_exactly_as_written(tmp_path_factory, table):
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for number, row in enumerate([["a", "b", "c"], *table], start=1):
        for column, text in enumerate(row, start=1):
            if text:
                cell = sheet.cell(number, column)
                cell.value = text
                cell.data_type = "s"
    path = tmp_path_factory.mktemp("t") / "t.xlsx"
    book.save(path)

    assert [list(record.original) for record in read(path)] == [row for row in table if any(row)]


def test_typed_cells_become_exact_text(tmp_path):
    path = tmp_path / "t.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["whole", "float", "yes", "moment", "day", "time", "lasted", "id"])
    sheet.append(
        [
            *(42, 0.1, True, datetime(2025, 1, 15, 10, 30), datetime(2025, 1, 15)),
            *(time(9, 5), timedelta(hours=30, minutes=5), 123),
        ]
    )
    sheet["E2"].number_format = "yyyy-mm-dd"
    sheet["H2"].number_format = "00000"
    book.save(path)

    (record,) = read(path)

    assert record.values == {
        "whole": "42",
        "float": "0.1",
        "yes": "true",
        "moment": "2025-01-15T10:30:00",
        "day": "2025-01-15",
        "time": "09:05:00",
        "lasted": "30:05:00",
        "id": "00123",
    }
    assert not record.problems


@pytest.mark.parametrize(
    ("cell", "code", "text", "blocks"),
    [
        pytest.param("<v>1234567890123456</v>", "digits-lost", "1234567890123456", True, id="16-digits"),
        pytest.param("<v>1.0E+18</v>", "digits-lost", "1" + "0" * 18, True, id="beyond-2-to-the-53"),
        pytest.param("<f>A1+1</f>", "formula-without-value", "", False, id="formula-without-value"),
        pytest.param("<f>A1</f><v></v>", "formula-without-value", "", False, id="formula-with-empty-value"),
    ],
)
def test_a_cell_that_lost_something_is_named(tmp_path, cell, code, text, blocks):
    rows = f'<row r="1"><c r="A1" t="str"><v>id</v></c></row><row r="2"><c r="A2">{cell}</c></row>'
    (record,) = read(patched_sheet(tmp_path / "t.xlsx", rows))
    assert codes(record) == [code]
    assert (record.values["id"], record.problems[0].column, record.problems[0].blocks) == (text, "id", blocks)


@pytest.mark.parametrize(
    ("attributes", "content", "text", "found"),
    [
        pytest.param('t="e"', "<v>#N/A</v>", "", ["error-cell"], id="error"),
        pytest.param('t="str"', "<f>X</f><v></v>", "", [], id="formula-that-is-empty-text"),
        pytest.param('t="str"', "<f>X</f><v>done</v>", "done", [], id="formula-with-text"),
        pytest.param("", "<f>X</f><v>7</v>", "7", [], id="formula-with-number"),
        pytest.param('t="str"', "<v>a_x000D_b_x005F_x0041_</v>", "a\rb_x0041_", [], id="escapes"),
        pytest.param('t="str"', "<v>_xD83D__xDE00_</v>", "😀", [], id="escaped-pair"),
        pytest.param('t="str"', "<v>_xD83D_!</v>", "\ufffd!", ["lone-surrogate", "damaged-text"], id="half"),
        pytest.param('t="str"', "<v>a_x0000_</v>", "a\0", ["nul-character"], id="nul"),
        pytest.param('t="str"', "<v>Ã¼</v>", "Ã¼", ["damaged-text"], id="mojibake"),
        pytest.param('t="d"', "<v>2025-01-15T10:30:00</v>", "2025-01-15T10:30:00", [], id="iso-date"),
        pytest.param('t="b"', "<v>0</v>", "false", [], id="boolean"),
        pytest.param(
            't="inlineStr"',
            "<is><r><t>ri</t></r><r><t>ch</t></r><rPh><t>x</t></rPh></is>",
            "rich",
            [],
            id="rich",
        ),
    ],
)
def test_cells_of_every_type_are_read(tmp_path, attributes, content, text, found):
    rows = (
        '<row r="1"><c r="A1" t="str"><v>id</v></c><c r="B1" t="str"><v>x</v></c></row>'
        f'<row r="2"><c r="A2"><v>1</v></c><c r="B2" {attributes}>{content}</c></row>'
    )
    (record,) = read(patched_sheet(tmp_path / "t.xlsx", rows))
    assert (record.values["x"], codes(record)) == (text, found)


def test_the_1904_system_is_honoured(tmp_path):
    path = tmp_path / "t.xlsx"
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.worksheets[0].append(["id", "day"])
    book.worksheets[0].append(["1", datetime(2025, 1, 15, 8)])
    book.save(path)
    assert read(path)[0].values["day"] == "2025-01-15T08:00:00"


def test_row_numbers_are_the_spreadsheets_own(tmp_path):
    path = workbook(
        tmp_path / "t.xlsx", {"T": [["Report"], [], ["id", "a"], ["1", "x"], [], ["2", None], [None]]}
    )
    source = opened(path)
    first, second = source.records()
    assert (str(first.ref), str(second.ref)) == ("t.xlsx[T], row 4", "t.xlsx[T], row 6")
    assert second.values == {"id": "2", "a": ""}
    assert told(source) == {"title-rows": 1, "blank-rows": 2}


def test_ghost_rows_are_left_out_and_counted(tmp_path):
    rows = '<row r="1"><c r="A1" t="str"><v>id</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
    ghosts = "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(3, 503))
    source = opened(patched_sheet(tmp_path / "t.xlsx", rows + ghosts))
    assert len(list(source.records())) == 1
    assert told(source) == {"blank-rows": 500}


def test_a_cell_beyond_the_header_is_an_error_of_its_row(tmp_path):
    path = workbook(tmp_path / "t.xlsx", {"T": [["id", "a"], ["1", "x"], ["2", "y", None, "stray"]]})
    fine, faulty = read(path)
    assert (codes(fine), codes(faulty)) == ([], ["row-too-long"])
    assert faulty.original == ("2", "y", "", "stray")


def test_hidden_sheets_and_sheets_without_rows_are_left_out_and_told(tmp_path):
    sheets = {"Old": [["id"], ["9"]], "Notes": [["written in May"]], "Tickets": [["id", "a"], ["1", "x"]]}
    source = opened(workbook(tmp_path / "t.xlsx", sheets, hidden=["Old"]))
    assert [record.ref.sheet for record in source.records()] == ["Tickets"]
    assert sorted(notice.message for notice in source.notices) == [
        "a sheet was not read: Notes",
        "a sheet was not read: Old (hidden)",
    ]


def test_sheets_with_the_same_header_are_read_one_after_the_other(tmp_path):
    sheets = {"May": [["id", "a"], ["1", "x"]], "June": [["a", "id"], ["y", "2"]]}
    may, june = read(workbook(tmp_path / "t.xlsx", sheets))
    assert (may.ref.sheet, june.ref.sheet, june.values) == ("May", "June", {"id": "2", "a": "y"})


def test_several_candidates_are_asked_about_and_one_can_be_named(tmp_path):
    path = workbook(
        tmp_path / "t.xlsx", {"Pivot": [["n", "m"], [1, 2]], "Tickets": [["id", "a"], ["1", "x"]]}
    )
    with pytest.raises(SourceError, match="'Pivot', 'Tickets'") as caught:
        opened(path)
    assert caught.value.hint == "name one with --sheet"
    assert read(path, sheet="tickets")[0].values == {"id": "1", "a": "x"}
    with pytest.raises(SourceError, match="no sheet 'Ticket'"):
        opened(path, sheet="Ticket")


TICKETS = [["id", "subject", "email"], ["1", "a", "a@example.com"]]


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param([["This workbook holds the tickets of May."], ["Ask Pat."]], id="cover"),
        pytest.param([["Row Labels", "Count of id"], ["open", "1"]], id="pivot-table-as-values"),
        pytest.param([["status", "meaning"], ["open", "not done"]], id="no-titles"),
    ],
)
def test_a_sheet_that_only_stands_beside_the_tickets_is_left_out_and_told(tmp_path, beside):
    source = opened(workbook(tmp_path / "t.xlsx", {"Beside": beside, "Tickets": TICKETS}))
    assert [record.ref.sheet for record in source.records()] == ["Tickets"]
    assert [notice.message for notice in source.notices] == ["a sheet was not read: Beside"]


def test_two_sheets_with_titles_are_asked_about(tmp_path):
    sheets = {"Tickets": TICKETS, "Archive": [["id", "subject"], ["1", "a"]]}
    with pytest.raises(SourceError, match="'Tickets', 'Archive'"):
        opened(workbook(tmp_path / "t.xlsx", sheets))


def test_a_sheet_with_a_pivot_table_is_known_by_its_part(tmp_path):
    """Whatever its language; here the table of tickets has no title that would tell it."""
    path = workbook(
        tmp_path / "t.xlsx", {"Auswertung": [["Stand", "Zahl"], ["offen", 1]], "T": [["nr", "x"], [1, "a"]]}
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/pivotTable"
    packed = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(path, "w") as new:
        for member in old.namelist():
            new.writestr(member, old.read(member))
        new.writestr(
            "xl/worksheets/_rels/sheet1.xml.rels",
            f'<Relationships><Relationship Id="rId1" Type="{kind}" Target="../pivotTables/p.xml"/></Relationships>',
        )
    assert read(path)[0].values == {"nr": "1", "x": "a"}


def test_a_workbook_as_a_colleague_leaves_it_is_read_for_its_tickets(tmp_path):
    """A title, groups above the header in merged cells, dates, totals, a hidden sheet, and a pivot table."""
    tickets = [
        ["Ticket report", None],
        ["Generated on", datetime(2024, 5, 1, 10)],
        [None],
        ["Ticket", None, None, "Customer", None],
        ["ID", "Subject", "Created", "Name", "E-mail"],
        [7, "a", datetime(2024, 3, 1, 9, 30), "Ann", "ann@example.com"],
        [8, "b", datetime(2024, 3, 2, 9, 30), "Ben", "ben@example.com"],
        ["Total", 2],
    ]
    sheets = {"T": tickets, "Old": [["x", "y"], [1, 2]], "P": [["Row Labels", "Count of ID"], ["a", 1]]}
    source = opened(workbook(tmp_path / "t.xlsx", sheets, hidden=["Old"]))
    assert [
        (record.ref.row, record.values["ID"], record.values["Created"]) for record in source.records()
    ] == [
        (6, "7", "2024-03-01T09:30:00"),
        (7, "8", "2024-03-02T09:30:00"),
    ]
    assert told(source) == {"title-rows": 3, "sheet-left-out": 2, "totals-row": 1}


@pytest.mark.parametrize("sample", ["spiceworks", "hubspot-tables", "zendesk-warehouse", "zoho-desk"])
def test_the_tables_of_one_export_are_joined_as_sheets_as_well(tmp_path, sample):
    folder = shipped("samples") / sample
    tables: dict[str, list[list[str]]] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            tables[path.stem[:31]] = list(csv.reader(file))
    source = opened(workbook(tmp_path / "export.xlsx", tables))
    as_files = opened(folder)
    assert source.reader == as_files.reader
    assert [record.values for record in source.records()] == [record.values for record in as_files.records()]
    assert sorted(source.roles) == sorted(as_files.roles)
    assert source.read_bytes <= source.size_bytes <= (tmp_path / "export.xlsx").stat().st_size


def test_a_workbook_without_a_table_is_refused(tmp_path):
    with pytest.raises(SourceError, match="no table"):
        opened(workbook(tmp_path / "t.xlsx", {"T": []}))


def test_our_own_columns_are_removed_and_name_the_ledger(tmp_path):
    sheet = [["id", "migrator_row", "migrator_ledger"], ["1", "t, row 7", "L7"], ["2", "", "L7", "mark"]]
    source = opened(workbook(tmp_path / "t.xlsx", {"T": sheet}))
    first, second = source.records()
    assert (source.ledger_id, first.values, first.earlier_place) == ("L7", {"id": "1"}, "t, row 7")
    assert (second.original, codes(second), second.earlier_place) == (("2", "mark"), ["row-too-long"], "")


def test_a_row_of_totals_at_the_end_is_left_out_and_told(tmp_path):
    rows = [["id", "subject", "n", "m"], ["1", "a", 2, 3], ["Total", None, 2], [None], []]
    source = opened(workbook(tmp_path / "t.xlsx", {"T": rows}))
    assert [record.values["id"] for record in source.records()] == ["1"]
    assert told(source)["totals-row"] == 1


def test_a_merged_header_cell_names_its_first_column(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["id", "who", None, "x"])
    sheet.append(["1", "Ada", "Byron", "y"])
    sheet.merge_cells("B1:C1")
    book.save(tmp_path / "t.xlsx")
    (record,) = read(tmp_path / "t.xlsx")
    assert record.values == {"id": "1", "who": "Ada", "(column 3)": "Byron", "x": "y"}


# --- a workbook of ours that comes back from a person -------------------------------------------


def corrected(path, *, also=(), name="Rows"):
    """As a person would hand it back: with colours, comments, lists to choose from, and sheets beside."""
    book = openpyxl.Workbook()
    book.worksheets[0].title = "Read me"
    book.worksheets[0].append(["Correct the coloured cells", "then give this file back"])
    book.worksheets[0].append(["step", "1"])
    rows = book.create_sheet(name)
    rows.append(["id", "status", "migrator_problem", "migrator_row", "migrator_ledger"])
    rows.append(["0007", "open", "unknown status", "t.csv, row 7", "L7"])
    rows.append(["1234567890123456789", "=1+1", "", "t.csv, row 9", "L7"])
    rows["B3"].data_type = "s"
    rows["A2"].number_format = "@"
    rows["B2"].fill = PatternFill("solid", fgColor="FFFF00")
    rows["B2"].comment = Comment("choose one of the list", "migrator")
    choices = DataValidation(type="list", formula1="'migrator lists'!$A$1:$A$2")
    choices.add("B2:B9")
    rows.add_data_validation(choices)
    rows.auto_filter.ref = "A1:E3"
    rows.freeze_panes = "A2"
    for title in ("Value maps", "migrator lists", *also):
        sheet = book.create_sheet(title)
        sheet.append(["from", "to"])
        sheet.append(["offen", "open"])
    book.save(path)
    return path


def test_the_sheet_to_correct_is_read_whatever_else_the_workbook_holds(tmp_path):
    source = opened(corrected(tmp_path / "problems.xlsx"))
    records = list(source.records())
    assert (source.ledger_id, source.columns) == ("L7", ("id", "status"))
    assert [(record.original, record.earlier_place) for record in records] == [
        (("0007", "open"), "t.csv, row 7"),
        (("1234567890123456789", "=1+1"), "t.csv, row 9"),
    ]
    assert {record.ref.sheet for record in records} == {"Rows"}
    assert told(source) == {}


def test_a_sheet_that_a_person_added_is_told(tmp_path):
    source = opened(corrected(tmp_path / "problems.xlsx", also=["My notes"]))
    assert [notice.message for notice in source.notices] == ["a sheet was not read: My notes"]


def test_the_sheet_to_correct_is_known_by_its_columns_too(tmp_path):
    source = opened(corrected(tmp_path / "problems.xlsx", name="Zeilen"))
    assert [record.ref.sheet for record in source.records()] == ["Zeilen", "Zeilen"]


def test_a_workbook_with_macros_is_a_workbook(tmp_path):
    book = openpyxl.load_workbook(workbook(tmp_path / "t.xlsx", {"T": [["id", "subject"], ["007", "a"]]}))
    book.save(tmp_path / "plain.xlsx")
    parts = zipfile.ZipFile(tmp_path / "plain.xlsx")
    with zipfile.ZipFile(tmp_path / "t.xlsm", "w") as macros:
        for name in parts.namelist():
            kind = parts.read(name).replace(
                b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
            )
            macros.writestr(name, kind)
        macros.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 never run")
    (record,) = read(tmp_path / "t.xlsm")
    assert record.values == {"id": "007", "subject": "a"}
