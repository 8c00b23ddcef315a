"""The sandbox's HTTP: keys, rate limits and faults around `app.App`, and the files and pages for people.

Nothing here knows what a ticket is.
"""

from __future__ import annotations

import contextlib
import json
import math
import shutil
import time
from http.server import BaseHTTPRequestHandler
from urllib.parse import quote, unquote, urlsplit

from migrator.sandbox.answers import Answer, Refusal
from migrator.sandbox.app import Request
from migrator.sandbox.attachments import LOOPBACK, MAX_UPLOAD_BYTES
from migrator.sandbox.body import Body
from migrator.sandbox.desk import Desk
from migrator.sandbox.faults import Fault
from migrator.sandbox.limits import Allowance
from migrator.sandbox.listener import Listener
from migrator.sandbox.multipart import Part, boundary_of, read_parts
from migrator.sandbox.page import Page

MAX_JSON_BYTES = 25 * 1024 * 1024
"""The vendor's limit is not known; this one is ours."""
# Room for the parts' headers and the JSON beside the files themselves.
MAX_FORM_BYTES = MAX_UPLOAD_BYTES + MAX_JSON_BYTES

REFUSING = {
    Fault.BEFORE_5XX: Refusal(500, "internal_error", "An internal error occurred"),
    Fault.REFUSED_400: Refusal(400, "business_validation_error", "Refused for a trial"),
    Fault.TIMEOUT_408: Refusal(408, "invalid_request", "Request timeout"),
    Fault.CONFLICT_409: Refusal(409, "invalid_request", "Conflict"),
    Fault.TOO_MANY: Refusal(429, "rate_limit_error", "Too many requests"),
}
"""Faults that are plain answers given instead of doing anything."""
AFTERWARDS = Refusal(500, "internal_error", "An internal error occurred")


class Server(Listener):
    """The listener of one sandbox."""

    desk: Desk

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port, Handler)


