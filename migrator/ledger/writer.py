"""One thread that writes, many that wait: every commit carries all that has gathered meanwhile.

While one group is on its way to the disk the next one gathers, so a lone caller waits for one commit and
thirty-two callers share one. What nobody waits for goes along with the next thing that somebody does, or by
itself a moment later. What is written is no business of this module; it runs jobs, in the order in which they
were handed over.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from migrator.errors import LedgerError
from migrator.ledger import faults

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]
"""Statements that belong together. It may run a second time, after a roll-back, so it does nothing else."""

_LARGEST_GROUP = 1_000
_LINGER_S = 0.02
"""How long a group stays open that nobody waits for. A kill within it costs a doubt, never a duplicate."""


class _Job:
    """Something to write, and what came of it. A future would do the same at several times the price."""

    __slots__ = ("_done", "_error", "_result", "work")

    def __init__(self, work: Work[Any], *, awaited: bool) -> None:
        self.work = work
        self._result: Any = None
        self._error: BaseException | None = None
        self._done = threading.Lock() if awaited else None
        if self._done is not None:
            self._done.acquire()

    @property
    def awaited(self) -> bool:
        """Whether somebody waits for the result and so will hear of a failure."""
        return self._done is not None

    def end(self, result: Any = None, error: BaseException | None = None) -> None:
        """Tells whoever waits; once."""
        self._result, self._error = result, error
        if self._done is not None:
            self._done.release()

    def result(self) -> Any:
        """Waits for the end of a job that is awaited; returns or raises what came of it."""
        assert self._done is not None
        self._done.acquire()
        if self._error is not None:
            raise self._error
        return self._result


class Writer:
    """Owns the writing connection from construction to `close`.

    A job that fails by itself is undone and its caller told; the others of its group are not touched.
    When the disk or the database fails, or a job that nobody waits for, the writer has a fault: nothing
    is written any more, and everybody who comes is told the same. What was committed before is safe.
    """

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db = db
        self._path = path
        self._file = _identity(path)
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._door = threading.Lock()  # nothing may be queued behind the end mark
        self._turn = threading.Lock()  # held by whoever uses the connection
        self._holder: int | None = None
        self._accepted = 0
        self._finished = 0
        self._closed = False
        self._fault: Exception | None = None
        self._fault_told = False
        self._thread = threading.Thread(target=self._serve, name="ledger-writer", daemon=True)
        self._thread.start()

    def run(self, work: Work[T]) -> T:
        """Does `work` and returns what it returned, once that is on the disk.

        Raises:
            LedgerError: The disk or the database failed, now or before.
            Exception: Whatever `work` raised; nothing of it was written.
        """
        if self._holder == threading.get_ident():
            return work(self._db)
        job = _Job(work, awaited=True)
        self._submit(job)
        result: T = job.result()
        return result

    def hand_over(self, work: Work[object]) -> None:
        """Has `work` done soon, without waiting.

        Raises:
            LedgerError: The writer has failed already.
        """
        if self._holder == threading.get_ident():
            work(self._db)
            return
        self._raise_fault()
        self._submit(_Job(work, awaited=False))

    def settled(self) -> None:
        """Waits until everything handed over so far is on the disk, or lost to a fault; never raises it."""
        if self._holder == threading.get_ident() or self._accepted == self._finished:
            return
        with suppress(Exception):
            self.run(lambda _: None)

    def flush(self) -> None:
        """Waits until everything handed over so far is on the disk.

        Raises:
            LedgerError: It is not, because the disk or the database failed.
        """
        self.settled()
        self._raise_fault()

    @contextmanager
    def alone(self) -> Iterator[sqlite3.Connection]:
        """One transaction of the caller's own: committed at the end, undone when an exception leaves it.

        Other threads wait meanwhile. What the caller's own thread writes through `run` and `hand_over`
        becomes part of the transaction.

        Raises:
            LedgerError: The disk or the database failed, now or before.
        """
        if self._holder == threading.get_ident():
            raise ValueError("this thread is in a transaction of its own already")
        self.settled()
        with self._turn:
            self._raise_fault()
            try:
                with faults.translated(self._path):
                    self._db.execute("BEGIN IMMEDIATE")
                self._holder = threading.get_ident()
                yield self._db
                with faults.translated(self._path):
                    self._db.execute("COMMIT")
            finally:
                self._holder = None
                self._undo()

    @contextmanager
    def apart(self) -> Iterator[sqlite3.Connection]:
        """The connection without a transaction, for what SQLite does only so; other threads wait meanwhile.

        Raises:
            LedgerError: The disk or the database failed, now or before.
        """
        self.flush()
        with self._turn, faults.translated(self._path):
            yield self._db

    @property
    def alive(self) -> bool:
        """Whether something may still be written."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Writes what is left, then lets go of the database; harmless when repeated.

        Raises:
            LedgerError: Something handed over was lost, and nobody has been told yet.
        """
        with self._door:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()
        # Into the file with all of it, so that the file alone is the ledger and can be copied. It is
        # not needed for safety: should it fail, the -wal file beside it still holds everything.
        with suppress(sqlite3.Error):
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        self._db.close()
        if not self._fault_told:
            self._raise_fault()

    def _submit(self, job: _Job) -> None:
        with self._door:
            if self._closed:
                raise ValueError("the ledger is closed")
            self._accepted += 1
            self._queue.put(job)

    def _serve(self) -> None:
        last = False
        while not last:
            group, last = self._gather()
            if group:
                with self._turn:
                    self._commit(group)
                self._finished += len(group)

    def _gather(self) -> tuple[list[_Job], bool]:
        """At least one job, and all that can go along with it; and whether the end mark came."""
        group: list[_Job] = []
        awaited = False
        job = self._queue.get()
        leaves_at = time.monotonic() + _LINGER_S
        while job is not None:
            group.append(job)
            awaited = awaited or job.awaited
            if len(group) == _LARGEST_GROUP:
                return group, False
            try:
                job = self._queue.get(timeout=0 if awaited else max(0.0, leaves_at - time.monotonic()))
            except Empty:
                return group, False
        return group, True

    def _commit(self, group: list[_Job]) -> None:
        try:
            results = self._transaction(group)
        except Exception as fault:  # noqa: BLE001 - whatever it is, those who wait must hear of it
            self._undo()
            if self._fault is None and len(group) > 1 and not _is_fatal(fault):
                for job in group:
                    self._commit([job])
            else:
                self._fail(group, fault)
        else:
            for job, result in zip(group, results, strict=True):
                job.end(result)

    def _transaction(self, group: list[_Job]) -> list[Any]:
        if self._fault is None and _identity(self._path) != self._file:
            self._fault = _moved(self._path)
        if self._fault is not None:
            raise self._fault
        self._db.execute("BEGIN IMMEDIATE")
        results = [job.work(self._db) for job in group]
        self._db.execute("COMMIT")
        return results

    def _fail(self, group: list[_Job], fault: Exception) -> None:
        told = faults.explained(fault, self._path) if isinstance(fault, sqlite3.Error) else fault
        told.__cause__ = fault if told is not fault else fault.__cause__
        awaited = sum(job.awaited for job in group)
        if self._fault is None and (_is_fatal(fault) or awaited < len(group)):
            self._fault = told
        self._fault_told |= awaited > 0
        for job in group:
            job.end(error=told)

    def _raise_fault(self) -> None:
        if self._fault is not None:
            self._fault_told = True
            raise self._fault

    def _undo(self) -> None:
        if self._db.in_transaction:  # SQLite undoes some failures by itself
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file stands under a path; a database goes on happily in one that was deleted under it."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _moved(path: Path) -> LedgerError:
    return LedgerError(
        "the ledger was moved or deleted while it was in use",
        hint="put it back where it was and run the same command again; never go on without it, "
        "or what was sent may be sent twice",
        at=str(path),
    )


def _is_fatal(fault: Exception) -> bool:
    """Whether the next job would fail as well. A broken constraint concerns one job only."""
    return isinstance(fault, sqlite3.Error) and not isinstance(fault, sqlite3.IntegrityError)
