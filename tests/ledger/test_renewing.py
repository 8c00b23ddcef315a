"""Meeting a row again in a newer source: what was carried out stays, and what is new waits behind it."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.ledger import Ledger, Staged, StepState
from migrator.model import Counts, Refused, SourceRef, Status, Ticket
from tests.ledger.support import done, ready, send, ticket

MORE = ticket("a", 9, steps=3)
"""Ticket `a` with one message more, at another place of another version of its source."""


@pytest.fixture
def ledger(tmp_path: Path):
    """Three rows that are complete; the first of two steps."""
    made = ready(tmp_path / "t.ledger", ticket("a", 2, steps=2), ticket("b", 3), ticket("c", 4))
    with made:
        for row, ordinal in ((1, 0), (1, 1), (2, 0), (3, 0)):
            send(made, row, done(100 + row), ordinal=ordinal)
        made.flush()
        yield made


def renew(ledger: Ledger, newer: Ticket, *, steps: slice, newer_source: bool = True) -> Staged:
    with ledger.staging(newer=newer_source) as stager:
        sent = stager.sent(newer.key)
        return stager.renew(sent.row, newer, newer.steps[steps], (newer.key, "newer"))


def status(ledger: Ledger, key: str) -> Status:
    return next(result.status for result in ledger.results() if result.key == key)


def test_what_was_sent_can_be_looked_at_before_deciding(ledger):
    with ledger.staging() as stager:
        sent = stager.sent("a")
        assert (sent.row, sent.number, sent.status) == (1, 101, Status.CREATED)
        assert [(each.ordinal, each.state) for each in sent.steps] == [
            (0, StepState.DONE),
            (1, StepState.DONE),
        ]
        assert stager.sent("nobody") is None
        stager.ticket(ticket("new", 5), ())
        assert stager.sent("new") is None  # it has no ticket yet


def test_what_is_new_waits_and_then_the_row_is_updated(ledger):
    assert renew(ledger, MORE, steps=slice(2, None)) is Staged.EXTENDED
    (work,) = ledger.waiting()
    assert [ordinal for ordinal, _ in work.steps] == [2]
    assert (work.number, status(ledger, "a")) == (101, Status.PENDING)
    run = ledger.begin_run({})
    send(ledger, 1, done(101), ordinal=2)
    ledger.flush()
    assert status(ledger, "a") is Status.UPDATED
    assert ledger.run_counts(run).updated == 1
    assert ledger.run_counts(run).created == 0


def test_the_row_stands_where_its_newer_version_stands(ledger):
    renew(ledger, MORE, steps=slice(2, None))
    found = next(result for result in ledger.results() if result.key == "a")
    assert found.ref == SourceRef("t.csv", 9)
    assert ledger.sent(1).fingerprint == MORE.fingerprint


def test_seen_again_as_it_was_it_is_unchanged_only_against_a_newer_source(ledger):
    for newer, expected in ((False, Status.CREATED), (True, Status.UNCHANGED)):
        with ledger.staging(newer=newer) as stager:
            assert stager.ticket(ticket("b", 3), ()) is Staged.UNCHANGED
        assert status(ledger, "b") is expected
    assert ledger.counts() == Counts(created=2, unchanged=1)


def test_with_nothing_to_send_it_is_unchanged(ledger):
    assert renew(ledger, ticket("b", 3, body=" differs"), steps=slice(0, 0)) is Staged.UNCHANGED
    assert status(ledger, "b") is Status.UNCHANGED
    assert list(ledger.waiting()) == []


def test_an_updated_row_can_be_updated_again(ledger):
    renew(ledger, MORE, steps=slice(2, None))
    send(ledger, 1, done(101), ordinal=2)
    ledger.flush()
    renew(ledger, ticket("a", 9, steps=4), steps=slice(3, None))
    send(ledger, 1, done(101), ordinal=3)
    ledger.flush()
    assert status(ledger, "a") is Status.UPDATED
    assert len(ledger.sent(1).done) == 4


def test_a_row_that_was_never_complete_ends_as_created(tmp_path):
    with ready(tmp_path / "t.ledger", ticket("a", 2, steps=2)) as ledger:
        send(ledger, 1, done(101))
        send(ledger, 1, Refused(422, "c", "m"), ordinal=1)
        ledger.flush()
        newer = ticket("a", 2, steps=2, body=" newer")
        renew(ledger, newer, steps=slice(1, None))
        (work,) = ledger.waiting()
        send(ledger, 1, done(101), ordinal=work.steps[0][0])
        ledger.flush()
        assert status(ledger, "a") is Status.CREATED
        assert ledger.counts() == Counts(created=1)


def test_taken_back_it_is_made_again_with_all_it_has(ledger):
    renew(ledger, MORE, steps=slice(2, None))
    send(ledger, 1, done(101), ordinal=2)
    ledger.flush()
    ledger.settle_delete(1, gone=True)
    (work,) = ledger.waiting()
    assert [ordinal for ordinal, _ in work.steps] == [0, 1, 2]
    for ordinal, _ in work.steps:
        send(ledger, 1, done(201), ordinal=ordinal)
    ledger.flush()
    assert status(ledger, "a") is Status.CREATED


def test_a_row_without_a_ticket_cannot_be_renewed(tmp_path):
    with (
        ready(tmp_path / "t.ledger", ticket("a", 2)) as ledger,
        pytest.raises(ValueError, match="cannot be renewed"),
        ledger.staging() as stager,
    ):
        stager.renew(1, ticket("a", 2, body="+"), ())
