from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from migrator.ledger import Ledger, Staged
from migrator.model import Counts, InDoubt, Problem, Refused, Rejected, Skipped, SourceRef, Status, Ticket
from tests.ledger.support import copy_as_killed, done, put, ready, send, stage, ticket

REFUSED = Refused(422, "bad", "no")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.ledger"


def rejected(key: str, row: int, *, file: str = "t.csv") -> Rejected:
    return Rejected(key, SourceRef(file, row), (Problem("p", "wrong"),))


def restaged(ledger: Ledger, again: Ticket, *, retry_refused: bool = False, replaces: str = "") -> Staged:
    with ledger.staging(retry_refused=retry_refused) as stager:
        return stager.ticket(again, ("corrected",), replaces=replaces)


# Each brings row 1, key "a", to a state; then comes what staging another version of it must do.


def new(ledger: Ledger) -> None: ...


def begun_and_not_sent(ledger: Ledger) -> None:
    send(ledger, 1, InDoubt("lost"))
    ledger.absent(1, 0)


def failed(ledger: Ledger) -> None:
    send(ledger, 1, REFUSED)


def failed_after_create(ledger: Ledger) -> None:
    send(ledger, 1, done(101))
    send(ledger, 1, REFUSED, ordinal=1)


def half_done(ledger: Ledger) -> None:
    send(ledger, 1, done(101))


def created(ledger: Ledger) -> None:
    send(ledger, 1, done(101))
    send(ledger, 1, done(101), ordinal=1)


def in_doubt(ledger: Ledger) -> None:
    send(ledger, 1, InDoubt("lost"))


def sending(ledger: Ledger) -> None:
    ledger.begin(1, 0, server_time_s=1.0)


STATES = [
    pytest.param(new, Staged.UNCHANGED, Staged.RESTAGED, id="pending"),
    pytest.param(begun_and_not_sent, Staged.UNCHANGED, Staged.RESTAGED, id="proven-absent"),
    pytest.param(failed, Staged.UNCHANGED, Staged.RESTAGED, id="failed"),
    pytest.param(failed_after_create, Staged.UNCHANGED, Staged.SENT, id="failed-with-ticket"),
    pytest.param(half_done, Staged.UNCHANGED, Staged.SENT, id="half-done"),
    pytest.param(created, Staged.UNCHANGED, Staged.SENT, id="created"),
    pytest.param(in_doubt, Staged.KEPT, Staged.SENT, id="in-doubt"),
    pytest.param(sending, Staged.KEPT, Staged.SENT, id="sending"),
]


@pytest.mark.parametrize(("bring", "same", "_other"), STATES)
def test_the_same_version_changes_nothing(path, bring, same, _other):
    with ready(path, ticket("a", steps=2)) as ledger:
        bring(ledger)
        before = list(ledger.results()), list(ledger.waiting()), ledger.doubts()
        assert restaged(ledger, ticket("a", steps=2)) is same
        assert (list(ledger.results()), list(ledger.waiting()), ledger.doubts()) == before


@pytest.mark.parametrize(("bring", "_same", "other"), STATES)
def test_another_version_replaces_only_what_was_never_there(path, bring, _same, other):
    with ready(path, ticket("a", steps=2)) as ledger:
        bring(ledger)
        before = list(ledger.results()), list(ledger.waiting()), ledger.doubts()
        assert restaged(ledger, ticket("a", 9, body=" better")) is other
        if other is Staged.SENT:
            assert (list(ledger.results()), list(ledger.waiting()), ledger.doubts()) == before
        else:
            (work,) = ledger.waiting()
            assert [step.body for _, step in work.steps] == [b'{"title":"a better"}']
            (result,) = ledger.results()
            assert (result.row, result.ref.row, result.status) == (1, 9, Status.PENDING)
            assert (result.code, result.message) == ("", "")


