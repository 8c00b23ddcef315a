"""Taking back: what was deleted is remembered, and its row begins anew."""

from __future__ import annotations

import pytest

from migrator.ledger import Ledger
from migrator.model import InDoubt, Refused, Status, StepKind, TicketSeen
from tests.ledger.support import copy_as_killed, done, ready, seen, send, stage, ticket


@pytest.fixture
def ledger(tmp_path):
    """Three rows; the first and the third have tickets, the first one with a reply."""
    with ready(
        tmp_path / "t.ledger", ticket("a", 2, steps=2), ticket("b", 3), ticket("c", 4, steps=2)
    ) as made:
        send(made, 1, done(101))
        send(made, 1, done(101), ordinal=1)
        send(made, 3, done(103))
        made.flush()
        yield made


def numbers(ledger: Ledger) -> list[int]:
    return [each.number for each in ledger.owned()]


def test_owned_tickets_come_by_number_either_way(ledger):
    assert [(each.row, each.key, each.number) for each in ledger.owned()] == [(1, "a", 101), (3, "c", 103)]
    assert [each.number for each in ledger.owned_newest_first()] == [103, 101]
    assert [each.number for each in ledger.owned(after=101)] == [103]
    assert ledger.count_owned() == 2


def test_tickets_of_one_number_are_all_owned_and_none_is_left_out(tmp_path):
    """Nothing promises that a number is used once; the object id is what counts."""
    keys = [f"k{number}" for number in range(510)]  # more than are read at once
    with ready(tmp_path / "t.ledger", *(ticket(key, row) for row, key in enumerate(keys, start=2))) as ledger:
        for row in range(1, 511):
            ledger.adopt(row, TicketSeen(7 if row % 3 else 8, f"id-{row}"))
        assert sorted(each.row for each in ledger.owned()) == list(range(1, 511))
        assert sorted(each.row for each in ledger.owned_newest_first()) == list(range(1, 511))


def test_a_row_whose_ticket_is_gone_waits_with_all_its_steps(ledger):
    ledger.begin_delete(1)
    ledger.settle_delete(1, gone=True)
    assert numbers(ledger) == [103]
    works = {work.key: work for work in ledger.waiting()}
    assert [ordinal for ordinal, _ in works["a"].steps] == [0, 1]
    assert works["a"].number is None
    assert ledger.steps_done()[StepKind.REPLY] == 0
    assert ledger.counts().pending == 3
    assert ledger.counts().rows == 3


def test_the_same_ledger_makes_the_ticket_again(ledger):
    ledger.settle_delete(1, gone=True)
    ledger.begin_run({})
    send(ledger, 1, done(201))
    send(ledger, 1, done(201), ordinal=1)
    ledger.flush()
    assert numbers(ledger) == [103, 201]
    assert ledger.run_counts(2).created == 1
    assert ledger.counts().created == 1


@pytest.mark.parametrize("outcome", [Refused(422, "c", "no"), InDoubt("lost")], ids=["refused", "in-doubt"])
def test_a_half_done_row_begins_anew_as_well(ledger, outcome):
    send(ledger, 3, outcome, ordinal=1)
    ledger.settle_delete(3, gone=True)
    assert ledger.doubts() == []
    assert {work.key: len(work.steps) for work in ledger.waiting()} == {"b": 1, "c": 2}


def test_a_deleted_ticket_is_known_for_ever_and_never_claimed_again(ledger):
    ledger.settle_delete(1, gone=True)
    assert ledger.owner_of("id-101") == 1
    assert not ledger.adopt(2, seen(101))
    assert not ledger.adopt(1, seen(101))


def test_a_ticket_that_stays_stays_owned(ledger):
    ledger.begin_delete(1)
    ledger.settle_delete(1, gone=False)
    assert ledger.deleting() == []
    assert numbers(ledger) == [101, 103]
    assert list(ledger.deleted_numbers()) == []
    assert {result.key: result.status for result in ledger.results()}["a"] is Status.CREATED


def test_a_deletion_that_was_cut_off_is_known_afterwards(ledger, tmp_path):
    ledger.begin_delete(1)
    with Ledger.open(copy_as_killed(ledger, tmp_path / "killed.ledger")) as again:
        assert [each.number for each in again.deleting()] == [101]
        assert numbers(again) == [101, 103]  # it may still be there
        again.begin_delete(1)
        again.settle_delete(1, gone=True)
        assert again.deleting() == []
        assert numbers(again) == [103]


def test_what_owns_no_ticket_cannot_be_deleted(ledger):
    for deletion in (ledger.begin_delete, lambda row: ledger.settle_delete(row, gone=True)):
        with pytest.raises(ValueError, match="owns no ticket"):
            deletion(2)


def test_deleted_numbers_come_as_ranges(tmp_path):
    made = [3, 4, 5, 9, 11, 12]
    with ready(tmp_path / "t.ledger", *(ticket(f"k{n}", n) for n in made)) as ledger:
        for row, number in enumerate(made, start=1):
            send(ledger, row, done(number))
        ledger.flush()
        assert list(ledger.deleted_numbers()) == []
        for row in range(1, 7):
            ledger.settle_delete(row, gone=True)
        assert list(ledger.deleted_numbers()) == [range(3, 6), range(9, 10), range(11, 13)]
        assert list(ledger.deleted_numbers(above=4)) == [range(5, 6), range(9, 10), range(11, 13)]


def test_a_row_taken_back_is_restaged_like_a_new_one(ledger):
    ledger.settle_delete(1, gone=True)
    stage(ledger, ticket("a", 2, body=" changed"))
    (work,) = (work for work in ledger.waiting() if work.key == "a")
    assert work.steps[0][1].body == b'{"title":"a changed"}'
