"""Work, doubt, ownership, accounting and the log, as a runner meets them."""

from __future__ import annotations

import threading
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest

from migrator.errors import DiskFull
from migrator.ledger import Ledger, Order, RunCounts
from migrator.ledger.sending import FLOOR_SLACK
from migrator.model import (
    Counts,
    Done,
    InDoubt,
    NotSent,
    Problem,
    Refused,
    Rejected,
    Skipped,
    SourceRef,
    Status,
    Step,
    StepKind,
    Ticket,
    Upload,
)
from tests.ledger.support import copy_as_killed, done, ready, seen, send, stage, ticket

REFUSED = Refused(422, "validation", "title: too short")
LOST = InDoubt("no answer within 60 s")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.ledger"


def keys(ledger: Ledger, **how: object) -> list[str]:
    return [work.key for work in ledger.waiting(**how)]  # type: ignore[arg-type]


# --- waiting ----------------------------------------------------------------------------------

DATED = (
    ticket("late", 2, created_at_ms=300),
    ticket("undated", 3),
    ticket("early", 4, created_at_ms=-5),
    ticket("late too", 5, created_at_ms=300),
    ticket("undated too", 6),
)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        pytest.param(Order.OLDEST, ["early", "late", "late too", "undated", "undated too"], id="oldest"),
        pytest.param(Order.NEWEST, ["late too", "late", "early", "undated too", "undated"], id="newest"),
        pytest.param(Order.SOURCE, ["late", "undated", "early", "late too", "undated too"], id="source"),
    ],
)
def test_tickets_wait_in_the_order_asked_for(path, order, expected):
    with ready(path, *DATED) as ledger:
        assert keys(ledger, order=order) == expected
        assert keys(ledger, order=order, limit=2) == expected[:2]


@pytest.mark.parametrize("order", Order)
def test_more_tickets_than_a_page_are_each_met_once(path, order):
    many = [ticket(f"k{n}", n + 2, created_at_ms=(n * 7) % 40 if n % 3 else None) for n in range(1_503)]
    with ready(path, *many) as ledger:
        met = keys(ledger, order=order)
        assert len(met) == len(set(met)) == 1_503


def test_what_was_settled_meanwhile_is_not_handed_out(path):
    with ready(path, *(ticket(f"k{n}", n) for n in range(2, 8))) as ledger:
        met = []
        for work in ledger.waiting():
            met.append(work.row)
            send(ledger, work.row, done(100 + work.row))
            if work.row == 2:
                ledger.adopt(4, seen(900))
                ledger.begin(5, 0, server_time_s=1.0)
        assert met == [1, 2, 3, 6]


def test_a_step_comes_back_exactly_as_it_was_staged(path):
    upload = Upload("customFields.1", "a.png", "/x/\udcff.png", 5, "00", "image/png")
    steps = (
        Step(StepKind.CREATE, "POST", "/v2/tickets", b'{"title":"\xf0\x9f\x98\x80\\u0000"}', (upload,)),
        Step(StepKind.REPLY, "POST", "/v2/tickets/{number}/reply", b"{}", contact=b'{"email":"\xc3\xa9"}'),
        Step(StepKind.UPDATE, "PATCH", "/v2/tickets/{number}", b""),
    )
    with ready(path, Ticket("a", SourceRef("t.csv", 2), steps)) as ledger:
        (work,) = ledger.waiting()
        assert work.steps == tuple(enumerate(steps))
        assert (work.number, work.object_id) == (None, None)
        send(ledger, 1, done(101))
        send(ledger, 1, LOST, ordinal=1)
        assert [doubt.step for doubt in ledger.doubts()] == [steps[1]]
        assert ledger.done_steps(1) == [steps[0]]


def test_only_one_key_waits_when_asked(path):
    with ready(path, ticket("a"), ticket("b", 3)) as ledger:
        assert keys(ledger, only="b") == ["b"]
        assert keys(ledger, only="c") == []
        assert ledger.to_send() == (2, 2)
        assert ledger.to_send(only="b") == (1, 1)
        send(ledger, 2, done(101))
        assert keys(ledger, only="b") == []
        assert ledger.to_send(only="b") == (0, 0)


# --- what an outcome means --------------------------------------------------------------------


