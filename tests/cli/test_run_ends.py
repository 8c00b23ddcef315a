"""What ends a run: it drains, says what is safe and how to go on, and the same command makes it good."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from migrator.ledger import Ledger
from tests.conftest import legacy_ids
from tests.recorder import Recorder, Twist

ROWS = 8
RUN = ("run", "tickets.csv", "--mapping", "m.yaml", "--yes", "--settle", "0.5", "--workers", "2")


def after(tickets: int, status: int, body: Any) -> Twist:
    """Refuses every request in the same way once so many tickets were made."""
    made = 0

    def twist(method: str, path: str, _answer: Any) -> tuple[int, Any] | None:
        nonlocal made
        made += (method, path) == ("POST", "/v2/tickets")
        return (status, body) if made > tickets else None

    return twist


def error(kind: str, code: str, message: str) -> dict[str, Any]:
    return {"error": {"type": kind, "code": code, "message": message}}


ENDS = [
    pytest.param(
        401, {"success": False, "message": "Invalid API Key"}, "key-refused", "FEATUREBASE_API_KEY", id="401"
    ),
    pytest.param(
        403,
        error("authorization_error", "forbidden", "No access"),
        "key-refused",
        "FEATUREBASE_API_KEY",
        id="403",
    ),
    pytest.param(
        404,
        error("invalid_request_error", "version_not_supported", "Unknown version"),
        "version-refused",
        "newer migrator",
        id="version",
    ),
    pytest.param(
        503,
        error("api_error", "internal_error", "Down"),
        "unreachable",
        "the same command goes on",
        id="down",
    ),
]


@pytest.mark.parametrize(("status", "body", "code", "way_out"), ENDS)
def test_a_run_that_featurebase_ends_says_what_is_safe_and_goes_on_with_the_same_command(
    tool, sandbox, export, status, body, code, way_out
):
    export(ROWS)
    with Recorder(sandbox.url, after(3, status, body)) as refusing:
        tool.to(sandbox).environment |= {"FEATUREBASE_BASE_URL": refusing.url}
        ran = tool(*RUN, "--patience", "1", "--json")
    assert (ran.exit_code, ran.json["error"]["code"]) == (6, code)
    assert way_out in ran.json["error"]["hint"]
    counts = ran.json
    assert counts["created"] + counts["pending"] + counts["in_doubt"] == ROWS == counts["rows"]
    assert counts["created"] < ROWS
    again = tool.to(sandbox)(*RUN, "--json")
    assert (again.exit_code, again.json["created"]) == (0, ROWS)
    assert set(legacy_ids(sandbox.tickets()).values()) == {1}


def test_a_ledger_that_a_living_process_holds_is_left_to_it(tool, sandbox, export):
    path = export(ROWS)
    tool.to(sandbox)
    assert tool(*RUN, "--limit", "2").exit_code == 1
    with Ledger.open(path.with_suffix(".ledger")):
        ran = tool(*RUN, "--json")
        assert (ran.exit_code, ran.json["error"]["code"]) == (5, "ledger-busy")
        assert ran.json["error"]["hint"]
        assert len(sandbox.tickets()) == 2
    assert tool(*RUN).exit_code == 0
    assert len(sandbox.tickets()) == ROWS


HOLDS = """
import sys, time
from migrator.ledger import Ledger
with Ledger.open(sys.argv[1]):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a matter of POSIX")
def test_the_lock_of_a_dead_process_blocks_nobody(tool, sandbox, export):
    path = export(ROWS)
    tool.to(sandbox)
    assert tool(*RUN, "--limit", "2").exit_code == 1
    words = [sys.executable, "-c", HOLDS.replace("sys.argv[1]", "__import__('pathlib').Path(sys.argv[1])")]
    with subprocess.Popen(
        [*words, str(path.with_suffix(".ledger"))], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.kill()
    assert tool(*RUN).exit_code == 0
    assert len(sandbox.tickets()) == ROWS


def test_a_report_that_cannot_be_written_does_not_hide_how_the_run_ended(tool, sandbox, export, tmp_path):
    export(ROWS)
    (tmp_path / "tickets-report" / "report.html").mkdir(parents=True)
    with Recorder(sandbox.url, after(3, *ENDS[0].values[:2])) as refusing:
        tool.to(sandbox).environment |= {"FEATUREBASE_BASE_URL": refusing.url}
        ran = tool(*RUN, "--patience", "1")
    assert ran.exit_code == 6
    assert "What to do next" in ran.stdout
    assert "report.html: this file cannot be written" in ran.stderr
    assert "FEATUREBASE_API_KEY" in ran.stderr
    ended = tool.to(sandbox)(*RUN, "--json")
    assert (ended.exit_code, ended.json["created"], ended.json["report"]) == (5, ROWS, "")
    assert ended.json["error"]["at"].endswith("report.html")
