"""Verifications: what was found is remembered, counted, and gone on with after a stop."""

from __future__ import annotations

import pytest

from migrator.ledger import Difference, DifferenceKind, Ledger
from tests.ledger.support import done, ready, send, stage, ticket

TITLE = Difference("title", "sent", "there", DifferenceKind.DIFFERENT)
MARKUP = Difference("content", "<b>x</b>", "x", DifferenceKind.EXPLAINED, "rewritten")


@pytest.fixture
def ledger(tmp_path):
    with ready(tmp_path / "t.ledger", *(ticket(key, row) for row, key in enumerate("abc", start=2))) as made:
        for row in (1, 2, 3):
            send(made, row, done(100 + row))
        yield made


def test_there_is_none_before_the_first(ledger):
    assert ledger.verification() is None
    assert list(ledger.differences()) == []


def test_verdicts_and_compared_values_are_counted(ledger):
    number = ledger.begin_verification()
    ledger.note_verified(number, 1, "equal", compared=5)
    ledger.note_verified(number, 2, "different", (TITLE, MARKUP), compared=6)
    ledger.note_verified(number, 3, "equal", compared=4)
    ledger.end_verification(number, {"requests": 4})
    found = ledger.verification()
    assert dict(found.verdicts) == {"equal": 2, "different": 1}
    assert found.compared == 15
    assert found.figures == {"requests": 4}
    assert found.ended_at_s >= found.started_at_s


def test_one_that_was_cut_off_can_be_gone_on_with(ledger):
    number = ledger.begin_verification()
    ledger.note_verified(number, 3, "equal")
    ledger.note_verified(number, 1, "equal")
    path = ledger.path
    ledger.close()
    with Ledger.open(path) as again:
        assert again.verification().ended_at_s is None
        assert list(again.verified_rows(again.verification().id)) == [1, 3]


def test_rows_with_differences_come_with_all_they_differ_in(ledger):
    number = ledger.begin_verification()
    ledger.note_verified(number, 1, "equal")
    ledger.note_verified(number, 2, "different", (TITLE, MARKUP))
    (found,) = ledger.differences()
    assert (found.row, found.key, found.number, found.verdict) == (2, "b", 102, "different")
    assert found.url == "https://example.com/102"
    assert found.differences == (TITLE, MARKUP)


def test_a_later_verification_replaces_what_an_earlier_one_found(ledger):
    first = ledger.begin_verification()
    ledger.note_verified(first, 1, "different", (TITLE,))
    ledger.note_verified(first, 2, "different", (TITLE,))
    ledger.end_verification(first, {})
    second = ledger.begin_verification()
    ledger.note_verified(second, 1, "equal")
    assert list(ledger.differences()) == []
    assert dict(ledger.verification().verdicts) == {"equal": 1}
    assert list(ledger.verified_rows(second)) == [1]


def test_a_row_that_was_taken_back_is_verified_no_more(ledger):
    number = ledger.begin_verification()
    ledger.note_verified(number, 1, "different", (TITLE,))
    ledger.settle_delete(1, gone=True)
    assert list(ledger.differences()) == []
    assert dict(ledger.verification().verdicts) == {}


def test_any_text_survives(ledger):
    awkward = Difference("a\ud800b", 'quote " and \n line', "\x00", DifferenceKind.EXTRA, "é")
    number = ledger.begin_verification()
    ledger.note_verified(number, 1, "different", (awkward,))
    (found,) = ledger.differences()
    assert found.differences == (awkward,)


def prove(ledger, *rows):
    number = ledger.begin_verification()
    for row in rows:
        ledger.note_verified(number, row, "equal")
    ledger.end_verification(number, {})


def test_it_is_a_proof_once_every_ticket_was_read_and_is_as_it_was_sent(ledger):
    assert not ledger.is_proven()
    prove(ledger, 1, 2)
    assert not ledger.is_proven()
    prove(ledger, 1, 2, 3)
    assert ledger.is_proven()
    prove(ledger, 1, 2)
    ledger.note_verified(ledger.verification().id, 3, "different", (TITLE,))
    assert not ledger.is_proven()


def test_a_proof_is_none_any_more_once_something_was_sent_since(ledger):
    prove(ledger, 1, 2, 3)
    ledger.begin_run({})
    assert ledger.is_proven()
    stage(ledger, ticket("d", 5))
    assert ledger.is_proven()
    send(ledger, 4, done(104))
    assert not ledger.is_proven()
    prove(ledger, 1, 2, 3, 4)
    assert ledger.is_proven()


def test_what_is_changed_after_a_proof_is_not_proven(ledger):
    prove(ledger, 1, 2, 3)
    with ledger.staging(newer=True) as stager:
        newer = ticket("a", 2, steps=2)
        stager.renew(1, newer, newer.steps[1:])
    ledger.begin_run({})
    send(ledger, 1, done(101), ordinal=1)
    assert not ledger.is_proven()
