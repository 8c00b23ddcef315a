"""What an export says beside its tickets, kept on disk and found by id, so that memory stays flat.

Which lists there are, and under which ids their entries are kept, is said by the helpdesk's own reader.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from migrator.readers.base import Pass
from migrator.readers.spool import Spool
from migrator.readers.trees import Tree

_LONGEST_LIST = 10_000
"""Entries of a short list that are kept in memory."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which record of which file."""

    file: int
    number: int
    """Among those of its role, from 1."""


class Known(Spool):
    """What the export says beside its tickets, found by id."""

    def __init__(self, current: Pass) -> None:
        super().__init__(
            "CREATE TABLE newest (key TEXT PRIMARY KEY, version, file INTEGER, number INTEGER) WITHOUT ROWID",
            "CREATE TABLE known (role TEXT, id TEXT, parent TEXT, tree TEXT)",
            "CREATE UNIQUE INDEX once ON known (role, id) WHERE id <> ''",
            "CREATE TABLE asked (role TEXT, parent TEXT, PRIMARY KEY (role, parent)) WITHOUT ROWID",
        )
        self._pass = current
        self._lists: dict[str, dict[str, Tree]] = {}

    def one(self, role: str, id: str) -> Tree:
        """The companion with this own id; an empty tree where there is none."""
        if not id:
            return {}
        row = self.execute(
            "SELECT tree FROM known WHERE role = ? AND id = ? AND id <> ''", role, id
        ).fetchone()
        return dict(json.loads(row[0])) if row else {}

    def of(self, role: str, parent: str) -> list[Tree]:
        """The companions that belong to something, in the order of the files."""
        if not parent:
            return []
        # `<> ''` tells SQLite that the partial index holds every row there can be.
        query = "SELECT tree FROM known WHERE role = ? AND parent = ? AND parent <> '' ORDER BY rowid"
        rows = self.execute(query, role, parent).fetchall()
        if rows:
            self.execute("INSERT OR IGNORE INTO asked VALUES (?, ?)", role, parent)
        return [dict(json.loads(tree)) for (tree,) in rows]

    def all_of(self, role: str) -> dict[str, Tree]:
        """Every companion of a short list, such as the custom fields, by its own id."""
        if role not in self._lists:
            query = "SELECT id, tree FROM known WHERE role = ? AND id <> '' ORDER BY rowid LIMIT ?"
            rows = self.execute(query, role, _LONGEST_LIST).fetchall()
            self._lists[role] = {id: dict(json.loads(tree)) for id, tree in rows}
        return self._lists[role]

    def alias(self, role: str, name: str) -> Tree:
        """The companion that was kept under this name instead of a parent, such as a login."""
        row = self.execute(
            "SELECT tree FROM known WHERE role = ? AND parent = ? AND parent <> '' LIMIT 1", role, name
        ).fetchone()
        return dict(json.loads(row[0])) if row else {}

    def left_out(self, what: str, count: int = 1) -> None:
        """Part of a ticket that is not brought, such as `system notes`: told once, with its number."""
        self._pass.left_out(what, count)

    def saw_ticket(self, key: str, version: str, place: Place) -> None:
        self.execute(
            "INSERT INTO newest VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
            "version = excluded.version, file = excluded.file, number = excluded.number "
            "WHERE excluded.version >= version",
            *(key, version, place.file, place.number),
        )

    def is_newest(self, key: str, place: Place) -> bool:
        row = self.execute("SELECT file, number FROM newest WHERE key = ?", key).fetchone()
        return row is None or row == (place.file, place.number)

    def keep(self, role: str, id: str, parent: str, tree: Tree) -> None:
        if id or parent:
            self.execute(
                "INSERT INTO known VALUES (?, ?, ?, ?) ON CONFLICT (role, id) WHERE id <> '' "
                "DO UPDATE SET parent = excluded.parent, tree = excluded.tree",
                *(role, id, parent, json.dumps(tree)),
            )

    def complete(self) -> None:
        """Everything was kept; sorting it once costs less than keeping it sorted."""
        self.execute("CREATE INDEX children ON known (role, parent) WHERE parent <> ''")

    def tell_orphans(self) -> None:
        """Say what belongs to no ticket, of the lists that tickets were joined with."""
        rows = self.execute(
            "SELECT role, count(*) FROM known WHERE parent <> '' AND role IN (SELECT role FROM asked) "
            "AND (role, parent) NOT IN (SELECT role, parent FROM asked) GROUP BY role"
        ).fetchall()
        for role, count in rows:
            self._pass.tell(
                "orphans", f"{role} that belong to no ticket of this export: {count}", count=count
            )
