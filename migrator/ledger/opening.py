"""A ledger's file, from its name to its connections: made whole or not at all, written by who holds the lock.

The tables are in `tables.py`, who may in `lock.py`.
"""

from __future__ import annotations

import os
import uuid
from contextlib import ExitStack, suppress
from pathlib import Path

from migrator.errors import LedgerError
from migrator.ledger import codec, faults, schema
from migrator.ledger.lock import Lock
from migrator.ledger.reader import Reader
from migrator.ledger.writer import Writer


def real(path: Path) -> Path:
    """One name for one file, so that a link to a ledger does not get a lock of its own."""
    with faults.translated(path):
        return path.expanduser().resolve()


def make(path: Path) -> Lock:
    """Makes an empty ledger, readable by its owner only; it appears under its name only when it is complete.

    Returns:
        Its lock, held.

    Raises:
        LedgerError: There is a file already, or the folder cannot be written.
        LedgerBusy: Another process is making it.
        DiskFull: There is no room.
    """
    _refuse_to_overwrite(path)
    if not path.parent.is_dir():
        raise LedgerError(
            "there is no folder for the ledger", hint="make the folder first", at=str(path.parent)
        )
    with ExitStack() as undo:
        lock = Lock(path)
        undo.callback(lock.release)
        _refuse_to_overwrite(path)
        draft = path.with_name(path.name + ".new")
        draft.unlink(missing_ok=True)
        with faults.translated(path):
            try:
                schema.build(draft, {"id": codec.dump(uuid.uuid4().hex)})
                draft.rename(path)
            finally:
                draft.unlink(missing_ok=True)
            _make_names_durable(path.parent)
        undo.pop_all()
    return lock


def to_write(path: Path) -> tuple[Reader, Writer]:
    """Connects to a ledger whose lock is held, and brings it up to date."""
    with ExitStack() as undo, faults.translated(path):
        db = schema.connect_to_write(path)
        undo.callback(db.close)
        schema.bring_up_to_date(db)
        writer = Writer(db, path)
        undo.callback(writer.close)
        reader = Reader(schema.connect_to_read(path), path, catch_up=writer.settled)
        undo.pop_all()
    return reader, writer


def to_look(path: Path) -> Reader:
    """Connects to a ledger for questions only, whoever holds its lock."""
    with faults.translated(path):
        return Reader(schema.connect_to_read(path), path, catch_up=lambda: None)


def remove(path: Path) -> None:
    """Removes the file of a ledger whose lock is held, and what SQLite keeps beside it."""
    with faults.translated(path):
        for suffix in ("-wal", "-shm", ""):  # the ledger last: a kill must not orphan the others
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def _refuse_to_overwrite(path: Path) -> None:
    if path.exists():
        raise LedgerError(
            "there is a file of this name already, and it was left as it is",
            hint="give the new ledger another name: --ledger FILE",
            at=str(path),
        )


def _make_names_durable(folder: Path) -> None:
    """Without this a power cut could take the new file's name away again. Windows has no such call."""
    with suppress(PermissionError, AttributeError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
