"""Files on other people's servers: looking whether they are there, and fetching those that only we may fetch.

Nothing here talks to Featurebase, and nobody's API key is known here. Addresses come from an export, so they
are not trusted: https only, a bounded number of redirects, bytes and seconds, and no address of a private
network, unless the mapping names the host. Headers go to the hosts that the mapping names, never on to where
they redirect; and only these are reached by the proxy of the environment.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address
from typing import BinaryIO
from urllib.parse import urljoin, urlsplit

import httpx

from migrator import __version__
from migrator.errors import Interrupted
from migrator.featurebase import limits, remote
from migrator.featurebase.attachments import host_of
from migrator.featurebase.connection import is_loopback
from migrator.featurebase.remote import FetchRules, Seen, Unfetched
from migrator.featurebase.retry import Allowance, retry_delay_s
from migrator.featurebase.transport import proxy_to

CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 30.0
FETCH_MOST_S = 1_800.0
"""A file of 400 MB at 2 Mbit/s."""
REDIRECTS_MOST = 5
TRIES = 4
LOOK_TIMEOUT_S = 10.0
LONGEST_WAIT_S = 120.0
"""The longest `Retry-After` that is honoured."""
HEAD_BYTES = 1_024
"""How much of a file is looked at."""
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
_PAGE = re.compile(rb"\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype html|html|head)\b", re.IGNORECASE | re.DOTALL)
_UNTYPED = frozenset({"", "application/octet-stream", "binary/octet-stream", "text/plain"})
"""What a server says that does not know what it serves; a type that it does know is believed, because many a
`.xls` and `.doc` is a page inside."""
_FILE_NAME = re.compile(r'filename\*?=(?:UTF-8\'\'|")?([^";]+)', re.IGNORECASE)


class _Transient(Exception):
    """Trying again may help."""

    def __init__(self, fault: Unfetched, after_s: float | None = None) -> None:
        self.fault = fault
        self.after_s = after_s


def _wait(seconds: float) -> bool:
    time.sleep(seconds)
    return True


class Web:
    """Thread-safe."""

    def __init__(
        self,
        rules: FetchRules,
        *,
        wait: Callable[[float], bool] = _wait,
        most_bytes: int = limits.UPLOAD_MOST_BYTES,
    ) -> None:
        """
        Args:
            wait: Sleeps; False when everything is to stop.
        """
        self._rules = rules
        self._wait = wait
        self._most_bytes = most_bytes
        tls = ssl.create_default_context()
        self._client = httpx.Client(
            verify=tls,
            trust_env=False,  # a proxy would hide whom a connection reaches, which matters for all but these
            mounts={
                f"https://{host}": httpx.HTTPTransport(verify=tls, proxy=proxy)
                for host in rules.hosts
                if (proxy := proxy_to(host))
            },
            follow_redirects=False,
            headers={"User-Agent": f"migrator/{__version__}", "Accept-Encoding": "identity"},
        )

    def close(self) -> None:
        self._client.close()

    def fetch(self, url: str, to: BinaryIO, *, is_page: bool = False) -> None:
        """Write a file's bytes, tried again where that may help.

        Args:
            is_page: An HTML page is what should be there.

        Raises:
            Unfetched: It cannot be had.
            Interrupted: While waiting to try again.
            OSError: It cannot be written.
        """
        for attempt in range(1, TRIES + 1):
            try:
                to.seek(0)
                to.truncate()
                self._copy(url, to, is_page=is_page)
                return
            except _Transient as trouble:
                if attempt == TRIES:
                    raise trouble.fault from None
                after_s = retry_delay_s(attempt, 0.5) if trouble.after_s is None else trouble.after_s
            if not self._wait(min(after_s, LONGEST_WAIT_S)):
                raise Interrupted("stopped while a file was fetched", hint="run the same command to go on")

    def look(self, url: str, *, is_page: bool = False) -> Seen:
        """What is there, without fetching it: its head, and where that says too little its first bytes.

        Args:
            is_page: An HTML page is what should be there.

        Raises:
            Unfetched: There is nothing, or something else than a file.
        """
        try:
            return self._glance(url, is_page)
        except _Transient as trouble:
            busy, after_s = trouble.fault, trouble.after_s
        if not busy.http_status or not self._wait(min(after_s or 1.0, LOOK_TIMEOUT_S)):
            raise busy
        try:
            return self._glance(url, is_page)
        except _Transient as trouble:
            raise trouble.fault from None

    # --- inside ---------------------------------------------------------------------------------

    def _glance(self, url: str, is_page: bool) -> Seen:
        with self._answer("HEAD", url, timeout_s=LOOK_TIMEOUT_S) as answer:
            told = answer.status_code == 200 and "content-length" in answer.headers
            if told:
                return self._judged(answer, b"", is_page=is_page)
        ranged = {"Range": f"bytes=0-{HEAD_BYTES - 1}"}
        with self._answer("GET", url, ranged, timeout_s=LOOK_TIMEOUT_S) as answer:
            _check_status(answer)
            return self._judged(answer, next(answer.iter_bytes(HEAD_BYTES), b""), is_page=is_page)

    def _copy(self, url: str, to: BinaryIO, *, is_page: bool) -> None:
        deadline, size_bytes = time.monotonic() + FETCH_MOST_S, 0
        is_page = is_page or remote.is_page(limits.file_name_in(url), "")
        with self._answer("GET", url) as answer:
            _check_status(answer)
            told = self._judged(answer, b"", is_page=is_page).size_bytes or 0
            if told > self._most_bytes:
                raise Unfetched("file-too-large", f"it has {told / 1e6:,.0f} MB")
            for block in answer.iter_bytes():
                if not size_bytes:
                    self._judged(answer, block[:HEAD_BYTES], is_page=is_page)
                size_bytes += len(block)
                if size_bytes > self._most_bytes:
                    raise Unfetched("file-too-large", "the file does not end")
                if time.monotonic() > deadline:
                    raise Unfetched("file-unreachable", "the file takes too long to arrive")
                to.write(block)

    def _judged(self, answer: httpx.Response, head: bytes, *, is_page: bool) -> Seen:
        """A file, and not a page that says why there is none.

        Raises:
            Unfetched: It is no file, or one that Featurebase does not take.
        """
        content_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        comes_as_page = content_type in ("text/html", "application/xhtml+xml")
        if not is_page and (comes_as_page or (content_type in _UNTYPED and _PAGE.match(head))):
            raise Unfetched("file-expired", "a web page comes instead of the file, such as a login", 200)
        name = _FILE_NAME.search(answer.headers.get("content-disposition", ""))
        if content_type in limits.BLOCKED_TYPES or (name and limits.blocked_extension(name[1])):
            raise Unfetched("file-blocked", "it is a program or a script", 200)
        return Seen(_size(answer), content_type)

    @contextmanager
    def _answer(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        timeout_s: float = READ_TIMEOUT_S,
    ) -> Iterator[httpx.Response]:
        """The answer at the end of all redirects.

        Raises:
            Unfetched, _Transient: There is none that may be taken.
        """
        first = url
        for _ in range(REDIRECTS_MOST + 1):
            self._check_address(url, first)
            try:
                with self._client.stream(
                    method,
                    url,
                    headers={**(headers or {}), **self._secrets(url, first)},
                    timeout=httpx.Timeout(timeout_s, connect=CONNECT_TIMEOUT_S, pool=FETCH_MOST_S),
                    extensions={"trace": self._check_peer(url)},
                ) as answer:
                    if not answer.has_redirect_location:
                        yield answer
                        return
                    url = urljoin(url, answer.headers["location"])
            except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, UnicodeError, ValueError) as error:
                raise _Transient(Unfetched("file-unreachable", _said(error))) from None
        raise Unfetched("file-unreachable", "it redirects without end")

    def _check_address(self, url: str, first: str) -> None:
        host = host_of(url) if limits.is_web_address(url) else ""
        named = host in self._rules.hosts
        if not limits.is_web_address(url, ("https",)) and not (named and is_loopback(urlsplit(url))):
            raise Unfetched("file-insecure", "it is not reached by https all the way")
        if url != first and host_of(first) in self._rules.hosts and not named:
            raise Unfetched(
                "file-unreachable", f"it redirects to {host}, which `files: fetch: hosts` does not name"
            )

    def _secrets(self, url: str, first: str) -> dict[str, str]:
        """The mapping's headers, for the host that they are meant for."""
        host = host_of(url)
        return dict(self._rules.headers) if host in self._rules.hosts and host == host_of(first) else {}

    def _check_peer(self, url: str) -> Callable[[str, Mapping[str, object]], None]:
        """Looks at whom a connection has reached, before a word is said: a name can lead anywhere."""

        def trace(event: str, info: Mapping[str, object]) -> None:
            if not event.endswith("connect_tcp.complete") or host_of(url) in self._rules.hosts:
                return
            stream = info["return_value"]
            address = stream.get_extra_info("server_addr")  # type: ignore[attr-defined]
            if not _is_public(address[0]):
                stream.close()  # type: ignore[attr-defined]
                raise Unfetched("file-unreachable", "its address belongs to a private network")

        return trace


def _check_status(answer: httpx.Response) -> None:
    status = answer.status_code
    if status in (200, 206):
        return
    if status in (401, 403):
        raise Unfetched("file-forbidden", f"it needs a login (HTTP {status})", status)
    if status in (404, 410):
        raise Unfetched("file-gone", f"it is not there any more (HTTP {status})", status)
    fault = Unfetched("file-unreachable", f"its server answers HTTP {status}", status)
    if status not in _TRANSIENT:
        raise fault
    raise _Transient(fault, Allowance.read(answer.headers, time.time()).retry_after_s)


def _size(answer: httpx.Response) -> int | None:
    """The whole file's, also where only a piece of it was asked for."""
    of = answer.headers.get("content-range", "").rpartition("/")[2]
    told = of if answer.status_code == 206 else answer.headers.get("content-length", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 16 else None


def _is_public(address: str) -> bool:
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        return found.ipv4_mapped.is_global
    return found.is_global


def _said(error: Exception) -> str:
    """What happened, without the address, which may hold a password."""
    if isinstance(error, httpx.TimeoutException):
        return "its server does not answer in time"
    if isinstance(error, httpx.ConnectError):
        return "its server cannot be reached"
    return "its server breaks off"