@pytest.mark.parametrize(("bring", "_same", "other"), STATES)
def test_a_rejected_or_skipped_version_never_hides_what_was_sent(path, bring, _same, other):
    with ready(path, ticket("a", steps=2)) as ledger:
        bring(ledger)
        before = ledger.counts()
        with ledger.staging() as stager:
            assert (stager.rejected(rejected("a", 2), ("x",)) is Staged.KEPT) is (other is Staged.SENT)
        with ledger.staging() as stager:
            skipped = stager.skipped(Skipped("a", SourceRef("t.csv", 2), "spam"))
            assert (skipped is Staged.KEPT) is (other is Staged.SENT)
        if other is Staged.SENT:
            assert ledger.counts() == before
        else:
            assert ledger.skipped_by_reason() == {"spam": 1}
            assert ledger.counts().rows == 1


@pytest.mark.parametrize(
    ("bring", "waiting"),
    [pytest.param(failed, [0, 1], id="create"), pytest.param(failed_after_create, [1], id="reply")],
)
def test_a_failed_row_that_is_given_back_as_it_was_waits_again(path, bring, waiting):
    with ready(path, ticket("a", steps=2)) as ledger:
        bring(ledger)
        assert restaged(ledger, ticket("a", steps=2), retry_refused=True) is Staged.RESTAGED
        (work,) = ledger.waiting()
        assert [ordinal for ordinal, _ in work.steps] == waiting
        (result,) = ledger.results()
        assert (result.status, result.http_status, result.message) == (Status.PENDING, None, "")
        for ordinal in waiting:
            send(ledger, 1, done(101), ordinal=ordinal)
        assert ledger.counts() == Counts(created=1)


@pytest.mark.parametrize(
    ("bring", "same", "other"), [state for state in STATES if not str(state.id).startswith("failed")]
)
def test_giving_rows_back_changes_nothing_else(path, bring, same, other):
    with ready(path, ticket("a", steps=2)) as ledger:
        bring(ledger)
        assert restaged(ledger, ticket("a", steps=2), retry_refused=True) is same
        assert restaged(ledger, ticket("a", body="+"), retry_refused=True) is other


def test_another_version_of_a_row_with_a_ticket_is_not_sent_even_when_given_back(path):
    with ready(path, ticket("a", steps=2)) as ledger:
        failed_after_create(ledger)
        assert restaged(ledger, ticket("a", body="+", steps=2), retry_refused=True) is Staged.SENT
        assert ledger.counts() == Counts(failed=1)


def test_the_contact_of_a_message_is_renewed_until_the_message_is_there(path):
    """It is not part of what the ticket says, so the fingerprint does not tell."""

    def by(name: str) -> Ticket:
        create, *replies = ticket("a", steps=3).steps
        steps = (create, *(replace(step, contact=name.encode()) for step in replies))
        return Ticket("a", SourceRef("t.csv", 2), steps)

    with ready(path, by("old")) as ledger:
        send(ledger, 1, done(101))
        send(ledger, 1, done(101), ordinal=1)
        send(ledger, 1, REFUSED, ordinal=2)
        assert restaged(ledger, by("new"), retry_refused=True) is Staged.RESTAGED
        assert [step.contact for step in ledger.done_steps(1)] == [b"", b"old"]
        (work,) = ledger.waiting()
        assert [step.contact for _, step in work.steps] == [b"new"]


# --- rows that are given back -----------------------------------------------------------------


def with_keyless(path: Path, *rows: int) -> Ledger:
    """A ledger with the ticket "a" (row 1) and rejected rows without a key at these places of t.csv."""
    ledger = ready(path, ticket("a"))
    with ledger.staging() as stager:
        put(stager, ticket("a"))
        for row in rows:
            stager.rejected(rejected("", row), (f"t {row}",))
    return ledger


def standing(ledger: Ledger) -> list[tuple[str, str, Status]]:
    return [(result.key, str(result.ref), result.status) for result in ledger.results()]


