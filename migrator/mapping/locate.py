"""YAML text to a tree of text, and where each part of it stands.

Every scalar is read as text, so that `no`, `007` and `1e5` stay what they are. What could make one
file mean two things is refused: repeated keys, anchors and aliases, tags, a second document. What
the keys mean is `spec.py`'s business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from migrator.errors import Complaint, MappingComplaints

Tree = str | list["Tree"] | dict[str, "Tree"]
Path = tuple[str | int, ...]
"""The way to a part of the tree: `("ticket", "title", "from")`."""

LARGEST_FILE_CHARACTERS = 2_000_000
DEEPEST_NESTING = 40
ONE_MEANING = "write the value out in full where it is needed"


def dotted(path: Path) -> str:
    """`ticket.fields.Priority.from`, as complaints name a part of the file."""
    return ".".join(str(step) for step in path)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part of a mapping stands: in a file, counted from 1, or on the command line."""

    name: str
    line: int = 0
    column: int = 0

    def at(self, path: Path, *, with_column: bool = True) -> str:
        """`m.yaml, line 4, column 10, ticket.title.from`."""
        parts = [self.name]
        if self.line:
            parts.append(f"line {self.line}")
        if self.line and with_column:
            parts.append(f"column {self.column}")
        if path:
            parts.append(dotted(path))
        return ", ".join(parts)


@dataclass(slots=True)
class Document:
    """A mapping file as a tree, with the place of every key and every list item."""

    name: str
    tree: Tree
    places: dict[Path, Place] = field(default_factory=dict)

    def place(self, path: Path) -> Place:
        """Where `path` stands; for a part that is not there, where its nearest parent stands."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
        return Place(self.name, 1, 1)

    def part(self, path: Path) -> Tree | None:
        """What stands at `path`; None where nothing does."""
        here: Tree | None = self.tree
        for step in path:
            if isinstance(here, dict):
                here = here.get(str(step))
            elif isinstance(here, list) and isinstance(step, int) and step < len(here):
                here = here[step]
            else:
                return None
        return here

    def complaint(self, path: Path, message: str, hint: str = "") -> Complaint:
        return Complaint(self.place(path).at(path), message, hint)


def in_order(complaints: Sequence[Complaint]) -> list[Complaint]:
    """As a person meets them, reading the file from top to bottom."""

    def line_and_column(complaint: Complaint) -> tuple[int, ...]:
        return tuple(int(number) for number in re.findall(r", (?:line|column) (\d+)", complaint.at))

    return sorted(complaints, key=line_and_column)


def read_document(text: str, name: str) -> Document:
    """The tree that `text` holds.

    Raises:
        MappingComplaints: It is not YAML, or holds something that a mapping may not.
    """
    if len(text) > LARGEST_FILE_CHARACTERS:
        raise MappingComplaints(
            [
                Complaint(
                    name,
                    f"a mapping file has at most {LARGEST_FILE_CHARACTERS:,} characters",
                    "move long value tables into CSV files: `values: people.csv`",
                )
            ]
        )
    builder = _Builder(Document(name, {}))
    builder.document.tree = builder.build(_events(text, name))
    if builder.complaints:
        raise MappingComplaints(builder.complaints)
    return builder.document


def read_scalar_or_tree(text: str, name: str) -> Tree:
    """The value of a `--set`, read by the same rules; an empty one is an empty text."""
    return read_document(text, name).tree if text.strip() else ""


def _events(text: str, name: str) -> list[Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    events: list[Any] = []
    depth = 0
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            events.append(event)
            kind = type(event).__name__
            depth += kind.endswith(("MappingStartEvent", "SequenceStartEvent"))
            depth -= kind.endswith(("MappingEndEvent", "SequenceEndEvent"))
            if depth > DEEPEST_NESTING:  # the parser itself gets ever slower from here
                place = Place(name, event.start_mark.line + 1, event.start_mark.column + 1)
                raise _not_yaml(place, "it is nested too deeply")
    except MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)
        raise _not_yaml(place, broken.problem or broken.context or "it cannot be read") from broken
    except (YAMLError, ValueError) as broken:
        raise _not_yaml(Place(name), str(broken).splitlines()[0]) from broken
    return events


def _not_yaml(place: Place, problem: str) -> MappingComplaints:
    hint = (
        "check the indentation (spaces, never tabs), and put quotes around text that holds `: `, `#` or `{`"
    )
    return MappingComplaints([Complaint(place.at(()), f"this is not YAML: {problem}", hint)])


class _Builder:
    """Builds the tree from parser events, so that no alias is ever expanded."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.complaints: list[Complaint] = []

    def build(self, events: Sequence[Any]) -> Tree:
        starts = [event for event in events if type(event).__name__ == "DocumentStartEvent"]
        if not starts:
            self._complain(
                Place(self.document.name), (), "the mapping is empty", "`migrator mappings show` has examples"
            )
            return {}
        if len(starts) > 1:
            self._complain(
                self._here(starts[1]), (), "a mapping file holds one document", "remove the line `---`"
            )
        stream = iter(events)
        next(event for event in stream if event is starts[0])
        return self._node(next(stream), stream, ())

    def _node(self, event: Any, stream: Iterator[Any], path: Path) -> Tree:
        place = self._here(event)
        self.document.places.setdefault(path, place)
        kind = type(event).__name__
        if kind == "AliasEvent":
            self._complain(place, path, f"`*{event.anchor}`: aliases are not used in mappings", ONE_MEANING)
            return ""
        if event.anchor:
            self._complain(place, path, f"`&{event.anchor}`: anchors are not used in mappings", ONE_MEANING)
        if event.tag:
            self._complain(
                place, path, f"`{event.tag}`: tags are not used in mappings", "every value is text; remove it"
            )
        if kind == "MappingStartEvent":
            return self._mapping(stream, path)
        if kind == "SequenceStartEvent":
            return self._sequence(stream, path)
        if event.value == "" and event.style is None:
            self._complain(
                self.document.place(path),
                path,
                "nothing stands here",
                'write `""` for an empty text, or remove the line',
            )
        return str(event.value)

    def _mapping(self, stream: Iterator[Any], path: Path) -> Tree:
        branch: dict[str, Tree] = {}
        while type(key_event := next(stream)).__name__ != "MappingEndEvent":
            place = self._here(key_event)
            key = self._node(key_event, stream, (*path, "?"))
            self.document.places.pop((*path, "?"), None)
            if not isinstance(key, str):
                self._complain(place, path, "a key must be text", "remove the brackets around it")
                key = "?"
            if key in branch:
                first = self.document.places[(*path, key)].line
                self._complain(
                    place, (*path, key), f"`{key}` stands here twice, first in line {first}", "keep one"
                )
            else:
                self.document.places[(*path, key)] = place
            branch[key] = self._node(next(stream), stream, (*path, key))
        return branch

    def _sequence(self, stream: Iterator[Any], path: Path) -> Tree:
        items: list[Tree] = []
        while type(event := next(stream)).__name__ != "SequenceEndEvent":
            items.append(self._node(event, stream, (*path, len(items))))
        return items

    def _here(self, event: Any) -> Place:
        return Place(self.document.name, event.start_mark.line + 1, event.start_mark.column + 1)

    def _complain(self, place: Place, path: Path, message: str, hint: str) -> None:
        self.complaints.append(Complaint(place.at(path), message, hint))
