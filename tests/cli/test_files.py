"""Files as a user meets them: addresses that are looked at, and kills that cost none."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable

import pytest

from tests.exports import PASSWORD, Export, fetching, files_of, running_desk, ticket


def test_addresses_are_looked_at_when_asked_for(tool, sandbox):
    export = Export(tool.folder)
    with running_desk() as desk:
        fetching(export, desk)
        gone = {"name": "gone.txt", "url": f"http://{desk.host}/gone.txt"}
        export.tickets(ticket(1, attachments=[desk.put("a.txt", b"x"), gone]), ticket(2))
        tool.to(sandbox).environment["DESK_AUTH"] = PASSWORD
        ran = tool("validate", "export", "--mapping", "m.yaml", "--check-urls", "--json")
    assert (ran.exit_code, ran.json["problems"]) == (0, {"file-gone": 1})
    assert sorted({*desk.asked}) == ["/a.txt", "/gone.txt"]
    assert sandbox.tickets() == []


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a matter of POSIX")
def test_kills_in_the_middle_of_uploads_double_and_lose_nothing(tool, make_sandbox):
    count, content = 6, bytes(range(256)) * 4_000
    sandbox = make_sandbox(latency_s=0.1)
    export = Export(tool.folder)
    for number in range(count):
        export.put(f"{number}.bin", content)
    export.tickets(*(ticket(number, f"files/{number}.bin") for number in range(count))).zipped()
    words = ("run", "export.zip", "--mapping", "m.yaml", "--yes", "--settle", "0.5", "--workers", "3")
    tool.to(sandbox)
    for some in (0, 2):
        with tool.start(*words) as process:
            wait_until(lambda some=some: len(sandbox.tickets()) > some)
            process.send_signal(signal.SIGKILL)
            process.communicate()
    ran = tool(*words)
    assert ran.exit_code == 0, ran.stderr
    found = sorted(sandbox.tickets(), key=lambda each: each["title"])
    assert [each["title"] for each in found] == [f"Question {number}" for number in range(count)]
    assert [files_of(each) for each in found] == [[(f"{number}.bin", content)] for number in range(count)]


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)
