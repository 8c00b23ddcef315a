"""What a JSON file holds: records line by line, an array, or envelopes with lists of records.

One look at its beginning; only an envelope is walked to its end, because its lists may come in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from migrator.model import Notice, Value
from migrator.readers.base import OWN_PREFIX
from migrator.readers.blobs import Blob
from migrator.readers.json_answers import is_error, wrapper_in
from migrator.readers.json_bundles import is_bundle, unbundled
from migrator.readers.json_scan import EMBEDDED, Scanner, items, members
from migrator.readers.text import Encoding, detect_encoding, how_far
from migrator.readers.trees import SAMPLES, Item, Tree

_IDENTITY = frozenset(
    ("id", "_id", "key", "number", "uuid", "ticket_id", "subject", "title", "summary", "created_at")
)
"""An object that has one of these itself is a record, whatever lists it holds."""
_SINGLE = frozenset(("ticket", "item"))
_PLURAL = frozenset(("tickets", "conversations", "issues", "result", "results", "records"))
"""What helpdesks call the record that an envelope holds, and the list of them, which may be empty."""
_PAGES = _PLURAL | {
    *("results", "_results", "items", "data", "value", "values", "result", "issues", "records"),
    *("users", "contacts"),
}
"""The lists by which the elements of an array are known as pages."""


@dataclass(frozen=True, slots=True)
class JsonFile:
    """A JSON file and what is in it."""

    blob: Blob
    encoding: Encoding
    lines: bool = False
    """One value a line."""
    envelope: bool = False
    """One object or several, or an array of them, with lists of records inside."""
    bundles: bool = False
    """Envelopes that are one ticket each, with its messages beside it."""
    inside: str = EMBEDDED
    """The key of an object in the envelope that holds its lists too."""
    error: bool = False
    """It is nothing but the error that an API answered."""
    samples: dict[str, list[Tree]] = field(default_factory=dict)
    """The first records, by key of the envelope; under `""` for lines, arrays and single objects."""

    @property
    def name(self) -> str:
        return self.blob.name

    @property
    def path(self) -> Path:
        return self.blob.path

    @property
    def size_bytes(self) -> int:
        return self.blob.size_bytes

    @property
    def notices(self) -> tuple[Notice, ...]:
        told = self.encoding.notice
        return (Notice("encoding-assumed", told, self.name),) if told else ()

    @property
    def kind(self) -> str:
        return "ndjson" if self.lines else "json"

    @property
    def details(self) -> str:
        if self.envelope:
            return f"{self.encoding.label}, lists: {', '.join(sorted(self.samples)) or 'none'}"
        return f"{self.encoding.label}, one record a line" if self.lines else self.encoding.label

    @contextmanager
    def scan(self, wanted: Callable[[str], bool]) -> Iterator[tuple[Iterator[Item], Callable[[], int]]]:
        """Every value of the file; of an envelope those under the keys that are wanted."""
        with self.encoding.open(self.blob, newline="\n") as file:
            scanner = Scanner(file, self.name)
            found: Iterator[Item]
            if self.bundles:
                found = (each for item in items(scanner) for each in unbundled(item) if wanted(each.key))
            else:
                found = items(scanner, wanted if self.envelope else None, inside=self.inside)
            yield found, how_far(file)


def look_at(blob: Blob, wanted_encoding: str = "") -> JsonFile:
    """Find out what a JSON file holds.

    Raises:
        UnreadableSource: its beginning is not JSON.
    """
    encoding = detect_encoding(blob, wanted_encoding)
    with encoding.open(blob, newline="\n") as file:
        scanner = Scanner(file, blob.name)
        is_array = scanner.peek() == "["
        if is_array:
            scanner.expect("[")
        begins = scanner.line
        outline = list(_outline(scanner)) if not is_array or scanner.peek() == "{" else []
        ends = scanner.line
        ended = not scanner.peek()
        lines = not is_array and not ended and begins == ends < scanner.line
    if is_bundle(outline) and not _is_record(outline):
        samples = _samples(unbundled(Item("", _sketch(outline), "", begins)))
        return JsonFile(blob, encoding, lines=lines, envelope=True, bundles=True, samples=samples)
    if _is_page(outline) if is_array else _is_envelope(outline):
        return JsonFile(blob, encoding, envelope=True, samples=_samples(outline))
    if is_array:
        with encoding.open(blob, newline="\n") as file:
            return JsonFile(blob, encoding, samples={"": _first_objects(items(Scanner(file, blob.name)))})
    record = _sketch(outline)
    if inside := wrapper_in(record):
        samples = _samples(_outline_of(record[inside]))
        return JsonFile(blob, encoding, lines=lines, envelope=True, inside=inside, samples=samples)
    return JsonFile(blob, encoding, lines=lines, error=ended and is_error(record), samples={"": [record]})


def _outline(scanner: Scanner) -> Iterator[Item]:
    """The members of the first object; of its lists the first elements only."""
    kept: dict[str, int] = {}
    for item in members(scanner):
        kept[item.key] = kept.get(item.key, 0) + 1
        if kept[item.key] <= SAMPLES:
            yield item


def _outline_of(tree: Value) -> Iterator[Item]:
    """The outline of an object that is read already."""
    for key, value in tree.items() if isinstance(tree, dict) else ():
        if isinstance(value, list) and value:
            yield from (Item(key, each, "", 0, listed=True) for each in value[:SAMPLES])
        else:
            yield Item(key, value, "", 0)


def _samples(found: Iterable[Item]) -> dict[str, list[Tree]]:
    samples: dict[str, list[Tree]] = {}
    for item in found:
        if isinstance(item.tree, dict):
            samples.setdefault(item.key, []).append(item.tree)
        elif item.tree == [] and not item.listed:
            samples.setdefault(item.key, [])
    return samples


def _sketch(outline: list[Item]) -> Tree:
    """A record from its outline: long lists are cut short."""
    record: Tree = {}
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


def _first_objects(found: Iterator[Item]) -> list[Tree]:
    objects: list[Tree] = []
    for item in found:
        if isinstance(item.tree, dict):
            objects.append(item.tree)
        if len(objects) == SAMPLES:
            break
    return objects


def _is_record(outline: list[Item]) -> bool:
    """Whether an object says itself which record it is, or came back from a file of rejects."""
    if any(item.key.startswith(OWN_PREFIX) for item in outline):
        return True
    scalars = {item.key.lower() for item in outline if not item.listed and isinstance(item.tree, str)}
    return bool(scalars & _IDENTITY)


def _is_envelope(outline: list[Item]) -> bool:
    """Whether an object wraps records instead of being one."""
    return not _is_record(outline) and any(
        (isinstance(item.tree, dict) and (item.listed or item.key in _SINGLE))
        or (item.tree == [] and item.key in _PLURAL)
        for item in outline
    )


def _is_page(outline: list[Item]) -> bool:
    """Whether the first element of an array is an envelope: records have ids of their own, and odd lists."""
    scalars = [item.key.lower() for item in outline if not item.listed and isinstance(item.tree, str)]
    return (
        _is_envelope(outline)
        and not any(key.endswith("id") for key in scalars)
        and any(item.key in _PAGES or item.key == "ticket" for item in outline)
    )
