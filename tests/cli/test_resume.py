"""The same command again, and what of the first one it may leave out or contradict."""

from __future__ import annotations

import csv
import shlex
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import SIMPLE_MAPPING, Tool

OLD_ENCODING = ("--encoding", "cp1252")
ROWS = 4
RUN = ("run", "tickets.csv", "--mapping", "m.yaml", "--yes")


@pytest.fixture
def begun(tool: Tool, sandbox, export, tmp_path: Path) -> Tool:
    """Half a migration of an export that only its encoding makes readable."""
    path = export(ROWS, mapping=SIMPLE_MAPPING)
    path.write_bytes(path.read_text(encoding="utf-8").replace("Question", "Frage „ü“").encode("cp1252"))
    assert tool.to(sandbox)(*RUN, *OLD_ENCODING, "--limit", "1").exit_code == 1
    return tool


def test_the_command_that_goes_on_says_how_to_read_the_export(begun):
    told = begun("status", "tickets.ledger").stdout
    assert "migrator run tickets.csv --encoding cp1252 --mapping m.yaml" in " ".join(told.split())
    command = begun("status", "tickets.ledger", "--json").json["typed"]
    assert begun("run", *command, "--yes").exit_code == 0


def test_how_the_export_is_read_is_remembered_and_said(begun, sandbox):
    ran = begun(*RUN)
    assert ran.exit_code == 0
    assert f"the export is read as the first run was told to: {shlex.join(OLD_ENCODING)}" in ran.stderr
    assert "The export was read" not in ran.stdout
    assert {each["title"][:9] for each in sandbox.tickets()} == {"Frage „ü“"}


def test_an_export_that_is_read_in_another_way_is_read_anew_and_nothing_comes_twice(begun, sandbox):
    ran = begun(*RUN, "--encoding", "cp1250")
    assert ran.exit_code == 0
    assert "The export was read: it is to be read in another way." in " ".join(ran.stderr.split())
    assert len(sandbox.tickets()) == ROWS


def test_a_dry_run_reads_an_export_as_the_run_would(begun):
    ran = begun("validate", *RUN[1:-1], "--offline")
    assert f"the export is read as the first run was told to: {shlex.join(OLD_ENCODING)}" in ran.stderr
    assert "Frage „ü“" in Path(begun.folder, "tickets-report", "validation.html").read_text(encoding="utf-8")
    assert "as the first run" not in begun("validate", *RUN[1:-1], "--offline", *OLD_ENCODING).stderr


def test_fast_reading_is_remembered_and_can_be_taken_back(tool, sandbox, export, tmp_path):
    with export(ROWS, mapping=SIMPLE_MAPPING).open(encoding="utf-8", newline="") as file:
        book = openpyxl.Workbook()
        for row in csv.reader(file):
            book.active.append(row)
        book.save(tmp_path / "tickets.xlsx")
    words = ("run", "tickets.xlsx", *RUN[2:])
    assert tool.to(sandbox)(*words, "--fast-excel", "--limit", "1").exit_code == 1
    told = tool(*words, "--limit", "1").stderr
    assert "as the first run was told to: --fast-excel" in told
    assert "--no-fast-excel" in told
    ran = tool(*words, "--no-fast-excel", "--limit", "1")
    assert "as the first run was told to" not in ran.stderr
    assert "it is to be read in another way" in " ".join(ran.stderr.split())
    ran = tool(*words)
    assert (ran.exit_code, "as the first run was told to" in ran.stderr) == (0, False)
    assert len(sandbox.tickets()) == ROWS


def test_an_export_of_another_name_is_read_as_it_is(begun, tmp_path):
    (tmp_path / "newer.csv").write_bytes((tmp_path / "tickets.csv").read_bytes())
    ran = begun("run", "newer.csv", *RUN[2:], "--ledger", "tickets.ledger")
    assert "as the first run was told to" not in ran.stderr
