"""Files of one helpdesk export whose tickets are joined with people, messages and files from other lists.

Everything that has to be known before a ticket can be told lies on disk, so memory stays flat. The files are
read twice where they hold tickets: first to keep companions and to learn which copy of a ticket is the
newest, then to yield. What lists there are, and what a ticket looks like, is said by a subclass.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import ClassVar

from migrator.model import Record, SourceRef
from migrator.readers.base import LEDGER_FILE_KEY, LEDGER_KEY, Pass, Source
from migrator.readers.helpdesks.known import Known, Place
from migrator.readers.helpdesks.shapes import opening_words, text_at, trees_at
from migrator.readers.json_text import record_of
from migrator.readers.trees import Item, Tree, TreeFile, first_text, source_file

TICKETS = "tickets"
"""The role of a list that holds the tickets."""
ERRORS = "errors"
"""The role of what an API answered in place of records."""
Marks = tuple[tuple[str, frozenset[str]], ...]
"""Roles, each with keys that all objects of it have."""


class Joined(Source):
    """A nested export of one helpdesk.

    A subclass says by what its tickets are known, what its lists hold and what a ticket becomes, and is
    registered in `helpdesks/__init__.py`. Its methods are called for every record: they must not keep
    anything on `self`.
    """

    name: ClassVar[str]
    """Of the reader."""
    product: ClassVar[str] = ""
    """The helpdesk, where the reader's name says more than that."""
    marks: ClassVar[Marks] = ()
    """By which keys its lists are known: the first that are all there; the more particular stand first."""
    tables: ClassVar[bool] = False
    """Its lists may be tables: several of them, or beside nested files."""

    @classmethod
    def recognise(cls, files: Sequence[TreeFile]) -> str:
        """The evidence that these files are such an export; empty if they are not.

        For most, one object in one of them tells; others look at all files together.
        """
        for file in files:
            for sample in chain.from_iterable(file.samples.values()):
                if evidence := cls.evidence(sample):
                    return f"{file.name} holds {evidence}"
        return ""

    @classmethod
    def evidence(cls, sample: Tree) -> str:
        """What tells that an object is one of its tickets: `issues with key and fields`; else nothing."""
        role, keys = cls._known_by(sample)
        return f"tickets with {', '.join(sorted(keys))}" if role == TICKETS else ""

    @classmethod
    def _known_by(cls, sample: Tree) -> tuple[str, frozenset[str]]:
        return next((mark for mark in cls.marks if mark[1] <= sample.keys()), ("", frozenset()))

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

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:  # noqa: ARG002  # for subclasses
        """What a list holds: `TICKETS`, a name of the subclass's own for a companion, or "" to leave it out.

        For those whose lists are known by `marks`, that tells; others look closer.

        Args:
            key: As in `Item.key`.
            sample: One of its first records; empty where the list is, or where it appeared only later in
                the file.
        """
        return self._known_by(sample)[0]

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
            # What is null in one record is absent there, so that the next may tell better.
            samples = file.samples.get(key) or [{}]
            role = next((role for each in samples if (role := self.role_of(file, key, each))), "")
            self._roles[place, key] = role or (ERRORS if _is_error(key, samples[0]) else "")
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
                _give_preview(record.values)
            yield record
        if repeated:
            message = f"tickets that the export repeats: {repeated}; the one updated last is read"
            current.tell("repeated-tickets", message, count=repeated)

    def _items(self, current: Pass, places: Sequence[int]) -> Iterator[tuple[Place, str, Item]]:
        """Every value that has a role, with its place and the role."""
        for place in places:
            file = self._trees[place]
            with file.scan(partial(self._reads, place)) as (items, position):
                current.position = position
                numbers: Counter[str] = Counter()
                try:
                    for item in items:
                        current.pulse()
                        if role := self._role(place, item.key):
                            numbers[role] += 1
                            yield Place(place, numbers[role]), role, item
                finally:
                    current.position = None
            current.finish_part(self.files[place].size_bytes)


def _give_preview(ticket: Tree) -> None:
    """Puts the first words that everybody may see beside a ticket, as a title for those that have none."""
    if words := opening_words(trees_at(ticket, "comments"), text_at(ticket, "description")):
        ticket["preview"] = words


def _is_error(key: str, sample: Tree) -> bool:
    """Whether a list, or an object that stands alone, is an error of an API."""
    names = {"error", "errors"}
    return key in names or (not key and "id" not in sample and bool(names & sample.keys()))
