"""Counts that anybody is told are those of the rows, or nobody is told them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from migrator.errors import LedgerError
from migrator.ledger import Ledger
from migrator.model import Refused, Rejected, Skipped, SourceRef
from tests.ledger.support import done, ready, send, ticket


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.ledger"


@pytest.fixture
def made(path: Path) -> Path:
    """A ledger with rows of every sort, closed."""
    with ready(path, *(ticket(f"k{n}", n + 2, steps=2) for n in range(6))) as ledger:
        for row in (1, 2):
            send(ledger, row, done(100 + row))
            send(ledger, row, done(100 + row), ordinal=1)
        send(ledger, 3, Refused(422, "validation", "title: too short"))
        send(ledger, 4, done(104))
    return path


def tamper(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(statement)


@pytest.mark.parametrize("thoroughly", [True, False], ids=["thoroughly", "at a glance"])
def test_an_honest_ledger_counts_right_whatever_happened_to_it(made, thoroughly):
    with Ledger.open(made) as ledger:
        ledger.check_counts(thoroughly=thoroughly)
        ledger.retry_failed(["k2"])
        with ledger.staging() as stager:
            stager.rejected(Rejected("k5", SourceRef("t.csv", 7), ()), ("x",))
            stager.rejected(Rejected("", SourceRef("t.csv", 8), ()), ("x",))
            stager.skipped(Skipped("s", SourceRef("t.csv", 9), "spam"))
            stager.require(3)
        with ledger.staging() as stager:  # drops the row without a key
            stager.skipped(Skipped("t", SourceRef("t.csv", 9), "spam"))
        ledger.begin_delete(1)
        ledger.settle_delete(1, gone=True)
        ledger.check_counts(thoroughly=thoroughly)


TAMPERED = [
    pytest.param("DELETE FROM tally WHERE status = 'created'", "0 created, and holds 2", id="count-lost"),
    pytest.param(
        "UPDATE tally SET rows = rows + 1 WHERE status = 'failed'", "2 failed, and holds 1", id="count-raised"
    ),
    pytest.param(
        "UPDATE step_tally SET steps = 9 WHERE kind = 'create'", "9 create steps, and holds 3", id="steps"
    ),
    pytest.param("DELETE FROM owned WHERE row = 2", "3 tickets, and holds 2", id="ticket-lost"),
    pytest.param("UPDATE rows SET number = NULL WHERE seq = 2", "2 tickets, and holds 3", id="number-lost"),
]


@pytest.mark.parametrize(("statement", "words"), TAMPERED)
def test_a_ledger_that_something_else_changed_is_noticed(made, statement, words):
    tamper(made, statement)
    with Ledger.look(made) as ledger, pytest.raises(LedgerError, match="the ledger counts") as caught:
        ledger.check_counts()
    assert words in caught.value.message
    assert "backup" in caught.value.hint
    assert caught.value.exit_code == 5


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(
            "UPDATE tally SET rows = rows + 1 WHERE status = 'created' AND run = 1", id="a-row-too-many"
        ),
        pytest.param("DELETE FROM tally WHERE status = 'pending'", id="rows-lost"),
    ],
)
def test_a_glance_notices_that_rows_are_missing(made, statement):
    tamper(made, statement)
    with Ledger.look(made) as ledger, pytest.raises(LedgerError, match="the ledger counts"):
        ledger.check_counts(thoroughly=False)


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_a_source_of_which_not_every_row_is_met_is_not_taken_in(path, rows):
    def take_in_two(ledger: Ledger) -> None:
        with ledger.staging() as stager:
            stager.ticket(ticket("a"), ("a",))
            stager.ticket(ticket("b", 3), ("b",))
            stager.require(rows)

    with Ledger.create(path) as ledger:
        with pytest.raises(LedgerError, match=f"{rows} rows were read, and 2 of them"):
            take_in_two(ledger)
        assert ledger.counts().rows == 0
        assert not ledger.staged
