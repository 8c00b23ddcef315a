"""What `validate`, `run` and `report` leave behind, held against each other and against the ledger."""

from __future__ import annotations

import csv
import json
import re
import stat
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from migrator.ledger import Ledger, PartyState
from migrator.model import PartyKind, Status, StepKind
from migrator.sandbox import Sandbox
from tests.conftest import Tool
from tests.reports.support import Page

MAPPING = """\
key: id
category: Support
timezone: UTC
ticket:
  title: {from: subject}
  content: {from: body, as: text}
  author: {email: {from: email}, name: {from: name}}
  createdAt: {from: created, as: datetime}
  status: {from: status, values: {open: In progress, closed: Resolved}}
  old_url: {template: "https://help.example.org/view/{{ row['id'] }}"}
  fields:
    Legacy ID: {from: id, legacy_id: true}
people:
  make: true
  company: {id: {value: c-1}, name: {value: Acme}}
references: {rewrite: true}
"""
HEADER = "id,subject,body,email,name,created,status\n"
SECRETS = ("Wanda", "wanda@example.com", "+49 30 1234567", "my printer")


@pytest.fixture
def dirty(tmp_path: Path) -> Path:
    """Ten good rows and three that are rejected."""
    good = "".join(
        f"T-{n:03},Question {n},As in ticket T-001: my printer {n} burns: call +49 30 1234567,wanda@example.com,Wanda,2024-01-{n:02},open\n"
        for n in range(1, 11)
    )
    bad = (
        "T-011,Odd,x,wanda@example.com,Wanda,2024-01-11,odd\n"
        "T-012,No address,x,wanda @example.com,Wanda,2024-01-12,open\n"
        "T-001,Again,x,wanda@example.com,Wanda,2024-01-12,open\n"
    )
    (tmp_path / "m.yaml").write_text(MAPPING)
    (tmp_path / "tickets.csv").write_text(HEADER + good + bad)
    return tmp_path / "tickets.csv"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def figures(path: Path) -> dict[str, int]:
    return Page.of(path.read_text(encoding="utf-8")).figures


def test_every_problem_of_a_dry_run_is_in_the_table_on_the_page_and_in_the_facts(
    tool: Tool, dirty: Path, tmp_path: Path
) -> None:
    ran = tool("validate", dirty.name, "--mapping", "m.yaml", "--offline", "--json")
    assert ran.exit_code == 1
    folder = tmp_path / "tickets-report"
    assert {each.name for each in folder.iterdir()} == {
        "validation.html",
        "validation.json",
        "problems.csv",
        "problems.xlsx",
    }
    table = rows(folder / "problems.csv")
    assert Counter(row["code"] for row in table) == ran.json["problems"]
    assert {row["source_id"] for row in table} == {"T-011", "T-012", ""}
    shown = figures(folder / "validation.html")
    assert shown["rejected"] == ran.json["rejected"] == 3
    assert shown["tickets-to-send"] == ran.json["ready"] == 10


def test_a_redacted_dry_run_tells_nobody_s_name_address_number_or_words(
    tool: Tool, dirty: Path, tmp_path: Path
) -> None:
    ran = tool("validate", dirty.name, "--mapping", "m.yaml", "--offline", "--redact")
    files = [each.read_text(encoding="utf-8") for each in (tmp_path / "tickets-report").iterdir()]
    said = "".join((ran.stdout, ran.stderr, *files))
    assert [secret for secret in SECRETS if secret in said] == []
    assert "T-011" in said
    assert "Personal data is masked." in said