def test_a_ticket_is_created_when_its_last_step_is_done(path):
    with ready(path, ticket("a", steps=3)) as ledger:
        send(ledger, 1, done(101))
        (work,) = ledger.waiting()
        assert [ordinal for ordinal, _ in work.steps] == [1, 2]
        assert (work.number, work.object_id) == (101, "id-101")
        assert ledger.to_send() == (1, 2)
        send(ledger, 1, done(101), ordinal=1)
        assert ledger.counts() == Counts(pending=1)
        send(ledger, 1, done(101), ordinal=2)
        assert ledger.counts() == Counts(created=1)
        (result,) = ledger.results()
        assert (result.number, result.object_id, result.url) == (101, "id-101", "https://example.com/101")


def test_a_refused_row_is_failed_and_its_later_steps_wait(path):
    with ready(path, ticket("a", steps=2)) as ledger:
        send(ledger, 1, done(101))
        send(ledger, 1, REFUSED, ordinal=1)
        assert keys(ledger) == []
        (result,) = ledger.results(status=Status.FAILED)
        assert (result.http_status, result.code, result.message) == (422, "validation", "title: too short")
        assert result.number == 101
        (row,) = ledger.originals()
        assert (row.original, row.message) == (("a", "original"), "title: too short")


def test_retry_sends_what_failed_and_only_that(path):
    with ready(path, ticket("a", steps=2), ticket("b", 3), ticket("c", 4)) as ledger:
        send(ledger, 1, done(101))
        send(ledger, 1, REFUSED, ordinal=1)
        send(ledger, 2, LOST)
        send(ledger, 3, done(103))
        assert ledger.retry_failed(ledger.failed()[0]) == 1
        (work,) = ledger.waiting()
        assert (work.key, [ordinal for ordinal, _ in work.steps]) == ("a", [1])
        assert [result.message for result in ledger.results(status=Status.PENDING)] == [""]
        assert ledger.retry_failed(ledger.failed()[0]) == 0


def test_what_was_not_sent_waits_again(path):
    with ready(path, ticket("a")) as ledger:
        send(ledger, 1, NotSent("429"))
        assert keys(ledger) == ["a"]
        send(ledger, 1, done(101))
        assert ledger.counts() == Counts(created=1)


def test_a_doubt_knows_all_that_is_needed_to_look(path):
    clock = iter([0.0, 1.0, 10.0, 20.0]).__next__
    ledger = Ledger.create(path, now=clock)
    with ledger:
        stage(ledger, ticket("a"))
        ledger.begin_run({})
        ledger.set_floor(77)
        send(ledger, 1, LOST)
        (doubt,) = ledger.doubts()
        assert (doubt.row, doubt.key, doubt.ordinal, doubt.number, doubt.floor) == (1, "a", 0, None, 77)
        assert (doubt.begun_at_s, doubt.begun_server_s) == (10.0, 1_000.0)
        assert (doubt.doubt_since_s, doubt.ended_server_s) == (20.0, 1_001.0)
        assert doubt.step.body == b'{"title":"a"}'
        assert doubt.reason == LOST.reason
        assert [result.message for result in ledger.results()] == [LOST.reason]


def test_an_absent_step_is_sent_again_with_the_floor_of_its_new_run(path):
    with ready(path, ticket("a")) as ledger:
        send(ledger, 1, LOST)
        ledger.absent(1, 0)
        assert keys(ledger) == ["a"]
        ledger.set_floor(500)
        send(ledger, 1, LOST)
        assert [doubt.floor for doubt in ledger.doubts()] == [500]


def test_what_was_made_raises_the_floor_of_later_intents_but_keeps_a_distance(path):
    with ready(path, ticket("a"), ticket("b")) as ledger:
        send(ledger, 1, done(100_000))
        send(ledger, 2, LOST)
        (doubt,) = ledger.doubts()
        assert doubt.floor == 100_000 - FLOOR_SLACK


def test_a_doubtful_reply_knows_its_ticket(path):
    with ready(path, ticket("a", steps=2)) as ledger:
        send(ledger, 1, done(101))
        send(ledger, 1, LOST, ordinal=1)
        (doubt,) = ledger.doubts()
        assert (doubt.ordinal, doubt.number) == (1, 101)
        ledger.absent(1, 1)
        (work,) = ledger.waiting()
        assert [ordinal for ordinal, _ in work.steps] == [1]


