"""What an export says and no rule of the mapping reads: counted by name, so that it is not left in silence.

Names are those of columns, and paths into nested records as a mapping writes them: `cc`, `fields.labels`,
`custom_fields.360001`. What is inside a message is not looked at.
"""

from __future__ import annotations

from collections import Counter

from migrator.mapping.plan import Plan
from migrator.mapping.rules import is_blank
from migrator.model import Value, shown

MOST_NAMES = 1_000
"""Names that are counted one by one; more are counted together."""
OTHERS = "(others)"

_Read = dict[str, "_Read | None"]
"""What is read below a name, by folded name; None where all of it is."""
_UNREAD: _Read = {}

_PREVIEW = "preview"
"""The first words of a thread, which readers put beside its `comments`."""
_PERSON = frozenset({"kind", "id", "external_id"})
"""What readers say of people besides address and name, by which they are known."""


class Unread:
    """Looks at records, then tells what in them no rule reads."""

    def __init__(self, plan: Plan) -> None:
        self.counts: Counter[str] = Counter()
        """Records that say something there, by name."""
        self._read: _Read = {}
        for reference in plan.references:
            for column in reference.columns:
                self._read[column.key] = None
                _enter(self._read, column.steps)
        self._folded: dict[str, str] = {}

    def look(self, values: dict[str, Value]) -> None:
        """Takes in one record."""
        self._look({**values, _PREVIEW: ""} if "comments" in values else values, self._read, "")

    def add(self, counts: Counter[str]) -> None:
        """Takes in what was counted of the records that follow."""
        for name, count in counts.items():
            self._count(name, count)

    def _look(self, values: dict[str, Value], read: _Read, before: str) -> None:
        for name, value in values.items():
            below = read.get(self._fold(name), _UNREAD) if value else None
            if below is None:
                continue
            path = f"{before}{name}"
            if below is _UNREAD:
                if not is_blank(value):
                    self._count(shown(path))
            elif isinstance(value, dict):
                known = _PERSON if "kind" in value else ()
                self._look({key: each for key, each in value.items() if key not in known}, below, f"{path}.")
            elif isinstance(value, list):
                self._look(_keyed(value), below, f"{path}.")

    def _fold(self, name: str) -> str:
        folded = self._folded.get(name)
        if folded is None:
            folded = name.strip().casefold()
            if len(self._folded) < MOST_NAMES:
                self._folded[name] = folded
        return folded

    def _count(self, name: str, count: int = 1) -> None:
        self.counts[name if name in self.counts or len(self.counts) < MOST_NAMES else OTHERS] += count


def _enter(read: _Read, steps: tuple[str, ...]) -> None:
    """Notes that what these steps lead to is read."""
    for step in steps[:-1]:
        below = read.setdefault(step.casefold(), {})
        if below is None:
            return
        read = below
    read[steps[-1].casefold()] = None


def _keyed(items: list[Value]) -> dict[str, Value]:
    """The values of a list of `{id, value}`, by their ids; nothing of other lists."""
    return {
        str(item.get("id") or item.get("name")): item["value"]
        for item in items
        if isinstance(item, dict) and "value" in item
    }
