"""The workspace's lists, and how a name in a mapping finds its entry there.

Fetching them is the client's work; what a missing name means for a ticket is decided in `wire.py`.
A list that was not loaded cannot say that a name is wrong: such names stay unchecked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from typing import Any, Generic, Literal, Self, TypeVar

from migrator.featurebase.entries import Admin, Category, Company, Entry, Field, Option, Stage, Status
from migrator.model import shown

LISTS = ("categories", "statuses", "fields", "admins", "companies")
"""Everything a directory may hold, by the names that `needs` uses."""

SUGGEST_FROM = 2000
"""Among more names than this nobody looks for similar ones: it would cost more than it helps."""
SHOWN_NAMES = 8
REMEMBERED = 4_000
"""Texts whose entries an index remembers: rows repeat them."""


E = TypeVar("E", bound=Entry)


def folded(text: str) -> str:
    """A name as people compare it: without case, spaces at the ends or runs of spaces."""
    return " ".join(text.split()).casefold()


@dataclass(frozen=True, slots=True)
class Several:
    """A name that more than one entry has."""

    ids: tuple[str, ...]


class Index(Generic[E]):
    """Entries by everything they are known as: id first, then exact name, then folded name."""

    def __init__(self, entries: Iterable[E]) -> None:
        self._tiers: list[tuple[bool, dict[str, list[E]]]] = []
        names: list[str] = []
        for entry in entries:
            names.append(entry.title)
            for level, known in enumerate(entry.known_as()):
                if level == len(self._tiers):
                    self._tiers.append((known.loosely, {}))
                if known.name:
                    name = folded(known.name) if known.loosely else known.name
                    self._tiers[level][1].setdefault(name, []).append(entry)
        self._names = tuple(names)
        self._found: dict[str, E | Several | None] = {}

    def find(self, text: str) -> E | Several | None:
        """The entry that `text` means; where several share that name, their ids."""
        try:
            return self._found[text]
        except KeyError:
            if len(self._found) >= REMEMBERED:
                self._found.clear()
            found = self._found[text] = self._look_up(text)
            return found

    def _look_up(self, text: str) -> E | Several | None:
        for loosely, tier in self._tiers:
            if found := tier.get(folded(text) if loosely else text):
                return found[0] if len(found) == 1 else Several(tuple(entry.id for entry in found))
        return None

    def advice(self, text: str) -> str:
        """The way out for a name that nobody has."""
        if not self._names:
            return "the workspace has none"
        if len(self._names) <= SUGGEST_FROM and (close := _similar(text, self._names)):
            return f"did you mean {' or '.join(repr(shown(name)) for name in close)}?"
        more = len(self._names) - SHOWN_NAMES
        few = ", ".join(shown(name) for name in self._names[:SHOWN_NAMES])
        return f"the workspace has: {few}" + (f" and {more} more" if more > 0 else "")


class StatusIndex(Index[Status]):
    """Statuses by name, then by stage: names differ between workspaces, the five stages do not.

    Of several at a stage the default one is meant, else the first in the workspace's order.
    """

    def __init__(self, entries: Iterable[Status]) -> None:
        statuses = tuple(entries)
        super().__init__(statuses)
        self._at: dict[str, list[Status]] = {}
        for status in statuses:
            if status.stage in set(Stage):
                self._at.setdefault(status.stage, []).append(status)

    def _look_up(self, text: str) -> Status | Several | None:
        if found := super()._look_up(text):
            return found
        fitting = self._at.get(folded(text), ())
        return next((status for status in fitting if status.is_default), fitting[0] if fitting else None)


@lru_cache(maxsize=1024)
def _similar(text: str, names: tuple[str, ...]) -> tuple[str, ...]:
    by_folded = {folded(name): name for name in names}
    return tuple(by_folded[close] for close in get_close_matches(folded(text), by_folded, n=2))


class Unnamed(StrEnum):
    """What becomes of the custom fields that a change does not name (featurebase.md, 14.12)."""

    UNKNOWN = "unknown"
    KEPT = "kept"
    WIPED = "wiped"


@dataclass(frozen=True, slots=True)
class Directory:
    """What the workspace has. Immutable and picklable; two with the same content are equal."""

    categories: tuple[Category, ...] = ()
    statuses: tuple[Status, ...] = ()
    fields: tuple[Field, ...] = ()
    admins: tuple[Admin, ...] = ()
    companies: tuple[Company, ...] = ()
    loaded: frozenset[str] = frozenset(LISTS)
    """Which of the lists were read; the others are empty because nobody looked."""
    select_as: Literal["id", "label"] = "id"
    """How a choice of a select field is sent: what the API wants is unknown (featurebase.md section 6)."""
    unnamed_fields: Unnamed = Unnamed.UNKNOWN
    """What changes of custom fields must reckon with."""
    _indexes: dict[str, Index[Any]] = field(init=False, repr=False, compare=False)
    _admin_emails: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        indexes: dict[str, Index[Any]] = {name: Index(getattr(self, name)) for name in LISTS}
        indexes["statuses"] = StatusIndex(self.statuses)
        indexes |= {f"options of {each.id}": Index(each.options) for each in self.fields}
        object.__setattr__(self, "_indexes", indexes)
        emails = frozenset(folded(admin.email) for admin in self.admins if admin.email)
        object.__setattr__(self, "_admin_emails", emails)

    @classmethod
    def unchecked(cls) -> Directory:
        """A directory that knows nothing, for work without a connection."""
        return cls(loaded=frozenset())

    @property
    def offline(self) -> bool:
        """Whether names of categories and statuses go unchecked."""
        return not {"categories", "statuses"} <= self.loaded

    def field_id(self, label: str) -> str:
        """The id of a custom field, by id or label; empty where there is no such field, or several."""
        found = self._indexes["fields"].find(label) if label else None
        return found.id if isinstance(found, Field) else ""

    @property
    def workspace(self) -> frozenset[str]:
        """What tells this workspace from any other: the ids of its categories and statuses."""
        return frozenset({each.id for each in self.categories} | {each.id for each in self.statuses})

    def index(self, name: str) -> Index[Any]:
        """One of `LISTS`, by name."""
        return self._indexes[name]

    def options(self, field_id: str) -> Index[Option]:
        """The options of a field of this directory."""
        return self._indexes[f"options of {field_id}"]

    def at_stage(self, name: str) -> tuple[Status, ...]:
        """The statuses of a stage, if `name` is that of a stage."""
        stage = folded(name)
        return tuple([status for status in self.statuses if status.stage == stage])

    def category(self, category_id: str) -> Category | None:
        found = self._indexes["categories"].find(category_id)
        return found if isinstance(found, Category) else None

    def status_name(self, status_id: str) -> str:
        """The name of a status; empty where there is none of that id."""
        found = self._indexes["statuses"].find(status_id)
        return found.name if isinstance(found, Status) else ""

    def is_admin(self, email: str) -> bool:
        """Whether an address belongs to somebody who works in the workspace."""
        return folded(email) in self._admin_emails

    def to_text(self) -> str:
        """All of it as JSON text, for keeping; `from_text` reads it again."""
        data: dict[str, object] = {
            name: [asdict(entry) for entry in getattr(self, name)] for name in LISTS if name in self.loaded
        }
        learnt = {"select_as": self.select_as, "unnamed_fields": self.unnamed_fields}
        return json.dumps({**data, **learnt}, ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """What `to_text` wrote.

        Raises:
            ValueError: the text is something else.
        """
        try:
            data = json.loads(text)
            loaded = frozenset(LISTS) & set(data)
            kinds: dict[str, type[Any]] = dict(
                zip(LISTS, (Category, Status, Field, Admin, Company), strict=True)
            )
            lists = {name: tuple(_entry(kinds[name], each) for each in data[name]) for name in loaded}
            unnamed = Unnamed(data.get("unnamed_fields", Unnamed.UNKNOWN))
            return cls(loaded=loaded, select_as=data["select_as"], unnamed_fields=unnamed, **lists)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"not a directory of a workspace: {error}") from error


def _entry(kind: type[Any], data: dict[str, Any]) -> Any:
    names = {each.name for each in fields(kind)}
    if data.keys() - names:
        raise ValueError(f"unknown in {kind.__name__}: {', '.join(sorted(data.keys() - names))}")
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
    if kind is Field:
        values["options"] = tuple(_entry(Option, each) for each in values.get("options", ()))
    return kind(**values)
