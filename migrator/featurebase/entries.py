"""What a workspace's lists hold: categories, statuses, custom fields, admins and companies.

How they are found by name is decided in `directory.py`; how the API writes them, in `lists.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol


class Stage(StrEnum):
    """The five types of a status (featurebase.md section 5.5)."""

    REVIEWING = "reviewing"
    UNSTARTED = "unstarted"
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELED = "canceled"


class Known(NamedTuple):
    """One way to call an entry."""

    name: str
    """Empty where the entry has none of this kind."""
    loosely: bool = False
    """Whether case and spaces do not matter."""


class Entry(Protocol):
    """One thing that has an id and can be looked up."""

    @property
    def id(self) -> str: ...

    @property
    def title(self) -> str:
        """What people call it."""

    def known_as(self) -> tuple[Known, ...]:
        """Its names, the surest kind first; every entry of a list has the same kinds."""


@dataclass(frozen=True, slots=True)
class Category:
    """A ticket category (ticket type)."""

    id: str
    name: str
    kind: str = ""
    """customer, back-office or tracker; empty where the API did not say."""
    fields: tuple[str, ...] | None = None
    """Ids of the custom fields attached to it; None where the API did not say."""

    @property
    def title(self) -> str:
        return self.name

    def known_as(self) -> tuple[Known, ...]:
        return Known(self.id), Known(self.name), Known(self.name, loosely=True)


@dataclass(frozen=True, slots=True)
class Status:
    """A ticket status."""

    id: str
    name: str
    stage: str = ""
    """One of `Stage`; empty where the API did not say."""
    is_default: bool = False

    @property
    def title(self) -> str:
        return self.name

    def known_as(self) -> tuple[Known, ...]:
        return Known(self.id), Known(self.name), Known(self.name, loosely=True)


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a select field."""

    id: str
    label: str

    @property
    def title(self) -> str:
        return self.label

    def known_as(self) -> tuple[Known, ...]:
        return Known(self.id), Known(self.label), Known(self.label, loosely=True)


@dataclass(frozen=True, slots=True)
class Field:
    """A custom field of tickets."""

    id: str
    label: str
    type: str
    """text, number, select, multi-select, checkbox, date or file; a newer type is kept as it is."""
    required: bool = False
    options: tuple[Option, ...] = ()
    allow_multiple: bool = False
    """For files only."""
    public: bool = True
    """Customers may see it; nobody's word counts as such a word."""

    @property
    def title(self) -> str:
        return self.label

    def known_as(self) -> tuple[Known, ...]:
        return Known(self.id), Known(self.label), Known(self.label, loosely=True)


@dataclass(frozen=True, slots=True)
class Admin:
    """Somebody who works in the workspace."""

    id: str
    name: str = ""
    email: str = ""

    @property
    def title(self) -> str:
        return self.name or self.email or self.id

    def known_as(self) -> tuple[Known, ...]:
        email = Known(self.email, loosely=True)
        return Known(self.id), email, Known(self.name), Known(self.name, loosely=True)


@dataclass(frozen=True, slots=True)
class Company:
    """A company, with Featurebase's id and the customer's own."""

    id: str
    external_id: str
    name: str

    @property
    def title(self) -> str:
        return self.name

    def known_as(self) -> tuple[Known, ...]:
        return Known(self.id), Known(self.external_id), Known(self.name), Known(self.name, loosely=True)
