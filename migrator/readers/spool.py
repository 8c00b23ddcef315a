"""Work that needs more than one record at a time, on disk instead of in memory.

Everything lies in a private temporary database that the system deletes by itself; nothing outlives a pass.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Self

from migrator.model import Problem, Record, Value
from migrator.readers.base import no_room

_KEYS_ASKED = 250
"""Keys in one question; SQLite takes no more than 999 parameters everywhere."""
MESSAGES = "messages"
"""The key under which `group_records` puts the rows of a group."""


class Spool:
    """A temporary database; use it with `with`."""

    def __init__(self, *tables: str) -> None:
        # "" is SQLite's own temporary file: it spills to disk as it grows, and nobody can open it by name.
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("PRAGMA synchronous=OFF")
        for table in tables:
            self._db.execute(table)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    def execute(self, statement: str, *parameters: object) -> sqlite3.Cursor:
        """Run one statement.

        Raises:
            DiskFull: the temporary folder has no room left.
        """
        with _no_room_told():
            return self._db.execute(statement, parameters)

    def execute_many(self, statement: str, parameters: Iterable[tuple[object, ...]]) -> None:
        """Run one statement for each of several sets of parameters.

        Raises:
            DiskFull: the temporary folder has no room left.
        """
        with _no_room_told():
            self._db.execute("BEGIN")  # one transaction for all of them is half the work
            self._db.executemany(statement, parameters)
            self._db.execute("COMMIT")


@contextmanager
def _no_room_told() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if "full" not in str(error) and "I/O" not in str(error):
            raise
        raise no_room() from error


class SeenKeys(Spool):
    """Remembers where each key was first seen."""

    def __init__(self) -> None:
        super().__init__("CREATE TABLE seen (key TEXT PRIMARY KEY, row INTEGER) WITHOUT ROWID")

    def first_row(self, key: str, row: int) -> int | None:
        """None the first time; afterwards the row that was given with `key` then."""
        if self.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", key, row).rowcount:
            return None
        found: tuple[int] = self.execute("SELECT row FROM seen WHERE key = ?", key).fetchone()
        return found[0]

    def first_rows(self, keys: Sequence[tuple[str, int]]) -> list[int | None]:
        """What `first_row` would say of each key and row in turn, several times faster."""
        known: dict[str, int] = {}
        for begin in range(0, len(keys), _KEYS_ASKED):
            asked = [key for key, _ in keys[begin : begin + _KEYS_ASKED]]
            places = ",".join("?" * len(asked))
            known.update(self.execute(f"SELECT key, row FROM seen WHERE key IN ({places})", *asked))  # noqa: S608
        earlier: list[int | None] = []
        fresh: list[tuple[str, int]] = []
        for key, row in keys:
            earlier.append(known.get(key))
            if earlier[-1] is None:
                known[key] = row
                fresh.append((key, row))
        self.execute_many("INSERT INTO seen VALUES (?, ?)", fresh)
        return earlier


def group_records(records: Iterable[Record], key: str) -> Iterator[Record]:
    """One record for all rows that share a value, in the order in which the values first appear.

    The values are those of the first row, plus `messages`: the values of every row of the group, in order.
    Problems of all rows are joined. Rows whose key is blank stay alone, for the mapping to complain about.
    A record that was grouped before (it comes back from a file of rejects) contributes its own messages.

    Args:
        key: A column, or a dotted path into nested records.
    """
    groups = "CREATE TABLE groups (key TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID"
    rows = "CREATE TABLE rows (number INTEGER, record BLOB)"
    with Spool(groups, rows) as spool:
        for number, record in enumerate(records):
            group = number
            if name := _value_at(record.values, key).strip():
                spool.execute("INSERT OR IGNORE INTO groups VALUES (?, ?)", name, number)
                group = spool.execute("SELECT number FROM groups WHERE key = ?", name).fetchone()[0]
            spool.execute("INSERT INTO rows VALUES (?, ?)", group, pickle.dumps(record))
        spool.execute("CREATE INDEX by_group ON rows (number)")
        yield from _groups(spool.execute("SELECT number, record FROM rows ORDER BY number, rowid"))


def _groups(rows: Iterable[tuple[int, bytes]]) -> Iterator[Record]:
    group: list[Record] = []
    current = -1
    for number, stored in rows:
        if number != current and group:
            yield _joined(group)
            group = []
        current = number
        group.append(pickle.loads(stored))  # noqa: S301  # our own rows, in a database that has no name
    if group:
        yield _joined(group)


def _joined(group: list[Record]) -> Record:
    first = group[0]
    messages: list[Value] = []
    problems: list[Problem] = []
    for record in group:
        earlier = record.values.get(MESSAGES)
        messages.extend(earlier if isinstance(earlier, list) else [record.values])
        problems.extend(record.problems)
    return replace(first, values={**first.values, MESSAGES: messages}, original="", problems=tuple(problems))


def _value_at(values: dict[str, Value], key: str) -> str:
    found: Value | None = values.get(key)
    if found is None:
        found = values
        for name in key.split("."):
            found = found.get(name) if isinstance(found, dict) else None
    if isinstance(found, list):
        found = found[0] if found else None
    return found if isinstance(found, str) else ""
