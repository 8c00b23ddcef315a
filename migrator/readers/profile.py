"""What the columns of an export hold: how full they are, how many different values, of which shape.

Counting only, in memory that does not grow with the number of records. What a column is for, and how its
times are to be read, is known elsewhere. pandas counts the values, some thousand records at a time, so that
what is asked of a value is asked once for all that are alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

from migrator.model import Record, Value
from migrator.readers.spool import SeenKeys

LIST = "[]"
"""Ends the step of a path that leads into every item of a list: `comments[].body`."""
MOST_PATHS = 500
MOST_DISTINCT = 1_000
"""Different values of a column that are counted one by one; of more only "at least" is known."""
MOST_KEYS = 3
"""Columns in which every repeated value is looked for."""
LONG_TEXT = 200
"""Characters from which a value is a text, whose words are not kept."""
EXAMPLES = 3
_CHUNK_RECORDS = 2_000
_CHUNK_CHARACTERS = 8_000_000
_DEEPEST = 6
_KEYED = 4
"""Keys of an item that is a field with its value; what has more is a thing of its own."""


class Shape(StrEnum):
    """What a value looks like."""

    EMAIL = "email"
    URL = "url"
    NUMBER = "number"
    MARKUP = "markup"


_SHAPES = (
    (Shape.EMAIL, "@", re.compile(r"\s*\S+@\S+\.\w+\s*").fullmatch),
    (Shape.URL, "://", re.compile(r"\s*https?://\S+\s*").fullmatch),
    (Shape.NUMBER, "", re.compile(r"\s*[+-]?\d+(?:[.,]\d+)?\s*").fullmatch),
    (Shape.MARKUP, "<", re.compile(r"</?(?:p|br|div|span|a|b|i|ul|li|table|blockquote)\b[^<>]*>").search),
)
"""How the beginning of a value of each shape is written, with letters without which there is no need to look;
all but markup is a value's whole text."""


class Look(Protocol):
    """Somebody who wants to see every different value of a column, a chunk of records at a time."""

    def take(self, text: str, count: int) -> None: ...


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What one column, or one path into nested records, holds."""

    path: str
    """A table's header as written; in nested records dotted, with `[]` behind the name of a list."""
    is_list: bool
    """It leads into lists: `[]` in its path is a mark, and no part of a header."""
    filled: int
    """Records that hold something there."""
    values: int
    """Values that are not blank; more than `filled` where a record holds a list."""
    distinct: int
    is_complete: bool
    """Whether `distinct` is exact; otherwise there are at least so many."""
    longest_characters: int
    counts: tuple[tuple[str, int], ...]
    """Every value with its count, the most frequent first; empty unless complete and short."""
    examples: tuple[str, ...]
    """The first different values; of a long text only its beginning."""
    shapes: dict[Shape, int]
    """How many values look so."""
    repeated: int | None
    """Values that stood in an earlier record already; None where that was not looked for."""
    look: Look | None
    """Who saw its values."""

    def mostly(self, shape: Shape, share: float = 0.9) -> bool:
        return self.values > 0 and self.shapes.get(shape, 0) >= share * self.values


@dataclass(frozen=True, slots=True)
class Profile:
    """What a whole export holds."""

    records: int
    damaged: int
    """Records that the reader found faulty; the columns do not count them."""
    problems: dict[str, int]
    """What the reader found wrong with records, by code."""
    columns: tuple[ColumnProfile, ...]
    """In the order in which they were met."""
    other_paths: int
    """Paths that were met when there were too many already."""


