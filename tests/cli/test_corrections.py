"""Rows that were refused are corrected in their own file and given to `run` again."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.conftest import legacy_ids

RUN = ("run", "tickets.csv", "--mapping", "m.yaml", "--yes", "--json")
AGAIN = ("run", "tickets-report/rejects.csv", "--mapping", "m.yaml", "--yes", "--json")


def correct(path: Path, **values: str) -> None:
    """What a colleague does in a spreadsheet: fills in a cell of every row."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        rows, columns = list(reader), reader.fieldnames or []
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows({**row, **values} for row in rows)


@pytest.fixture
def damaged(export):
    """Ten tickets, one of them without an address."""
    path = export(10)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("person3@example.com", ""), encoding="utf-8")
    return path


def test_a_corrected_row_comes_in_and_finds_its_ledger(tool, sandbox, damaged):
    tool.to(sandbox)
    assert tool(*RUN).json["rejected"] == 1
    correct(damaged.with_name("tickets-report") / "rejects.csv", email="found@example.com")
    ran = tool(*AGAIN)
    assert ran.exit_code == 0, ran.stderr
    assert (ran.json["created"], ran.json["rejected"]) == (10, 0)
    assert set(legacy_ids(sandbox.tickets()).values()) == {1}
    assert not (damaged.with_name("tickets-report") / "rejects.csv").exists()


def test_rows_that_are_still_wrong_come_out_again(tool, sandbox, damaged):
    tool.to(sandbox)
    tool(*RUN)
    ran = tool(*AGAIN)
    assert ran.exit_code == 1
    assert (ran.json["created"], ran.json["rejected"], ran.json["rows"]) == (9, 1, 10)
    assert (damaged.with_name("tickets-report") / "rejects.csv").exists()


def test_the_first_command_still_resumes_after_a_correction(tool, sandbox, damaged):
    tool.to(sandbox)
    tool(*RUN, "--limit", "4")
    correct(damaged.with_name("tickets-report") / "rejects.csv", email="found@example.com")
    assert tool(*AGAIN, "--limit", "1").exit_code == 1
    ran = tool(*RUN)
    assert (ran.exit_code, ran.json["created"]) == (0, 10)
    assert legacy_ids(sandbox.tickets()).total() == 10


def test_a_duplicate_that_gets_an_id_of_its_own_replaces_its_rejected_row(tool, sandbox, export):
    path = export(5)
    path.write_text(path.read_text(encoding="utf-8").replace("T-00005", "T-00004"), encoding="utf-8")
    tool.to(sandbox)
    assert tool(*RUN).json["rejected"] == 1
    correct(path.with_name("tickets-report") / "rejects.csv", id="T-00005")
    ran = tool(*AGAIN)
    assert (ran.exit_code, ran.json["rows"], ran.json["created"]) == (0, 5, 5)


def test_a_refused_row_given_back_unchanged_is_sent_again(tool, sandbox, export):
    export(3)
    tool.to(sandbox)
    sandbox.script("400")
    ran = tool(*RUN)
    assert (ran.exit_code, ran.json["created"], ran.json["failed"]) == (1, 2, 1)
    ran = tool(*AGAIN)
    assert (ran.exit_code, ran.json["created"], ran.json["rows"]) == (0, 3, 3), ran.stderr
    assert legacy_ids(sandbox.tickets()).total() == 3


def test_rejects_of_another_ledger_are_refused(tool, sandbox, damaged, tmp_path):
    tool.to(sandbox)
    tool(*RUN)
    tool(*RUN, "--ledger", "other.ledger")
    ran = tool(*AGAIN, "--ledger", "other.ledger")
    assert ran.exit_code == 5
    assert ran.json["error"]["code"] == "ledger-error"


def test_rejects_without_their_ledger_say_so(tool, sandbox, damaged, tmp_path):
    tool.to(sandbox)
    tool(*RUN)
    (tmp_path / "tickets.ledger").rename(tmp_path / "elsewhere.bak")
    ran = tool(*AGAIN)
    assert ran.exit_code == 5
    assert "--ledger" in ran.json["error"]["hint"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("000442", "442", id="leading-zeros"),
        pytest.param("1234567890123456789", "1.23457E+18", id="shown-with-six-digits"),
        pytest.param("1234567890123456789", "1,23E+18", id="shown-with-three-digits-and-a-comma"),
        pytest.param("1234567890123456789", "1234567890123450000", id="held-with-fifteen-digits"),
    ],
)
def test_an_id_that_a_spreadsheet_took_for_a_number_is_still_that_id(tool, sandbox, damaged, before, after):
    damaged.write_text(damaged.read_text(encoding="utf-8").replace("T-00003", before), encoding="utf-8")
    tool.to(sandbox)
    assert tool(*RUN).json["rejected"] == 1
    correct(damaged.with_name("tickets-report") / "rejects.csv", id=after, email="found@example.com")
    ran = tool(*AGAIN)
    assert (ran.exit_code, ran.json["rows"], ran.json["created"]) == (0, 10, 10)
    assert legacy_ids(sandbox.tickets())[before] == 1


def test_another_id_is_another_id(tool, sandbox, damaged):
    damaged.write_text(damaged.read_text(encoding="utf-8").replace("T-00003", "000442"), encoding="utf-8")
    tool.to(sandbox)
    tool(*RUN)
    correct(damaged.with_name("tickets-report") / "rejects.csv", id="443", email="found@example.com")
    tool(*AGAIN)
    assert legacy_ids(sandbox.tickets())["443"] == 1
