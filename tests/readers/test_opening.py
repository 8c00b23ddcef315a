from pathlib import Path

import pytest

from migrator.errors import SourceError
from tests.readers.support import json_lines, opened, read, workbook, write, zendesk_ticket, zipped


def test_a_folder_is_read_in_natural_order(tmp_path):
    for number in (10, 2, 1):
        write(tmp_path, f"part{number}.csv", f"id,a\n{number},x\n")
    assert [record.values["id"] for record in read(tmp_path)] == ["1", "2", "10"]


def test_hidden_files_and_strangers_in_a_folder_are_left_out_and_told_at_once(tmp_path):
    write(tmp_path, "tickets.csv", "id,a\n1,x\n")
    for name in (".hidden.csv", "mapping.yaml", "notes.md"):
        write(tmp_path, name, "x: y\n")
    source = opened(tmp_path)
    assert [file.name for file in source.files] == ["tickets.csv"]
    (notice,) = source.notices
    assert (notice.code, notice.count) == ("file-ignored", 3)
    assert ".hidden.csv, mapping.yaml, notes.md" in notice.message


LITTER = (".DS_Store", "Thumbs.db", "desktop.ini", "~$tickets.xlsx", ".~lock.tickets.csv#", "._tickets.csv")


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "archive"])
def test_what_systems_leave_beside_an_export_is_not_worth_a_word(tmp_path, packed):
    names = {"tickets.csv": "id,a\n1,x\n"} | dict.fromkeys(LITTER, "\0\5")
    names |= {"__MACOSX/._tickets.csv": "\0\5", "attachments/a.csv": "id,a\n9,x\n"}
    if packed:
        source = opened(zipped(tmp_path / "export.zip", names))
    else:
        for name, content in names.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            write(tmp_path, name, content)
        source = opened(tmp_path)
    assert [record.values["id"] for record in source.records()] == ["1"]
    assert source.notices == ()


@pytest.mark.parametrize("names", [[], ["readme.md"]], ids=["empty", "strangers-only"])
def test_a_folder_without_exports_is_refused(tmp_path, names):
    for name in names:
        write(tmp_path, name, "x")
    with pytest.raises(SourceError, match="holds no export"):
        opened(tmp_path)


def test_files_of_different_kinds_are_refused(tmp_path):
    one, two = write(tmp_path, "a.csv", "id,a\n1,x\n"), write(tmp_path, "b.json", "[]")
    with pytest.raises(SourceError, match=r"a\.csv is a table as text; b\.json is JSON"):
        opened(one, two)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param({"reader": "telepathy"}, "no reader 'telepathy'", id="unknown-reader"),
        pytest.param({"reader": "workbook"}, "was asked for, but the file is a table", id="unfit-reader"),
        pytest.param({"sheet": "May"}, "has no sheet", id="sheet-of-a-text"),
    ],
)
def test_options_that_do_not_fit_are_refused(tmp_path, options, message):
    with pytest.raises(SourceError, match=message):
        opened(write(tmp_path, "t.csv", "id,a\n1,x\n"), **options)


def test_a_delimiter_for_a_workbook_is_refused(tmp_path):
    with pytest.raises(SourceError, match="has no delimiter"):
        opened(workbook(tmp_path / "t.xlsx", {"T": [["id"], ["1"]]}), delimiter=";")


def test_no_path_is_refused():
    with pytest.raises(SourceError, match="no file was given"):
        opened()


def test_the_same_file_given_twice_is_read_once(tmp_path):
    path = write(tmp_path, "t.csv", "id,a\n1,x\n")
    assert len(read(path, path)) == 1


def test_a_reader_can_be_asked_for(tmp_path):
    path = write(tmp_path, "t.ndjson", json_lines(zendesk_ticket(1), zendesk_ticket(2)))
    assert opened(path).reader == "zendesk"
    assert opened(path, reader="json-lines").reader == "json-lines"
    assert opened(path, reader="json").reader == "json"


