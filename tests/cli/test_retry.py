"""`migrator retry`, as a person types it."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest

from migrator.ledger import Ledger
from migrator.sandbox import FaultPlan
from tests.cli.test_corrections import correct
from tests.conftest import SIMPLE_MAPPING, legacy_ids

RUN = ("run", "tickets.csv", "--mapping", "m.yaml", "--yes", "--json")
RETRY = ("retry", "tickets.ledger", "--yes", "--json", "--settle", "1")
REJECTS = "tickets-report/rejects.csv"


@pytest.fixture
def refused(tool, sandbox, export):
    """Twelve tickets, of which the service refused two and the mapping rejected one."""
    path = export(12)
    path.write_text(path.read_text(encoding="utf-8").replace("person3@example.com", ""), encoding="utf-8")
    tool.to(sandbox)
    sandbox.set_faults(FaultPlan.parse("400=1", seed=1))
    tool(*RUN, "--limit", "2")
    sandbox.set_faults(FaultPlan())
    return path


def test_what_was_refused_is_sent_again_and_nothing_else(tool, sandbox, refused):
    ran = tool(*RETRY)
    assert (ran.json["created"], ran.json["failed"], ran.json["pending"]) == (2, 0, 9), ran.stderr
    assert len(sandbox.tickets()) == 2
    assert ran.exit_code == 1  # the others are not in yet


def test_declining_leaves_what_failed_as_it_was(tool, sandbox, refused):
    assert tool("retry", "tickets.ledger", "--json").exit_code == 2
    assert tool("status", "tickets.ledger", "--json").json["failed"] == 2


def test_a_corrected_file_brings_just_its_rows(tool, sandbox, refused):
    correct(refused.with_name("tickets-report") / "rejects.csv", email="found@example.com")
    ran = tool(*RETRY, "--from", REJECTS)
    assert (ran.json["created"], ran.json["rejected"], ran.json["pending"]) == (3, 0, 9), ran.stderr
    assert (ran.json["rows"], set(legacy_ids(sandbox.tickets()).values())) == (12, {1})


def test_rows_that_still_fail_come_out_in_a_fresh_file(tool, sandbox, refused):
    ran = tool(*RETRY, "--from", REJECTS)
    assert (ran.json["created"], ran.json["rejected"]) == (2, 1), ran.stderr
    with (refused.with_name("tickets-report") / "rejects.csv").open(encoding="utf-8-sig") as file:
        assert [row["id"] for row in csv.DictReader(file)] == ["T-00003"]


def rewrite(path: Path, change) -> None:
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        rows, columns = list(reader), reader.fieldnames or []
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(change(rows))


WRONG = [
    pytest.param(lambda rows: [{**rows[0], "id": "T-99999"}], "T-99999", id="an-unknown-id"),
    pytest.param(lambda rows: [rows[0], rows[0]], "twice", id="the-same-row-twice"),
    pytest.param(
        lambda rows: [*rows, {**rows[0], "id": "NEW-1", "migrator_row": ""}], "NEW-1", id="a-new-row"
    ),
]


@pytest.mark.parametrize(("change", "told"), WRONG)
def test_a_file_that_brings_anything_else_is_refused_whole(tool, sandbox, refused, change, told):
    rewrite(refused.with_name("tickets-report") / "rejects.csv", change)
    before = tool("status", "tickets.ledger", "--json").json
    ran = tool(*RETRY, "--from", REJECTS)
    assert (ran.exit_code, ran.json["error"]["code"]) == (3, "source-error")
    assert told in ran.json["error"]["message"]
    assert tool("status", "tickets.ledger", "--json").json == before
    assert sandbox.tickets() == []


def test_another_mapping_can_be_given_for_the_corrected_rows(tool, sandbox, refused):
    (refused.parent / "other.yaml").write_text(
        SIMPLE_MAPPING.replace("email: {from: email}", "email: {from: email, missing: nobody@example.com}")
    )
    ran = tool(*RETRY, "--from", REJECTS, "--mapping", "other.yaml")
    assert (ran.json["created"], ran.json["rejected"]) == (3, 0), ran.stderr


def test_a_mapping_without_rows_to_map_is_a_mistake_of_usage(tool, sandbox, refused):
    ran = tool(*RETRY, "--mapping", "m.yaml")
    assert (ran.exit_code, ran.json["error"]["code"]) == (2, "usage")


def in_doubt(ledger: Path) -> int:
    with Ledger.look(ledger) as looking:
        return looking.counts().in_doubt


def test_a_retry_that_was_killed_goes_on_with_what_it_left_in_doubt(tool, sandbox, refused):
    sandbox.script("reset-read", "reset-read")
    patient = [*RETRY[:-1], "600"]
    with tool.start(*patient) as process:
        while in_doubt(refused.with_suffix(".ledger")) < 2:
            assert process.poll() is None
            time.sleep(0.05)
        process.kill()
        process.communicate()
    ran = tool(*RETRY)
    assert (ran.json["created"], ran.json["in_doubt"], ran.json["pending"]) == (2, 0, 9), ran.stderr
    assert set(legacy_ids(sandbox.tickets()).values()) == {1}