def test_a_row_that_was_given_a_key_leaves_no_rejected_self_behind(path):
    with with_keyless(path, 5, 9) as ledger:
        given = Ticket("b", SourceRef("rejects.csv", 2), ticket("b").steps)
        assert restaged(ledger, given, replaces="t.csv, row 9") is Staged.RESTAGED
        assert standing(ledger) == [
            ("a", "t.csv, row 2", Status.PENDING),
            ("", "t.csv, row 5", Status.REJECTED),
            ("b", "t.csv, row 9", Status.PENDING),
        ]
        assert restaged(ledger, given, replaces="t.csv, row 9") is Staged.UNCHANGED
        assert ledger.counts().rows == 3


def test_rows_that_come_back_uncorrected_stay_the_same_rows_in_any_order(path):
    with with_keyless(path, 5, 9) as ledger:
        before = standing(ledger)
        for there in ([5, 9], [9, 5], [9]):
            with ledger.staging() as stager:
                for place, row in enumerate(there, start=2):
                    again = rejected("", place, file="rejects.csv")
                    stager.rejected(again, ("again",), replaces=f"t.csv, row {row}")
            assert standing(ledger) == before


def test_a_row_given_back_and_left_out_by_the_mapping_replaces_itself(path):
    with with_keyless(path, 5) as ledger:
        with ledger.staging() as stager:
            skipped = Skipped("", SourceRef("rejects.csv", 2), "spam")
            assert stager.skipped(skipped, replaces="t.csv, row 5") is Staged.RESTAGED
        assert standing(ledger)[1:] == [("", "t.csv, row 5", Status.SKIPPED)]


def test_a_duplicate_that_comes_back_with_the_key_of_another_row_replaces_neither(path):
    with with_keyless(path, 5) as ledger:
        before = standing(ledger)
        again = Ticket("a", SourceRef("rejects.csv", 2), ticket("a", body="+").steps)
        assert restaged(ledger, again, replaces="t.csv, row 5") is Staged.KEPT
        assert standing(ledger) == before
        with ledger.staging() as stager:
            twin = rejected("a", 2, file="rejects.csv")
            assert stager.rejected(twin, ("again",), replaces="t.csv, row 5") is Staged.RESTAGED
        assert standing(ledger) == before


def test_a_row_with_a_key_is_known_by_it_and_keeps_its_place(path):
    with with_keyless(path) as ledger:
        given = Ticket("a", SourceRef("rejects.csv", 7), ticket("a", body="+").steps)
        assert restaged(ledger, given, replaces="t.csv, row 2") is Staged.RESTAGED
        assert standing(ledger) == [("a", "t.csv, row 2", Status.PENDING)]


@pytest.mark.parametrize("replaces", ["t.csv, row 77", "nonsense", "\ud800"])
def test_a_place_that_nobody_knows_replaces_nothing(path, replaces):
    with with_keyless(path, 5) as ledger:
        with ledger.staging() as stager:
            stranger = rejected("", 2, file="rejects.csv")
            assert stager.rejected(stranger, ("x",), replaces=replaces) is Staged.NEW
        assert ledger.counts().rows == 3


def test_a_rejected_row_that_was_corrected_is_sent(path):
    with ready(path) as ledger:
        with ledger.staging() as stager:
            assert stager.rejected(rejected("a", 2), ("x",)) is Staged.NEW
        assert restaged(ledger, ticket("a")) is Staged.RESTAGED
        assert [work.key for work in ledger.waiting()] == ["a"]
        assert list(ledger.originals()) == []


def test_killed_while_staging_means_that_nothing_was_staged(path):
    with Ledger.create(path) as ledger:
        with ledger.staging() as stager:
            stager.set_facts({"mapping": "m"})
            put(stager, *(ticket(f"k{row}", row) for row in range(2_000)))
            killed = copy_as_killed(ledger, path.with_name("killed.ledger"))
        assert ledger.staged
    with Ledger.open(killed) as ledger:
        assert not ledger.staged
        assert ledger.counts().rows == 0
        assert ledger.fact("mapping") is None


