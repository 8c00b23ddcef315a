from pathlib import Path

from migrator.ledger import Ledger
from migrator.model import UNANSWERED, Done, InDoubt, Refused, SourceRef, Step, StepKind, Ticket, TicketSeen
from migrator.runner.history import read_history


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now_s = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now_s


def stage(ledger: Ledger, count: int) -> None:
    with ledger.staging() as stager:
        for row in range(2, count + 2):
            step = Step(StepKind.CREATE, "POST", "/v2/tickets", b"{}")
            stager.ticket(Ticket(f"T-{row}", SourceRef("t.csv", row), (step,)), ("x",))


def test_a_ledger_tells_its_runs_and_what_was_sent_minute_by_minute(tmp_path: Path) -> None:
    clock = Clock()
    with Ledger.create(tmp_path / "t.ledger", now=clock) as ledger:
        stage(ledger, 4)
        ledger.set_floor(0)
        run = ledger.begin_run({})
        outcomes = [
            Done(TicketSeen(1, "a")),
            Done(TicketSeen(2, "b")),
            Refused(400, "bad", "no"),
            InDoubt("silence"),
        ]
        for work, outcome in zip(list(ledger.waiting()), outcomes, strict=True):
            ordinal = work.steps[0][0]
            ledger.begin(work.row, ordinal, server_time_s=clock.now_s)
            ledger.settle(work.row, ordinal, outcome, server_time_s=clock.now_s)
            clock.now_s += 40
        ledger.flush()
        ledger.end_run(run, exit_code=1, requests=9, refused_429=2, retried=1, answered_201=2, answered_400=1)
        ledger.begin_run({})
        history = read_history(ledger)
    assert [(run.number, run.exit_code, run.requests) for run in history.runs] == [(1, 1, 9), (2, None, 0)]
    assert history.runs[0].answers == history.answers == {"201": 2, "400": 1}
    assert (history.seconds, history.requests, history.refused_429, history.retried) == (160, 9, 2, 1)
    assert [(each.sent, each.done, each.refused, each.in_doubt) for each in history.minutes] == [
        (1, 1, 0, 0),
        (2, 1, 1, 0),
        (1, 0, 0, 1),
    ]


def test_answers_are_told_by_run_and_by_minute_also_of_a_run_that_was_killed(tmp_path: Path) -> None:
    clock = Clock()
    minute = int(clock.now_s) // 60 * 60
    with Ledger.create(tmp_path / "t.ledger", now=clock) as ledger:
        stage(ledger, 1)
        ledger.set_floor(0)
        first = ledger.begin_run({})
        (work,) = ledger.waiting()
        ledger.begin(work.row, work.steps[0][0], server_time_s=clock.now_s)
        ledger.note_answers({minute: {200: 3, UNANSWERED: 1}})
        ledger.note_answers({minute: {200: 5, UNANSWERED: 1}, minute + 120: {201: 2}})
        ledger.end_run(first, exit_code=0, requests=8, refused_429=0, retried=1)
        ledger.begin_run({})
        ledger.note_answers({minute + 120: {201: 4, 429: 3}})
        history = read_history(ledger)
    assert [(run.requests, run.refused_429, run.answers) for run in history.runs] == [
        (8, 0, {"200": 5, "201": 2}),
        (7, 3, {"201": 4, "429": 3}),
    ]
    assert history.answers == {"200": 5, "201": 6, "429": 3}
    assert [(each.began_s - minute, each.sent, each.answers) for each in history.minutes] == [
        (0, 1, {200: 5, UNANSWERED: 1}),
        (120, 0, {201: 6, 429: 3}),
    ]


def test_a_ledger_without_a_run_has_no_history(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "t.ledger") as ledger:
        history = read_history(ledger)
    assert (history.runs, history.minutes, history.answers, history.seconds) == ((), (), {}, 0)
