"""Dropping personal data for good: out of the tables, the free pages and the -wal file.

What an export said is in requests, originals, problems and facts; what people are called, also in
contacts, in parties and in differences. Source ids are kept: with the ticket numbers they are the proof
of what became of every row.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from migrator.errors import LedgerError
from migrator.ledger.facts import OWN, put_facts, put_own_facts
from migrator.model import Counts, Status

FORGETTING = "forgetting"
FORGOTTEN = "forgotten"
PHASES = frozenset({FORGETTING, FORGOTTEN})

_NEEDED = (Status.PENDING, Status.FAILED, Status.IN_DOUBT, Status.REJECTED)

_DROPPED = (
    "DELETE FROM requests",
    "DELETE FROM originals",
    "UPDATE rows SET problems = '[]', warnings = '[]', legacy_id = NULL, message = NULL",
    "UPDATE steps SET reason = NULL",
    "UPDATE verified SET differences = '[]'",
    "UPDATE contacts SET email = NULL",
    "DELETE FROM contacts_begun",
    "UPDATE parties SET external_id = NULL, email = NULL, body = X'', message = '\"\"'",
)


def require_done(counts: Counts, path: Path, *, rejected_too: bool) -> None:
    """Refuses while what would be dropped may still be needed.

    Raises:
        LedgerError: It names how many rows need it, and the way out.
    """
    needed = {
        status: count
        for status in _NEEDED
        if (count := getattr(counts, status.value)) and not (rejected_too and status is Status.REJECTED)
    }
    if not needed:
        return
    raise LedgerError(
        "this migration is not over: "
        + ", ".join(f"{count} {status.value.replace('_', ' ')}" for status, count in needed.items()),
        hint="correct the rejected rows and send them, or give them up: --rejected-too"
        if needed.keys() == {Status.REJECTED}
        else "finish it first, `migrator status` says how; a ledger of which nothing is in Featurebase any "
        "more is simply deleted",
        at=str(path),
    )


def forgotten(path: Path) -> LedgerError:
    """For whoever asks a ledger for what it has forgotten."""
    return LedgerError(
        "this ledger was told to forget, so it can send and compare nothing any more",
        hint="status, report and undo still work; for another migration name a new one: --ledger NEW.ledger",
        at=str(path),
    )


def drop(db: sqlite3.Connection, keep: Mapping[str, str]) -> None:
    """Takes the data out of the tables, inside a transaction; its traces in the file stay until `shrink`."""
    for statement in _DROPPED:
        db.execute(statement)
    own = ", ".join(f"'{name}'" for name in sorted(OWN))
    db.execute(f"DELETE FROM facts WHERE name NOT IN ({own})")  # noqa: S608 - constants only
    put_facts(db, keep)
    put_own_facts(db, {"phase": FORGETTING})


def shrink(db: sqlite3.Connection, path: Path) -> None:
    """Writes the file anew without its free pages, and empties the -wal file.

    Args:
        db: One that writes, in no transaction.

    Raises:
        LedgerError: Another process is reading the file, so that the -wal file cannot be emptied.
    """
    db.execute("VACUUM")
    (busy, *_) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise LedgerError(
            "another program is reading the ledger, so that traces of the data are left in it",
            hint="close it, then run the same command again",
            at=str(path),
        )