def test_an_exception_while_staging_leaves_the_ledger_as_it_was(path):
    def fail(ledger: Ledger) -> None:
        with ledger.staging() as stager:
            put(stager, ticket("b"))
            ledger.set_facts({"mapping": "new"})
            raise KeyboardInterrupt

    with ready(path, ticket("a")) as ledger:
        with pytest.raises(KeyboardInterrupt):
            fail(ledger)
        assert [result.key for result in ledger.results()] == ["a"]
        assert ledger.fact("mapping") is None
        assert restaged(ledger, ticket("c")) is Staged.NEW


def test_a_key_twice_in_one_source_is_never_silently_lost(path):
    with ready(path) as ledger, ledger.staging() as stager:
        put(stager, ticket("a"))
        with pytest.raises(ValueError, match="staged already"):
            put(stager, ticket("a", 3))
        assert stager.rejected(rejected("a", 3), ("x",)) is Staged.NEW
        assert stager.skipped(Skipped("a", SourceRef("t.csv", 4), "spam")) is Staged.NEW
    with Ledger.open(path) as ledger:
        assert [(result.key, result.ref.row) for result in ledger.results()] == [("a", 2), ("", 3), ("", 4)]


def test_keyless_rows_are_replaced_when_their_file_comes_again(path):
    with ready(path) as ledger:
        with ledger.staging() as stager:
            for row in (2, 3, 4):
                stager.rejected(rejected("", row), (f"first {row}",))
            stager.rejected(rejected("", 2, file="other.csv"), ("other",))
        with ledger.staging() as stager:
            assert stager.rejected(rejected("", 2), ("second 2",)) is Staged.RESTAGED
            assert stager.ticket(ticket("c", 3), ("c",)) is Staged.RESTAGED
        left = [(row.ref.file, row.ref.row, row.original) for row in ledger.originals()]
        assert left == [("t.csv", 2, ("second 2",)), ("other.csv", 2, ("other",))]
        assert ledger.counts().rows == 3


def test_what_is_left_out_adds_up_over_restaging(path):
    def leaving(key: str, replies: int) -> Ticket:
        plain = ticket(key, body=str(replies))
        return Ticket(key, plain.ref, plain.steps, left_out=(("replies", replies), ("closing", 1)))

    with ready(path, leaving("a", 4), leaving("b", 2)) as ledger:
        assert ledger.left_out() == {"replies": 6, "closing": 2}
        stage(ledger, leaving("a", 3), leaving("b", 2))
        assert ledger.left_out() == {"replies": 5, "closing": 2}
        with ledger.staging() as stager:
            stager.rejected(rejected("a", 2), ())
            stager.skipped(Skipped("b", SourceRef("t.csv", 3), "spam"))
        assert ledger.left_out() == {}


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(ticket(""), id="no-key"),
        pytest.param(Ticket("a", SourceRef("t.csv", 2), ()), id="no-steps"),
    ],
)
def test_a_ticket_that_could_never_be_sent_is_a_bug(path, wrong):
    with ready(path) as ledger, ledger.staging() as stager, pytest.raises(ValueError, match="needs a key"):
        stager.ticket(wrong, "")


@pytest.mark.parametrize("key", ["\ud800", "a\x00b", "007", "7", " 7", "é", "e\u0301", "x" * 5_000], ids=repr)
def test_keys_are_exact_text(path, key):
    with ready(path, ticket("other"), Ticket(key, SourceRef("t.csv", 3), ticket("k").steps)) as ledger:
        assert [work.key for work in ledger.waiting(only=key)] == [key]
        assert [result.key for result in ledger.results()] == ["other", key]


def test_the_old_address_is_kept_and_follows_a_newer_export(path: Path) -> None:
    ours = replace(ticket("a"), old_url="https://old.example.com/1")
    with ready(path, ours, ticket("b")) as ledger:
        assert [each.old_url for each in ledger.results()] == ["https://old.example.com/1", ""]
        send(ledger, 1, done(101))
        restaged(ledger, replace(ours, old_url="https://old.example.com/2"))
        assert next(iter(ledger.results())).old_url == "https://old.example.com/2"
