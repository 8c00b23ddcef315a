"""What a JSON file holds: records line by line, an array, or an envelope with lists of records.

One look at its beginning; only an envelope is walked to its end, because its lists may come in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path

from migrator.model import Value
from migrator.readers.base import OWN_PREFIX
from migrator.readers.json_scan import Scanner, items, members
from migrator.readers.json_text import Item
from migrator.readers.text import Encoding, detect_encoding

_SAMPLES = 3
_IDENTITY = frozenset(
    ("id", "_id", "key", "number", "uuid", "ticket_id", "subject", "title", "summary", "created_at")
)
"""An object that has one of these itself is a record, whatever lists it holds."""


@dataclass(frozen=True, slots=True)
class JsonFile:
    """A JSON file and what is in it."""

    path: Path
    encoding: Encoding
    lines: bool = False
    """One value a line."""
    envelope: bool = False
    samples: dict[str, list[dict[str, Value]]] = field(default_factory=dict)
    """The first records, by key of the envelope; under `""` for lines, arrays and single objects."""

    @property
    def kind(self) -> str:
        return "ndjson" if self.lines else "json"

    @property
    def details(self) -> str:
        if self.envelope:
            return f"{self.encoding.label}, lists: {', '.join(sorted(self.samples)) or 'none'}"
        return f"{self.encoding.label}, one record a line" if self.lines else self.encoding.label

    @contextmanager
    def scan(self, wanted: Callable[[str], bool]) -> Iterator[tuple[Iterator[Item], TextIOWrapper]]:
        """Every value of the file, of an envelope those under the keys that are wanted; and the open file."""
        with self.encoding.open(self.path, newline="\n") as file:
            yield items(Scanner(file, self.path.name), wanted if self.envelope else None), file


def look_at(path: Path, wanted_encoding: str = "") -> JsonFile:
    """Find out what a JSON file holds.

    Raises:
        UnreadableSource: its beginning is not JSON.
    """
    encoding = detect_encoding(path, wanted_encoding)
    with encoding.open(path, newline="\n") as file:
        scanner = Scanner(file, path.name)
        if scanner.peek() == "[":
            return JsonFile(path, encoding, samples={"": _first_objects(items(scanner))})
        begins = scanner.line
        outline = list(_outline(scanner))
        ends = scanner.line
        lines = bool(scanner.peek()) and begins == ends < scanner.line
    if _is_envelope(outline):
        samples: dict[str, list[dict[str, Value]]] = {}
        for item in outline:
            if isinstance(item.tree, dict):
                samples.setdefault(item.key, []).append(item.tree)
            elif item.tree == [] and not item.listed:
                samples.setdefault(item.key, [])
        return JsonFile(path, encoding, envelope=True, samples=samples)
    return JsonFile(path, encoding, lines=lines, samples={"": [_sketch(outline)]})


def _outline(scanner: Scanner) -> Iterator[Item]:
    """The members of the first object; of its lists the first elements only."""
    kept: dict[str, int] = {}
    for item in members(scanner):
        kept[item.key] = kept.get(item.key, 0) + 1
        if kept[item.key] <= _SAMPLES:
            yield item


def _sketch(outline: list[Item]) -> dict[str, Value]:
    """A record from its outline: long lists are cut short."""
    record: dict[str, Value] = {}
    for item in outline:
        if item.tree is None:
            continue
        if item.listed:
            elements = record.setdefault(item.key, [])
            if isinstance(elements, list):
                elements.append(item.tree)
        else:
            record[item.key] = item.tree
    return record


def _first_objects(found: Iterator[Item]) -> list[dict[str, Value]]:
    objects: list[dict[str, Value]] = []
    for item in found:
        if isinstance(item.tree, dict):
            objects.append(item.tree)
        if len(objects) == _SAMPLES:
            break
    return objects


def _is_envelope(outline: list[Item]) -> bool:
    """Whether an object wraps records instead of being one."""
    if any(item.key.startswith(OWN_PREFIX) for item in outline):
        return False  # a record that comes back from a file of rejects
    scalars = {item.key.lower() for item in outline if not item.listed and isinstance(item.tree, str)}
    if scalars & _IDENTITY:
        return False
    return any(
        (isinstance(item.tree, dict) and (item.listed or item.key == "ticket"))
        or (item.tree == [] and item.key == "tickets")
        for item in outline
    )
