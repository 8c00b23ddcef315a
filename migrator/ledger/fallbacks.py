"""Sending steps in another form than they were staged in: without their files, or several as one.

The ledger must hold the very bytes that leave, for they are what doubt is resolved with; so they are
exchanged before they are sent, together with the warning that says so. The row's fingerprint stays that of
its source.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence

from migrator.ledger import codec
from migrator.model import Problem, Step

LEFT_OUT = "files"


def exchange(
    db: sqlite3.Connection, row: int, ordinal: int, step: Step, warning: Problem, *, files: int, back: bool
) -> None:
    """Puts `step` in the place of a step that waits.

    Args:
        files: How many of them do not come along.
        back: It is the step as it was, which proved not to be the cause: the warning goes.

    Raises:
        ValueError: There is no such step, or it is not waiting: a bug in the caller.
    """
    changed = db.execute(
        """
        UPDATE requests SET body = ?, uploads = ? WHERE row = ? AND ordinal = ? AND EXISTS (
            SELECT 1 FROM steps WHERE steps.row = requests.row AND steps.ordinal = requests.ordinal
                AND state = 'waiting')
        """,
        (step.body, codec.dump_uploads(step.uploads), row, ordinal),
    ).rowcount
    if not changed:
        raise ValueError(f"step {ordinal} of row {row} is not waiting")
    _tell(db, row, warning, Counter({LEFT_OUT: -files if back else files}), back=back)


def merge(
    db: sqlite3.Connection,
    row: int,
    ordinals: Sequence[int],
    step: Step,
    warning: Problem,
    left_out: Counter[str],
) -> None:
    """Puts one step in the place of several that wait; it gets the place of the first.

    Raises:
        ValueError: They are not all waiting: a bug in the caller.
    """
    first, *others = ordinals
    for ordinal in ordinals:
        changed = db.execute(
            "DELETE FROM steps WHERE row = ? AND ordinal = ? AND state = 'waiting'", (row, ordinal)
        ).rowcount
        if not changed:
            raise ValueError(f"step {ordinal} of row {row} is not waiting")
    db.execute("INSERT INTO steps (row, ordinal, kind) VALUES (?, ?, ?)", (row, first, step.kind.value))
    db.execute(
        "UPDATE requests SET method = ?, path = ?, body = ?, uploads = ?, contact = ?"
        " WHERE row = ? AND ordinal = ?",
        (step.method, step.path, step.body, codec.dump_uploads(step.uploads), step.contact, row, first),
    )
    db.executemany("DELETE FROM requests WHERE row = ? AND ordinal = ?", [(row, each) for each in others])
    _tell(db, row, warning, left_out)


def _tell(
    db: sqlite3.Connection, row: int, warning: Problem, left_out: Counter[str], *, back: bool = False
) -> None:
    """Adds a warning to a row, and to what it leaves behind.

    Args:
        back: The warning is taken back instead.
    """
    found = db.execute("SELECT warnings, left_out FROM rows WHERE seq = ?", (row,)).fetchone()
    warnings = [each for each in codec.load_problems(found[0]) if each != warning]
    by_row = Counter(dict(codec.load_left_out(found[1])))
    by_row.update(left_out)
    db.execute(
        "UPDATE rows SET warnings = ?, left_out = ? WHERE seq = ?",
        (
            codec.dump_problems(warnings if back else [*warnings, warning]),
            codec.dump([[what, count] for what, count in by_row.items() if count]),
            row,
        ),
    )
    db.executemany(
        "INSERT INTO left_out VALUES (?, ?) ON CONFLICT (what) DO UPDATE SET count = count + excluded.count",
        [(codec.dump(what), count) for what, count in left_out.items() if count],
    )
