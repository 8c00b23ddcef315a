"""Which shipped mapping fits an export: the one for its reader or helpdesk whose columns are all there.

And what it decides already, so that nobody is asked about that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from migrator.errors import MappingError
from migrator.mapping import Mapping, names_author
from migrator.model import Record
from migrator.readers import Source

FOR_ANY_TABLE = "helpdesk"
"""The shipped mapping for a home-made table; it fits where all of its columns are there."""

LoadShipped = Callable[[str], Mapping]
"""Loads a shipped mapping by its name."""


_TIMES = (
    ("ticket", "createdAt"),
    ("ticket", "snoozedUntil"),
    ("replies", "createdAt"),
    ("people", "createdAt"),
)
"""The rules that read times of a clock."""


@dataclass(slots=True)
class Fit:
    """A mapping that fits, held against the export record by record."""

    mapping: Mapping
    nobodys: int = 0
    """Tickets for which none of its rules finds an author."""

    def look(self, record: Record) -> None:
        """Takes in one record that the mapping does not leave out."""
        if not any(problem.blocks for problem in record.problems):
            self.nobodys += not names_author(self.mapping.plan, record)

    @property
    def authors(self) -> tuple[str, ...]:
        """The columns by which it finds authors."""
        references = [each for each in self.mapping.plan.references if each.path[:2] == ("ticket", "author")]
        return tuple(dict.fromkeys(column.name for each in references for column in each.columns))

    def reads_as_time(self, path: str) -> bool:
        """Whether it reads a column, or a path of the export, as times."""
        return path.replace("[]", "").strip().casefold() in self._times()

    def _times(self) -> frozenset[str]:
        replies = self.mapping.plan.replies
        found: set[str] = set()
        for reference in self.mapping.plan.references:
            if reference.path[:2] in _TIMES:
                found |= {column.key for column in reference.columns}
                if reference.of_replies and replies:
                    found |= {f"{replies.each.key}.{column.key}" for column in reference.columns}
        return frozenset(found)


def fitting(source: Source, names: Sequence[str], load: LoadShipped) -> Mapping | None:
    """The first shipped mapping that takes the export; None where each needs something that it lacks.

    Args:
        names: Of the shipped mappings.
    """
    wanted = [source.reader]
    if source.columns:
        wanted += [f"{source.helpdesk}-csv", source.helpdesk, FOR_ANY_TABLE]
    elif source.helpdesk:
        wanted += [source.helpdesk]
    for name in dict.fromkeys(wanted):
        if name in names:
            mapping = load(name)
            if _takes(mapping, source):
                return mapping
    return None


def _takes(mapping: Mapping, source: Source) -> bool:
    if mapping.reader not in ("", source.reader):
        return False
    try:
        if source.columns:
            mapping.check_columns(source.columns, source.added)
    except MappingError:
        return False
    return True
