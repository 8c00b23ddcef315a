"""Asking the ledger: one connection that only reads, and how a long answer is read without holding it open.

Everything long comes page by page, so memory stays flat and no reader holds a snapshot open, which would
keep SQLite from tidying its -wal file.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from migrator.ledger import codec, faults
from migrator.model import SourceRef, Step, StepKind

PAGE = 500
"""Lines of a long answer that are fetched at once."""

Line = tuple[Any, ...]

# Conditions that are said as an index says them, because SQLite would not see that a shorter wording fits.
WRONG = "status IN ('rejected', 'failed')"
IN_DOUBT = "state IN ('sending', 'in_doubt') AND state = 'in_doubt'"
SENDING = "state IN ('sending', 'in_doubt') AND state = 'sending'"


class Reader:
    """A connection for questions, shared by threads; it sees all that was handed over before a question."""

    def __init__(self, db: sqlite3.Connection, path: Path, catch_up: Callable[[], None]) -> None:
        """
        Args:
            catch_up: Waits until what was handed over to be written is written; never raises.
        """
        self._db = db
        self._path = path
        self._catch_up = catch_up
        self._turn = threading.Lock()

    def all(self, query: str, values: tuple[object, ...] = ()) -> list[Line]:
        """Every line of the answer; for answers that are short.

        Raises:
            LedgerError: The disk or the database failed.
        """
        self._catch_up()
        return self.on_disk(query, values)

    def on_disk(self, query: str, values: tuple[object, ...] = ()) -> list[Line]:
        """The same without waiting: what was handed over last may be missing.

        Raises:
            LedgerError: The disk or the database failed.
        """
        with self._turn, faults.translated(self._path):
            return self._db.execute(query, values).fetchall()

    def one(self, query: str, values: tuple[object, ...] = ()) -> Line | None:
        lines = self.all(query, values)
        return lines[0] if lines else None

    def pages(self, query: str, values: tuple[object, ...] = (), *, after: int = 0) -> Iterator[Line]:
        """Every line of a long answer.

        Args:
            query: Its first column grows from line to line; it takes, after `values`, where to go on
                and how many lines to fetch.
        """
        while True:
            lines = self.all(query, (*values, after, PAGE))
            yield from lines
            if len(lines) < PAGE:
                return
            after = lines[-1][0]

    def close(self) -> None:
        with self._turn:
            self._db.close()


def read_ref(columns: Line) -> SourceRef:
    """From file, source_row, sheet and line."""
    file, row, sheet, line = columns
    return SourceRef(codec.load_text(file), row, codec.load_text(sheet), line)


def read_step(columns: Sequence[Any]) -> Step:
    """From kind, method, path, body, uploads and contact."""
    kind, method, path, body, uploads, contact = columns
    return Step(StepKind(kind), method, path, body, codec.load_uploads(uploads), contact)
