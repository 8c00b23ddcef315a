"""`problems.xlsx`: written, corrected in a spreadsheet, and given back."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from migrator.readers import open_source
from tests.conftest import legacy_ids, write_csv

VALIDATE = ("validate", "tickets.csv", "--mapping", "m.yaml", "--json")
RUN = ("run", "tickets.csv", "--mapping", "m.yaml", "--yes", "--json")
BOOK = "tickets-report/problems.xlsx"


@pytest.fixture
def damaged(export) -> Path:
    """Eight tickets: one without an address and with an id of 19 digits, one with an unknown status."""
    path = export(8)
    text = path.read_text(encoding="utf-8").replace("T-00003", "0000000000000000003")
    text = text.replace("person3@example.com", "").replace("T-00005,Question 5", "T-00005,=1+1")
    path.write_text(text.replace("2024-01-01T00:05:00,open", "2024-01-01T00:05:00,odd"), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def office_profile(tmp_path_factory):
    """Where LibreOffice keeps its settings, which it takes seconds to make."""
    return tmp_path_factory.mktemp("office").as_uri()


@pytest.fixture
def saved_by_a_spreadsheet(tmp_path, office_profile):
    """Opens a workbook in LibreOffice and saves it, without changing anything."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("there is no LibreOffice here (soffice): nothing can open the workbook and save it")

    def save(path: Path) -> str:
        words = [office, "--headless", f"-env:UserInstallation={office_profile}", "--convert-to"]
        words += ["xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "saved"), str(path)]
        subprocess.run(words, check=True, capture_output=True, timeout=120)
        return f"saved/{path.name}"

    return save


AWKWARD = (
    "000442",
    "1E5",
    "12345678901234567890",
    "=1+1",
    "+1",
    "-5",
    "@x",
    "2024-01-02",
    "1/2",
    "TRUE",
    " a",
    "0.10",
    "a\nb",
)


def correct(path: Path, sheet: str, **values: str) -> None:
    """What a colleague does: fills in the cells of these columns that are empty, and `status` wherever."""
    book = openpyxl.load_workbook(path)
    header, *rows = book[sheet].iter_rows()
    for row in rows:
        for name, cell in zip([each.value for each in header], row, strict=True):
            if name in values and (cell.value is None or name == "status"):
                cell.value = values[name]
    book.save(path)


def test_a_dry_run_writes_it_beside_the_page_and_checking_it_never_touches_it(tool, damaged):
    ran = tool(*VALIDATE, "--offline")
    assert (ran.exit_code, ran.json["workbook"]) == (1, BOOK), ran.stderr
    assert "problems.xlsx" in (tool.folder / "tickets-report/validation.html").read_text(encoding="utf-8")
    before = (tool.folder / BOOK).read_bytes()
    again = ("validate", BOOK, "--mapping", "m.yaml", "--offline", "--report", "tickets-report", "--json")
    assert tool(*again).json["workbook"] == "tickets-report/corrections-problems.xlsx"
    assert (tool.folder / BOOK).read_bytes() == before


def test_it_is_not_part_of_a_report_for_sharing(tool, damaged):
    assert tool(*VALIDATE, "--offline", "--redact").json["workbook"] is None
    assert not (tool.folder / BOOK).exists()


def test_saved_without_a_change_it_has_the_same_problems(tool, damaged, saved_by_a_spreadsheet):
    before = tool(*VALIDATE, "--offline").json
    again = saved_by_a_spreadsheet(tool.folder / BOOK)
    ran = tool("validate", again, "--mapping", "m.yaml", "--offline", "--json")
    assert (ran.json["problems"], ran.json["rows"]) == (before["problems"], 2), ran.stderr


def test_corrected_and_saved_it_brings_its_rows_with_their_ids(
    tool, sandbox, damaged, saved_by_a_spreadsheet
):
    tool.to(sandbox)
    assert tool(*RUN).json["rejected"] == 2
    correct(tool.folder / BOOK, "Rows", email="found@example.com")
    correct(tool.folder / BOOK, "Value maps", becomes="Resolved")
    saved = saved_by_a_spreadsheet(tool.folder / BOOK)
    ran = tool("retry", "tickets.ledger", "--from", saved, "--yes", "--json")
    assert (ran.exit_code, ran.json["created"], ran.json["rows"]) == (0, 8, 8), ran.stderr
    ids = legacy_ids(sandbox.tickets())
    assert (len(ids), ids["0000000000000000003"], ids.total()) == (8, 1, 8)
    assert "=1+1" in {ticket["title"] for ticket in sandbox.tickets()}


def test_awkward_ids_come_back_as_they_were_from_a_spreadsheet_and_from_the_table(
    tool, sandbox, damaged, saved_by_a_spreadsheet
):
    """Every row is rejected for its title only, so that a title is all that is missing."""
    names = ["id", "subject", "body", "email", "created", "status"]
    cells = ["x", "x", "a@example.com", "2024-01-01", "open"]
    write_csv(tool.folder / "tickets.csv", [dict(zip(names, [key, *cells], strict=True)) for key in AWKWARD])
    tool.to(sandbox)
    assert tool(*RUN).json["rejected"] == len(AWKWARD)
    folder = tool.folder / "tickets-report"
    saved = saved_by_a_spreadsheet(folder / "problems.xlsx")
    with (folder / "rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == list(AWKWARD)
    original = [row.original[0] for row in open_source([tool.folder / saved]).records()]
    assert original == list(AWKWARD)
    half = len(AWKWARD) // 2
    book = openpyxl.load_workbook(tool.folder / saved)
    for (cell,) in book["Rows"].iter_rows(min_row=2, max_row=half + 1, min_col=2, max_col=2):
        cell.value = "a title"
    book.save(tool.folder / saved)
    ran = tool("retry", "tickets.ledger", "--from", saved, "--yes", "--json")
    assert ran.json.get("created") == half, ran.stdout + ran.stderr
    rejects = folder / "rejects.csv"
    rejects.write_text(
        rejects.read_text(encoding="utf-8-sig").replace(",x,x,", ",a title,x,"), encoding="utf-8"
    )
    ran = tool("retry", "tickets.ledger", "--from", str(rejects), "--yes", "--json")
    assert (ran.exit_code, ran.json["created"]) == (0, len(AWKWARD)), ran.stderr
    assert set(legacy_ids(sandbox.tickets())) == set(AWKWARD)


def test_run_finds_its_ledger_and_leaves_the_page_of_the_whole_export(tool, sandbox, damaged):
    tool.to(sandbox)
    tool(*RUN)
    before = (tool.folder / "tickets-report/validation.html").read_bytes()
    correct(tool.folder / BOOK, "Rows", email="found@example.com", status="closed")
    ran = tool("run", BOOK, "--mapping", "m.yaml", "--yes", "--json")
    assert (ran.exit_code, ran.json["created"]) == (0, 8), ran.stderr
    assert (tool.folder / "tickets-report/validation.html").read_bytes() == before
    assert (tool.folder / "tickets-report/corrections-validation.html").exists()


def test_values_that_are_filled_in_settle_their_rows_and_are_remembered(tool, sandbox, damaged):
    tool.to(sandbox)
    tool(*VALIDATE)
    correct(tool.folder / BOOK, "Value maps", becomes="Resolved")
    (tool.folder / BOOK).rename(tool.folder / "decided.xlsx")
    ran = tool(*VALIDATE, "--values", "decided.xlsx")
    assert (ran.json["ready"], ran.json["problems"]) == (7, {"author-missing": 1}), ran.stderr
    ran = tool(*RUN, "--values", "decided.xlsx")
    assert (ran.json["created"], ran.json["rejected"]) == (7, 1), ran.stderr
    assert ran.json["typed"][-2:] == ["--values", "decided.xlsx"]


def test_run_before_its_export_it_shares_the_ledger_of_the_export(tool, sandbox, damaged):
    tool.to(sandbox)
    tool(*VALIDATE)
    correct(tool.folder / BOOK, "Rows", email="found@example.com", status="closed")
    ran = tool("run", BOOK, "--mapping", "m.yaml", "--yes", "--json")
    assert (ran.exit_code, ran.json["created"]) == (0, 2), ran.stderr
    assert Path(ran.json["ledger"]).name == "tickets.ledger"
    assert tool(*RUN).exit_code == 5  # that ledger is another source's, and the hint says how to go on
    ran = tool(*RUN, "--ledger", "tickets.ledger")
    assert sum(ran.json[status] for status in ("created", "unchanged", "updated")) == 8, ran.stdout
    assert set(legacy_ids(sandbox.tickets()).values()) == {1}


def test_run_after_its_export_one_from_before_is_sent_to_retry(tool, sandbox, damaged):
    tool.to(sandbox)
    tool(*VALIDATE)
    correct(tool.folder / BOOK, "Rows", email="found@example.com", status="closed")
    (tool.folder / BOOK).rename(tool.folder / "mine.xlsx")
    tool(*RUN)
    ran = tool("run", "mine.xlsx", "--mapping", "m.yaml", "--yes")
    assert ran.exit_code == 5
    assert "migrator retry" in ran.stderr
    ran = tool("retry", "tickets.ledger", "--from", "mine.xlsx", "--yes", "--json")
    assert (ran.exit_code, ran.json["created"]) == (0, 8), ran.stderr


def test_checking_rejects_puts_digits_back_as_a_run_does(tool, sandbox, damaged):
    tool.to(sandbox)
    tool(*RUN)
    rejects = tool.folder / "tickets-report/rejects.csv"
    text = rejects.read_text(encoding="utf-8-sig").replace("0000000000000000003,", "3,")
    rejects.write_text(text, encoding="utf-8")
    tool("validate", str(rejects), "--mapping", "m.yaml", "--report", "checked")
    rows = openpyxl.load_workbook(tool.folder / "checked/problems.xlsx")["Rows"]
    assert rows["A2"].value == "0000000000000000003"
