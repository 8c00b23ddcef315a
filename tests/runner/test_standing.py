"""Where a migration stands: told only when the ledger's counts are those of its rows."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from migrator.errors import LedgerError
from migrator.ledger import Ledger
from migrator.model import Problem, Refused, Rejected, Severity, Skipped, SourceRef, Status
from migrator.runner.standing import EXAMPLES, FailureGroup, read_standing
from tests.ledger.support import ready, send, ticket

LONG = Problem("title-long", "rather long", severity=Severity.WARNING)
SHORT = Problem("title-too-short", "too short")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "t.ledger"
    with Ledger.create(path) as ledger, ledger.staging() as stager:
        stager.skipped(Skipped("a", SourceRef("t.csv", 2), "spam"))
    return path


@pytest.mark.parametrize("thoroughly", [True, False], ids=["thoroughly", "at a glance"])
def test_counts_that_are_not_those_of_the_rows_are_not_told(path, thoroughly):
    with Ledger.look(path) as ledger:
        assert read_standing(ledger, thoroughly=thoroughly).counts.rows == 1
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE tally SET rows = 2")
    with Ledger.look(path) as ledger, pytest.raises(LedgerError, match=r"2 (rows|skipped), and holds 1"):
        read_standing(ledger, thoroughly=thoroughly)


def test_what_is_not_in_is_counted_by_its_first_reason_and_the_first_rows_are_named(tmp_path):
    with Ledger.create(tmp_path / "t.ledger") as ledger:
        with ledger.staging() as stager:
            for number in range(EXAMPLES + 5):
                stager.rejected(rejected(number, LONG, SHORT), "{}")
            stager.rejected(rejected(90, SHORT), "{}")
            stager.rejected(Rejected("", SourceRef("t.csv", 91), (SHORT,)), "{}")
        assert read_standing(ledger).failures == (
            FailureGroup(
                Status.REJECTED,
                "title-too-short",
                "too short",
                EXAMPLES + 7,
                tuple(f"k{number}" for number in range(EXAMPLES)),
            ),
        )


def test_rejected_and_failed_rows_are_told_apart_in_the_services_words(tmp_path):
    refused = Refused(400, "title-too-short", "The service says so")
    with ready(tmp_path / "t.ledger", ticket("a")) as ledger:
        send(ledger, 1, refused)
        with ledger.staging() as stager:
            stager.rejected(rejected(7, SHORT), "{}")
            stager.rejected(rejected(8, SHORT), "{}")
        assert read_standing(ledger).failures == (
            FailureGroup(Status.REJECTED, "title-too-short", "too short", 2, ("k7", "k8")),
            FailureGroup(Status.FAILED, "title-too-short", "The service says so", 1, ("a",)),
        )


def rejected(number: int, *problems: Problem) -> Rejected:
    return Rejected(f"k{number}", SourceRef("t.csv", number + 2), problems)


def test_reading_a_ledger_does_not_load_the_room_that_talks_to_the_service():
    code = "import sys, migrator.runner.standing; sys.exit('migrator.featurebase' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
