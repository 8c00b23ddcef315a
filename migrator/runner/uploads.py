"""The files of a step at the moment at which it is sent: still what they were, and at hand.

A local file that has changed or gone is never sent silently different: its ticket fails and says so. A file
that only we may fetch is fetched now, into a folder beside the ledger that only its owner can read, and stays
there until its step is done, so that a run that is cut off need not fetch it again.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self

from migrator.errors import LedgerError, MappingError
from migrator.featurebase import (
    UPLOAD_MOST_BYTES,
    FetchRules,
    FileChanged,
    Unfetched,
    check_upload,
    is_page,
    may_be_about_files,
)
from migrator.ledger import Ledger
from migrator.mapping import FilesPlan
from migrator.model import Problem, Refused, Severity, Step, Upload, shown
from migrator.readers import open_local
from migrator.runner.local_files import UNREADABLE

if TYPE_CHECKING:
    from migrator.featurebase.web import Web

FACT = "files"
"""The ledger's fact with what sending must know of a mapping's `files`; never a secret."""
UNFETCHED = "file-unfetched"
"""The code of a refusal of our own: a file could not be fetched."""


class Uploads:
    """Thread-safe: each step's files are its own."""

    def __init__(
        self, folder: Path, rules: FetchRules, wait: Callable[[float], bool], *, hold: bool = False
    ) -> None:
        """
        Args:
            folder: For files that are fetched; made when the first one comes.
            wait: Sleeps; False when everything is to stop.
            hold: A file that cannot be had fails its ticket; otherwise the ticket goes without it.
        """
        self._folder = folder
        self._rules = rules
        self._wait = wait
        self._hold = hold
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if "_web" in self.__dict__:
            self._web.close()
        if self._folder.is_dir() and not any(self._folder.iterdir()):
            self._folder.rmdir()

    def at_hand(self, step: Step, place: str) -> Step | Refused:
        """The step with its files as they can be sent, or why they cannot.

        Args:
            place: Of the step, as no other step has it: what is fetched for it is found there again.

        Raises:
            Interrupted: Everything is to stop.
            LedgerError: There is no place for a file that is fetched.
        """
        if not step.uploads:
            return step
        ready: list[Upload] = []
        for upload in step.uploads:
            try:
                if upload.sha256:
                    check_upload(upload, self.open)
                ready.append(upload if upload.sha256 else self._fetched(upload, place))
            except FileChanged:
                return _refused("file-changed", upload, "is not the file that was checked any more")
            except Unfetched as fault:
                return _refused(UNFETCHED, upload, f"cannot be fetched: {fault}")
            except UNREADABLE:
                return _refused("file-missing", upload, "can no longer be read")
        if sum(upload.size_bytes for upload in ready) > UPLOAD_MOST_BYTES:
            return Refused(0, UNFETCHED, "the files that were fetched are too large for one request")
        return replace(step, uploads=tuple(ready))

    def open(self, upload: Upload) -> BinaryIO:
        """Opens a file for reading: of the export, or one that lies beside the ledger."""
        return open_local(upload.path)

    def may_go_without(self, refused: Refused) -> bool:
        """Whether a refused step is to be tried without its files."""
        return not self._hold and (may_be_about_files(refused) or refused.code == UNFETCHED)

    def forget(self, step: Step, place: str) -> None:
        """Removes what was fetched for a step that is done."""
        for upload in step.uploads:
            if not upload.sha256:
                self._path(upload, place).unlink(missing_ok=True)

    # --- fetching -------------------------------------------------------------------------------

    def _fetched(self, upload: Upload, place: str) -> Upload:
        """Fetches a file unless an earlier try has.

        Raises:
            Unfetched, Interrupted: It cannot be had.
            LedgerError: It cannot be kept, and no other could.
        """
        path = self._path(upload, place)
        if not path.exists():
            try:
                self._fetch(upload, path)
            except OSError as failed:
                raise LedgerError(
                    f"a file that was fetched cannot be kept: {failed.strerror or failed}",
                    hint="make room beside the ledger, then run the same command again: nothing is lost",
                    at=str(self._folder),
                ) from failed
        with path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        return replace(upload, path=str(path), size_bytes=path.stat().st_size, sha256=digest)

    def _fetch(self, upload: Upload, path: Path) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        part = path.with_suffix(".part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            self._open_web().fetch(upload.path, file, is_page=is_page(upload.name, upload.content_type))
        part.replace(path)

    def _path(self, upload: Upload, place: str) -> Path:
        address = hashlib.sha256(f"{upload.part}\n{upload.path}".encode()).hexdigest()
        return self._folder / f"{place}-{address}"

    def _open_web(self) -> Web:
        with self._lock:
            return self._web

    @cached_property
    def _web(self) -> Web:
        from migrator.featurebase.web import Web  # brings httpx along

        return Web(self._rules, wait=self._wait)


def left_behind(names: tuple[str, ...], refused: Refused) -> Problem:
    """The warning of a ticket that goes without some of its files."""
    return Problem(
        code="file-refused",
        message=f"{len(names)} files are named and linked in the text, because: {refused.message}",
        hint="bring them over by hand if they matter; `files: {on_refused: hold}` holds such tickets back",
        severity=Severity.WARNING,
        value=shown(", ".join(names)),
    )


def uploads_of(ledger: Ledger, environment: Mapping[str, str], wait: Callable[[float], bool]) -> Uploads:
    """What the ledger was told about files when its export was staged.

    Args:
        wait: As for `Uploads`.

    Raises:
        MappingError: A header for fetching stands in no variable of the environment.
    """
    said = json.loads(ledger.fact(FACT) or "{}")
    rules = _rules(frozenset(said.get("hosts", ())), said.get("headers", {}), environment)
    folder = ledger.path.with_name(ledger.path.name + ".files")
    return Uploads(folder, rules, wait, hold=said.get("hold", False))


def facts_of(files: FilesPlan) -> dict[str, str]:
    """What `uploads_of` asks the ledger for."""
    rules = files.rules
    said = {"hold": rules.hold, "hosts": sorted(rules.fetched_from), "headers": dict(files.headers)}
    return {FACT: json.dumps(said)}


def fetch_rules(files: FilesPlan, environment: Mapping[str, str]) -> FetchRules:
    """How files of certain hosts are fetched.

    Raises:
        MappingError: A header stands in no variable of the environment.
    """
    return _rules(files.rules.fetched_from, files.headers, environment)


def _rules(hosts: frozenset[str], headers: Mapping[str, str], environment: Mapping[str, str]) -> FetchRules:
    missing = [variable for variable in headers.values() if not environment.get(variable)]
    if missing:
        raise MappingError(
            f"the mapping fetches files with a secret in {missing[0]}, which the environment does not have",
            hint=f"set {', '.join(missing)}, or take `fetch` out of the mapping's `files`",
        )
    return FetchRules(hosts, tuple((name, environment[variable]) for name, variable in headers.items()))


def _refused(code: str, upload: Upload, what: str) -> Refused:
    way_out = "" if code == UNFETCHED else "; put it back as it was, then `migrator retry`"
    return Refused(0, code, f"the file {upload.name!r} {what}{way_out}")