GROUPED = {
    "migrator_problem": [{"code": "x"}],
    "migrator_row": "tickets.csv, row 4",
    "migrator_ledger": "L7",
    "migrator_reader": "delimited",
    **{f"{name}_id": "1" for name in ("requester", "submitter", "assignee", "organization", "group")},
    "Ticket": "17",
    "messages": [{"Ticket": "17", "Text": "a"}, {"Ticket": "17", "Text": "b"}],
}
"""Rows of a table that were grouped, which no table can hold; its columns look like Zendesk's tickets."""


@pytest.mark.parametrize("count", [1, 2], ids=["one", "two"])
@pytest.mark.parametrize("reader", ["", "delimited", "workbook", "zendesk"])
def test_rejected_rows_come_back_as_they_are_whatever_reader_the_export_needs(tmp_path, reader, count):
    source = opened(write(tmp_path, "rejects.ndjson", json_lines(*[GROUPED] * count)), reader=reader)
    records = list(source.records())
    assert (source.ledger_id, source.helpdesk, len(records)) == ("L7", "", count)
    ours = {name: value for name, value in GROUPED.items() if not name.startswith("migrator_")}
    assert (records[0].values, records[0].earlier_place) == (ours, "tickets.csv, row 4")


def test_a_table_of_rejects_wins_over_the_reader_of_its_workbook(tmp_path):
    path = write(tmp_path, "rejects.csv", 'id,migrator_row,migrator_ledger\n1,"t.xlsx[May], row 2",L7\n')
    (record,) = read(path, reader="workbook")
    assert (record.values, record.earlier_place) == ({"id": "1"}, "t.xlsx[May], row 2")


@pytest.mark.parametrize(
    ("header", "helpdesk"),
    [
        pytest.param("Summation column,Id,Requester,Subject", "zendesk", id="zendesk"),
        pytest.param("Ticket status,ID,Subject,Requester,Requested,Assignee", "zendesk", id="zendesk view"),
        pytest.param("Ticket ID,Ticket status,Ticket subject,Requester name", "zendesk", id="zendesk report"),
        pytest.param("Issue key,Issue id,Summary,Comment,Comment", "jira", id="jira"),
        pytest.param("number,short_description,state", "servicenow", id="servicenow"),
        pytest.param("ID;Title;Requester - Requester;Assigned to - Technician;", "glpi", id="glpi"),
        pytest.param("id,subject,body", "", id="nobody"),
    ],
)
def test_the_header_of_a_table_tells_the_helpdesk(tmp_path, header, helpdesk):
    source = opened(write(tmp_path, "t.csv", f"{header}\n"))
    assert source.helpdesk == helpdesk
    assert ("its columns include" in source.why) == bool(helpdesk)


def test_a_path_that_no_system_takes_is_a_fault_of_the_source():
    with pytest.raises(SourceError, match="cannot be read") as caught:
        opened(Path("a" * 5_000))
    assert len(caught.value.at) < 100


def test_nested_files_and_tables_are_one_export_where_a_helpdesk_knows_them_so(tmp_path):
    comments = [{"id": "5", "ticket_id": "1", "user_id": "8", "body": "Text", "public": True}]
    write(tmp_path, "comments.json", json_lines(*comments))
    write(tmp_path, "tickets.csv", "id,subject,status,requester_id,created_at\n1,S,open,8,2024-01-01\n")
    source = opened(tmp_path)
    (record,) = source.records()
    assert source.reader == "zendesk-warehouse"
    assert [comment["body"] for comment in record.values["comments"]] == ["Text"]


def test_a_helpdesk_that_is_asked_for_reads_tables_only_if_it_knows_tables(tmp_path):
    for name in ("a", "b"):
        write(tmp_path, f"{name}.csv", f"id,{name}\n1,x\n")
    assert opened(tmp_path, reader="zendesk-warehouse").reader == "zendesk-warehouse"
    with pytest.raises(SourceError, match="the columns differ"):
        opened(tmp_path, reader="zendesk")