def test_a_message_proven_to_be_there_is_done_and_its_ticket_goes_on(path):
    with ready(path, ticket("a", steps=3)) as ledger:
        send(ledger, 1, done(101))
        send(ledger, 1, LOST, ordinal=1)
        assert (keys(ledger), ledger.to_send()) == ([], (0, 0))
        ledger.decide(1, 1, None)
        assert [step.kind for step in ledger.done_steps(1)] == [StepKind.CREATE, StepKind.REPLY]
        (result,) = ledger.results(status=Status.PENDING)
        assert (result.number, result.message) == (101, "")
        (work,) = ledger.waiting()
        assert (work.number, [ordinal for ordinal, _ in work.steps]) == (101, [2])
        send(ledger, 1, LOST, ordinal=2)
        ledger.decide(1, 2, None)
        assert ledger.counts() == Counts(created=1)
        assert ledger.doubts() == []


def test_a_message_that_can_never_be_there_fails_its_row(path):
    with ready(path, ticket("a", steps=3)) as ledger:
        send(ledger, 1, done(101))
        send(ledger, 1, LOST, ordinal=1)
        ledger.decide(1, 1, Refused(404, "ticket-gone", "it was deleted"))
        (result,) = ledger.results(status=Status.FAILED)
        assert (result.http_status, result.code, result.message) == (404, "ticket-gone", "it was deleted")
        assert (ledger.doubts(), ledger.to_send()) == ([], (0, 0))
        assert ledger.retry_failed(ledger.failed()[0]) == 1
        assert ledger.to_send() == (1, 2)


def lose_create(ledger: Ledger) -> None:
    send(ledger, 1, LOST)


def lose_nothing(ledger: Ledger) -> None:
    send(ledger, 1, done(101))


def reply(ledger: Ledger) -> None:
    send(ledger, 1, done(101))
    send(ledger, 1, done(101), ordinal=1)


@pytest.mark.parametrize(
    ("bring", "ordinal"),
    [
        pytest.param(lose_create, 0, id="create-in-doubt"),
        pytest.param(lose_nothing, 1, id="waiting"),
        pytest.param(reply, 1, id="done"),
        pytest.param(reply, 9, id="no-such-step"),
    ],
)
@pytest.mark.parametrize("refused", [None, REFUSED], ids=["there", "never"])
def test_only_a_message_in_doubt_is_decided(path, bring, ordinal, refused):
    with ready(path, ticket("a", steps=2)) as ledger:
        bring(ledger)
        before = ledger.counts(), ledger.steps_done()
        with pytest.raises(ValueError, match="not in doubt, or is to be adopted"):
            ledger.decide(1, ordinal, refused)
        assert (ledger.counts(), ledger.steps_done()) == before


# --- being killed -----------------------------------------------------------------------------


def test_what_was_being_sent_when_we_were_killed_is_in_doubt(path):
    with ready(path, ticket("a"), ticket("b", 3), ticket("c", 4)) as ledger:
        ledger.begin(1, 0, server_time_s=5.0)
        send(ledger, 2, done(102))
        ledger.flush()
        killed = copy_as_killed(ledger, path.with_name("killed"))
        ledger.settle(1, 0, done(101), server_time_s=6.0)
    with Ledger.open(killed, now=lambda: 99.0) as ledger:
        assert ledger.counts() == Counts(created=1, in_doubt=1, pending=1)
        (doubt,) = ledger.doubts()
        assert (doubt.key, doubt.doubt_since_s, doubt.ended_server_s) == ("a", 99.0, None)
        assert doubt.reason == "the tool was stopped while this was being sent"
        assert keys(ledger) == ["c"]
        assert ledger.floor() == 100


# --- ownership --------------------------------------------------------------------------------


def test_a_ticket_has_one_owner_for_ever(path):
    with ready(path, ticket("a"), ticket("b", 3), ticket("c", 4)) as ledger:
        send(ledger, 1, LOST)
        assert ledger.adopt(1, seen(101))
        assert ledger.adopt(1, seen(101)), "claiming one's own again is no change"
        assert not ledger.adopt(1, seen(102)), "a row has one ticket"
        assert not ledger.adopt(2, seen(101))
        assert ledger.adopt(2, seen(102)), "a waiting row may be found, too"
        assert ledger.owner_of("id-101") == 1
        assert ledger.owner_of("id-999") is None
        assert [each.number for each in ledger.owned(after=100)] == [101, 102]
        assert [each.number for each in ledger.owned(after=101)] == [102]
        assert ledger.newest_owned(1) == [(102, "id-102")]
        assert ledger.highest_owned() == 102
        assert ledger.counts() == Counts(created=2, pending=1)
        assert ledger.adopted() == 2
        assert [result.adopted for result in ledger.results()] == [True, True, False]


