"""Finding a value in a record: by a column's name, else by a dotted path.

A column with exactly that name wins, then one that differs only in case and outer blanks, then the
path: `requester.email`, `comments.0.body`, `custom_fields.360001` in a list of `{id, value}`,
`tags.name` for the names of all tags. What is found is not interpreted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from migrator.model import Value, shown

MOST_NAMES_SHOWN = 20


@lru_cache(maxsize=64)
def _folded(names: tuple[str, ...]) -> dict[str, str]:
    """Each name by its folded form; names that fold alike are nobody's."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for name in names:
        key = name.strip().casefold()
        if key in found:
            twice.add(key)
        found[key] = name
    return {key: name for key, name in found.items() if key not in twice}


@dataclass(frozen=True, slots=True)
class Column:
    """One name that a rule takes its value `from`."""

    name: str
    steps: tuple[str, ...] = field(init=False, compare=False)
    key: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", tuple(self.name.split(".")))
        object.__setattr__(self, "key", self.name.strip().casefold())

    def find(self, values: dict[str, Value]) -> Value | None:
        """The value, or None where the record has no such column and no such path."""
        found = values.get(self.name)
        if found is not None:
            return found
        name = _folded(tuple(values)).get(self.key)
        if name is not None:
            return values[name]
        return self.follow(values) if len(self.steps) > 1 else None

    def follow(self, values: dict[str, Value]) -> Value | None:
        """What the dotted path leads to, whether or not a column has that name."""
        here: Value | None = values
        for step in self.steps:
            here = _step(here, step)
            if here is None:
                return None
        return here

    def is_twofold(self, values: dict[str, Value]) -> bool:
        """Whether the name is a column of the record and a path into it at once."""
        return len(self.steps) > 1 and self.name in values and self.follow(values) is not None

    def among(self, columns: Iterable[str]) -> bool:
        """Whether a table with these columns has it; a path leads only into repeated columns there."""
        names = tuple(columns)
        if self.name in names or self.key in _folded(tuple(dict.fromkeys(names))):
            return True
        return len(self.steps) == 2 and self.steps[0] in names and self.steps[1].isdecimal()

    def breaks_off(self, values: dict[str, Value]) -> tuple[str, list[str]]:
        """How far the path leads, up to the step that is not there, and the names that are there instead."""
        here: Value | None = values
        for depth, step in enumerate(self.steps):
            below = _step(here, step)
            if below is None:
                before = self.steps[:depth]
                return ".".join((*before, step)), [".".join((*before, name)) for name in _names(here)]
            here = below
        return self.name, []


def some_of(names: Sequence[str]) -> str:
    """Names of columns as a hint lists them: a file that is no table can have any number, of any length."""
    rest = len(names) - MOST_NAMES_SHOWN
    listed = ", ".join(shown(name) for name in names[:MOST_NAMES_SHOWN])
    return f"{listed} and {rest:,} more" if rest > 0 else listed


def _step(here: Value | None, step: str) -> Value | None:
    if isinstance(here, dict):
        return here.get(step)
    if isinstance(here, list):
        return _step_into_list(here, step)
    # A column that is repeated in one file of an export stands once in another.
    return here if step == "0" else None


def _step_into_list(items: list[Value], step: str) -> Value | None:
    for item in items:
        if isinstance(item, dict) and "value" in item and step in (item.get("id"), item.get("name")):
            return item["value"]
    if step.isdecimal() and len(step) < 10:
        return items[int(step)] if int(step) < len(items) else None
    of_each = [item[step] for item in items if isinstance(item, dict) and step in item]
    return of_each or None


def _names(here: Value | None) -> list[str]:
    if isinstance(here, dict):
        return list(here)
    if isinstance(here, list):
        return list(dict.fromkeys(name for item in here if isinstance(item, dict) for name in item))
    return []
