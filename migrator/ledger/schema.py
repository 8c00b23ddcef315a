"""The tables, and the ways to come by a connection to them.

What the tables mean is said here; what happens in them is in `steps.py` and `staging.py`. The SQL keeps
to what SQLite 3.31 understands, because Python uses the system's.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from migrator.errors import LedgerError
from migrator.ledger import faults

APPLICATION_ID = 0x4D49_4752
"""`MIGR`, in SQLite's header: tells our files from everybody else's."""

VERSION = 1
"""Of the tables below, in SQLite's `user_version`."""

_CACHE_KIB = 16_384

TABLES = """
-- Small facts by name; the values are JSON, as is all text here that came from outside.
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- One line a source row, lean: a report over a million of them must not drag ticket text along.
CREATE TABLE rows (
    seq INTEGER PRIMARY KEY,
    key TEXT UNIQUE,                    -- NULL: no key of its own, so it can only be rejected or skipped
    file TEXT NOT NULL, sheet TEXT NOT NULL, source_row INTEGER NOT NULL, line INTEGER NOT NULL,
    staging INTEGER NOT NULL,           -- the staging that met it last
    status TEXT NOT NULL CHECK (status IN ('created', 'updated', 'unchanged', 'skipped', 'rejected',
                                           'failed', 'in_doubt', 'pending')),
    run INTEGER NOT NULL,               -- the run that gave it this status; 0: staging
    created_at_ms INTEGER,
    legacy_id TEXT,                     -- NULL: none is mapped
    fingerprint TEXT NOT NULL,
    skip_reason TEXT NOT NULL,
    problems TEXT NOT NULL, warnings TEXT NOT NULL, left_out TEXT NOT NULL,
    number INTEGER, object_id TEXT, url TEXT,
    adopted INTEGER NOT NULL DEFAULT 0,
    http_status INTEGER, code TEXT, message TEXT
);
CREATE INDEX rows_pending ON rows (created_at_ms, seq) WHERE status = 'pending';
CREATE INDEX rows_wrong ON rows (seq) WHERE status IN ('rejected', 'failed');
CREATE INDEX rows_dated ON rows (created_at_ms) WHERE created_at_ms IS NOT NULL;
CREATE INDEX rows_legacy ON rows (legacy_id) WHERE legacy_id IS NOT NULL;
CREATE INDEX rows_keyless ON rows (file, sheet, source_row) WHERE key IS NULL;

CREATE TABLE originals (row INTEGER PRIMARY KEY REFERENCES rows, original TEXT NOT NULL);

-- The bytes of a step never change; its state changes often, so the two are kept apart.
CREATE TABLE requests (
    row INTEGER NOT NULL REFERENCES rows, ordinal INTEGER NOT NULL,
    method TEXT NOT NULL, path TEXT NOT NULL, body BLOB NOT NULL, uploads TEXT NOT NULL,
    contact BLOB NOT NULL,
    PRIMARY KEY (row, ordinal)
);
CREATE TABLE steps (
    row INTEGER NOT NULL REFERENCES rows, ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'sending', 'done', 'refused', 'in_doubt')),
    attempts INTEGER NOT NULL DEFAULT 0,
    run INTEGER,                        -- the run that sent it last, or found out what became of it
    floor INTEGER, begun_at_s REAL, begun_server_s REAL, ended_server_s REAL,
    doubt_since_s REAL, reason TEXT,
    PRIMARY KEY (row, ordinal)
) WITHOUT ROWID;
CREATE INDEX steps_open ON steps (state, row, ordinal) WHERE state IN ('sending', 'in_doubt');

-- Which tickets are ours. Nothing is ever taken out of here by a run.
CREATE TABLE owned (object_id TEXT PRIMARY KEY, row INTEGER NOT NULL UNIQUE REFERENCES rows,
                    number INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX owned_number ON owned (number);

CREATE TABLE runs (run INTEGER PRIMARY KEY, options TEXT NOT NULL, started_at_s REAL NOT NULL,
                   ended_at_s REAL, exit_code INTEGER, figures TEXT NOT NULL DEFAULT '{}');
CREATE TABLE events (seq INTEGER PRIMARY KEY, at_s REAL NOT NULL, run INTEGER NOT NULL,
                     kind TEXT NOT NULL, detail TEXT NOT NULL);

-- How many rows stand where, so that counting a million takes no time. Triggers keep it, because
-- then no statement can change a row and forget to count it.
CREATE TABLE tally (
    status TEXT NOT NULL, run INTEGER NOT NULL, skip_reason TEXT NOT NULL, adopted INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    PRIMARY KEY (status, run, skip_reason, adopted)
) WITHOUT ROWID;
-- How many steps each run has got done, kept in the same way. Done is for ever, so it only grows.
CREATE TABLE step_tally (kind TEXT NOT NULL, run INTEGER NOT NULL, steps INTEGER NOT NULL,
                         PRIMARY KEY (kind, run)) WITHOUT ROWID;
CREATE TRIGGER steps_done AFTER UPDATE OF state ON steps WHEN new.state = 'done' AND old.state <> 'done' BEGIN
    INSERT INTO step_tally VALUES (new.kind, new.run, 1)
        ON CONFLICT (kind, run) DO UPDATE SET steps = steps + 1;
END;
-- What the tickets leave behind, added up by the stager for the same reason.
CREATE TABLE left_out (what TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
CREATE TRIGGER rows_come AFTER INSERT ON rows BEGIN
    INSERT INTO tally VALUES (new.status, new.run, new.skip_reason, new.adopted, 1)
        ON CONFLICT (status, run, skip_reason, adopted) DO UPDATE SET rows = rows + 1;
END;
CREATE TRIGGER rows_change AFTER UPDATE OF status, run, skip_reason, adopted ON rows BEGIN
    UPDATE tally SET rows = rows - 1
        WHERE status = old.status AND run = old.run AND skip_reason = old.skip_reason
            AND adopted = old.adopted;
    INSERT INTO tally VALUES (new.status, new.run, new.skip_reason, new.adopted, 1)
        ON CONFLICT (status, run, skip_reason, adopted) DO UPDATE SET rows = rows + 1;
END;
CREATE TRIGGER rows_go AFTER DELETE ON rows BEGIN
    UPDATE tally SET rows = rows - 1
        WHERE status = old.status AND run = old.run AND skip_reason = old.skip_reason
            AND adopted = old.adopted;
END;
"""


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
        for statement in _statements(TABLES):
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {VERSION}")
        db.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())
        db.execute("COMMIT")


