"""A ledger of any size within a minute: a small one, made by a real run, whose rows are multiplied.

`python -m tests.benchmarks.grow LEDGER ROWS` needs a row that was created and one that waits; half of the new
rows are like the one, half like the other. Everything is as a run would have written it, but for the keys.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

BASE = 1_000_000_000
"""New tickets are numbered from here, far above those that a sandbox makes."""
A_SECOND = 33
"""Tickets that a run creates at the pace of one key."""


def main(path: Path, rows: int) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN")
        (like,) = db.execute("SELECT min(seq) FROM rows WHERE status = 'created'").fetchone()
        _multiply(db, like, rows // 2)
        (like,) = db.execute("SELECT min(seq) FROM rows WHERE status = 'pending'").fetchone()
        _multiply(db, like, rows - rows // 2)
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def _multiply(db: sqlite3.Connection, like: int, count: int) -> None:
    (first, created) = db.execute(
        "SELECT (SELECT max(seq) FROM rows) + 1, number IS NOT NULL FROM rows WHERE seq = ?", (like,)
    ).fetchone()
    known = {"like": like, "first": first, "last": first + count - 1}
    ticket = {"number": f"{BASE} + i", "object_id": "printf('\"%024x\"', i)"} if created else {}
    own = {"seq": "i", "key": "printf('\"G-%d\"', i)", "legacy_id": "printf('\"G-%d\"', i)"}
    dated = {"created_at_ms": "1500000000000 + i * 1000"}
    _copy(db, "rows", "seq", own | dated | ticket, known)
    _copy(db, "originals", "row", {"row": "i"}, known)
    _copy(db, "requests", "row", {"row": "i"}, known)
    begun = {"begun_at_s": f"1700000000 + i / {A_SECOND}.0"} if created else {}
    _copy(db, "steps", "row", {"row": "i"} | begun, known)
    if created:
        _copy(db, "owned", "row", {"row": "i"} | ticket, known)
        # Its trigger counts the steps that become done, and these never were anything else.
        db.execute(
            "UPDATE step_tally SET steps = steps + ? WHERE (kind, run) IN"
            " (SELECT kind, run FROM steps WHERE row = ?)",
            (count, like),
        )


def _copy(
    db: sqlite3.Connection, table: str, place: str, other: Mapping[str, str], known: Mapping[str, int]
) -> None:
    """Copies the lines of one row for every new one, `i`; the columns in `other` are worked out."""
    columns = [name for _, name, *_ in db.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(other.get(name, f"{table}.{name}") for name in columns)
    db.execute(
        f"""
        WITH RECURSIVE numbers (i) AS (SELECT :first UNION ALL SELECT i + 1 FROM numbers WHERE i < :last)
        INSERT INTO {table} ({", ".join(columns)})
            SELECT {values} FROM numbers JOIN {table} ON {table}.{place} = :like
        """,
        known,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
