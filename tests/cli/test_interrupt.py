"""Ctrl-C in the middle of a run: once drains, twice gives up, and the same command goes on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest

from migrator.sandbox import FaultPlan
from tests.conftest import legacy_ids

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no process can be sent a Ctrl-C alone")

RUN = ("run", "tickets.csv", "--mapping", "m.yaml", "--yes", "--json", "--workers", "4")
TOO_LONG_S = 60.0


def wait_until_created(tool, at_least: int) -> None:
    """Asks `status` beside the run, as a person would."""
    give_up = time.monotonic() + TOO_LONG_S
    while time.monotonic() < give_up:
        asked = tool("status", "tickets.ledger", "--json")
        if asked.exit_code in (0, 1) and asked.json["created"] >= at_least:
            return
    pytest.fail(f"{at_least} tickets were not created in {TOO_LONG_S} s")


def interrupt(running: subprocess.Popen[str]) -> str:
    """Sends a Ctrl-C and reads on until it was noticed; two in one instant would count as one."""
    running.send_signal(signal.SIGINT)
    return next(line for line in running.stderr if line.startswith(("Stopping:", "Giving up")))


def test_the_first_ctrl_c_drains_and_the_same_command_goes_on(tool, make_sandbox, export):
    export(120)
    sandbox = make_sandbox(latency_s=0.2)
    with tool.to(sandbox).start(*RUN) as running:
        wait_until_created(tool, 4)
        assert "Ctrl-C again" in interrupt(running)
        stdout, stderr = running.communicate(timeout=TOO_LONG_S)
    stopped = json.loads(stdout)
    assert running.returncode == 130
    assert "Traceback" not in stderr
    assert stopped["error"]["code"] == "interrupted"
    assert stopped["in_doubt"] == 0
    assert 0 < stopped["created"] < 120
    assert stopped["created"] == len(sandbox.tickets())

    went_on = tool(*RUN[:-2])
    assert (went_on.exit_code, went_on.json["created"]) == (0, 120)
    assert went_on.json["this_run"]["created"] == 120 - stopped["created"]
    assert set(legacy_ids(sandbox.tickets()).values()) == {1}


def test_the_second_ctrl_c_leaves_doubts_that_the_next_run_resolves(tool, make_sandbox, export):
    export(30)
    sandbox = make_sandbox(faults=FaultPlan(slow_s=12.0))
    sandbox.script(*[None] * 10, *["slow"] * 4)
    with tool.to(sandbox).start(*RUN) as running:
        wait_until_created(tool, 10)  # the workers wait for an answer now
        interrupt(running)
        assert "Giving up" in interrupt(running)
        stdout, stderr = running.communicate(timeout=TOO_LONG_S)
    stopped = json.loads(stdout)
    assert running.returncode == 130
    assert "Traceback" not in stderr
    assert stopped["created"] == 10
    assert 1 <= stopped["in_doubt"] <= 4  # as many as the workers had begun by then
    assert stopped["in_doubt"] + stopped["pending"] == 20

    went_on = tool(*RUN, "--settle", "0.5")
    assert (went_on.exit_code, went_on.json["created"], went_on.json["in_doubt"]) == (0, 30, 0)
    assert set(legacy_ids(sandbox.tickets()).values()) == {1}