class Handler(BaseHTTPRequestHandler):
    """One connection: request after request until one side closes."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65_536
    server: Server

    def handle(self) -> None:
        # A client may leave whenever it likes; that is no event for a log.
        with contextlib.suppress(ConnectionError, TimeoutError):
            super().handle()

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()

    def version_string(self) -> str:
        return "Sandbox"

    def log_message(self, *_: object) -> None:
        """Silent: request lines can hold e-mail addresses."""

    def do_GET(self) -> None:
        self.server.desk.last_request_s = time.monotonic()
        path, _, query = self.path.partition("?")
        if not self._host_is_ours():
            self._send(403, b"This server answers only under its own name.\n", "text/plain")
        elif path.startswith("/v2/"):
            self._api(path, query)
        elif self.command != "GET":
            self.close_connection = True
            self._send(404, b"Not found\n", "text/plain")
        elif path.startswith("/files/"):
            self._file(path)
        else:
            status, html = self.server.desk.page.at(path, query)
            self._send(status, html.encode("utf-8", "replace"), "text/html; charset=utf-8", Page.HEADERS)

    do_POST = do_PATCH = do_DELETE = do_PUT = do_OPTIONS = do_TRACE = do_GET  # noqa: N815

    # --- the API -------------------------------------------------------------------------------

    def _api(self, path: str, query: str) -> None:
        desk = self.server.desk
        endpoint = desk.app.endpoint(self.command, path)
        rate_headers: dict[str, str] = {}
        try:
            body = Body(self.rfile, self.headers, MAX_FORM_BYTES)
        except Refusal as refusal:  # where the body ends is not known, so nothing can follow it
            self.close_connection = True
            return self._answer(endpoint, desk.app.error(refusal), rate_headers)
        try:
            scheme, _, key = self.headers.get("Authorization", "").partition(" ")
            if scheme.lower() != "bearer" or key not in desk.keys:
                raise Refusal(401, "authentication_error", "Authentication failed")
            fault = desk.dice.draw(self.command)
            if fault is Fault.RESET:
                return self._reset(endpoint)
            allowance = desk.windows.take(key, endpoint, time.time())
            rate_headers = self._rate_headers(allowance)
            if allowance is not None and allowance.refused_by:
                raise Refusal(
                    429, "rate_limit_error", f"Too many requests: the limit of the {allowance.refused_by}"
                )
            request = self._request(path, query, body)
        except Refusal as refusal:
            self._drain(body)
            return self._answer(endpoint, desk.app.error(refusal), rate_headers)
        return self._meet(fault, endpoint, request, rate_headers)

    def _drain(self, body: Body) -> None:
        """Reads what a refused request still holds: a client that is sending would not see the answer."""
        try:
            body.drain()
        except Refusal:
            self.close_connection = True

    def _request(self, path: str, query: str, body: Body) -> Request:
        content_type = self.headers.get("Content-Type", "")
        desk = self.server.desk
        raw, parts = b"", list[Part]()
        if content_type.lower().startswith("multipart/form-data"):
            try:
                for part in read_parts(body, boundary_of(content_type), desk.attachments, MAX_JSON_BYTES):
                    parts.append(part)  # a form cut short must know its first parts
                body.drain()
            except (Refusal, ConnectionError):
                desk.app.discard(tuple(parts))
                raise
        else:
            raw = body.all(MAX_JSON_BYTES)
        version = self.headers.get("Featurebase-Version")
        return Request(self.command, path, query, version, content_type, raw, tuple(parts))

    def _meet(self, fault: Fault | None, endpoint: str, request: Request, headers: dict[str, str]) -> None:
        """Does what is asked, as far as the fault lets it."""
        desk = self.server.desk
        if fault is Fault.RESET_READ:
            desk.app.discard(request.parts)
            return self._reset(endpoint)
        if fault is Fault.LATE:
            desk.later(desk.dice.plan.late_s, lambda: desk.app.handle(request))
            return self._silence(endpoint)
        if fault in REFUSING:
            desk.app.discard(request.parts)
            if fault is Fault.TOO_MANY and desk.dice.coin():
                headers = {**headers, "Retry-After": "1"}
            return self._answer(endpoint, desk.app.error(REFUSING[fault]), headers)
        answer = desk.app.handle(request)
        if fault is Fault.LOST:
            return self._silence(endpoint)
        if fault is Fault.AFTER_5XX:
            answer = desk.app.error(AFTERWARDS)
        if fault is Fault.SLOW:
            time.sleep(desk.dice.plan.slow_s)
        return self._answer(endpoint, answer, headers, fault)

    def _answer(
        self, endpoint: str, answer: Answer, headers: dict[str, str], fault: Fault | None = None
    ) -> None:
        desk = self.server.desk
        if desk.options.latency_s:
            time.sleep(desk.options.latency_s)
        desk.count(endpoint, answer.status)
        content = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":")).encode()
        kind = "application/json; charset=utf-8"
        headers = {**headers, **answer.headers}
        if fault is Fault.TRUNCATED:
            self.close_connection = True
            self._send(
                answer.status, content[: len(content) // 2], kind, headers, declared_bytes=len(content)
            )
        else:
            content = content[: len(content) // 2] if fault is Fault.GARBLED else content
            self._send(answer.status, content, kind, headers)

    def _rate_headers(self, allowance: Allowance | None) -> dict[str, str]:
        if allowance is None:
            return {}
        options = self.server.desk.options
        left_s = max(1, math.ceil(allowance.reset_s - time.time()))
        headers = {"Retry-After": str(left_s)} if allowance.refused_by else {}
        if options.headers:
            headers["X-RateLimit-Limit"] = str(allowance.limit)
            headers["X-RateLimit-Remaining"] = str(allowance.remaining)
            in_seconds = options.reset_as == "seconds"
            headers["X-RateLimit-Reset"] = str(left_s if in_seconds else math.ceil(allowance.reset_s))
        return headers

    def _silence(self, endpoint: str) -> None:
        self.server.desk.count(endpoint, 0)
        self.close_connection = True

    def _reset(self, endpoint: str) -> None:
        self._silence(endpoint)
        self.server.reset(self.connection)

    # --- people --------------------------------------------------------------------------------

    def _host_is_ours(self) -> bool:
        """Keeps foreign web pages out that were made to resolve to this machine (DNS rebinding)."""
        if self.server.desk.options.host not in LOOPBACK:
            return True
        try:
            return urlsplit(f"//{self.headers.get('Host', '')}").hostname in LOOPBACK
        except ValueError:
            return False

    def _file(self, path: str) -> None:
        key, _, name = path.removeprefix("/files/").partition("/")
        found = self.server.desk.attachments.open(key, unquote(name))
        if found is None:
            return self._send(404, b"Not found\n", "text/plain")
        file, size_bytes, content_type = found
        with file:
            self.send_response(200)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(size_bytes))
            # Never shown in the page's own origin: a stranger's file may hold a script.
            self.send_header(
                "Content-Disposition", f"attachment; filename*=UTF-8''{quote(unquote(name), safe='')}"
            )
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            shutil.copyfileobj(file, self.wfile)
            self.wfile.flush()
        return None

    def _send(
        self,
        status: int,
        content: bytes,
        content_type: str,
        headers: dict[str, str] | None = None,
        declared_bytes: int | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content) if declared_bytes is None else declared_bytes))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()
