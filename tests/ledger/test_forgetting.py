"""Forgetting: personal data is gone from the file itself, and what is needed for the proof stays."""

from __future__ import annotations

from contextlib import closing

import pytest

from migrator.errors import LedgerError
from migrator.ledger import Contact, Difference, DifferenceKind, Ledger, forgetting, schema
from migrator.model import Problem, Refused, Rejected, Severity, SourceRef, Status, Step, StepKind, Ticket
from tests.ledger.support import done, ready, send, stage, ticket

SECRET = "planted-secret"
"""Stands for everything that was said or that somebody is called."""


def telling(key: str, row: int) -> Ticket:
    """A ticket that has the secret wherever an export can bring it."""
    create = Step(StepKind.CREATE, "POST", "/v2/tickets", f'{{"title":"{SECRET}"}}'.encode())
    contact = f'{{"email":"{SECRET}@example.com"}}'.encode()
    reply = Step(StepKind.REPLY, "POST", "/v2/tickets/{number}/reply", SECRET.encode(), contact=contact)
    warning = Problem("w", f"about {SECRET}", severity=Severity.WARNING, value=SECRET)
    return Ticket(key, SourceRef("t.csv", row), (create, reply), warnings=(warning,), legacy_id=f"L-{SECRET}")


@pytest.fixture
def ledger(tmp_path):
    """A finished migration of enough rows to fill pages, verified, with a contact made."""
    rows = range(1, 301)
    with ready(tmp_path / "t.ledger", *(telling(f"k{row}", row + 1) for row in rows)) as made:
        made.set_facts({"mapping_text": SECRET, "base_url": "https://example.com"})
        for row in rows:
            for ordinal in (0, 1):
                send(made, row, done(100 + row), ordinal=ordinal)
        number = made.begin_verification()
        made.note_verified(number, 1, "different", (Difference("t", SECRET, "", DifferenceKind.MISSING),))
        made.end_verification(number, {})
        made.settle_contact(f"{SECRET}@example.com", Contact("c-1", f"{SECRET}@example.com", 1))
        made.begin_contact(f"{SECRET}@example.org", 1)
        made.flush()
        yield made


def holds_the_secret(ledger: Ledger) -> list[str]:
    files = ledger.path.parent.glob(f"{ledger.path.name}*")
    return [file.name for file in files if SECRET.encode() in file.read_bytes()]


def test_no_file_holds_what_was_forgotten(ledger):
    assert holds_the_secret(ledger)
    ledger.forget({"base_url": "https://example.com"})
    assert holds_the_secret(ledger) == []
    ledger.close()
    assert holds_the_secret(ledger) == []


def test_ids_numbers_and_counts_stay(ledger):
    before = [(each.row, each.key, each.number, each.object_id, each.url) for each in ledger.owned()]
    prints = [ledger.sent(each.row).fingerprint for each in ledger.owned()]
    ledger.forget({"base_url": "https://example.com"})
    assert [(each.row, each.key, each.number, each.object_id, each.url) for each in ledger.owned()] == before
    assert [ledger.sent(each.row).fingerprint for each in ledger.owned()] == prints
    assert ledger.counts().created == 300
    assert ledger.steps_done()[StepKind.REPLY] == 300
    assert dict(ledger.verification().verdicts) == {"different": 1}
    assert [each.id for each in ledger.contacts_made()] == ["c-1"]
    assert ledger.facts().keys() == {"id", "phase", "staging", "floor", "base_url"}
    assert (ledger.staged, ledger.forgotten) == (True, True)


def test_it_can_still_be_taken_back_but_stages_nothing_any_more(ledger):
    ledger.forget({})
    ledger.begin_delete(1)
    ledger.settle_delete(1, gone=True)
    assert ledger.counts().pending == 1
    assert list(ledger.waiting()) == []  # what it would send is forgotten
    with pytest.raises(LedgerError, match="was told to forget"):
        stage(ledger, ticket("new"))


def test_forgetting_twice_is_harmless(ledger):
    ledger.forget({"base_url": "https://example.com"})
    ledger.forget({})
    assert ledger.fact("base_url") == "https://example.com"


def test_one_that_was_cut_off_is_finished_by_another(ledger):
    """Killed after the rows were emptied: the old pages are still in the file until it is said again."""
    path = ledger.path
    ledger.close()
    with closing(schema.connect_to_write(path)) as db, db:
        db.execute("PRAGMA secure_delete = OFF")  # as some systems have it: free pages keep their text
        db.execute("BEGIN")
        forgetting.drop(db, {})
    with Ledger.open(path) as again:
        assert again.forgotten
        assert holds_the_secret(again)
        again.forget({})
        assert holds_the_secret(again) == []


def test_while_somebody_reads_the_file_it_is_not_said_to_be_clean(ledger):
    path = ledger.path
    ledger.close()
    with closing(schema.connect_to_write(path)) as db, closing(schema.connect_to_read(path)) as reader:
        db.execute("PRAGMA busy_timeout = 1")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM rows").fetchone()
        with pytest.raises(LedgerError, match="another program is reading"):
            forgetting.shrink(db, path)


UNFINISHED = [
    pytest.param(Status.PENDING, "1 pending", "finish it first", id="pending"),
    pytest.param(Status.FAILED, "1 failed", "finish it first", id="failed"),
    pytest.param(Status.IN_DOUBT, "1 in doubt", "finish it first", id="in-doubt"),
    pytest.param(Status.REJECTED, "1 rejected", "--rejected-too", id="rejected"),
]


@pytest.mark.parametrize(("status", "words", "way_out"), UNFINISHED)
def test_it_is_refused_while_the_data_is_needed(tmp_path, status, words, way_out):
    path = tmp_path / "t.ledger"
    with ready(path, ticket("a")) as ledger:
        match status:
            case Status.FAILED:
                send(ledger, 1, Refused(422, "c", "m"))
            case Status.IN_DOUBT:
                ledger.begin(1, 0, server_time_s=1.0)
            case Status.REJECTED:
                send(ledger, 1, done(101))
                with ledger.staging() as stager:
                    stager.rejected(Rejected("b", SourceRef("t.csv", 3), ()), ("b",))
    with Ledger.open(path) as ledger:
        with pytest.raises(LedgerError, match=words) as caught:
            ledger.forget({})
        assert way_out in caught.value.hint
        assert not ledger.forgotten
        assert ledger.to_send() == ((1, 1) if status is Status.PENDING else (0, 0))


def test_rejected_rows_can_be_given_up(tmp_path):
    with ready(tmp_path / "t.ledger") as ledger:
        with ledger.staging() as stager:
            problem = Problem("p", SECRET, value=SECRET)
            stager.rejected(Rejected("a", SourceRef("t.csv", 2), (problem,)), (SECRET,))
        ledger.forget({}, rejected_too=True)
        assert holds_the_secret(ledger) == []
        assert ledger.counts().rejected == 1
        assert list(ledger.originals()) == []
