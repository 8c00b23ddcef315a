"""A server that makes tickets faster than any client can ask for them; a process of its own.

`python -m tests.benchmarks.stand_in '{"latency_s": 0.2, ...}'` says where it is, and counts what it did by window.
Everything but making tickets is answered by a sandbox behind it.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from migrator.sandbox import Sandbox, SandboxOptions

CREATE = b"POST /v2/tickets HTTP/1.1"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How it answers the making of a ticket."""

    latency_s: float = 0.0
    keys: int = 1
    key_limit: int = 0
    """Requests of one key in a window; 0 sets no limits at all."""
    workspace_limit: int = 3000
    window_s: float = 60.0
    headers: bool = True
    kept: bool = False
    """Whether tickets are really made, by the sandbox, so that they can be read back; slower by far."""


class StandIn:
    """Counts the requests of each key in windows of the clock, as Featurebase does."""

    def __init__(self, behaviour: Behaviour, sandbox: Sandbox) -> None:
        self._be = behaviour
        self._sandbox = sandbox
        self._numbers = itertools.count(int(time.time()))  # as no stand-in before has given them
        self._ticket: dict[str, Any] | None = None
        self._used: Counter[str] = Counter()
        self._window = -1
        self.created: Counter[int] = Counter()
        self.refused: Counter[int] = Counter()
        self._first_create_s = 0.0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                first, *lines = head[:-4].split(b"\r\n")
                given = dict(line.decode("latin-1").split(": ", 1) for line in lines)
                headers = {name.lower(): value for name, value in given.items()}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                if first == CREATE and not self._first_create_s:
                    self._first_create_s = time.time()
                if first == CREATE and self._ticket is not None and not self._be.kept:
                    status, answer, more = await self._create(headers["authorization"])
                else:
                    status, answer, more = await asyncio.to_thread(self._ask, first.decode(), given, body)
                if first == CREATE and self._ticket is None:
                    self._ticket = json.loads(answer)
                said = "".join(f"{name}: {value}\r\n" for name, value in more.items())
                writer.write(
                    f"HTTP/1.1 {status} -\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n"
                    f"{said}\r\n".encode()
                    + answer
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _create(self, key: str) -> tuple[int, bytes, dict[str, str]]:
        allowed, more = self._take(key)
        if self._be.latency_s:
            await asyncio.sleep(self._be.latency_s)
        window = self._window
        if not allowed:
            self.refused[window] += 1
            return (
                429,
                b'{"error": {"type": "rate_limit_error", "code": "rate_limited", "message": "-"}}',
                more,
            )
        self.created[window] += 1
        number = next(self._numbers)
        assert self._ticket is not None
        answer = {**self._ticket, "ticketNumber": number, "id": f"{number:024x}"}
        return 201, json.dumps(answer).encode(), more

    def _take(self, key: str) -> tuple[bool, dict[str, str]]:
        if not self._be.key_limit:
            self._window = int(time.time() // self._be.window_s)
            return True, {}
        now = time.time()
        window = int(now // self._be.window_s)
        if window != self._window:
            self._window = window
            self._used.clear()
        left_s = (window + 1) * self._be.window_s - now
        allowed = self._used[key] < self._be.key_limit and self._used.total() < self._be.workspace_limit
        self._used[key] += allowed
        more = {"Retry-After": str(int(left_s) + 1)} if not allowed else {}
        if self._be.headers:
            remaining = max(0, self._be.key_limit - self._used[key])
            more |= {
                "X-RateLimit-Limit": str(self._be.key_limit),
                "X-RateLimit-Remaining": str(remaining),
                "X-RateLimit-Reset": str(int(left_s) + 1),
            }
        return allowed, more

    def _ask(self, first: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes, dict[str, str]]:
        method, path, _ = first.split(" ", 2)
        if path == "/counted":
            counted = {"created": self.created, "refused": self.refused}
            return 200, json.dumps({**counted, "first_create_s": self._first_create_s}).encode(), {}
        kept = {
            name: value for name, value in headers.items() if name.lower() not in ("host", "content-length")
        }
        request = urllib.request.Request(self._sandbox.url + path, body or None, kept, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read(), {}
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read(), {}


async def main(behaviour: Behaviour) -> None:
    with Sandbox(SandboxOptions(rate_limit=None, keys=behaviour.keys, seed=1)) as sandbox:
        server = await asyncio.start_server(StandIn(behaviour, sandbox).serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        print(json.dumps({"url": f"http://127.0.0.1:{port}", "keys": sandbox.keys}), flush=True)
        await asyncio.to_thread(sys.stdin.read)  # until whoever started us is done


@dataclass(frozen=True, slots=True)
class Running:
    """Where a stand-in is, and what opens it."""

    url: str
    keys: tuple[str, ...]

    @property
    def environment(self) -> dict[str, str]:
        return {"FEATUREBASE_BASE_URL": self.url, "FEATUREBASE_API_KEY": ",".join(self.keys)}

    def counted(self) -> dict[str, Any]:
        """By window, how many were `created` and `refused`; and `first_create_s`, when the first was asked for."""
        with urllib.request.urlopen(f"{self.url}/counted") as answer:
            return json.load(answer)


@contextmanager
def running(behaviour: Behaviour = Behaviour()) -> Iterator[Running]:
    """A stand-in as long as the context lasts."""
    words = [sys.executable, "-m", "tests.benchmarks.stand_in", json.dumps(asdict(behaviour))]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        try:
            yield Running(said["url"], tuple(said["keys"]))
        finally:
            process.terminate()


if __name__ == "__main__":
    asyncio.run(main(Behaviour(**json.loads(sys.argv[1]))))
