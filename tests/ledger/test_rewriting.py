"""Changes that are added to complete rows: done, given up, or gone with their ticket."""

from __future__ import annotations

import pytest

from migrator.model import Refused, Status, Step, StepKind
from tests.ledger.support import done, ready, send, ticket

CHANGE = Step(StepKind.REWRITE, "PATCH", "/v2/tickets/{number}", b'{"content":"new"}')


@pytest.fixture
def ledger(tmp_path):
    with ready(tmp_path / "t.ledger", ticket("a"), ticket("b"), ticket("c")) as opened:
        send(opened, 1, done(7))
        send(opened, 2, done(8))
        opened.append_step(1, CHANGE)
        yield opened


def test_a_row_waits_with_it_and_is_then_what_it_was(ledger):
    assert ledger.status_of("a") is Status.PENDING
    work = next(work for work in ledger.waiting() if work.key == "a")
    assert (work.number, work.steps) == (7, ((1, CHANGE),))
    send(ledger, 1, done(7), ordinal=1)
    assert ledger.status_of("a") is Status.CREATED
    assert ledger.steps_done()[StepKind.REWRITE] == 1


def test_an_unchanged_row_stays_unchanged(ledger):
    with ledger.staging(newer=True) as stager:
        stager.ticket(ticket("b"), "b")
    ledger.append_step(2, CHANGE)
    send(ledger, 2, done(8), ordinal=1)
    assert ledger.status_of("b") is Status.UNCHANGED


def test_a_row_that_is_not_complete_takes_none(ledger):
    for row in (1, 3):
        with pytest.raises(ValueError, match="not complete"):
            ledger.append_step(row, CHANGE)


def test_one_that_was_refused_is_given_up_and_the_one_before_it_stays(ledger):
    send(ledger, 1, done(7), ordinal=1)
    ledger.append_step(1, CHANGE)
    send(ledger, 1, Refused(409, "changed-since", "by somebody"), ordinal=2)
    assert ledger.status_of("a") is Status.FAILED
    assert ledger.give_up_rewriting() == 1
    assert ledger.status_of("a") is Status.CREATED
    assert [step.kind for step in ledger.done_steps(1)] == [StepKind.CREATE, StepKind.REWRITE]
    assert ledger.give_up_rewriting() == 0


def test_other_failures_are_not_given_up(ledger):
    send(ledger, 3, Refused(400, "no", "no"))
    assert ledger.give_up_rewriting() == 0
    assert ledger.status_of("c") is Status.FAILED


def test_it_goes_with_its_ticket(ledger):
    send(ledger, 1, done(7), ordinal=1)
    ledger.settle_delete(1, gone=True)
    assert [work.steps[-1][0] for work in ledger.waiting() if work.key == "a"] == [0]
    assert ledger.steps_done()[StepKind.REWRITE] == 0


def test_a_ticket_is_found_by_its_source_id(ledger):
    assert ledger.ticket_of("a") == (7, "https://example.com/7")
    assert (ledger.ticket_of("c"), ledger.ticket_of("z")) == (None, None)
