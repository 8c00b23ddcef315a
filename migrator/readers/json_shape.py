"""What a JSON file holds: records line by line, an array, or envelopes with lists of records.

One look at its beginning; only an envelope is walked to its end, because its lists may come in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice

from migrator.errors import SourceError, UnreadableSource
from migrator.model import Notice, Value
from migrator.readers.base import OWN_PREFIX
from migrator.readers.blobs import Blob
from migrator.readers.json_answers import is_error, is_list_by_id, lists_by_id, place_of_records
from migrator.readers.json_bundles import is_bundle, unbundled
from migrator.readers.json_outline import outline, outline_of, samples, sketch
from migrator.readers.json_scan import EMBEDDED, Scanner, items, with_id
from migrator.readers.text import Encoding, detect_encoding, how_far
from migrator.readers.trees import SAMPLES, Item, Tree, TreeText, is_record

_KINDS = frozenset(("type", "kind", "object", "_type", "version"))
"""What the first line of a file may have in common with the records behind it, though it is none."""
_ABOUT_PEOPLE = frozenset(("subject", "description", "body", "name", "email"))
_ROWS = frozenset(("rows", "data", "values", "records", "items", "result", "results"))
"""What programs call a table in JSON."""
_SINGLE = frozenset(("ticket", "item"))
_PLURAL = frozenset(("tickets", "conversations", "issues", "result", "results", "records"))
"""What helpdesks call the record that an envelope holds, and the list of them, which may be empty."""
_PAGES = _PLURAL | {"_results", "items", "data", "value", "values", "users", "contacts"}
"""The lists by which the elements of an array are known as pages."""


@dataclass(frozen=True, slots=True)
class JsonFile(TreeText):
    """A JSON file and what is in it."""

    lines: bool = False
    """One value a line."""
    header: bool = False
    """The first line is no record, but says something about the file."""
    envelope: bool = False
    """One object or several, or an array of them, with lists of records inside."""
    bundles: bool = False
    """Envelopes that are one ticket each, with its messages beside it."""
    inside: tuple[str, ...] = EMBEDDED
    """The keys of objects in the envelope, one in the other, that lead to further lists."""
    by_id: frozenset[str] = frozenset()
    """Keys of lists that are written as objects, by the ids of the records; `""`: the whole file is one."""
    error: bool = False
    """It is nothing but the error that an API answered."""
    samples: dict[str, list[Tree]] = field(default_factory=dict)
    """The first records, by key of the envelope; under `""` for lines, arrays and single objects."""
    alone: frozenset[str] = frozenset()

    @property
    def kind(self) -> str:
        return "ndjson" if self.lines else "json"

    @property
    def details(self) -> str:
        if self.envelope:
            return f"{self.encoding.label}, lists: {', '.join(sorted(self.samples)) or 'none'}"
        return f"{self.encoding.label}, one record a line" if self.lines else self.encoding.label

    @property
    def notices(self) -> tuple[Notice, ...]:
        told = Notice("header-line", "the first line is no record and was left out", self.name)
        return (*super(JsonFile, self).notices, *((told,) if self.header else ()))

    @contextmanager
    def scan(self, wanted: Callable[[str], bool]) -> Iterator[tuple[Iterator[Item], Callable[[], int]]]:
        """Every value of the file; of an envelope those under the keys that are wanted."""
        with self.encoding.open(self.blob, newline="\n") as file:
            scanner = Scanner(file, self.name)
            found: Iterator[Item]
            if self.bundles:
                found = (each for item in items(scanner) for each in unbundled(item) if wanted(each.key))
            else:
                keys = wanted if self.envelope else None
                found = items(scanner, keys, inside=self.inside, by_id=self.by_id)
            yield islice(found, int(self.header), None), how_far(file)


def look_at(blob: Blob, wanted_encoding: str = "") -> JsonFile:
    """Find out what a JSON file holds.

    Raises:
        SourceError: it holds no records but rows without the names of their fields, or columns.
        UnreadableSource: its beginning is not JSON.
    """
    encoding = detect_encoding(blob, wanted_encoding)
    with encoding.open(blob, newline="\n") as file:
        scanner = Scanner(file, blob.name)
        if scanner.peek() == "[":
            return _look_at_array(blob, encoding, scanner)
        begins = scanner.line
        first = list(outline(scanner))
        ends = scanner.line
        ended = not scanner.peek()
        lines = not ended and begins == ends < scanner.line
        after_header = _record_after_header(first, scanner) if lines else {}
    if is_bundle(first) and not _is_record(first):
        return _bundles(blob, encoding, first, lines=lines)
    record = sketch(first)
    if _is_by_column(record):
        raise SourceError(
            "its records are written column by column",
            hint="write them with an object for each ticket; in pandas: `to_json(orient='records')`",
            at=blob.name,
        )
    if is_list_by_id(record):
        found = samples(_records_by_id("", record))
        return JsonFile(blob, encoding, by_id=frozenset(("",)), samples=found)
    if after_header:
        return JsonFile(blob, encoding, lines=True, header=True, samples={"": [after_header]})
    if _is_envelope(first):
        return _envelope(blob, encoding, first)
    if place := place_of_records(record):
        return _envelope(blob, encoding, list(outline_of(_at(record, place))), place, lines=lines)
    if _is_table(record) and not _is_record(first):
        raise _without_names(blob)
    return JsonFile(blob, encoding, lines=lines, error=ended and is_error(record), samples={"": [record]})


def _look_at_array(blob: Blob, encoding: Encoding, scanner: Scanner) -> JsonFile:
    scanner.expect("[")
    begins = scanner.peek()
    first = list(outline(scanner)) if begins == "{" else []
    if is_bundle(first) and not _is_record(first):
        return _bundles(blob, encoding, first)
    if _is_page(first):
        return _envelope(blob, encoding, first)
    if begins == "[":
        scanner.expect("[")
        if scanner.peek() not in ("{", "[", "]"):
            raise _without_names(blob)
    with encoding.open(blob, newline="\n") as file:
        found = items(Scanner(file, blob.name))
        objects = (item.tree for item in found if isinstance(item.tree, dict))
        return JsonFile(blob, encoding, samples={"": list(islice(objects, SAMPLES))})


def _bundles(blob: Blob, encoding: Encoding, first: Sequence[Item], *, lines: bool = False) -> JsonFile:
    found = samples(unbundled(Item("", sketch(first), "", first[0].line)))
    return JsonFile(blob, encoding, lines=lines, envelope=True, bundles=True, samples=found)


def _envelope(
    blob: Blob,
    encoding: Encoding,
    members: Sequence[Item],
    inside: tuple[str, ...] = EMBEDDED,
    *,
    lines: bool = False,
) -> JsonFile:
    by_id = lists_by_id(sketch(members))
    parts: list[Item] = []
    for item in members:
        parts += _records_by_id(item.key, item.tree) if item.key in by_id else [item]
    found = samples(parts)
    alone = frozenset(item.key for item in parts if isinstance(item.tree, dict) and not item.listed)
    return JsonFile(
        blob, encoding, lines=lines, envelope=True, inside=inside, by_id=by_id, samples=found, alone=alone
    )


def _records_by_id(key: str, tree: Value | None) -> list[Item]:
    """The first records of a list that is written as an object."""
    records = list(tree.items())[:SAMPLES] if isinstance(tree, dict) else []
    return [with_id(Item(key, each, "", 0, listed=True), id) for id, each in records]


def _at(tree: Tree, place: Sequence[str]) -> Value:
    found: Value = tree
    for key in place:
        found = found[key] if isinstance(found, dict) else ""
    return found


def _record_after_header(first: Sequence[Item], scanner: Scanner) -> Tree:
    """The object that follows, if it is a record and the first one is none, nor like it: `{"version": 2}`."""
    if scanner.peek() != "{" or _is_record(first) or _is_envelope(first):
        return {}
    try:
        second = sketch(outline(scanner))
    except UnreadableSource:  # told when that line is read
        return {}
    alike = {item.key for item in first} & second.keys() - _KINDS
    return second if is_record(second) and not alike else {}


def _is_by_column(record: Tree) -> bool:
    """Whether a document holds each field's values by the numbers of the records, as pandas writes them.

    Lists that PHP writes as objects look alike, but what they hold are records and no cells.
    """
    columns = [value for value in record.values() if isinstance(value, dict)]
    numbers = {number for column in columns for number in column}  # a null is absent
    if any(isinstance(cell, dict) for column in columns for cell in column.values()):
        return False
    return 1 < len(columns) == len(record) and numbers == set(map(str, range(len(numbers)))) != set()


def _is_table(record: Tree) -> bool:
    """Whether a document is a list of rows, each a list of cells, as some programs write tables."""
    return any(
        key in _ROWS and isinstance(rows, list) and rows and all(isinstance(row, list) for row in rows)
        for key, rows in record.items()
    )


def _without_names(blob: Blob) -> SourceError:
    return SourceError(
        "its records are lists of values, without the names of their fields",
        hint="export it as CSV, or as JSON with an object for each ticket",
        at=blob.name,
    )


def _is_record(outline: Sequence[Item]) -> bool:
    """Whether an object says itself which record it is, or came back from a file of rejects."""
    if any(item.key.startswith(OWN_PREFIX) for item in outline):
        return True
    own = sketch(item for item in outline if not item.listed)
    # An export may have an id and a title, too; but it is about its tickets, and nobody writes in it.
    holds_tickets = any(
        item.key == "tickets" and item.listed and isinstance(item.tree, dict) for item in outline
    )
    return is_record(own) and not (holds_tickets and _ABOUT_PEOPLE.isdisjoint(own))


def _is_envelope(outline: Sequence[Item]) -> bool:
    """Whether an object wraps records instead of being one."""
    return not _is_record(outline) and (
        bool(lists_by_id(sketch(outline)))
        or any(
            (isinstance(item.tree, dict) and (item.listed or item.key in _SINGLE))
            or (item.tree == [] and item.key in _PLURAL)
            for item in outline
        )
    )


def _is_page(outline: Sequence[Item]) -> bool:
    """Whether the first element of an array is an envelope: records have ids of their own, and odd lists."""
    scalars = [item.key.lower() for item in outline if not item.listed and isinstance(item.tree, str)]
    return (
        _is_envelope(outline)
        and not any(key.endswith("id") for key in scalars)
        and any(item.key in _PAGES or item.key == "ticket" for item in outline)
    )
