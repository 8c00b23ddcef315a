"""What is asked when a run resumes, and for `status`, takes no more work for many rows than for few."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from migrator.ledger import Ledger, Order
from migrator.ledger.reader import Reader
from migrator.ledger.schema import connect_to_read, connect_to_write
from migrator.ledger.steps import doubt_what_was_sending
from tests.ledger.support import done, ready, send, ticket

FEW, MANY = 60, 1_200
GRAIN = 10
"""Instructions of SQLite's machine between two counts."""


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory) -> tuple[Path, Path]:
    """A small ledger and a large one, half of them sent."""
    paths = []
    for count in (FEW, MANY):
        path = tmp_path_factory.mktemp("scale") / f"{count}.ledger"
        paths.append(path)
        rows = (ticket(f"k{n}", n + 2, steps=2, created_at_ms=n if n % 2 else None) for n in range(count))
        with ready(path, *rows) as ledger:
            for row in range(1, count // 2):
                send(ledger, row, done(row))
                send(ledger, row, done(row), ordinal=1)
    return paths[0], paths[1]


def work(db: sqlite3.Connection, ask: Callable[[], object]) -> int:
    """How much SQLite does for an answer."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    db.set_progress_handler(count, GRAIN)
    ask()
    db.set_progress_handler(None, GRAIN)
    return counted


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda ledger: ledger.counts(), id="counts"),
        pytest.param(lambda ledger: ledger.check_counts(thoroughly=False), id="a glance at the counts"),
        pytest.param(lambda ledger: ledger.steps_done(), id="steps done"),
        pytest.param(lambda ledger: ledger.run_counts(1), id="counts of a run"),
        pytest.param(lambda ledger: ledger.doubts(), id="doubts"),
        pytest.param(lambda ledger: ledger.failed(), id="failed"),
        pytest.param(lambda ledger: ledger.newest_owned(3), id="newest tickets"),
        pytest.param(lambda ledger: ledger.has_undated(), id="undated"),
        pytest.param(lambda ledger: ledger.owner_of("id-7"), id="an owner"),
        pytest.param(lambda ledger: ledger.sent(3), id="what was sent"),
        pytest.param(lambda ledger: ledger.to_send(only=f"k{FEW - 1}"), id="what one ticket needs"),
        pytest.param(lambda ledger: next(ledger.waiting(order=Order.OLDEST), None), id="the first to send"),
    ],
)
def test_a_question_costs_the_same_for_few_rows_and_for_many(ledgers, ask):
    costs = []
    for path in ledgers:
        db = connect_to_read(path)
        reader = Reader(db, path, catch_up=lambda: None)
        with Ledger(path, reader, writer=None, lock=None, now=lambda: 0.0) as ledger:
            costs.append(work(db, lambda: ask(ledger)))
    few, many = costs
    assert many <= 2 * few + 500 // GRAIN * 10  # a page of rows is read at once, and a tree may be deeper


def test_opening_costs_the_same_for_few_rows_and_for_many(ledgers):
    costs = []
    for path in ledgers:
        with closing(connect_to_write(path)) as db:
            costs.append(work(db, lambda: doubt_what_was_sending(db, 0.0)))
    assert costs[1] <= costs[0] + 1
