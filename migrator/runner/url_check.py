"""Looking, in a dry run, whether the files that an export only names by address are still there.

Bounded: each address once, a few at a time on one host, no more of a host that does not answer, and no more
than `ADDRESSES_MOST` or `LOOKING_MOST_S` in all, which is told when it is reached. What is found are warnings
of the rows; how a file is looked at is decided in `featurebase/web.py`.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as Pairs
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, islice
from types import TracebackType
from typing import Self

from migrator.featurebase import (
    FILE_URL_MOST_BYTES,
    UPLOAD_MOST_BYTES,
    Seen,
    Unfetched,
    fault_of,
    host_of,
    is_fetched,
    is_page,
)
from migrator.mapping import Mapping
from migrator.model import FileRef, Problem, Severity, SourceRef, Ticket, shown
from migrator.runner.control import Telling
from migrator.runner.prepare import Prepared
from migrator.runner.uploads import fetch_rules

ADDRESSES_MOST = 20_000
PER_HOST = 4
"""Requests to one host at once: it is somebody's live helpdesk."""
LOOKING_MOST_S = 3_600.0
"""How long all of it may take; what is left then is not looked at."""
DEAF_AFTER = 5
"""Addresses of one host without any answer, in a row, after which the others are not tried."""
_THREADS = 16
_ROWS = 200
"""Rows that are looked through together."""
_LOGIN = "signed links expire: export again, or let the mapping fetch the file with a login: `files: fetch`"
_HINTS = {
    "file-gone": "export again, or bring the file over by hand",
    "file-forbidden": _LOGIN,
    "file-expired": _LOGIN,
    "file-too-large": "let the mapping fetch and upload it (`files: fetch`), or make it smaller",
    "file-unreachable": "check the address in a browser; Featurebase could not download it either",
    "file-blocked": "pack the file, or leave it out",
    "file-insecure": "Featurebase downloads files over https only",
}

Look = Callable[..., Seen]
"""`Web.look`: an address, and whether a page is expected there. Raises Unfetched."""


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong with an address."""

    code: str
    why: str


_UNSEEN = _Fault("", "nobody looked")


class UrlCheck:
    """One dry run's look at its files."""

    def __init__(
        self,
        look: Look,
        *,
        most: int = ADDRESSES_MOST,
        monotonic: Callable[[], float] = time.monotonic,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        """
        Args:
            stopping: Whether no more is to be looked at: the dry run is about to end.
        """
        self.unchecked = 0
        """Files that were not looked at, because there were too many, or they took too long."""
        self._look = look
        self._most = most
        self._monotonic = monotonic
        self._stopping = stopping
        self._ends_at = monotonic() + LOOKING_MOST_S
        self._known: dict[str, _Fault | None] = {}
        self._lock = threading.Lock()
        self._at_once: defaultdict[str, threading.Semaphore] = defaultdict(
            lambda: threading.Semaphore(PER_HOST)
        )
        self._deaf: Counter[str] = Counter()
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="look")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def through(self, rows: Iterable[Prepared]) -> Iterator[Prepared]:
        """The rows in their order, with a warning for each kind of fault that files of theirs have."""
        rows = iter(rows)
        while some := list(islice(rows, _ROWS)):
            self._look_at(file for row in some for file in _files(row))
            yield from map(self._warned, some)

    # --- inside ---------------------------------------------------------------------------------

    def _look_at(self, files: Iterable[tuple[FileRef, int]]) -> None:
        fresh: dict[str, tuple[FileRef, int]] = {}
        for file, most_bytes in files:
            if file.url in self._known or file.url in fresh:
                continue
            if len(self._known) + len(fresh) < self._most:
                fresh[file.url] = (file, most_bytes)
            else:
                self.unchecked += 1
        found = dict(zip(fresh, self._pool.map(self._fault, fresh.values()), strict=True))
        self.unchecked += sum(each is _UNSEEN for each in found.values())
        self._known |= {url: None if each is _UNSEEN else each for url, each in found.items()}

    def _fault(self, asked: tuple[FileRef, int]) -> _Fault | None:
        file, most_bytes = asked
        host = host_of(file.url)
        with self._lock:
            at_once = self._at_once[host]
        with at_once:
            if self._stopping() or self._monotonic() > self._ends_at:
                return _UNSEEN
            if self._deaf[host] >= DEAF_AFTER:
                return _Fault("file-unreachable", "its server did not answer before, and was not asked again")
            try:
                seen = self._look(file.url, is_page=is_page(file.name, file.content_type))
            except Unfetched as fault:
                self._heard(host, answered=bool(fault.http_status))
                return _Fault(fault.code, str(fault))
            self._heard(host, answered=True)
        if seen.size_bytes is None or seen.size_bytes <= most_bytes:
            return None
        return _Fault("file-too-large", f"it has {seen.size_bytes / 1e6:,.0f} MB")

    def _heard(self, host: str, *, answered: bool) -> None:
        with self._lock:
            self._deaf[host] = 0 if answered else self._deaf[host] + 1

    def _warned(self, row: Prepared) -> Prepared:
        faults: dict[str, list[tuple[FileRef, str]]] = {}
        for file, _ in _files(row):
            if fault := self._known.get(file.url):
                faults.setdefault(fault.code, []).append((file, fault.why))
        if not faults or not isinstance(row.result, Ticket):
            return row
        told = tuple(_problem(code, files, row.result.ref) for code, files in faults.items())
        return replace(row, result=replace(row.result, warnings=(*row.result.warnings, *told)))


@contextmanager
def look_at_urls(mapping: Mapping, environment: Pairs[str, str], telling: Telling) -> Iterator[UrlCheck]:
    """A check over the network, with what the mapping says about fetching.

    Raises:
        MappingError: A header for fetching stands in no variable of the environment.
    """
    from migrator.featurebase.web import Web  # brings httpx along

    web = Web(fetch_rules(mapping.files, environment), wait=telling.control.wait)
    try:
        with UrlCheck(web.look, stopping=lambda: telling.control.stopping) as urls:
            yield urls
    finally:
        web.close()


def _files(row: Prepared) -> Iterator[tuple[FileRef, int]]:
    """The files of a row that would travel by address, each with the bytes that it may have."""
    draft = row.draft
    if draft is None:
        return
    of_fields = (file for each in draft.fields for file in each.files)
    of_replies = (file for each in draft.replies for file in each.files)
    for file in chain(draft.files, of_fields, of_replies):
        if file.url and not file.path and not fault_of(file, draft.file_rules):
            fetched = is_fetched(file, draft.file_rules)
            yield file, UPLOAD_MOST_BYTES if fetched else FILE_URL_MOST_BYTES


def _problem(code: str, files: list[tuple[FileRef, str]], ref: SourceRef) -> Problem:
    """One warning for all files of a ticket with the same fault; addresses may hold secrets, and stay out."""
    (first, why), *more = files
    others = f" ({len(files)} files of this ticket)" if more else ""
    return Problem(
        code=code,
        message=f"a file could not be found at its address: {why}{others}",
        hint=_HINTS.get(code, _HINTS["file-unreachable"]),
        severity=Severity.WARNING,
        ref=ref,
        value=shown(first.name),
    )
