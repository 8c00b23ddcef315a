"""`migrator inspect` as a user runs it."""

from __future__ import annotations

import json

import pytest

from migrator.cli.shipped import shipped
from tests.conftest import ROOT, Tool, write_csv

ROWS = [
    {"id": "1", "subject": "Broken lamp", "from": "Ada Lovelace", "email": "ada@example.com",
     "created": "03/04/2024 10:00", "status": "open"},
    {"id": "1", "subject": "Late parcel", "from": "Bob Moss", "email": "", "created": "05/04/2024 10:00",
     "status": "closed"},
]  # fmt: skip


@pytest.fixture
def table(tool: Tool) -> Tool:
    write_csv(tool.folder / "t.csv", ROWS)
    return tool


def test_an_unknown_table_is_told_with_what_to_decide_and_what_to_type_next(table):
    ran = table("inspect", "t.csv", "--quiet")
    assert (ran.exit_code, ran.stderr) == (0, "")
    for said in (
        "helpdesk  not recognised",
        "t.csv  tickets; csv, UTF-8, comma",
        "rows whose id an earlier row had, in 'id': 1",
        "nothing in 'created' tells whether the day or the month comes first",
        "times without a zone: created",
        "tickets without an address in 'email': 1",
        "migrator draft t.csv --output my-mapping.yaml",
    ):
        assert said in ran.stdout
    assert all(len(line) <= 80 for line in ran.stdout.splitlines())


@pytest.mark.parametrize("words", [(), ("--json",)], ids=["text", "json"])
def test_personal_values_are_masked_unless_they_are_asked_for(table, words):
    masked = table("inspect", "t.csv", "--quiet", *words).stdout
    plain = table("inspect", "t.csv", "--quiet", "--show-values", *words).stdout
    for personal in ("Lovelace", "ada@example.com", "lamp"):
        assert personal not in masked
        assert personal in plain
    assert "a***@e***.com" in masked
    assert "open" in masked


def test_the_document_says_everything(table):
    document = table("inspect", "t.csv", "--json", "--quiet").json
    assert document["schema"] == "migrator.inspect/1"
    assert (document["helpdesk"], document["tickets"], document["mapping"]) == ("", 2, "")
    assert [each["name"] for each in document["columns"]] == list(ROWS[0])
    created = document["columns"][4]["times"]
    assert [each["order"] for each in created["readings"]] == ["day-first", "month-first"]
    assert {each["code"] for each in document["decisions"]} == {
        "key-repeated", "date-ambiguous", "zone-unknown", "author-missing",
    }  # fmt: skip


def test_a_known_helpdesk_is_told_with_its_files_and_its_mapping(tool, golden):
    ran = tool("inspect", str(shipped("samples") / "zendesk-xml"), "--quiet")
    text = ran.stdout.replace(str(shipped("samples")), "samples")
    golden(ROOT / "tests" / "golden" / "zendesk-xml.inspect.txt", text)


def test_a_source_that_cannot_be_read_ends_with_3(tool):
    (tool.folder / "empty.csv").write_bytes(b"")
    ran = tool("inspect", "empty.csv", "--json")
    assert ran.exit_code == 3
    assert json.loads(ran.stdout)["error"]["code"] == "source-error"


def test_the_options_of_reading_are_part_of_the_command_to_type_next(table):
    stdout = table("inspect", "t.csv", "--quiet", "--encoding", "cp1252").stdout
    assert "migrator draft t.csv --encoding cp1252 --output my-mapping.yaml" in stdout


def test_what_a_person_decides_about_is_told_value_by_value_with_counts(tool):
    statuses = [f"Status {number}" for number in range(1, 13)]
    rows = [
        {"id": str(number), "subject": "a", "status": statuses[number % 12], "agent": f"Agent {number % 50}"}
        for number in range(100)
    ]
    write_csv(tool.folder / "t.csv", rows)
    told = " ".join(tool("inspect", "t.csv", "--show-values", "--quiet").stdout.split())
    assert all(f"{status} ({9 if number < 5 else 8})" in told for number, status in enumerate(statuses, 1))
    assert "STATUS; in all; 12 different; Status 1 (9)," in told
    assert "Agent 39 (2) and 10 more" in told
