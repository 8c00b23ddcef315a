"""What may happen to a step, and what that means for its row.

    waiting ──begin──> sending ──Done──────> done        all done: the row is created, or updated
       ^                  │ ├────Refused───> refused     the row is failed
       │                  │ └────InDoubt───> in_doubt    the row is in doubt
       └────NotSent───────┘                     │
       └────absent──────────────────────────────┤
       └────retry────────────────────────── refused
                                                └── `adopt` makes a create done, `decide` any other step,
                                                    or refused

Functions over a connection that is inside a transaction: each is one change from a true state to a
true state. Nothing here reads the clock, commits, or decides what is true in Featurebase.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from migrator.ledger import codec
from migrator.ledger.reader import SENDING
from migrator.model import Done, InDoubt, NotSent, Outcome, Refused, Step, TicketSeen

CREATE = 0
"""The ordinal of the step that makes the ticket: the first, because the others need its number."""


@dataclass(frozen=True, slots=True)
class At:
    """One step of one row, and when something happens to it."""

    row: int
    ordinal: int
    now_s: float
    """Our clock."""
    server_s: float | None
    """The server's; None where nothing was asked."""
    run: int


def begin(db: sqlite3.Connection, at: At, floor: int) -> None:
    """Notes that the step is about to be sent, for one more time.

    Raises:
        ValueError: It is not waiting, or an earlier step of its row is not done: a bug in the caller.
    """
    changed = db.execute(
        """
        UPDATE steps SET state = 'sending', attempts = attempts + 1, run = ?, floor = ?, begun_at_s = ?,
            begun_server_s = ?, ended_server_s = NULL, doubt_since_s = NULL, reason = NULL
        WHERE row = ? AND ordinal = ? AND state = 'waiting' AND NOT EXISTS (
            SELECT 1 FROM steps AS earlier
            WHERE earlier.row = steps.row AND earlier.ordinal < steps.ordinal AND earlier.state <> 'done')
        """,
        (at.run, floor, at.now_s, at.server_s, at.row, at.ordinal),
    ).rowcount
    if not changed:
        raise ValueError(f"step {at.ordinal} of row {at.row} is not the one to send next")


def settle(db: sqlite3.Connection, at: At, outcome: Outcome) -> None:
    """Notes what became of a step that was being sent."""
    match outcome:
        case Done(seen, adopted):
            if at.ordinal != CREATE:
                _done(db, at)
            elif _own(db, at.row, seen):
                _created(db, at, seen, adopted=adopted)
            else:
                _doubt(db, at, f"the answer names ticket {seen.number}, which belongs to another row")
        case Refused():
            _refused(db, at, outcome)
        case NotSent(reason):
            _leave(db, at, "waiting", codec.dump(reason))
        case InDoubt(reason):
            _doubt(db, at, reason)


def doubt_what_was_sending(db: sqlite3.Connection, now_s: float) -> int:
    """Puts in doubt whatever a killed process was sending; returns how many steps that is.

    Nobody knows when the process died, so the doubt counts from now: later than the truth, never
    earlier, which is the safe side for patience.
    """
    reason = codec.dump("the tool was stopped while this was being sent")
    db.execute(
        "UPDATE rows SET status = 'in_doubt', message = ?"  # noqa: S608 - constants only
        f" WHERE seq IN (SELECT row FROM steps WHERE {SENDING})",
        (reason,),
    )
    return db.execute(
        f"UPDATE steps SET state = 'in_doubt', doubt_since_s = ?, reason = ? WHERE {SENDING}",  # noqa: S608
        (now_s, reason),
    ).rowcount


def adopt(db: sqlite3.Connection, row: int, seen: TicketSeen, now_s: float, run: int) -> bool:
    """Claims a ticket found in Featurebase for the create step of `row`.

    Returns whether the row has that ticket now: not if another row owns it, nor if the step is neither
    waiting nor in doubt (unless it is done with this very ticket).
    """
    found = db.execute("SELECT state FROM steps WHERE row = ? AND ordinal = ?", (row, CREATE)).fetchone()
    if found is None:
        return False
    (state,) = found
    if state not in ("waiting", "in_doubt"):
        return _owner(db, seen.object_id) == row
    if not _own(db, row, seen):
        return False
    _created(db, At(row, CREATE, now_s, server_s=None, run=run), seen, adopted=True)
    return True


