"""The sandbox as a user starts it: what it is told to be, it is."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.conftest import Tool


@contextmanager
def served(tool: Tool, *words: str) -> Iterator[dict[str, str]]:
    with tool.start("sandbox", "--json", "--port", "0", *words) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()
            process.communicate(timeout=30)


def ask(said: dict[str, str], path: str) -> tuple[int, dict[str, str]]:
    request = urllib.request.Request(
        said["url"] + path, headers={"Authorization": f"Bearer {said['key'].split(',')[0]}"}
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, dict(answer.headers)
    except urllib.error.HTTPError as refused:
        return refused.code, dict(refused.headers)


def test_an_endpoint_has_a_lower_limit_and_answers_may_say_nothing_of_it(tool):
    limit = ("--endpoint-limit", "GET /v2/tickets/statuses=2")
    with served(tool, *limit, "--no-rate-headers", "--keys", "2") as said:
        answers = [ask(said, "/v2/tickets/statuses") for _ in range(3)]
        assert ask(said, "/v2/admins")[0] == 200
    assert [status for status, _ in answers] == [200, 200, 429]
    assert not any(name.startswith("X-RateLimit") for _, headers in answers for name in headers)
    assert "Retry-After" in answers[2][1]
    assert len(said["key"].split(",")) == 2


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("GET /v2/nowhere=5", "'GET /v2/nowhere' is none of:"),
        ("GET /v2/tickets", "does not end in a number"),
        ("GET /v2/tickets=0", "does not end in a number"),
    ],
)
def test_a_limit_of_nothing_is_refused(tool, value, said):
    ran = tool("sandbox", "--endpoint-limit", value)
    assert (ran.exit_code, said in ran.stderr) == (2, True)