def identify(path: Path) -> None:
    """Makes sure that `path` is a ledger this version can use; the file is not touched.

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
    try:
        # Immutable: no lock is taken and no -wal or -shm file appears beside somebody else's database.
        with closing(sqlite3.connect(_address(path, "ro&immutable=1"), uri=True)) as db:
            (application,) = db.execute("PRAGMA application_id").fetchone()
            (version,) = db.execute("PRAGMA user_version").fetchone()
    except sqlite3.Error as fault:
        if getattr(fault, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_NOTADB:
            raise _not_a_ledger(path, "it is some other kind of file") from fault
        raise faults.explained(fault, path) from fault
    if application != APPLICATION_ID:
        is_empty = path.stat().st_size == 0
        raise _not_a_ledger(path, "it is empty" if is_empty else "it is a database of another program")
    if version > VERSION:
        raise LedgerError(
            f"the ledger was written by a newer version of migrator (format {version}, "
            f"this one knows {VERSION})",
            hint="update migrator, then run the same command again",
            at=str(path),
        )


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


def _configure(db: sqlite3.Connection, *pragmas: str) -> None:
    try:
        for pragma in ("busy_timeout = 10000", *pragmas):
            db.execute(f"PRAGMA {pragma}").fetchone()
    except sqlite3.Error:
        db.close()
        raise


def _address(path: Path, mode: str) -> str:
    return f"{path.as_uri()}?mode={mode}"


def _statements(script: str) -> list[str]:
    """The script in single statements: `executescript` would commit the transaction around it."""
    statements, lines = [], ""
    for line in script.splitlines(keepends=True):
        lines += line
        if sqlite3.complete_statement(lines):
            statements.append(lines)
            lines = ""
    return statements


def _not_a_ledger(path: Path, what_it_is: str) -> LedgerError:
    return LedgerError(
        f"this is not a ledger: {what_it_is}",
        hint="give the ledger of a migration, or another name for a new one; the file was left as it is",
        at=str(path),
    )
