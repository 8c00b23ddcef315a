"""One request over one connection, and what certainly did not happen.

No retry, no redirect, no waiting for the pace; the meaning of an answer is decided in `answers.py`.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from migrator import __version__
from migrator.errors import WrongAddress
from migrator.featurebase.answers import Answer
from migrator.featurebase.connection import API_VERSION, Connection
from migrator.featurebase.multipart import Form

CONNECT_TIMEOUT_S = 15.0
KEEP_ALIVE_S = 5.0
"""Short, so that a connection which the server is about to drop is not used for a create."""
ANSWER_MOST_BYTES = 100_000_000
"""A page of a hundred tickets with images in their text is large, but not this large."""
READ_MOST = 10
"""How many times `timeout_s` one answer may take to arrive, from its first byte to its last."""
DIGEST_BYTES_PER_S = 1_000_000
"""How fast a service must be able to take in an upload: it answers only when it has stored all of it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """No answer came."""

    sent: bool
    """Whether the request may have reached the server."""
    reason: str


class Transport:
    """Sends requests to one workspace. Thread-safe: each thread has connections of its own.

    A shared pool is several times slower, and can close a connection that it has just handed out, which
    would put a ticket in doubt for nothing. httpx's transport rather than its client, because whatever the
    client adds (redirects, cookies, authentication) is not wanted here and costs as much as the sending.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._base = connection.base_url.rstrip("/")
        self._secure = urlsplit(self._base).scheme == "https"
        self._tls = ssl.create_default_context() if self._secure else False
        # A proxy from the environment may carry TLS, but must never see a plain request and its key.
        self._proxy = proxy_to(connection.host) if self._secure else None
        self._lock = threading.Lock()
        self._owned: dict[threading.Thread, httpx.HTTPTransport] = {}
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._cancelled = False
        self._escaped_keys = [_as_json_may_say(key) for key in connection.keys]
        self._url = lru_cache(maxsize=256)(httpx.URL)  # nearly all requests go to one path

    def exchange(self, key: int, method: str, path: str, body: bytes | Form | None) -> Answer | Failure:
        """Send one request with key number `key` (from 0), and read its answer whole."""
        if self._cancelled:
            return Failure(sent=False, reason="cancelled")
        try:
            response = self._own().handle_request(self._request(key, method, path, body))
            try:
                content = self._read(response)
            finally:
                response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            return Failure(sent=False, reason=self._words(error))
        except (httpx.HTTPError, httpx.StreamError, OSError, ValueError) as error:
            return Failure(sent=True, reason=self._words(error))
        return Answer(response.status_code, _plain(response.headers), self._scrub(content))

    def cancel(self) -> None:
        """Cut every connection; requests in flight end as failures."""
        with self._lock:
            self._cancelled = True
            for each in list(self._sockets):
                _cut(each)

    def close(self) -> None:
        """Give every connection back. No request may be in flight."""
        with self._lock:
            owned, self._owned = self._owned, {}
        for each in owned.values():
            each.close()

    def _own(self) -> httpx.HTTPTransport:
        """The connections of this thread; a new thread inherits those of one that has ended.

        Without that, work that is done by many crews one after the other would run out of file handles.
        """
        me = threading.current_thread()
        if own := self._owned.get(me):
            return own
        with self._lock:
            ended = next((each for each in self._owned if not each.is_alive()), None)
            if ended is not None:
                own = self._owned.pop(ended)
            else:
                limits = httpx.Limits(keepalive_expiry=KEEP_ALIVE_S)
                own = httpx.HTTPTransport(verify=self._tls, limits=limits, proxy=self._proxy)
            self._owned[me] = own
        return own

    def _request(self, key: int, method: str, path: str, body: bytes | Form | None) -> httpx.Request:
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "Authorization": f"Bearer {self._connection.keys[key]}",
            "Featurebase-Version": API_VERSION,
            "User-Agent": f"migrator/{__version__}",
        }
        upload_bytes = 0
        if isinstance(body, Form):
            upload_bytes = body.size_bytes
            headers |= {"Content-Type": body.content_type, "Content-Length": str(upload_bytes)}
        elif body is not None:
            headers["Content-Type"] = "application/json"
        extensions = {"timeout": self._timeout(upload_bytes), "trace": self._trace}
        url = self._url(self._base + path)
        return httpx.Request(method, url, headers=headers, content=body, extensions=extensions)

    def _timeout(self, upload_bytes: int) -> dict[str, float]:
        """How long each step of a request may take; a slow line may take as long as it moves at all."""
        timeout_s = self._connection.timeout_s
        return {
            "connect": min(CONNECT_TIMEOUT_S, timeout_s),
            "write": timeout_s,
            "read": timeout_s + upload_bytes / DIGEST_BYTES_PER_S,
            "pool": timeout_s,
        }

    def _trace(self, event: str, info: Mapping[str, object]) -> None:
        """Keep hold of each socket: closing a client does not wake a thread that is reading from it."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            stream = info["return_value"]
            found = stream.get_extra_info("socket")  # type: ignore[attr-defined]
            if isinstance(found, socket.socket):
                with self._lock:
                    self._sockets.add(found)
                    if self._cancelled:
                        _cut(found)

    def _read(self, response: httpx.Response) -> bytes:
        """The whole body; httpx limits the wait for each piece of it, this the wait for all."""
        content = bytearray()
        deadline = time.monotonic() + READ_MOST * self._connection.timeout_s
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > ANSWER_MOST_BYTES:
                raise httpx.ReadError("the answer does not end")
            if time.monotonic() > deadline:
                raise httpx.ReadTimeout("the answer takes too long")
        return bytes(content)

    def _words(self, error: Exception) -> str:
        """What happened, for a person: the kind of failure and the system's words, never the request."""
        if self._cancelled:
            return "cancelled"
        if isinstance(error, httpx.ConnectTimeout):
            return "no connection in time"
        if isinstance(error, httpx.TimeoutException):
            return f"no answer within {self._connection.timeout_s:g} s"
        words = self._scrub(str(error).encode(errors="replace")).decode(errors="replace")
        return words or type(error).__name__

    def _scrub(self, content: bytes) -> bytes:
        """A server that echoes the key must not make us write it down."""
        for key in self._connection.keys:
            content = content.replace(key.encode(), b"[API key]")
        if b"\\u00" in content:
            for pattern in self._escaped_keys:
                content = pattern.sub(b"[API key]", content)
        return content


