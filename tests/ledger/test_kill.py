"""kill -9 of a real process in the middle of its traffic."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from migrator.ledger import Ledger
from migrator.model import Status

CHILD = """
import sys, threading, queue
from pathlib import Path
from migrator.ledger import Ledger
from tests.ledger.support import done, ready, ticket
ledger = ready(Path(sys.argv[1]), *(ticket(f"k{n}", n + 2) for n in range(1_000)))
todo, say = queue.SimpleQueue(), threading.Lock()
for row in range(1, 1_001):
    todo.put(row)
def tell(what, row):
    with say:
        print(what, row, flush=True)
def go():
    while True:
        row = todo.get()
        ledger.begin(row, 0, server_time_s=1.0)
        tell("begun", row)
        ledger.settle(row, 0, done(row), server_time_s=2.0)
        if row % 20 == 0:
            ledger.flush()
            tell("settled", row)
for _ in range(8):
    threading.Thread(target=go, daemon=True).start()
threading.Event().wait()
"""


@pytest.mark.parametrize("after", [1, 250])
def test_what_was_acknowledged_before_the_kill_is_there_after_it(tmp_path, after):
    path = tmp_path / "t.ledger"
    words = [sys.executable, "-c", CHILD, str(path)]
    heard: list[str] = []
    root = Path(__file__).parents[2]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=root) as child:
        assert child.stdout is not None
        for line in child.stdout:
            heard.append(line)
            if len(heard) == after:
                child.send_signal(signal.SIGKILL)
        child.wait()
    said = [line.split() for line in heard if line.endswith("\n")]
    begun = {int(row) for what, row in said if what == "begun"}
    settled = {int(row) for what, row in said if what == "settled"}
    assert len(begun) >= after * 0.9

    with Ledger.open(path) as ledger:
        created = {result.row for result in ledger.results(status=Status.CREATED)}
        doubtful = {doubt.row for doubt in ledger.doubts()}
        waiting = {work.row for work in ledger.waiting()}
        assert begun <= created | doubtful
        assert settled <= created
        assert not created & doubtful
        assert not (created | doubtful) & waiting
        assert len(created) + len(doubtful) + len(waiting) == ledger.counts().rows == 1_000
        assert all(ledger.owner_of(f"id-{row}") == row for row in created)
