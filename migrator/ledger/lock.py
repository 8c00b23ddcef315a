"""One run at a time: a lock that the kernel takes back when its process dies.

The lock is on `<ledger>.lock` beside the ledger, never on the ledger itself, whose locks belong to
SQLite. The file's text only tells people who holds it; a file left behind by a kill locks nothing.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
import time
import weakref
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from migrator.errors import LedgerBusy, LedgerError
from migrator.ledger import faults
from migrator.model import shown

_TAKEN = frozenset({errno.EACCES, errno.EAGAIN, errno.EDEADLK})
_UNSUPPORTED = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL})

_PATIENCE_S = 0.3
"""Longer than anybody holds the lock who only asks whether it is held."""

_held: weakref.WeakSet[Lock] = weakref.WeakSet()


if sys.platform == "win32":
    import msvcrt

    _LOCKED_BYTE = 0x4000_0000
    """Far behind the text: Windows forbids others even to read a locked byte."""

    def _lock(descriptor: int) -> None:
        """Takes the lock, or raises an `OSError` of `_TAKEN`."""
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _try_lock(descriptor: int) -> bool:
    try:
        _lock(descriptor)
    except OSError as fault:
        if fault.errno in _TAKEN:
            return False
        raise
    return True


def is_held(ledger: Path) -> bool:
    """Whether a process, this one included, holds the lock of the ledger. Takes no note of who asks."""
    try:
        descriptor = os.open(_lock_path(ledger), os.O_RDWR)
    except OSError:
        return False  # no file, no holder
    try:
        return not _try_lock(descriptor)
    except OSError:
        return False  # a folder without locks: nobody can hold one
    finally:
        os.close(descriptor)


def _lock_path(ledger: Path) -> Path:
    return ledger.with_name(ledger.name + ".lock")


class Lock:
    """Held from construction until `release`.

    Raises:
        LedgerBusy: A living process holds it; the message says which, and since when.
        LedgerError: The folder cannot be written, or knows no locks.
    """

    def __init__(self, ledger: Path) -> None:
        self.path = _lock_path(ledger)
        self._descriptor: int | None = None
        with faults.translated(ledger):
            self._acquire(ledger)
        _held.add(self)

    def release(self) -> None:
        """Lets others in and removes the file; harmless when repeated."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        if sys.platform == "win32":  # where an open file cannot be removed
            os.close(descriptor)
            self._remove()
        else:
            self._remove()
            os.close(descriptor)

    def _acquire(self, ledger: Path) -> None:
        while True:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
            try:
                self._take(descriptor, ledger)
                # Its last holder may have removed the file between our open and our lock; then we
                # hold a file that nobody else can find, and must begin again.
                if os.path.samestat(os.fstat(descriptor), self.path.stat()):
                    self._sign(descriptor)
                    self._descriptor = descriptor
                    return
            except FileNotFoundError:
                continue
            finally:
                if self._descriptor is None:
                    os.close(descriptor)

    def _take(self, descriptor: int, ledger: Path) -> None:
        give_up_at = time.monotonic() + _PATIENCE_S
        try:
            while not _try_lock(descriptor):
                if time.monotonic() > give_up_at:
                    raise self._busy(ledger)
                time.sleep(_PATIENCE_S / 10)
        except OSError as fault:
            if fault.errno in _UNSUPPORTED:
                raise LedgerError(
                    "this folder does not support file locks, so two runs could not be kept apart",
                    hint="keep the ledger on a local disk: --ledger FILE",
                    at=str(ledger),
                ) from fault
            raise

    def _sign(self, descriptor: int) -> None:
        started = datetime.now(UTC).isoformat(sep=" ", timespec="seconds")
        text = f"process {os.getpid()} on {socket.gethostname()}, since {started}\n"
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, text.encode(errors="replace"))

    def _busy(self, ledger: Path) -> LedgerBusy:
        holder = ""
        with suppress(OSError):
            holder = shown(self.path.read_text(encoding="utf-8", errors="replace").strip(), limit=160)
        return LedgerBusy(
            "another run is using this ledger" + (f" ({holder})" if holder else ""),
            hint="wait until it has ended, or stop it with Ctrl-C; `migrator status` works meanwhile",
            at=str(ledger),
        )

    def _remove(self) -> None:
        with suppress(OSError):  # an empty lock file left behind locks nothing
            self.path.unlink()


def _forget_in_child() -> None:
    """A forked worker must not keep the lock of a parent that was killed."""
    for lock in list(_held):
        if lock._descriptor is not None:
            os.close(lock._descriptor)
            lock._descriptor = None


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_forget_in_child)