def _as_json_may_say(key: str) -> re.Pattern[bytes]:
    """A key each of whose characters may be escaped (RFC 8259, section 7)."""
    letters = (rf"(?:{re.escape(letter)}|\\u(?i:{ord(letter):04x}))" for letter in key)
    return re.compile("".join(letters).encode())


def proxy_to(host: str) -> httpx.Proxy | None:
    """The proxy by which the environment, or the system's settings, want a host to be reached over TLS.

    Raises:
        WrongAddress: It is of a kind that we cannot use. What it says is not shown: it may hold a password.
    """
    known = getproxies()
    address = known.get("https") or known.get("all")
    if not address or proxy_bypass(host):
        return None
    scheme, there, _ = address.partition("://")
    with contextlib.suppress(ValueError, httpx.InvalidURL):
        if not there or scheme in ("http", "https"):
            return httpx.Proxy(address if there else f"http://{address}")
    raise WrongAddress(
        "the proxy that the environment names is not an http(s) address",
        hint=f"correct HTTPS_PROXY, or put {host} into NO_PROXY to go without it",
    )


def _plain(headers: httpx.Headers) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers.raw}


def _cut(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        # Past any TLS layer, whose own state belongs to the thread that is reading.
        socket.socket.shutdown(each, socket.SHUT_RDWR)
