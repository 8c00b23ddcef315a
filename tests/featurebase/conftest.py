"""A scripted Featurebase on a real socket, a clock that tests move, and a small workspace."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from migrator.featurebase import Admin, Category, Company, Directory, Field, Option, Status

KEY = "sk_test_0123456789abcdef"


@dataclass(frozen=True)
class Say:
    """One scripted answer."""

    status: int = 200
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    """Sent instead of `body`."""
    after_s: float = 0.0


@dataclass(frozen=True)
class Misbehave:
    """What a broken server does with a request that it has read."""

    how: str
    """`reset` (RST), `close` (FIN without a word), `silence`, `truncate` (half a body)."""


@dataclass(frozen=True)
class Heard:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class ScriptedServer(ThreadingHTTPServer):
    """Answers from a script, one entry a request; the last entry is repeated."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script: list[Say | Misbehave] = [Say()]
        self.heard: list[Heard] = []
        self.connections = 0
        self.lock = threading.Lock()
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1  # only the thread that accepts them is here
        super().process_request(request, client_address)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ScriptedServer

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self.server.lock:
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.server.heard.append(Heard(self.command, self.path, headers, body))
            script = self.server.script
            entry = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(entry, Misbehave):
            self._misbehave(entry.how)
            return
        time.sleep(entry.after_s)
        content = json.dumps(entry.body).encode() if entry.raw is None else entry.raw
        self.send_response(entry.status)
        for name, value in ({"Content-Length": str(len(content))} | entry.headers).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815 - names that http.server asks for

    def _misbehave(self, how: str) -> None:
        self.close_connection = True
        match how:
            case "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            case "silence":
                self.server.over.wait(20)
            case "truncate":
                self.wfile.write(b'HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{"id": "65')

    def log_message(self, format: str, *arguments: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A local server with a script: set `server.script`, read `server.heard`."""
    with ScriptedServer() as scripted:
        thread = threading.Thread(target=lambda: scripted.serve_forever(poll_interval=0.01), daemon=True)
        thread.start()
        yield scripted
        scripted.over.set()
        scripted.shutdown()
        thread.join()


class FakeClock:
    """Time that passes only where somebody waits."""

    def __init__(self) -> None:
        self.elapsed_s = 0.0
        self.waits: list[float] = []
        self._lock = threading.Lock()

    def now(self) -> float:
        return 1_800_000_000.0 + self.elapsed_s

    def monotonic(self) -> float:
        return self.elapsed_s

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        with self._lock:
            self.elapsed_s += timeout_s
            self.waits.append(timeout_s)
        return event.is_set()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def directory() -> Directory:
    """A workspace with one of everything, and two of what may be confused."""
    return make_directory()


def make_directory(**changes: Any) -> Directory:
    fields = (
        Field("f-text", "Legacy ID", "text"),
        Field("f-number", "Reopens", "number"),
        Field("f-select", "Priority", "select", options=(Option("o-low", "Low"), Option("o-high", "High"))),
        Field(
            "f-multi", "Tags", "multi-select", options=(Option("o-bug", "bug"), Option("o-login", "login"))
        ),
        Field("f-check", "VIP", "checkbox"),
        Field("f-date", "Due date", "date"),
        Field("f-file", "Contract", "file"),
        Field("f-files", "Files", "file", allow_multiple=True),
        Field("f-twin-1", "Twin", "text"),
        Field("f-twin-2", "Twin", "text"),
        Field("f-needed", "Product", "text", required=True),
        Field("f-loose", "Loose", "text"),
    )
    values: dict[str, Any] = {
        "categories": (
            Category(
                "c-support",
                "Support",
                "customer",
                tuple(f.id for f in fields if f.id not in ("f-loose", "f-needed")),
            ),
            Category("c-strict", "Strict", "customer", ("f-needed",)),
            Category("c-internal", "Internal", "back-office"),
            Category("c-tracker", "Tracker", "tracker"),
            Category("c-odd", "Odd"),
        ),
        "statuses": (
            Status("s-new", "New", "unstarted", is_default=True),
            Status("s-progress", "In progress", "active"),
            Status("s-waiting", "Waiting on customer", "active"),
            Status("s-done", "Resolved", "completed"),
        ),
        "fields": fields,
        "admins": (
            Admin("a-ada", "Ada Brook", "ada@work.example"),
            Admin("a-ben1", "Ben Cole", "ben@work.example"),
            Admin("a-ben2", "Ben Cole", ""),
        ),
        "companies": (Company("co-acme", "acme", "Acme Inc"), Company("co-2", "9", "co-acme Ltd")),
    }
    return Directory(**(values | changes))


TICKET: dict[str, Any] = {
    "object": "ticket",
    "id": "507f1f77bcf86cd799439011",
    "ticketNumber": 42,
    "title": "Cannot login",
    "content": "<p>403</p>",
    "ticketCategoryId": "c-support",
    "ticketUrl": "https://support.example/p/42",
    "author": {
        "id": "u1",
        "name": "Ann",
        "email": "ann@example.com",
        "profilePicture": None,
        "type": "customer",
    },
    "status": {"object": "post_status", "id": "s-new", "name": "New", "type": "unstarted", "isDefault": True},
    "customFields": {"f-text": "Z-1"},
    "companyId": None,
    "assigneeId": None,
    "open": True,
    "linkedConversations": [{"id": "7", "role": "customer"}],
    "createdAt": "2025-01-15T10:30:00.000Z",
    "updatedAt": "2025-01-15T10:30:01.000Z",
}


@pytest.fixture
def ticket_json() -> Callable[..., dict[str, Any]]:
    """A ticket as the API shows it, with changes."""
    return lambda **changes: TICKET | changes
