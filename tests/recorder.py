"""A wire tap: forwards every request to a sandbox, keeps what went over the line, and may change answers."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

Twist = Callable[[str, str, Any], tuple[int | None, Any] | None]
"""Method, path and the answer's JSON to another status (None keeps it) and JSON; None leaves the answer as it is."""


@dataclass(frozen=True)
class Exchange:
    """One request as it left, and the answer to it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int
    answer_headers: dict[str, str]
    answer: bytes


class Recorder:
    """Stands between a client and `target`; use `url` in its place.

    Args:
        twist: What a client gets in place of an answer: for a Featurebase that behaves in another way.
    """

    def __init__(self, target: str, twist: Twist | None = None) -> None:
        self.exchanges: list[Exchange] = []
        recorder, address = self, urlsplit(target).netloc

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def forward(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                line = http.client.HTTPConnection(address, timeout=30)
                line.request(self.command, self.path, body or None, headers)
                answer = line.getresponse()
                content, status = answer.read(), answer.status
                line.close()
                if twist and (changed := twist(self.command, self.path, json.loads(content))):
                    status, content = changed[0] or status, json.dumps(changed[1]).encode()
                recorder.exchanges.append(
                    Exchange(self.command, self.path, dict(self.headers.items()), body,
                             status, dict(answer.getheaders()), content)
                )  # fmt: skip
                self.send_response_only(status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_DELETE = forward  # noqa: N815 - the names of http.server

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def bodies(self, method: str, path: str) -> list[bytes]:
        return [each.body for each in self.exchanges if (each.method, each.path) == (method, path)]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
