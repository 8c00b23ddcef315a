"""What the columns of an unknown table are probably for, each with the reason.

By the names of the columns in several languages, held against what their values look like. A suggestion is
for a person to check; what nothing speaks for is not suggested.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from migrator.mapping.vocabulary import Meaning, folded, rank

LONGEST_KEY_CHARACTERS = 100
_PARTS = frozenset(
    ("name", "full name", "display name", "email", "mail", "e mail", "email address", "value", "title", "key")
)
"""Names of the part of an object that says which one it is: `status.name`, `requester.email`."""
_LONGEST_VALUE_CHARACTERS = 60
MOST_VALUES = 40
"""Different values of a column that a person can still be asked about."""


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What is known of a column from its values."""

    name: str
    """A header, or a dotted path; `comments[].body` leads into every item of a list."""
    in_list: bool
    """Whether it leads into lists, so that `[]` in its name is a mark."""
    filled: int
    records: int
    distinct: int
    is_complete: bool
    repeated: int | None
    """Records whose value an earlier one had; None where that was not looked for."""
    longest_characters: int
    is_times: bool
    is_epoch: bool
    """It could be times only because a count of seconds could be one."""
    is_email: bool
    is_url: bool
    is_markup: bool

    @property
    def is_unique(self) -> bool:
        """Whether every record has a value of its own, as far as that was looked for."""
        unseen = self.repeated == 0 or (self.repeated is None and self.distinct == self.filled)
        return self.filled == self.records > 0 and unseen

    @property
    def is_listable(self) -> bool:
        """Whether its values are few and short enough to decide about each."""
        return (
            0 < self.distinct <= MOST_VALUES
            and self.is_complete
            and self.longest_characters <= _LONGEST_VALUE_CHARACTERS
        )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a column is for, and what speaks for it."""

    meaning: Meaning
    reason: str


def names_a_key(name: str) -> bool:
    """Whether a column of this name could hold the ids of the tickets."""
    return rank(name, Meaning.KEY) is not None


def suggest(columns: Sequence[ColumnFacts]) -> dict[str, Suggestion]:
    """At most one column for every meaning, and one meaning for every column, by the column's name."""
    taken: dict[str, Suggestion] = {}
    usable = [column for column in columns if column.filled and not column.in_list]
    for meaning in Meaning:
        fits = _FITS.get(meaning, _always)
        named = [
            (meaning is Meaning.KEY and not column.is_unique, place, position, column)
            for position, column in enumerate(usable)
            if column.name not in taken
            and (place := _rank(column.name, meaning)) is not None
            and fits(column)
        ]
        if named:
            *_, best = min(named, key=lambda each: each[:3])
            taken[best.name] = Suggestion(meaning, "its name says so")
        elif (found := _by_values(meaning, usable, taken)) is not None:
            column, reason = found
            taken[column.name] = Suggestion(meaning, reason)
    return taken


def _rank(name: str, meaning: Meaning) -> int | None:
    """By the whole name; of a path also by its last step, but only within the record itself."""
    found = rank(name, meaning)
    if found is None and name.count(".") == 1:
        outer, inner = name.split(".")
        # `status.name`, `assignee.email`: the object says what it is, its parts how
        if folded(inner) in _PARTS:
            found = rank(outer, meaning) if meaning not in (Meaning.KEY, Meaning.CREATED) else None
    return found


def _by_values(
    meaning: Meaning, columns: Sequence[ColumnFacts], taken: dict[str, Suggestion]
) -> tuple[ColumnFacts, str] | None:
    """The one column whose values speak for a meaning that no name does."""
    free = [column for column in columns if column.name not in taken]
    match meaning:
        case Meaning.KEY:
            found = [c for c in free if c.is_unique and _could_be_key(c)][:1]
            reason = "every row has a value of its own"
        case Meaning.EMAIL:
            found = [c for c in free if c.is_email and rank(c.name, Meaning.ASSIGNEE) is None]
            reason = "the only column of addresses"
        case Meaning.CREATED:
            found = [c for c in free if c.is_times and not c.is_epoch]
            reason = "the only column of times"
        case _:
            return None
    return (found[0], reason) if len(found) == 1 else None


def _could_be_key(column: ColumnFacts) -> bool:
    return (
        all(rank(column.name, meaning) is None for meaning in Meaning)  # a column of texts is one of texts
        and column.longest_characters <= LONGEST_KEY_CHARACTERS
        and not column.is_times
        and not column.is_email
        and (column.repeated is not None or column.is_complete)
    )


def _always(_column: ColumnFacts) -> bool:
    return True


_FITS: dict[Meaning, Callable[[ColumnFacts], bool]] = {
    Meaning.KEY: lambda column: column.longest_characters <= LONGEST_KEY_CHARACTERS,
    Meaning.EMAIL: lambda column: column.is_email,
    Meaning.NAME: lambda column: not column.is_email,
    Meaning.CREATED: lambda column: column.is_times,
    Meaning.STATUS: lambda column: column.is_listable,
    Meaning.PRIORITY: lambda column: column.is_listable,
    Meaning.CATEGORY: lambda column: column.is_listable,
    Meaning.FILES: lambda column: column.is_url,
}
"""What the values of a column must look like, whatever its name."""
