"""Everything that a sandbox remembers, in one SQLite database: in memory, or in a file that outlives it.

Rows and transactions only; what they mean is decided by the modules that own the tables' contents. A file is
opened for one process, and what was committed survives the death of the process (not of the machine).
"""

from __future__ import annotations

import base64
import contextlib
import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from migrator.sandbox.answers import Json, Refusal
from migrator.sandbox.options import SandboxError
from migrator.sandbox.seed import object_id

APPLICATION_ID = 0x4D465342
SCHEMA = """
create table meta (name text primary key, value text not null);
create table tickets (
    number integer primary key autoincrement, id text unique, category_id text, category_type text,
    title text, content text, author text, status_id text, custom_fields text, company_id text,
    assignee_id text, open integer, snoozed_until text, conversation_id text, created_at text, updated_at text
);
create index tickets_by_date on tickets (created_at, number);
create index tickets_by_change on tickets (updated_at, number);
create index tickets_by_conversation on tickets (conversation_id);
create table conversations (
    number integer primary key autoincrement, id text unique, title text, state text, snoozed_until text,
    admin_id text, team_id text, participants text, created_at text, updated_at text
);
create table parts (
    number integer primary key autoincrement, conversation_id text, part_id integer, kind text, author text,
    body_html text, body_markdown text, attachments text, created_at text, updated_at text
);
create index parts_by_conversation on parts (conversation_id, created_at, number);
create table contacts (
    number integer primary key autoincrement, id text unique, user_id text unique, email text,
    email_key text unique, name text, profile_picture text, extra text, created_at text
);
create table companies (
    number integer primary key autoincrement, id text unique, external_id text unique, name text,
    extra text, created_at text, updated_at text
);
create table members (company_id text, contact_id text, primary key (company_id, contact_id)) without rowid;
create index members_by_contact on members (contact_id);
create table tags (number integer primary key autoincrement, id text unique, name text unique);
create table taggings (conversation_id text, tag_id text, primary key (conversation_id, tag_id));
create table notifications (number integer primary key, ticket integer, reason text, sent_at text);
"""


class Store:
    """One database behind one lock.

    Args:
        path: The file; None for memory.
        seed: Makes a new database's ids repeatable.

    Raises:
        SandboxError: The file cannot be opened, is not a sandbox's, or another process has it.
    """

    def __init__(self, path: Path | None, seed: int | None = None) -> None:
        self._lock = threading.RLock()
        try:
            self._db = sqlite3.connect(
                path or ":memory:", isolation_level=None, check_same_thread=False, timeout=2
            )
        except sqlite3.Error as error:
            raise SandboxError(f"{path}: {error}") from error
        self._db.row_factory = sqlite3.Row
        self._db.create_function("fold", 1, _folded, deterministic=True)
        try:
            self._open(seed)
        except sqlite3.Error as error:
            self._db.close()
            raise SandboxError(f"{path}: not a sandbox's database, or in use: {error}") from error
        except SandboxError:
            self._db.close()
            raise
        self.salt = str(self.one("select value from meta where name = 'salt'")["value"])

    def _open(self, seed: int | None) -> None:
        self._db.execute("pragma locking_mode = exclusive")
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        (owner,) = self._db.execute("pragma application_id").fetchone()
        (tables,) = self._db.execute("select count(*) from sqlite_master").fetchone()
        if tables and owner != APPLICATION_ID:
            raise SandboxError("the database belongs to another program")
        if tables:
            return
        salt = secrets.token_hex(16) if seed is None else f"seed {seed}"
        with self.transaction():
            for statement in filter(None, (part.strip() for part in SCHEMA.split(";"))):
                self._db.execute(statement)
            self._db.execute(f"pragma application_id = {APPLICATION_ID}")
            self._db.execute("insert into meta values ('salt', ?)", (salt,))

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing; committed before the block ends, so before anything is answered."""
        with self._lock:
            self._db.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def one(self, sql: str, *values: object) -> sqlite3.Row:
        """The row that must be there."""
        row = self.find(sql, *values)
        assert row is not None, sql
        return row

    def find(self, sql: str, *values: object) -> sqlite3.Row | None:
        with self._lock:
            found: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
            return found

    def run(self, sql: str, *values: object) -> int:
        """Executes one statement of the open transaction.

        Returns:
            The number of the row that an insert made.
        """
        return self._db.execute(sql, values).lastrowid or 0

    def insert(self, table: str, **columns: object) -> int:
        """Adds a row and gives its number."""
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        return self.run(f"insert into {table} ({names}) values ({marks})", *columns.values())  # noqa: S608

    def update(self, table: str, number: int, **columns: object) -> None:
        """Changes the given columns of one row."""
        changes = ", ".join(f"{name} = ?" for name in columns)
        self.run(f"update {table} set {changes} where number = ?", *columns.values(), number)  # noqa: S608

    def next_number(self, table: str) -> int:
        """The number of the row that is inserted next; never one that was used before."""
        last = self.find("select seq from sqlite_sequence where name = ?", table)
        return 1 + (last["seq"] if last else 0)

    def next_id(self, kind: str, table: str) -> str:
        """The object id of the row that is inserted next."""
        return object_id(self.salt, kind, self.next_number(table))

    def close(self) -> None:
        with self._lock:
            self._db.close()


def _folded(text: object) -> str:
    """SQL's own `lower` knows ASCII only."""
    return str(text or "").casefold()


def page(
    store: Store,
    table: str,
    where: Sequence[tuple[str, Sequence[object]]],
    paging: Json,
    order: str = "number asc",
) -> tuple[list[sqlite3.Row], str | None]:
    """One page of a table by keyset, so that rows made meanwhile neither repeat nor hide any.

    Args:
        where: Conditions, all of which must hold, with the values of their `?`.
        paging: `limit`, and `cursor` where it is not the first page.
        order: Column and direction; the row number decides between equals.

    Raises:
        Refusal: 400 `invalid_cursor`: not one of ours, or of a list in another order.
    """
    column, direction = order.split()
    conditions = [sql for sql, _ in where]
    values = [value for _, some in where for value in some]
    if (cursor := paging.get("cursor")) is not None:
        value, number = _cursor_place(str(cursor), f"{table} {order}")
        sign = ">" if direction == "asc" else "<"
        conditions.append(f"({column}, number) {sign} (?, ?)")
        values += [value, number]
    limit = int(str(paging.get("limit", 10)))
    sql = f"select * from {table} where {' and '.join(conditions) or '1'}"  # noqa: S608
    sql += f" order by {column} {direction}, number {direction} limit {limit + 1}"
    rows = store.rows(sql, *values)
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    place = json.dumps([f"{table} {order}", last[column], last["number"]])
    return rows[:limit], base64.urlsafe_b64encode(place.encode()).decode()


def _cursor_place(cursor: str, list_name: str) -> tuple[object, int]:
    try:
        name, value, number = json.loads(base64.urlsafe_b64decode(cursor))
    except (ValueError, TypeError):
        name = value = number = None
    integers = [each for each in (value, number) if isinstance(each, int)]
    if (
        name != list_name
        or not isinstance(value, str | int)
        or not isinstance(number, int)
        or max(map(abs, integers)) >= 2**63
    ):
        raise Refusal(400, "invalid_cursor", "the cursor is not one of this list", param="cursor")
    return value, number