def test_every_output_of_a_run_says_the_numbers_of_the_ledger(
    tool: Tool, dirty: Path, tmp_path: Path, sandbox: Sandbox
) -> None:
    ran = tool.to(sandbox)("run", dirty.name, "--mapping", "m.yaml", "--yes", "--settle", "0", "--json")
    assert ran.exit_code == 1, ran.stderr
    folder = tmp_path / "tickets-report"
    with Ledger.look(tmp_path / "tickets.ledger") as ledger:
        counts = ledger.counts()
        owned = {each.key: (each.number, each.url) for each in ledger.owned()}
        sent = sum(minute.sent for minute in ledger.minutes())
        made = ledger.parties()
        rewritten = ledger.steps_done()[StepKind.REWRITE]
    facts = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    page = figures(folder / "report.html")
    results = Counter(row["status"] for row in rows(folder / "results.csv"))
    terminal = tool("status", "tickets.ledger").stdout
    for status in map(str, Status):
        count = getattr(counts, status)
        assert {facts[status], page[status], results[status], ran.json[status]} == {count}, status
        assert bool(re.search(rf"^  {status} +{count} ", terminal, re.MULTILINE)) is bool(count), status
    assert page["contacts-made"] == facts["contacts"]["made"] == made[PartyKind.CONTACT, PartyState.DONE] == 1
    assert page["companies-made"] == facts["companies"]["made"] == made[PartyKind.COMPANY, PartyState.DONE]
    assert page["references-tickets"] == facts["references"]["tickets"] == rewritten == 10
    for title, count in (("Contacts\n  made", 1), ("Companies\n  made", 1), ("tickets rewritten", rewritten)):
        assert re.search(rf"{title} +{count}\b", terminal), title
    assert sum(minute["sent"] for minute in facts["minutes"]) == sent == 20
    assert facts["requests"] == ran.json["this_run"]["requests"] == sum(facts["answers"].values())
    by_minute = sum((Counter(minute["answers"]) for minute in facts["minutes"]), Counter())
    assert by_minute == facts["answers"]
    assert [page[name] for name in ("requests", "refused-429", "retried")] == [facts["requests"], 0, 0]
    crosswalk = {
        row["old_id"]: (int(row["new_number"]), row["new_url"]) for row in rows(folder / "crosswalk.csv")
    }
    assert crosswalk == owned
    book = openpyxl.load_workbook(folder / "crosswalk.xlsx")["Tickets"]
    told = {row[0]: (int(row[2]), row[3]) for row in book.iter_rows(min_row=2, values_only=True)}
    assert told == owned
    assert len(rows(folder / "problems.csv")) == 3
    to_correct = list(openpyxl.load_workbook(folder / "problems.xlsx")["Rows"].iter_rows(min_row=2))
    assert [row[0].value for row in to_correct] == [row["id"] for row in rows(folder / "rejects.csv")]
    assert len(to_correct) == counts.rejected
    assert all(any(cell.comment for cell in row) for row in to_correct)


def test_the_page_tells_the_verification_that_the_ledger_keeps(
    tool: Tool, dirty: Path, tmp_path: Path, sandbox: Sandbox
) -> None:
    tool.to(sandbox)("run", dirty.name, "--mapping", "m.yaml", "--yes", "--settle", "0")
    told = tool("verify", "tickets.ledger", "--json").json
    with Ledger.look(tmp_path / "tickets.ledger") as ledger:
        verification = ledger.verification()
        assert verification is not None
        assert ledger.is_proven()
        owned = ledger.count_owned()
    folder = tmp_path / "tickets-report"
    facts = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    page = figures(folder / "report.html")
    for verdict in ("equal", "explained", "different", "missing"):
        count = verification.verdicts.get(verdict, 0)
        assert {page[f"proof-{verdict}"], facts["verification"][verdict], told[verdict]} == {count}, verdict
    assert page["proof-read"] == facts["verification"]["read"] == owned == 10
    assert facts["verification"]["values"] == told["values"] == verification.compared
    assert facts["proven"] is True


def test_old_addresses_lead_to_new_ones(tool: Tool, dirty: Path, tmp_path: Path, sandbox: Sandbox) -> None:
    tool.to(sandbox)("run", dirty.name, "--mapping", "m.yaml", "--yes", "--settle", "0")
    folder = tmp_path / "tickets-report"
    first = rows(folder / "crosswalk.csv")[0]
    assert first["old_url"] == f"https://help.example.org/view/{first['old_id']}"
    rules = (folder / "redirects.nginx.conf").read_text()
    assert f'"/view/{first["old_id"]}" "{first["new_url"]}";' in rules
    ran = tool("report", "tickets.ledger", "--old-url", "https://old.example.com/t/{id}")
    assert ran.exit_code == 1
    first = rows(folder / "crosswalk.csv")[0]
    rules = (folder / "redirects.nginx.conf").read_text()
    assert f'"/t/{first["old_id"]}" "{first["new_url"]}";' in rules
    modes = {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}
    assert modes == {0o600}


def test_an_old_address_without_a_place_for_the_id_is_explained(tool: Tool) -> None:
    ran = tool("report", "x.ledger", "--old-url", "https://old.example.com/")
    assert ran.exit_code == 2
    assert "{id}" in ran.stderr