@pytest.mark.parametrize(
    "outcome",
    [pytest.param(None, id="sending"), pytest.param(REFUSED, id="refused")],
)
def test_what_is_on_its_way_or_refused_adopts_nothing(path, outcome):
    with ready(path, ticket("a")) as ledger:
        ledger.begin(1, 0, server_time_s=1.0)
        if outcome is not None:
            ledger.settle(1, 0, outcome, server_time_s=2.0)
        assert not ledger.adopt(1, seen(101))
        assert ledger.owner_of("id-101") is None


def test_rows_that_are_not_sent_adopt_nothing(path):
    with ready(path) as ledger:
        with ledger.staging() as stager:
            stager.rejected(Rejected("a", SourceRef("t.csv", 2), ()), "")
        assert not ledger.adopt(1, seen(101))
        assert not ledger.adopt(999, seen(101))


def test_an_answer_that_names_somebody_elses_ticket_is_doubt_not_a_claim(path):
    with ready(path, ticket("a"), ticket("b", 3)) as ledger:
        send(ledger, 1, done(101))
        send(ledger, 2, done(101))
        assert ledger.counts() == Counts(created=1, in_doubt=1)
        (doubt,) = ledger.doubts()
        assert doubt.reason == "the answer names ticket 101, which belongs to another row"
        assert ledger.owner_of("id-101") == 1


def test_adoption_of_a_longer_ticket_goes_on_with_its_replies(path):
    with ready(path, ticket("a", steps=2)) as ledger:
        assert ledger.adopt(1, seen(101))
        (work,) = ledger.waiting()
        assert (work.number, [ordinal for ordinal, _ in work.steps]) == (101, [1])


def test_tickets_are_found_by_legacy_id_and_by_date(path):
    def carrying(key: str, row: int, legacy_id: str) -> Ticket:
        plain = ticket(key, row, created_at_ms=5)
        return Ticket(key, plain.ref, plain.steps, created_at_ms=5, legacy_id=legacy_id)

    with ready(path, carrying("a", 2, "ZD-1"), carrying("b", 3, "ZD-1"), carrying("c", 4, "")) as ledger:
        assert ledger.row_with_legacy_id("ZD-1") == 1
        send(ledger, 1, done(101))
        assert ledger.row_with_legacy_id("ZD-1") == 2, "one without a ticket comes first"
        assert ledger.row_with_legacy_id("ZD-2") is None
        assert ledger.row_with_legacy_id("") is None
        assert [step.body for step in ledger.creates_dated(5)] == [
            b'{"title":"a"}',
            b'{"title":"b"}',
            b'{"title":"c"}',
        ]
        assert len(list(ledger.creates_dated(999))) == 3, "an answer may leave the milliseconds out"
        assert list(ledger.creates_dated(1000)) == []
        assert not ledger.has_undated()


def test_rows_that_only_their_legacy_id_can_tell_are_known(path):
    plain = ticket("a", 2)
    undated = Ticket("a", plain.ref, plain.steps, created_at_ms=None, legacy_id="ZD-1")
    with ready(path, undated) as ledger:
        assert ledger.has_undated()


# --- bugs of callers --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "outcome", [None, done(101), LOST, REFUSED], ids=["sending", "done", "doubt", "refused"]
)
def test_only_a_waiting_step_can_begin(path, outcome):
    with ready(path, ticket("a")) as ledger:
        ledger.begin(1, 0, server_time_s=1.0)
        if outcome is not None:
            ledger.settle(1, 0, outcome, server_time_s=2.0)
        with pytest.raises(ValueError, match="not the one to send next"):
            ledger.begin(1, 0, server_time_s=3.0)


def test_steps_begin_in_their_order(path):
    with ready(path, ticket("a", steps=2)) as ledger:
        with pytest.raises(ValueError, match="not the one to send next"):
            ledger.begin(1, 1, server_time_s=1.0)
        send(ledger, 1, done(101))
        ledger.begin(1, 1, server_time_s=1.0)


