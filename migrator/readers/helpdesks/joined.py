"""Files of one helpdesk export whose tickets are joined with people, messages and files from other lists.

Everything that has to be known before a ticket can be told lies on disk, so memory stays flat. The files are
read twice where they hold tickets: first to keep companions and to learn which copy of a ticket is the
newest, then to yield. What lists there are, and what a ticket looks like, is said by a subclass.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

from migrator.model import Record, SourceRef
from migrator.readers.base import LEDGER_FILE_KEY, LEDGER_KEY, Pass, Source
from migrator.readers.helpdesks.shapes import text_at
from migrator.readers.json_text import record_of
from migrator.readers.spool import Spool
from migrator.readers.trees import Item, Tree, TreeFile, first_text, source_file

TICKETS = "tickets"
"""The role of a list that holds the tickets."""
ERRORS = "errors"
"""The role of what an API answered in place of records."""


class Joined(Source):
    """A nested export of one helpdesk; a subclass says what its lists hold and what a ticket becomes.

    A subclass is registered in `helpdesks/__init__.py`. Its methods are called for every record: they must
    not keep anything on `self`.
    """

    name: ClassVar[str]
    """Of the reader."""
    product: ClassVar[str] = ""
    """The helpdesk, where the reader's name says more than that."""
    tables: ClassVar[bool] = False
    """Its lists may be tables: several of them, or beside nested files."""

    @classmethod
    @abstractmethod
    def recognise(cls, files: Sequence[TreeFile]) -> str:
        """The evidence that these files are such an export; empty if they are not."""

    def __init__(self, files: Sequence[TreeFile], why: str) -> None:
        super().__init__(self.name, [source_file(file) for file in files])
        self.helpdesk = self.product or self.name
        self.why = why
        self.ledger_id = first_text(files, LEDGER_KEY)
        self.ledger_name = first_text(files, LEDGER_FILE_KEY)
        self._trees = tuple(files)
        # Asked once a list, because what a list holds does not change from record to record.
        self._roles: dict[tuple[int, str], str] = {}
        for place, file in enumerate(files):
            self.notice_all(file.notices)
            roles = {key: self._role(place, key) for key in file.samples}
            if not any(roles.values()):
                self.notice("file-left-out", "neither tickets nor what belongs to them: not read", file.name)
                continue
            lists = (key for key, role in roles.items() if not role and len(file.samples[key]) > 1)
            if others := ", ".join(sorted(lists)):
                self.notice("list-left-out", f"other lists were not read: {others}", file.name)

    @property
    def roles(self) -> tuple[str, ...]:
        """As the samples tell; a list that appeared only while reading is not among them."""
        return tuple(
            ", ".join(dict.fromkeys(role for key in file.samples if (role := self._role(place, key))))
            for place, file in enumerate(self._trees)
        )

    @abstractmethod
    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:
        """What a list holds: `TICKETS`, a name of the subclass's own for a companion, or "" to leave it out.

        Args:
            key: As in `Item.key`.
            sample: Its first record; empty where the list is, or where it appeared only later in the file.
        """

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:  # noqa: ARG002  # for subclasses
        """A companion's own id, for `Known.one`, and the id of what it belongs to, for `Known.of`.

        Of two with the same own id the later one counts. Either may be empty; both empty drops it.

        Args:
            tree: As `kept_as` made it.
        """
        return text_at(tree, "id"), ""

    def kept_as(self, role: str, tree: Tree) -> Tree:  # noqa: ARG002  # for subclasses
        """What is kept of a companion."""
        return tree

    def key_of(self, tree: Tree) -> str:
        """What makes a ticket the same ticket; an empty one is never the same."""
        return text_at(tree, "id")

    def version_of(self, tree: Tree) -> str:
        """Of tickets with the same key, the one whose version sorts last is read."""
        return text_at(tree, "updated_at")

    @abstractmethod
    def canonical(self, record: Record, known: Known) -> Record:
        """The ticket in the canonical shape (design, section 6), its own keys beside.

        `record.values` may be changed in place, and is never empty.
        """

    def _role(self, place: int, key: str) -> str:
        if (place, key) not in self._roles:
            file = self._trees[place]
            samples = file.samples.get(key)
            sample = samples[0] if samples else {}
            role = self.role_of(file, key, sample)
            self._roles[place, key] = role or (ERRORS if _is_error(key, sample) else "")
        return self._roles[place, key]

    def _reads(self, place: int, key: str) -> bool:
        return self._role(place, key) != ""

    def _read(self, current: Pass) -> Iterator[Record]:
        everything = range(len(self._trees))
        holding = {place for place in everything if self._expects_tickets(place)}
        current.work += self._size(holding)
        with Known(current) as known:
            found: set[int] = set()
            errors: Counter[str] = Counter()
            for place, role, item in self._items(current, everything):
                if role == ERRORS:
                    errors[self.files[place.file].name] += item.tree not in (None, "", "false")
                elif role == TICKETS:
                    found.add(place.file)
                    if isinstance(item.tree, dict) and (key := self.key_of(item.tree)):
                        known.saw_ticket(key, self.version_of(item.tree), place)
                elif isinstance(item.tree, dict):
                    kept = self.kept_as(role, item.tree)
                    known.keep(role, *self.kept_under(role, kept), kept)
            for name, count in (+errors).items():
                message = "an API answered with an error here: fetch that part again, tickets may be missing"
                current.tell("error-inside", message, name, count)
            known.complete()
            current.work += self._size(found) - self._size(holding)
            yield from self._tickets(current, known, sorted(found))
            known.tell_orphans()
        if not found:
            current.tell("no-rows", "the export holds no tickets")

    def _expects_tickets(self, place: int) -> bool:
        return any(self._role(place, key) == TICKETS for key in self._trees[place].samples)

    def _size(self, places: set[int]) -> int:
        return sum(self.files[place].size_bytes for place in places)

    def _tickets(self, current: Pass, known: Known, places: Sequence[int]) -> Iterator[Record]:
        repeated = 0
        for place, role, item in self._items(current, places):
            if role != TICKETS:
                continue
            key = self.key_of(item.tree) if isinstance(item.tree, dict) else ""
            if key and not known.is_newest(key, place):
                repeated += 1
                continue
            ref = SourceRef(self.files[place.file].name, item.row or place.number, "", item.line)
            record = record_of(ref, item)
            if record.values:
                record = replace(self.canonical(record, known), original="")
            yield record
        if repeated:
            message = f"tickets that the export repeats: {repeated}; the one updated last is read"
            current.tell("repeated-tickets", message, count=repeated)

    def _items(self, current: Pass, places: Sequence[int]) -> Iterator[tuple[_Place, str, Item]]:
        """Every value that has a role, with its place and the role."""
        for place in places:
            file = self._trees[place]
            with file.scan(partial(self._reads, place)) as (items, position):
                current.position = position
                numbers: Counter[str] = Counter()
                try:
                    for item in items:
                        if role := self._role(place, item.key):
                            numbers[role] += 1
                            yield _Place(place, numbers[role]), role, item
                finally:
                    current.position = None
            current.finish_part(self.files[place].size_bytes)


def _is_error(key: str, sample: Tree) -> bool:
    """Whether a list, or an object that stands alone, is an error of an API."""
    names = {"error", "errors"}
    return key in names or (not key and "id" not in sample and bool(names & sample.keys()))


@dataclass(frozen=True, slots=True)
class _Place:
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

    def alias(self, role: str, name: str) -> Tree:
        """The companion that was kept under this name instead of a parent, such as a login."""
        row = self.execute(
            "SELECT tree FROM known WHERE role = ? AND parent = ? AND parent <> '' LIMIT 1", role, name
        ).fetchone()
        return dict(json.loads(row[0])) if row else {}

    def left_out(self, what: str, count: int = 1) -> None:
        """Part of a ticket that is not brought, such as `system notes`: told once, with its number."""
        self._pass.left_out(what, count)

    def saw_ticket(self, key: str, version: str, place: _Place) -> None:
        self.execute(
            "INSERT INTO newest VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
            "version = excluded.version, file = excluded.file, number = excluded.number "
            "WHERE excluded.version >= version",
            *(key, version, place.file, place.number),
        )

    def is_newest(self, key: str, place: _Place) -> bool:
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
