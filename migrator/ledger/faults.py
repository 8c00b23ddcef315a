"""What SQLite and the disk complain about, as errors a person can act on.

Every `sqlite3.Error` leaves this room through here.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from migrator.errors import DiskFull, LedgerBusy, LedgerError

_NO_ROOM = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns the complaints of SQLite and of the disk about the ledger at `path` into ours.

    Raises:
        DiskFull: There is no room, or no quota, left.
        LedgerBusy: Another program kept the file locked.
        LedgerError: Anything else.
    """
    try:
        yield
    except (sqlite3.Error, OSError) as fault:
        raise explained(fault, path) from fault


def explained(fault: sqlite3.Error | OSError, path: Path) -> LedgerError:
    """The error to raise for `fault`, which concerns the ledger at `path`."""
    if isinstance(fault, OSError):
        return disk_full(path) if fault.errno in _NO_ROOM else _unusable_file(fault, path)
    # The low byte is the primary code, the rest only refines it (SQLite, "Result and Error Codes").
    code = getattr(fault, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    match code:
        case sqlite3.SQLITE_FULL:
            return disk_full(path)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED | sqlite3.SQLITE_PROTOCOL:
            return LedgerBusy(
                "another program keeps the ledger locked",
                hint="close database browsers and pause sync or backup programs that use this folder; "
                "keep the ledger on a local disk, not in a network folder",
                at=str(path),
            )
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return damaged(path)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return LedgerError(
                "the ledger cannot be opened",
                hint="check that this user may read and write the file, and may write to its folder",
                at=str(path),
            )
        case sqlite3.SQLITE_IOERR:
            return LedgerError(
                "the disk failed to read or write the ledger",
                hint="check the disk, then run the same command again: "
                "what was written before is safe, what was in flight will be looked for",
                at=str(path),
            )
    return LedgerError(f"the ledger cannot be used: {fault}", at=str(path))


def disk_full(path: Path) -> DiskFull:
    return DiskFull(
        "the disk is full, so nothing more can be sent",
        hint="free some space, then run the same command again: nothing is lost and nothing is sent twice",
        at=str(path),
    )


def damaged(path: Path) -> LedgerError:
    return LedgerError(
        "the ledger is damaged",
        hint="put back a copy of it from a backup; without one, move the file away and run the same command "
        "again, which first looks for tickets that were already created",
        at=str(path),
    )


def miscounted(path: Path, what: str, *, there: int, kept: int) -> LedgerError:
    return LedgerError(
        f"the ledger counts {kept} {what}, and holds {there}",
        hint="something else has changed the file: put back a copy of it from a backup; without one, move it "
        "away and run the same command again, which first looks for tickets that were already created",
        at=str(path),
    )


def _unusable_file(fault: OSError, path: Path) -> LedgerError:
    words = fault.strerror or type(fault).__name__
    return LedgerError(
        f"the ledger cannot be read or written: {words[:1].lower()}{words[1:]}",
        hint="check the path, and that this user may write to the folder; --ledger FILE puts it elsewhere",
        at=str(path),
    )