def test_what_was_not_begun_cannot_be_settled(path):
    with ready(path, ticket("a")) as ledger:
        with pytest.raises(ValueError, match="was not begun"):
            ledger.settle(1, 0, done(101), server_time_s=1.0)
        send(ledger, 1, done(101))
        with pytest.raises(ValueError, match="was not begun"):
            ledger.settle(1, 0, REFUSED, server_time_s=1.0)
        assert ledger.counts() == Counts(created=1)


def test_nothing_begins_without_a_floor(path):
    with Ledger.create(path) as ledger:
        stage(ledger, ticket("a"))
        with pytest.raises(ValueError, match="no floor"):
            ledger.begin(1, 0, server_time_s=1.0)


def test_only_a_doubt_can_be_absent(path):
    with ready(path, ticket("a")) as ledger, pytest.raises(ValueError, match="not in doubt"):
        ledger.absent(1, 0)


# --- facts, accounting, log -------------------------------------------------------------------


def test_facts_are_kept_exactly_and_replaced(path):
    facts = {"mapping": "key: id\r\n# é \U0001f600\n", "source": "/x/\udcff.csv", "empty": ""}
    with ready(path) as ledger:
        ledger.set_facts({"mapping": "old", "other": "1"})
        ledger.set_facts(facts)
    with Ledger.look(path) as ledger:
        assert facts.items() <= ledger.facts().items()
        assert ledger.fact("other") == "1"
        assert ledger.fact("never set") is None


def test_the_ledgers_own_facts_are_not_for_others(path):
    with ready(path) as ledger, pytest.raises(ValueError, match="'floor'"):
        ledger.set_facts({"floor": "3", "mine": "x"})


def test_every_row_is_counted_once_and_told_apart(path):
    problem = Problem("title-missing", "no title", ref=SourceRef("t.csv", 4))
    warned = Ticket(
        "b",
        SourceRef("t.csv", 3, "Sheet", 5),
        ticket("b").steps,
        created_at_ms=7,
        warnings=(problem,),
        left_out=(("replies", 2),),
    )
    with ready(path, ticket("a"), warned) as ledger:
        with ledger.staging() as stager:
            stager.rejected(Rejected("c", SourceRef("t.csv", 4), (problem,)), '{"id": "c"}')
            stager.skipped(Skipped("d", SourceRef("t.csv", 5), "spam"))
            stager.skipped(Skipped("e", SourceRef("t.csv", 6), "spam"))
            stager.skipped(Skipped("f", SourceRef("t.csv", 7), "too old"))
        send(ledger, 1, done(101))
        assert ledger.counts() == Counts(created=1, pending=1, rejected=1, skipped=3)
        assert ledger.skipped_by_reason() == {"spam": 2, "too old": 1}
        results = list(ledger.results())
        assert [result.key for result in results] == ["a", "b", "c", "d", "e", "f"]
        assert results[1].ref == SourceRef("t.csv", 3, "Sheet", 5)
        assert results[1].warnings == results[2].problems == (problem,)
        assert (results[1].left_out, results[1].created_at_ms) == ((("replies", 2),), 7)
        assert results[3].skip_reason == "spam"
        (row,) = ledger.originals()
        assert (row.key, row.original, row.problems, row.code) == ("c", '{"id": "c"}', (problem,), "")
        for status in Status:
            expected = [result for result in results if result.status is status]
            assert list(ledger.results(status=status)) == expected
        assert [ledger.result(result.row) for result in results] == results
        assert list(ledger.causes(Status.REJECTED)) == [(results[2].row, "title-missing")]


def test_a_run_counts_what_it_did_itself(path):
    with ready(path, *(ticket(f"k{n}", n) for n in range(2, 8))) as ledger:
        send(ledger, 1, done(101))
        send(ledger, 2, REFUSED)
        ledger.end_run(1, exit_code=1, requests=2, refused_429=0)
    with Ledger.open(path) as ledger:
        second = ledger.begin_run({"limit": "5"})
        ledger.retry_failed(ledger.failed()[0])
        send(ledger, 2, done(102))
        send(ledger, 3, LOST)
        ledger.adopt(4, seen(104))
        send(ledger, 5, REFUSED)
        assert ledger.run_counts(1) == RunCounts(created=1)
        assert ledger.run_counts(second) == RunCounts(created=2, failed=1, in_doubt=1, adopted=1)
        ended, going = ledger.runs()
        assert (ended.exit_code, ended.figures) == (1, {"requests": 2, "refused_429": 0})
        assert (going.options, going.ended_at_s, going.exit_code) == ({"limit": "5"}, None, None)


