"""What a user meets who gets something wrong: one clear message, the way out, the right exit code."""

from __future__ import annotations

import os
import shlex
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from migrator.cli.options import show_error
from migrator.errors import SourceError
from tests.conftest import SIMPLE_MAPPING

FULL = Path("/dev/full")


def told(ran) -> str:
    """The message, after making sure that it is one: no traceback, and a hint."""
    assert "Traceback" not in ran.stderr
    assert ran.stdout == ""
    assert "Hint: " in ran.stderr
    return ran.stderr


RUN = ("run", "tickets.csv", "--mapping", "m.yaml", "--yes")
VALIDATE = ("validate", "tickets.csv", "--mapping", "m.yaml", "--offline")


def test_a_missing_file(tool, export):
    export(1)
    ran = tool("validate", "nowhere.csv", "--mapping", "m.yaml", "--offline")
    assert ran.exit_code == 3
    assert "nowhere.csv" in told(ran)


def test_a_folder_without_exports(tool, export, tmp_path):
    export(1)
    (tmp_path / "empty").mkdir()
    ran = tool("validate", "empty", "--mapping", "m.yaml", "--offline")
    assert ran.exit_code == 3
    assert "empty" in told(ran)


def test_no_key(tool, export):
    export(1)
    ran = tool(*RUN)
    assert ran.exit_code == 2
    assert "FEATUREBASE_API_KEY" in told(ran)


def test_a_wrong_key(tool, export, sandbox):
    export(1)
    ran = tool.to(sandbox, key="sk_wrong_one")(*RUN)
    assert ran.exit_code == 6
    assert "sk_wrong_one" not in told(ran)
    assert not (tool.folder / "tickets.ledger").exists()


def test_an_unreachable_address(tool, export):
    export(1)
    tool.environment |= {"FEATUREBASE_BASE_URL": "http://127.0.0.1:9", "FEATUREBASE_API_KEY": "sk_x"}
    ran = tool(*RUN, "--patience", "1")
    assert ran.exit_code == 6
    assert "127.0.0.1:9" in told(ran)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("http://example.com", id="plain-http-to-a-stranger"),
        pytest.param("ftp://127.0.0.1", id="no-http"),
        pytest.param("not an address", id="no-address"),
    ],
)
def test_an_address_that_a_key_must_not_be_sent_to(tool, export, address):
    export(1)
    tool.environment |= {"FEATUREBASE_BASE_URL": address, "FEATUREBASE_API_KEY": "sk_secret"}
    ran = tool(*RUN)
    assert ran.exit_code == 6
    assert "sk_secret" not in told(ran)


def test_a_mapping_with_typos_tells_them_all_at_once(tool, export):
    export(1, mapping=SIMPLE_MAPPING.replace("from: subject", "from: subjct").replace("status:", "statuss:"))
    ran = tool(*VALIDATE)
    assert ran.exit_code == 4
    assert "m.yaml, line" in told(ran)
    assert "did you mean `status`" in ran.stderr


def test_a_column_that_is_not_there_is_told_with_the_likely_one(tool, export):
    export(1, mapping=SIMPLE_MAPPING.replace("from: subject", "from: subjct"))
    ran = tool(*VALIDATE)
    assert ran.exit_code == 4
    assert "subjct" in told(ran)
    assert "did you mean 'subject'" in ran.stderr


def test_a_mapping_that_is_not_there(tool, export):
    export(1)
    ran = tool("validate", "tickets.csv", "--mapping", "zendsk", "--offline")
    assert ran.exit_code == 4
    assert "did you mean 'zendesk'" in told(ran)


@pytest.mark.parametrize(
    "content", [b"", b"id,subject\n1,x\n", b"\x89PNG\r\n"], ids=["empty", "text", "image"]
)
def test_a_ledger_that_is_not_one_is_left_alone(tool, sandbox, export, content):
    export(1)
    ledger = tool.folder / "tickets.ledger"
    ledger.write_bytes(content)
    ran = tool.to(sandbox)(*RUN)
    assert ran.exit_code == 5
    assert "tickets.ledger" in told(ran)
    assert ledger.read_bytes() == content


def test_a_database_of_somebody_else_is_left_alone(tool, sandbox, export):
    export(1)
    path = tool.folder / "tickets.ledger"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE theirs (x)")
    db.close()
    before = path.read_bytes()
    ran = tool.to(sandbox)(*RUN)
    assert ran.exit_code == 5
    told(ran)
    assert path.read_bytes() == before