class Profiler:
    """Takes in one record after the other; use it with `with`."""

    def __init__(
        self, make_look: Callable[[], Look], is_key: Callable[[str], bool], columns: Sequence[str] = ()
    ) -> None:
        """
        Args:
            columns: Of a table, repeats repeated: they are there even where no row holds anything.
            make_look: Makes one for every column.
            is_key: Whether a column of this name could hold the ids of the tickets.
        """
        self._make_look, self._is_key = make_look, is_key
        self._columns: dict[str, _Column] = {}
        self._keys: dict[str, _Keys] = {}
        self._other: set[int] = set()
        self._problems: Counter[str] = Counter()
        self._records = self._damaged = self._pending = self._characters = 0
        for name, times in Counter(columns).items():
            self._column(name if times == 1 else f"{name}{LIST}", times > 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for keys in self._keys.values():
            keys.seen.close()

    def look(self, record: Record) -> None:
        self._records += 1
        if record.problems:
            self._problems.update(problem.code for problem in record.problems)
            if any(problem.blocks for problem in record.problems):
                self._damaged += 1
                return
        for path, texts in _by_path(record.values).items():
            column = self._columns.get(path) or self._column(path, LIST in path and path not in record.values)
            if column is not None and (filled := [text for text in texts if text and not text.isspace()]):
                column.filled += 1
                column.pending += filled
                self._characters += sum(map(len, filled))
                if path in self._keys:
                    self._keys[path].asked.append((filled[0].strip(), record.ref.row))
        self._pending += 1
        if self._pending >= _CHUNK_RECORDS or self._characters >= _CHUNK_CHARACTERS:
            self._count()

    def finish(self) -> Profile:
        """What all records together hold."""
        self._count()
        columns = tuple(column.finish(self._keys.get(path)) for path, column in self._columns.items())
        return Profile(self._records, self._damaged, dict(self._problems), columns, len(self._other))

    def _column(self, path: str, is_list: bool) -> _Column | None:
        """A column that is met for the first time; None where there are too many."""
        if len(self._columns) >= MOST_PATHS:
            if len(self._other) < MOST_PATHS:
                self._other.add(hash(path))
            return None
        column = self._columns[path] = _Column(path, is_list, self._make_look())
        if not is_list and len(self._keys) < MOST_KEYS and self._is_key(path):
            self._keys[path] = _Keys()
        return column

    def _count(self) -> None:
        for column in self._columns.values():
            column.count()
        for keys in self._keys.values():
            keys.ask()
        self._pending = self._characters = 0


class _Keys:
    """The values of a column in which every repeated one is looked for."""

    def __init__(self) -> None:
        self.seen = SeenKeys()
        self.asked: list[tuple[str, int]] = []
        """Values with their rows, of which nobody has found out yet whether they were met before."""
        self.repeated = 0

    def ask(self) -> None:
        self.repeated += sum(row is not None for row in self.seen.first_rows(self.asked))
        self.asked = []


class _Column:
    """One column in the making."""

    def __init__(self, path: str, is_list: bool, look: Look) -> None:
        self.path = path
        self.is_list = is_list
        self.look = look
        self.filled = self.values = self.longest = 0
        self.pending: list[str] = []
        self.counts: Counter[str] = Counter()
        self.long: set[int] = set()
        self.is_complete = True
        self.examples: list[str] = []
        self.shapes: Counter[Shape] = Counter()

    def count(self) -> None:
        """Takes the pending values into account, and lets go of them."""
        if not self.pending:
            return
        import pandas  # half a second and 100 MB, for a command that needs it

        self.values += len(self.pending)
        self.longest = max(self.longest, *map(len, self.pending))
        counts = pandas.Series(self.pending, dtype=object).value_counts(sort=False)
        self.pending = []
        for text, count in zip(map(str, counts.index), counts, strict=True):
            self._recognise(text[:LONG_TEXT], count)
            self._take(text, count)

    def _recognise(self, beginning: str, count: int) -> None:
        for shape, letters, matches in _SHAPES:
            if letters in beginning and matches(beginning):
                self.shapes[shape] += count

    def _take(self, text: str, count: int) -> None:
        is_long = len(text) > LONG_TEXT
        if not is_long:
            self.look.take(text, count)
        if len(self.examples) < EXAMPLES and text[:LONG_TEXT] not in self.examples:
            self.examples.append(text[:LONG_TEXT])
        if not self.is_complete:
            return
        if is_long:
            self.long.add(hash(text))
        else:
            self.counts[text] += count
        self.is_complete = self.distinct <= MOST_DISTINCT

    @property
    def distinct(self) -> int:
        return len(self.counts) + len(self.long)

    def finish(self, keys: _Keys | None) -> ColumnProfile:
        return ColumnProfile(
            path=self.path,
            is_list=self.is_list,
            filled=self.filled,
            values=self.values,
            distinct=min(self.distinct, MOST_DISTINCT),
            is_complete=self.is_complete,
            longest_characters=self.longest,
            counts=tuple(self.counts.most_common()) if self.is_complete and not self.long else (),
            examples=tuple(self.examples),
            shapes={shape: count for shape, count in self.shapes.items() if count},
            repeated=keys.repeated if keys else None,
            look=self.look,
        )


def _by_path(values: dict[str, Value]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in values.items():
        if isinstance(value, str):
            found[name] = [value]
        else:
            for path, text in _below(name, value, 1):
                found.setdefault(path, []).append(text)
    return found


def _below(path: str, value: Value, depth: int) -> Iterator[tuple[str, str]]:
    """Every text below a value, with the path to it. What lies too deep for any mapping is left out."""
    if isinstance(value, str):
        yield path, value
    elif depth > _DEEPEST:
        return
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _below(f"{path}.{name}", each, depth + 1)
    elif keyed := _keyed(value):
        for name, each in keyed:
            yield from _below(f"{path}.{name}", each, depth + 1)
    else:
        for each in value:
            yield from _below(path if path.endswith(LIST) else f"{path}{LIST}", each, depth + 1)


def _keyed(items: Sequence[Value]) -> list[tuple[str, Value]]:
    """A list of `{id, value}`, as custom fields often are, by id; empty where it is another list."""
    pairs = [
        (str(item.get("id") or item.get("name")), item["value"])
        for item in items
        if isinstance(item, dict)
        and "value" in item
        and ("id" in item or "name" in item)
        and len(item) <= _KEYED
    ]
    return pairs if len(pairs) == len(items) else []
