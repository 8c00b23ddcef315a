"""The file of a ledger: making one, telling it from others, bringing it up to date, connecting to it.

The tables are in `tables.py`.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from migrator.errors import LedgerError
from migrator.ledger import faults
from migrator.ledger.tables import BEGINNING, CHANGES, VERSION, statements

APPLICATION_ID = 0x4D49_4752
"""`MIGR`, in SQLite's header: tells our files from everybody else's."""

_CACHE_KIB = 16_384
_PAGE_LEAST_BYTES = 512
"""The smallest page of SQLite: it takes a shorter file for an empty database."""


def build(path: Path, facts: dict[str, str]) -> None:
    """Makes a complete, empty ledger with these facts at `path`, readable by its owner only.

    Raises:
        FileExistsError: Something is at `path`.
        OSError, sqlite3.Error: It cannot be written.
    """
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(_address(path, "rw"), uri=True, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("BEGIN IMMEDIATE")
        for script in (BEGINNING, *CHANGES):
            _apply(db, script)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {VERSION}")
        db.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())
        db.execute("COMMIT")


def identify(path: Path) -> int:
    """Makes sure that `path` is a ledger this version can use, and says its format; the file is not touched.

    Raises:
        LedgerError: There is none, it is something else, or it comes from a newer version.
    """
    if not path.exists():
        raise LedgerError(
            "there is no ledger here",
            hint="check the path; `migrator run SOURCE --mapping M` makes one",
            at=str(path),
        )
    if not path.is_file():
        raise _not_a_ledger(path, "it is not a file")
    # Asked rather than tried: closing any descriptor of the file would drop the locks that SQLite
    # holds on it elsewhere in this process (POSIX advisory locks).
    if not os.access(path, os.R_OK):
        raise LedgerError(
            "this user may not read the ledger",
            hint="use the account that made it",
            at=str(path),
        )
    application, version = _marks(path)
    if application != APPLICATION_ID:
        size_bytes = path.stat().st_size
        if 0 < size_bytes < _PAGE_LEAST_BYTES:
            raise _not_a_ledger(path, f"it holds only {size_bytes} bytes")
        raise _not_a_ledger(path, "it is a database of another program" if size_bytes else "it is empty")
    if version > VERSION:
        raise LedgerError(
            f"the ledger was written by a newer version of migrator (format {version}, "
            f"this one knows {VERSION})",
            hint="update migrator, then run the same command again",
            at=str(path),
        )
    return version


def _marks(path: Path) -> tuple[int, int]:
    """Application id and version of a database, as they stand in its header.

    Raises:
        LedgerError: It is none, or cannot be read.
    """
    try:
        # Immutable: no lock is taken and no -wal or -shm file appears beside somebody else's database.
        return _marks_in(_address(path, "ro&immutable=1"))
    except sqlite3.Error as fault:
        code = getattr(fault, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_NOTADB:
            raise _not_a_ledger(path, "it is some other kind of file") from fault
        if code != sqlite3.SQLITE_CORRUPT:
            raise faults.explained(fault, path) from fault
    # A kill or a full disk may end SQLite while it moves pages from the -wal file into this one: then only
    # both together are whole.
    with faults.translated(path):
        return _marks_in(_address(path, "ro"))


def _marks_in(address: str) -> tuple[int, int]:
    with closing(sqlite3.connect(address, uri=True)) as db:
        (application,) = db.execute("PRAGMA application_id").fetchone()
        (version,) = db.execute("PRAGMA user_version").fetchone()
        return int(application), int(version)


def bring_up_to_date(db: sqlite3.Connection) -> None:
    """Changes a ledger of an earlier version into one of this version; all of it or nothing.

    Args:
        db: One that writes, in no transaction.
    """
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version == VERSION:
        return
    with db:
        db.execute("BEGIN IMMEDIATE")
        for script in CHANGES[version - 1 :]:
            _apply(db, script)
        db.execute(f"PRAGMA user_version = {VERSION}")
    # Into the file itself, where `identify` reads it.
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def connect_to_write(path: Path) -> sqlite3.Connection:
    """The one connection that writes; it may be handed from thread to thread, one at a time."""
    db = sqlite3.connect(_address(path, "rw"), uri=True, isolation_level=None, check_same_thread=False)
    _configure(
        db,
        "journal_mode = WAL",
        "synchronous = FULL",  # an intent must outlive a power cut, not only a crash
        "fullfsync = ON",  # macOS: its plain fsync may stay in the drive's cache
        "foreign_keys = ON",
        "journal_size_limit = 67108864",  # staging leaves a WAL as large as the export
        f"cache_size = -{_CACHE_KIB}",
    )
    return db


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that cannot change anything; works while another process writes."""
    db = sqlite3.connect(_address(path, "ro"), uri=True, isolation_level=None, check_same_thread=False)
    try:
        _configure(db, "query_only = ON")
        db.execute("SELECT count(*) FROM facts").fetchone()
    except sqlite3.OperationalError as fault:
        db.close()
        # A read-only folder has no place for the -shm file that WAL needs. Without a -wal file the
        # database is complete by itself and nobody can be writing to it.
        code = getattr(fault, "sqlite_errorcode", 0) & 0xFF
        has_no_place = code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
        if not has_no_place or path.with_name(path.name + "-wal").exists():
            raise
        address = _address(path, "ro&immutable=1")
        return sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    except sqlite3.Error:
        db.close()
        raise
    return db


def _apply(db: sqlite3.Connection, script: str) -> None:
    for statement in statements(script):
        db.execute(statement)


def _configure(db: sqlite3.Connection, *pragmas: str) -> None:
    try:
        for pragma in ("busy_timeout = 10000", *pragmas):
            db.execute(f"PRAGMA {pragma}").fetchone()
    except sqlite3.Error:
        db.close()
        raise


def _address(path: Path, mode: str) -> str:
    return f"{path.as_uri()}?mode={mode}"


def _not_a_ledger(path: Path, what_it_is: str) -> LedgerError:
    return LedgerError(
        f"this is not a ledger: {what_it_is}",
        hint="give the ledger of a migration, or another name for a new one; the file was left as it is",
        at=str(path),
    )
