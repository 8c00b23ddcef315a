"""The history of a run is in the ledger while the run goes on."""

from __future__ import annotations

from pathlib import Path

from migrator.errors import Interrupted
from migrator.featurebase import Client, Connection
from migrator.ledger import Ledger
from migrator.model import Silent
from migrator.runner.history import read_history
from migrator.runner.noting import EVERY_S, Noting
from migrator.sandbox import Sandbox


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_what_was_answered_is_noted_once_a_minute_and_at_the_end(tmp_path: Path, sandbox: Sandbox) -> None:
    clock = Clock()
    with (
        Ledger.create(tmp_path / "t.ledger") as ledger,
        Client(Connection(sandbox.url, (sandbox.key,))) as client,
    ):
        run = ledger.begin_run({})
        noting = Noting(ledger, client, Silent(), now=clock)
        client.highest_number()
        noting.advance()
        assert read_history(ledger).answers == {}
        clock.now_s = EVERY_S
        noting.advance()
        (running,) = read_history(ledger).runs
        assert running.requests == sum(running.answers.values()) > 0
        client.highest_number()
        stopped = Interrupted("stopped")
        assert noting.end_run(run, stopped) is stopped
        (ended,) = read_history(ledger).runs
    assert ended.exit_code == stopped.exit_code
    assert ended.requests == sum(ended.answers.values()) == 2 * running.requests


def test_whoever_waits_is_told_as_before(tmp_path: Path, sandbox: Sandbox) -> None:
    silent = Silent()
    with (
        Ledger.create(tmp_path / "t.ledger") as ledger,
        Client(Connection(sandbox.url, (sandbox.key,))) as client,
    ):
        noting = Noting(ledger, client, silent)
        noting.start("sending", 1, "ticket")
        noting.note(failed=2)
        noting.advance()
        noting.done()
    assert silent.noted == {"failed": 2}