def absent(db: sqlite3.Connection, row: int, ordinal: int) -> None:
    """Lets a step wait again that was proven not to have arrived.

    Raises:
        ValueError: It is not in doubt: a bug in the caller.
    """
    changed = db.execute(
        "UPDATE steps SET state = 'waiting' WHERE row = ? AND ordinal = ? AND state = 'in_doubt'",
        (row, ordinal),
    ).rowcount
    if not changed:
        raise ValueError(f"step {ordinal} of row {row} is not in doubt")
    db.execute("UPDATE rows SET status = 'pending', message = NULL WHERE seq = ?", (row,))


def decide(db: sqlite3.Connection, at: At, refused: Refused | None) -> None:
    """Settles a step in doubt that no ticket can be claimed for.

    Raises:
        ValueError: It is not in doubt, or makes a ticket, which must be named: bugs in the caller.
    """
    found = db.execute(
        "SELECT 1 FROM steps WHERE row = ? AND ordinal = ? AND state = 'in_doubt'", (at.row, at.ordinal)
    ).fetchone()
    if found is None or at.ordinal == CREATE:
        raise ValueError(f"step {at.ordinal} of row {at.row} is not in doubt, or is to be adopted")
    if refused is None:
        _done(db, at)
    else:
        _refused(db, at, refused)


def retry(db: sqlite3.Connection, row: int) -> None:
    """Lets the refused step of a failed row wait again."""
    db.execute("UPDATE steps SET state = 'waiting' WHERE row = ? AND state = 'refused'", (row,))
    db.execute(
        "UPDATE rows SET status = 'pending', http_status = NULL, code = NULL, message = NULL WHERE seq = ?",
        (row,),
    )


def retry_failed(db: sqlite3.Connection, keys: Iterable[str]) -> int:
    """Lets the refused steps of these failed rows wait again; returns how many rows that is."""
    find = "SELECT seq FROM rows WHERE key = ? AND status = 'failed'"
    rows = [row for key in keys for (row,) in db.execute(find, (codec.dump(key),))]
    for row in rows:
        retry(db, row)
    return len(rows)


def append(db: sqlite3.Connection, row: int, step: Step) -> None:
    """Adds a step to a complete row, which is what it was again once that is done.

    Raises:
        ValueError: The row is not complete: a bug in the caller.
    """
    changed = db.execute(
        "UPDATE rows SET ends_as = status, status = 'pending', run = 0"
        " WHERE seq = ? AND status IN ('created', 'updated', 'unchanged')",
        (row,),
    ).rowcount
    if not changed:
        raise ValueError(f"row {row} is not complete")
    (last,) = db.execute("SELECT max(ordinal) FROM steps WHERE row = ?", (row,)).fetchone()
    hold(db, row, [step], first=last + 1)


def hold(db: sqlite3.Connection, row: int, steps: Iterable[Step], *, first: int) -> None:
    """Writes steps of a row, waiting, from the ordinal `first` on."""
    for ordinal, step in enumerate(steps, start=first):
        uploads = codec.dump_uploads(step.uploads)
        db.execute(
            "INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?)",
            (row, ordinal, step.method, step.path, step.body, uploads, step.contact),
        )
        db.execute("INSERT INTO steps (row, ordinal, kind) VALUES (?, ?, ?)", (row, ordinal, step.kind.value))