def test_messages_are_counted_for_the_run_that_got_them_done(path):
    with ready(path, ticket("a", steps=5), ticket("b", 3, steps=5)) as ledger:
        for ordinal in range(4):
            send(ledger, 1, done(101), ordinal=ordinal)
        send(ledger, 1, REFUSED, ordinal=4)
        send(ledger, 2, done(102))
        send(ledger, 2, LOST, ordinal=1)
        assert ledger.run_counts(1) == RunCounts(failed=1, in_doubt=1, replies=1, notes=2)
    with Ledger.open(path) as ledger:
        second = ledger.begin_run({})
        ledger.decide(2, 1, None)
        ledger.retry_failed(ledger.failed()[0])
        send(ledger, 1, done(101), ordinal=4)
        assert ledger.run_counts(1) == RunCounts(replies=1, notes=2)
        assert ledger.run_counts(second) == RunCounts(created=1, replies=1, updates=1)
        assert ledger.steps_done() == {
            StepKind.CREATE: 2,
            StepKind.REPLY: 2,
            StepKind.NOTE: 2,
            StepKind.UPDATE: 1,
            StepKind.REWRITE: 0,
        }


def test_the_log_keeps_its_order(path):
    with ready(path) as ledger:
        for number in range(1_200):
            ledger.event("pace", number=number, share=0.5, why=None)
        events = list(ledger.events())
        assert [event.detail["number"] for event in events] == list(range(1_200))
        assert (events[0].kind, events[0].run) == ("pace", 1)
        assert events[0].detail == {"number": 0, "share": 0.5, "why": None}


# --- threads and full disks -------------------------------------------------------------------


def test_many_threads_lose_no_update(path):
    count = 500
    with ready(path, *(ticket(f"k{n}", n + 2, steps=2) for n in range(count))) as ledger:
        todo: SimpleQueue[int] = SimpleQueue()
        for work in ledger.waiting():
            todo.put(work.row)

        def go() -> None:
            while True:
                try:
                    row = todo.get_nowait()
                except Empty:
                    return
                send(ledger, row, done(row))
                send(ledger, row, REFUSED if row % 10 == 0 else done(row), ordinal=1)

        threads = [threading.Thread(target=go) for _ in range(16)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            assert ledger.counts().rows == count
        for thread in threads:
            thread.join()
    with Ledger.open(path) as ledger:
        assert ledger.counts() == Counts(created=count * 9 // 10, failed=count // 10)
        assert ledger.count_owned() == count


def test_a_full_disk_stops_sending_and_loses_nothing(path):
    begun: list[int] = []

    def send_all(ledger: Ledger) -> None:
        for row in range(1, 2_001):
            ledger.begin(row, 0, server_time_s=1.0)
            begun.append(row)
            ledger.settle(row, 0, Done(seen(row)), server_time_s=2.0)

    ledger = ready(path, *(ticket(f"k{n}", n + 2) for n in range(2_000)))
    ledger._writing.run(lambda db: db.execute("PRAGMA max_page_count = 1").fetchone())  # no page may be added
    with pytest.raises(DiskFull):
        send_all(ledger)
    with pytest.raises(DiskFull):
        ledger.flush()
    assert ledger.counts().rows == 2_000, "questions are still answered"
    ledger.close()
    with Ledger.open(path) as ledger:
        counts = ledger.counts()
        assert counts.created > 0
        assert counts.pending > 0
        assert counts.rows == 2_000
        known = {doubt.row for doubt in ledger.doubts()} | {
            result.row for result in ledger.results(status=Status.CREATED)
        }
        assert known >= set(begun)


def test_a_full_disk_while_staging_leaves_the_ledger_usable(path):
    with ready(path, ticket("a")) as ledger:
        limits = "PRAGMA max_page_count = 1", "PRAGMA max_page_count = 4294967294"
        ledger._writing.run(lambda db: db.execute(limits[0]).fetchone())
        with pytest.raises(DiskFull):
            stage(ledger, *(ticket(f"k{n}", n, body="x" * 2_000) for n in range(500)))
        ledger._writing.run(lambda db: db.execute(limits[1]).fetchone())
        send(ledger, 1, done(101))
        assert ledger.counts() == Counts(created=1)
