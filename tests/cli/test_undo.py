"""`migrator undo` as a user runs it."""

from __future__ import annotations

import json
import signal
import sys
import time

import pytest

from tests.conftest import legacy_ids
from tests.runner.test_undo import add_stranger, ask

RUN = ("run", "tickets.csv", "--mapping", "m.yaml", "--yes", "--json")
UNDO = ("undo", "tickets.ledger", "--json", "--settle", "0.5")


def test_everything_goes_and_the_same_command_line_migrates_again(tool, sandbox, export):
    export(12)
    tool.to(sandbox)
    tool(*RUN)
    ran = tool(*UNDO, "--yes")
    assert ran.exit_code == 0, ran.stderr
    assert (ran.json["schema"], ran.json["tickets"], ran.json["deleted"]) == ("migrator.undo/1", 12, 12)
    assert ran.json["complete"]
    assert sandbox.tickets() == []
    assert tool(*RUN).json["created"] == 12


def test_without_a_terminal_nothing_is_deleted_unless_yes_was_said(tool, sandbox, export):
    export(3)
    tool.to(sandbox)
    tool(*RUN)
    ran = tool("undo", "tickets.ledger")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "About to delete\n  tickets   3   with their threads" in ran.stderr
    assert "--yes was not given" in ran.stderr
    assert len(sandbox.tickets()) == 3


def test_what_people_have_touched_is_named_and_makes_the_exit_code_1(tool, sandbox, export):
    export(4)
    tool.to(sandbox)
    tool(*RUN)
    (touched,) = legacy_ids([each for each in sandbox.tickets() if each["ticketNumber"] == 2])
    ask(sandbox, "PATCH", "/v2/tickets/2", {"title": "Better title"})
    ran = tool("undo", "tickets.ledger", "--yes", "--quiet")
    assert ran.exit_code == 1
    assert ran.stderr == ""
    assert f"- {touched}" in ran.stdout
    assert "not as it was sent: title" in ran.stdout
    assert "Not all taken back: 1 ticket still there." in ran.stdout
    assert tool(*UNDO, "--yes", "--force").exit_code == 0
    assert sandbox.tickets() == []


def test_an_export_in_place_of_its_ledger_is_explained(tool, sandbox, export):
    export(1)
    ran = tool.to(sandbox)("undo", "tickets.csv", "--json")
    assert ran.exit_code == 5
    assert "this is not a ledger" in ran.json["error"]["message"]


@pytest.mark.skipif(sys.platform == "win32", reason="no process can be sent a Ctrl-C alone")
def test_ctrl_c_drains_and_the_same_command_goes_on(tool, make_sandbox, export):
    sandbox = make_sandbox(latency_s=0.05)
    export(60)
    tool.to(sandbox)
    tool(*RUN)
    stranger = add_stranger(sandbox)
    with tool.start(*UNDO, "--yes", "--workers", "2") as running:
        while len(sandbox.tickets()) > 58:
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        stdout, stderr = running.communicate(timeout=60)
    stopped = json.loads(stdout)
    assert (running.returncode, stopped["error"]["code"]) == (130, "interrupted")
    assert "Traceback" not in stderr
    assert 0 < stopped["tickets_left"] < 60
    assert len(sandbox.tickets()) == stopped["tickets_left"] + 1
    assert tool(*UNDO, "--yes").exit_code == 0
    assert [each["ticketNumber"] for each in sandbox.tickets()] == [stranger]
