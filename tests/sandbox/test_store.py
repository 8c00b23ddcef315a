"""What outlives a sandbox, and who may open it."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import threading
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

import pytest

from migrator.sandbox import Sandbox, SandboxError, SandboxOptions
from tests.sandbox.support import Api

SERVE = """
import json, pathlib, sys
from migrator.sandbox import Sandbox, SandboxOptions
with Sandbox(SandboxOptions(db=pathlib.Path(sys.argv[1]), rate_limit=None)) as sandbox:
    category = next(iter(sandbox.workspace.categories))
    print(json.dumps([sandbox.url, sandbox.key, category]), flush=True)
    sandbox.serve_forever()
"""


def test_everything_is_there_again_with_the_same_ids_and_key(make_sandbox, tmp_path):
    first = make_sandbox(db=tmp_path / "s.db")
    with Api(first) as api:
        field = api.field("Files")
        api.form(
            "POST", "/v2/tickets", api.ticket(content="<p>x</p>"), (f"customFields.{field}", "a.txt", b"x")
        )
        api.post(
            "/v2/tickets/1/reply",
            {"type": "admin", "adminId": api.admin(), "body": "y", "messageType": "note"},
        )
    tickets, workspace = first.tickets(), first.workspace
    first.stop()
    second = make_sandbox(db=tmp_path / "s.db")
    assert (second.keys, second.workspace) == (first.keys, workspace)
    assert json.loads(json.dumps(second.tickets()).replace(second.url, first.url)) == tickets
    with Api(second) as api:
        assert len(api.get("/v2/companies").json["data"]) == 3
        assert api.make()["ticketNumber"] == 2


def test_what_was_answered_survives_kill_9(make_sandbox, tmp_path):
    path = tmp_path / "s.db"
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        answered = _create_until_it_dies(process, *json.loads(process.stdout.readline()))
    kept = [ticket["ticketNumber"] for ticket in make_sandbox(db=path).tickets()]
    assert len(answered) >= 30
    assert set(answered) <= set(kept)
    assert kept == list(range(1, len(kept) + 1))


def _create_until_it_dies(process: subprocess.Popen[str], url: str, key: str, category: str) -> list[int]:
    """Numbers of the tickets whose answers arrived before the process was killed in the middle of more."""
    answered: list[int] = []
    body = {"ticketCategoryId": category, "title": "xx", "author": {"email": "a@example.com"}}

    def work() -> None:
        connection = HTTPConnection(urlsplit(url).netloc, timeout=10)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        try:
            while True:
                connection.request("POST", "/v2/tickets", json.dumps(body), headers)
                answered.append(json.loads(connection.getresponse().read())["ticketNumber"])
                if len(answered) == 30:
                    process.send_signal(signal.SIGKILL)
        except (OSError, HTTPException):
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answered


def test_two_sandboxes_never_share_a_file(make_sandbox, tmp_path):
    make_sandbox(db=tmp_path / "s.db")
    with pytest.raises(SandboxError, match="in use"):
        Sandbox(SandboxOptions(db=tmp_path / "s.db")).start()


@pytest.mark.parametrize("content", [b"id,subject\n1,Hi\n" * 100, b"SQLite format 3\0broken" * 100])
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "tickets.csv"
    path.write_bytes(content)
    with pytest.raises(SandboxError, match="not a sandbox's database"):
        Sandbox(SandboxOptions(db=path)).start()
    assert path.read_bytes() == content


def test_the_database_of_another_program_is_refused(tmp_path):
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("create table mine (x)")
    other.close()
    with pytest.raises(SandboxError, match="belongs to another program"):
        Sandbox(SandboxOptions(db=tmp_path / "other.db")).start()


def test_a_folder_that_is_missing_is_said(tmp_path):
    with pytest.raises(SandboxError, match=r"nowhere.*unable to open"):
        Sandbox(SandboxOptions(db=tmp_path / "nowhere" / "s.db")).start()


def test_every_sandbox_has_ids_of_its_own_and_the_same_names(make_sandbox):
    first, second = make_sandbox(), make_sandbox()
    assert first.key != second.key
    assert not first.workspace.categories.keys() & second.workspace.categories.keys()
    names = [[each["name"] for each in sandbox.workspace.categories.values()] for sandbox in (first, second)]
    assert names[0] == names[1] == ["Support", "Internal", "Bugs"]


def test_a_seed_makes_ids_repeatable(make_sandbox):
    first, second, third = make_sandbox(seed=1), make_sandbox(seed=1), make_sandbox(seed=2)
    assert (first.keys, first.workspace) == (second.keys, second.workspace)
    assert first.key != third.key