def give_up_rewriting(db: sqlite3.Connection) -> int:
    """Drops changes of references that were refused, as if they had not been tried; returns how many."""
    rows = [
        row
        for (row,) in db.execute(
            "SELECT row FROM steps JOIN rows ON seq = row"
            " WHERE rows.status IN ('rejected', 'failed') AND state = 'refused' AND kind = 'rewrite'"
        )
    ]
    for row in rows:
        drop_rewriting(db, row, "refused")
        db.execute(
            "UPDATE rows SET status = ends_as, run = 0, http_status = NULL, code = NULL, message = NULL"
            " WHERE seq = ?",
            (row,),
        )
    return len(rows)


def drop_rewriting(db: sqlite3.Connection, row: int, state: str) -> None:
    """Drops the changes of references of a row that are in this state."""
    which = "SELECT ordinal FROM steps WHERE row = ? AND kind = 'rewrite' AND state = ?"
    for table in ("requests", "steps"):
        db.execute(
            f"DELETE FROM {table} WHERE row = ? AND ordinal IN ({which})",  # noqa: S608 - constants only
            (row, row, state),
        )


# How a row stands after a step of it is done; takes the run.
_STANDING = """
    run = ?, http_status = NULL, code = NULL, message = NULL, status = CASE
        WHEN EXISTS (SELECT 1 FROM steps WHERE steps.row = seq AND state <> 'done') THEN 'pending'
        ELSE ends_as END
"""


def _created(db: sqlite3.Connection, at: At, seen: TicketSeen, *, adopted: bool) -> None:
    ticket = (seen.number, codec.dump(seen.object_id), codec.dump(seen.url), adopted)
    _leave(db, at, "done")
    # One statement, because each that changes a row makes its triggers count anew.
    db.execute(
        f"UPDATE rows SET number = ?, object_id = ?, url = ?, adopted = ?, {_STANDING} WHERE seq = ?",  # noqa: S608
        (*ticket, at.run, at.row),
    )


def _done(db: sqlite3.Connection, at: At) -> None:
    _leave(db, at, "done")
    db.execute(f"UPDATE rows SET {_STANDING} WHERE seq = ?", (at.run, at.row))  # noqa: S608


def _refused(db: sqlite3.Connection, at: At, refused: Refused) -> None:
    words = (refused.http_status, codec.dump(refused.code), codec.dump(refused.message))
    _leave(db, at, "refused")
    db.execute(
        "UPDATE rows SET status = 'failed', run = ?, http_status = ?, code = ?, message = ? WHERE seq = ?",
        (at.run, *words, at.row),
    )


def _doubt(db: sqlite3.Connection, at: At, reason: str) -> None:
    _leave(db, at, "in_doubt", codec.dump(reason))
    db.execute(
        "UPDATE steps SET doubt_since_s = ? WHERE row = ? AND ordinal = ?", (at.now_s, at.row, at.ordinal)
    )
    db.execute(
        "UPDATE rows SET status = 'in_doubt', run = ?, message = ? WHERE seq = ?",
        (at.run, codec.dump(reason), at.row),
    )


def _leave(db: sqlite3.Connection, at: At, state: str, reason: str | None = None) -> None:
    db.execute(
        "UPDATE steps SET state = ?, reason = ?, ended_server_s = ?, run = ? WHERE row = ? AND ordinal = ?",
        (state, reason, at.server_s, at.run, at.row, at.ordinal),
    )


def _own(db: sqlite3.Connection, row: int, seen: TicketSeen) -> bool:
    """Claims the ticket for the row; False if it has an owner already, which is for ever, or was deleted."""
    object_id = codec.dump(seen.object_id)
    return (
        db.execute(
            "INSERT OR IGNORE INTO owned (object_id, row, number) SELECT ?, ?, ?"
            " WHERE NOT EXISTS (SELECT 1 FROM deleted WHERE object_id = ? AND gone_at_s IS NOT NULL)",
            (object_id, row, seen.number, object_id),
        ).rowcount
        == 1
    )


def _owner(db: sqlite3.Connection, object_id: str) -> int | None:
    found = db.execute("SELECT row FROM owned WHERE object_id = ?", (codec.dump(object_id),)).fetchone()
    return None if found is None else int(found[0])