def test_a_row_without_author_is_rejected_and_the_others_go(tool, sandbox, export):
    path = export(3)
    path.write_text(path.read_text(encoding="utf-8").replace("person2@example.com", ""), encoding="utf-8")
    ran = tool.to(sandbox)(*RUN, "--json")
    assert ran.exit_code == 1
    assert (ran.json["created"], ran.json["rejected"]) == (2, 1)
    assert len(sandbox.tickets()) == 2
    rejects = (tool.folder / "tickets-report" / "rejects.csv").read_text(encoding="utf-8-sig")
    assert "T-00002" in rejects
    assert "author-missing" in rejects


def test_a_folder_that_cannot_be_written(tool, sandbox, export):
    export(1)
    ran = tool.to(sandbox)(*RUN, "--ledger", "no/such/folder/t.ledger")
    assert ran.exit_code == 5
    assert "no/such/folder" in told(ran)


def test_without_a_terminal_the_plan_must_be_agreed_to_by_yes(tool, sandbox, export):
    export(2)
    ran = tool.to(sandbox)("run", "tickets.csv", "--mapping", "m.yaml")
    assert ran.exit_code == 2
    assert "--yes" in told(ran)
    assert sandbox.tickets() == []
    assert not (tool.folder / "tickets.ledger").exists()


def test_notifying_needs_to_be_said_twice(tool, sandbox, export):
    export(2, mapping=SIMPLE_MAPPING + "notify: true\n")
    ran = tool.to(sandbox)(*RUN)
    assert ran.exit_code == 2
    assert "--confirm-notify" in told(ran)
    assert sandbox.tickets() == []
    assert tool(*RUN, "--confirm-notify").exit_code == 0
    assert len(sandbox.notifications()) > 0


def test_nobody_is_notified_by_default(tool, sandbox, export):
    export(5)
    assert tool.to(sandbox)(*RUN).exit_code == 0
    assert len(sandbox.tickets()) == 5
    assert sandbox.notifications() == []


def test_errors_are_json_for_machines(tool, export):
    export(1)
    ran = tool("validate", "nowhere.csv", "--mapping", "m.yaml", "--offline", "--json")
    assert ran.exit_code == 3
    assert set(ran.json["error"]) == {"code", "message", "hint", "at"}
    usage = tool("validate", "--json")
    assert usage.exit_code == 2
    assert usage.json["error"]["code"] == "usage"


@pytest.mark.skipif(os.name == "nt", reason="file modes are POSIX")
def test_what_holds_personal_data_is_readable_by_its_owner_only(tool, sandbox, export):
    export(3)
    assert tool.to(sandbox)(*RUN).exit_code == 0
    files = [tool.folder / "tickets.ledger", *(tool.folder / "tickets-report").iterdir()]
    assert {path.name for path in files} >= {"tickets.ledger", "report.html", "results.csv", "report.json"}
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_the_key_is_in_no_file_and_no_output(tool, sandbox, export):
    export(3)
    ran = tool.to(sandbox)(*RUN, "-v")
    assert ran.exit_code == 0
    assert sandbox.key not in ran.stdout + ran.stderr
    for path in tool.folder.rglob("*"):
        if path.is_file():
            assert sandbox.key.encode() not in path.read_bytes(), path


def test_logs_carry_no_ticket_text(tool, sandbox, export):
    export(3)
    ran = tool.to(sandbox)(*RUN, "-v")
    assert "POST" in ran.stderr
    assert "Question" not in ran.stderr
    assert "example.com" not in ran.stderr


def test_names_from_a_file_cannot_steer_the_terminal(capsys):
    show_error(SourceError("no column\n  \x1b[2Jone", hint="it has: \x9b31m", at="a\nb\x1b]0;x\x07.csv"))
    assert capsys.readouterr().err == (
        "Error: a b\\x1b]0;x\\x07.csv: no column\n  \\x1b[2Jone\nHint: it has: \\x9b31m\n"
    )


@pytest.mark.skipif(not FULL.exists(), reason="the system has no disk that is always full")
@pytest.mark.parametrize("extra", [pytest.param((), id="text"), pytest.param(("--json",), id="json")])
def test_an_output_that_cannot_be_written_is_no_traceback(tool, export, extra):
    export(1)
    with FULL.open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "migrator", *VALIDATE, *extra],
            cwd=tool.folder, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert ran.returncode == 5
    assert "Traceback" not in ran.stderr


@pytest.mark.skipif(os.name == "nt", reason="closes streams as a POSIX shell does")
def test_a_closed_output_is_no_mistake_of_ours(tool, export):
    export(1)
    closed = " ".join((shlex.quote(sys.executable), "-m migrator", *VALIDATE, ">&- <&-"))
    ran = subprocess.run(
        ["/bin/sh", "-c", closed], cwd=tool.folder, stderr=subprocess.PIPE, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
