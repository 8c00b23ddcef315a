"""A step that is sent in another form: the ledger holds what leaves, and says what stayed behind."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from migrator.ledger import Ledger
from migrator.model import NotSent, Problem, Severity, Step, StepKind, Upload
from tests.ledger.support import copy_as_killed, done, ready, send, ticket

WARNING = Problem("file-refused", "1 files are linked", "nothing", Severity.WARNING)
FILE = Upload("customFields.f", "a.txt", "/export/a.txt", 1, "00")


@pytest.fixture
def ledger(tmp_path):
    staged = ticket("T-1")
    staged = replace(staged, steps=(replace(staged.steps[0], uploads=(FILE,)),), left_out=(("tags", 2),))
    with ready(tmp_path / "t.ledger", staged) as opened:
        yield opened


def waiting(ledger: Ledger):
    return next(iter(ledger.waiting())).steps[0][1]


def test_what_leaves_is_what_the_ledger_holds_and_the_row_says_what_stayed_behind(ledger, tmp_path):
    before = waiting(ledger)
    instead = replace(before, body=b'{"title":"T-1","content":"link"}', uploads=())
    ledger.exchange(1, 0, instead, WARNING, files=1)
    assert waiting(ledger) == instead
    (row,) = ledger.results()
    assert (row.warnings, dict(row.left_out)) == ((WARNING,), {"tags": 2, "files": 1})
    assert ledger.left_out() == {"tags": 2, "files": 1}
    with Ledger.open(copy_as_killed(ledger, tmp_path / "killed.ledger")) as after:
        assert waiting(after) == instead


def test_put_back_everything_is_as_it_was(ledger):
    before, (row,) = waiting(ledger), ledger.results()
    ledger.exchange(1, 0, replace(before, uploads=()), WARNING, files=1)
    ledger.exchange(1, 0, before, WARNING, files=1, back=True)
    assert waiting(ledger) == before
    assert list(ledger.results()) == [row]
    assert ledger.left_out() == {"tags": 2}


def test_a_step_whose_fate_is_settled_or_open_is_never_exchanged(ledger):
    step = waiting(ledger)
    ledger.begin(1, 0, server_time_s=1_000.0)
    with pytest.raises(ValueError, match="not waiting"):
        ledger.exchange(1, 0, step, WARNING, files=1)
    ledger.settle(1, 0, NotSent("again"), server_time_s=1_001.0)
    ledger.exchange(1, 0, step, WARNING, files=1)
    send(ledger, 1, done(7))
    with pytest.raises(ValueError, match="not waiting"):
        ledger.exchange(1, 0, step, WARNING, files=1)


# --- several steps as one -----------------------------------------------------------------------


def test_one_step_takes_the_place_of_several_with_a_word_of_what_stays_behind(tmp_path):
    change = Step(StepKind.UPDATE, "PATCH", "/v2/tickets/{number}", b'{"content":"all"}')
    with ready(tmp_path / "t.ledger", ticket("a", steps=5)) as ledger:
        send(ledger, 1, done(7))
        ledger.merge(1, [1, 2, 3], change, WARNING, Counter({"private notes": 2, "nothing": 0}))
        (work,) = ledger.waiting()
        assert [(ordinal, step.kind) for ordinal, step in work.steps] == [
            (1, StepKind.UPDATE),
            (4, StepKind.UPDATE),
        ]
        assert work.steps[0][1] == change
        assert ledger.left_out() == {"private notes": 2}
        (result,) = ledger.results()
        assert (result.warnings, result.left_out) == ((WARNING,), (("private notes", 2),))
        for ordinal in (1, 4):
            send(ledger, 1, done(7), ordinal=ordinal)
        assert ledger.counts().created == 1
        assert ledger.steps_done()[StepKind.UPDATE] == 2


def test_what_is_done_already_is_never_merged(tmp_path):
    change = Step(StepKind.UPDATE, "PATCH", "/v2/tickets/{number}", b"{}")
    with ready(tmp_path / "t.ledger", ticket("a", steps=3)) as ledger:
        send(ledger, 1, done(7))
        send(ledger, 1, done(7), ordinal=1)
        with pytest.raises(ValueError, match="not waiting"):
            ledger.merge(1, [1, 2], change, WARNING, Counter())
        assert [len(work.steps) for work in ledger.waiting()] == [1]
