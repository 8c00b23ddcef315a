"""Walks an XML document of any size and builds trees of those elements that are records.

The depth and the length of a record are bounded. Which elements are records is decided in `xml_shape.py`.

How an element becomes a value:

- without elements inside: its exact text, CDATA and all; `""` if it is empty
- with elements inside: a dict by their names; siblings that share a name become a list, and so does a single
  `comment` in `comments`
- `type="array"` (Rails): always the list of what is inside; `nil="true"` and `xsi:nil="true"`: absent
- `<field name="id">1</field>`, as programs write tables of a database: by the name that it says
- other attributes stand beside as `@name`, and the text of such an element is `#text`; the types that Rails
  writes say nothing that the text does not
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TextIO

from migrator.errors import UnreadableSource
from migrator.model import Problem, SourceRef, Value, shown
from migrator.readers.faults import fault
from migrator.readers.json_scan import LONGEST_VALUE_CHARACTERS
from migrator.readers.json_text import DEEPEST, strings
from migrator.readers.text import DAMAGED, looks_damaged
from migrator.readers.trees import Item, Tree
from migrator.readers.xml_feed import feed

Place = tuple[str, ...]
"""The names of an element and of those around it, from the root."""

_RAILS_TYPES = frozenset(
    (
        *("array", "string", "symbol", "integer", "float", "decimal", "double", "boolean", "yaml", "file"),
        *("datetime", "dateTime", "date", "time", "duration", "binary", "base64Binary"),
    )
)
_NAMED = frozenset(("field", "column", "property", "attribute"))
"""Elements that say in an attribute how the value in them is called."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which elements are records, and which stand around them. What is in neither is a record, too."""

    records: frozenset[Place]
    around: frozenset[Place]


class _Element:
    """An element whose end was not read yet."""

    __slots__ = ("attributes", "children", "is_list", "is_nil", "name", "texts")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.attributes: Tree = {}
        self.children: list[tuple[str, Value]] | None = None
        self.texts: list[str] = []
        self.is_list = self.is_nil = False
        if not attributes:
            return
        for key, value in attributes.items():
            if key == "type" and value in _RAILS_TYPES:
                self.is_list = value == "array"
            elif key in ("nil", "xsi:nil"):
                self.is_nil = value == "true"
            elif key != "xmlns" and not key.startswith("xmlns:"):
                self.attributes[f"@{key}"] = value

    def value(self, text: str) -> Value | None:
        if self.is_nil:
            return None
        if self.is_list:
            return [value for _, value in self.children or ()]
        if self.children is None and not self.attributes:
            return text
        tree = self.attributes
        if self.children is not None:
            text = text.strip()
            self._add_children(tree, self.children)
        if text:
            tree["#text"] = text
        return tree

    def _add_children(self, tree: Tree, children: list[tuple[str, Value]]) -> None:
        if fields := _by_their_names(children):
            tree.update(fields)
            return
        several: set[str] = set()
        for name, value in children:
            earlier = tree.get(name)
            if earlier is None and is_plural(self.name, name):
                tree[name] = [value]
                several.add(name)
            elif earlier is None:
                tree[name] = value
            elif name in several and isinstance(earlier, list):
                earlier.append(value)
            else:
                tree[name] = [earlier, value]
                several.add(name)


def _by_their_names(children: list[tuple[str, Value]]) -> Tree:
    """The values of elements that all say their own names, each another one; empty where they do not."""
    fields: Tree = {}
    for name, value in children:
        own = value.get("@name") if name in _NAMED and isinstance(value, dict) else None
        if not isinstance(own, str) or not isinstance(value, dict) or own in fields or len(value) > 2:
            return {}
        fields[own] = value.get("#text", "")
    return fields


def is_named(name: str, attributes: Container[str]) -> bool:
    """Whether an element is a value under a name that it says itself."""
    return name in _NAMED and "name" in attributes


class _Builder:
    """Makes items of records; `found` holds those that are complete."""

    line: Callable[[], int]

    def __init__(self, file: str, layout: Layout, wanted: Callable[[str], bool]) -> None:
        self.found: list[Item] = []
        self._file = file
        self._layout = layout
        self._wanted = wanted
        self._around: list[str] = []
        self._open: list[_Element] = []
        self._unwanted = 0
        """Elements that are open in a record that nobody wants."""
        self._begins = 0
        self._length = 0
        self._unknown = self._damaged = self._mixed = False
        self._numbers: Counter[str] = Counter()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._unwanted:
            self._unwanted += 1
            return
        if self._open and not (self._unknown and self._is_list_of(name)):
            if len(self._open) > DEEPEST:
                raise self._refused(f"the record is nested deeper than {DEEPEST} levels")
            self._open.append(_Element(name, attributes))
            return
        self._begins = self.line()
        place = (*self._around, name)
        if place in self._layout.around:
            self._around.append(name)
            return
        self._unknown = place not in self._layout.records
        if not (self._unknown or self._wanted(name)):
            self._unwanted = 1
            return
        if len(place) > DEEPEST:
            raise self._refused(f"the document is nested deeper than {DEEPEST} levels")
        self._open.append(_Element(name, attributes))
        self._length = 0
        self._damaged = self._mixed = False

    def _is_list_of(self, name: str) -> bool:
        """Whether what looked like a record, `users`, proves to be a list by its first element, `user`."""
        self._unknown = False
        record = self._open[0]
        if not is_plural(record.name, name):
            return False
        self._around.append(record.name)
        self._open.clear()
        return True

    def text(self, text: str) -> None:
        if self._open:
            self._open[-1].texts.append(text)
            self._length += len(text)
            if self._length > LONGEST_VALUE_CHARACTERS:
                raise self._refused(
                    f"a record is longer than {LONGEST_VALUE_CHARACTERS >> 20} million characters"
                )

    def end(self, name: str) -> None:
        if self._unwanted:
            self._unwanted -= 1
            return
        if not self._open:
            self._around.pop()
            return
        element = self._open.pop()
        text = "".join(element.texts)
        if not text.isascii() and looks_damaged(text):
            self._damaged = True
        if element.children is not None and text.strip():
            self._mixed = True
        value = element.value(text)
        if not self._open:
            self._complete(name, value)
            return
        parent = self._open[-1]
        if parent.children is None:
            parent.children = []
        if value is not None:
            parent.children.append((name, value))

    def _complete(self, key: str, value: Value | None) -> None:
        self._numbers[key] += 1
        if not self._wanted(key):
            return
        if isinstance(value, str) and not value.strip():
            value = {}
        ref = SourceRef(self._file, self._numbers[key], "", self._begins)
        problems = tuple(self._problems(ref, value)) if self._damaged or self._mixed else ()
        self.found.append(Item(key, value, "", self._begins, problems=problems, row=ref.row))

    def _problems(self, ref: SourceRef, value: Value | None) -> Iterator[Problem]:
        if self._mixed:
            yield fault("mixed-text", ref)
        for path, text in strings(value or {}):
            if DAMAGED.search(text):
                yield fault("damaged-text", ref, column=shown(path), value=text)

    def _refused(self, message: str) -> UnreadableSource:
        return UnreadableSource(
            message, hint="check that this is an export of tickets", at=f"{self._file}, line {self._begins}"
        )


@lru_cache(maxsize=1024)
def is_plural(several: str, one: str) -> bool:
    """Whether a name says that it holds a list of the other: `helpdesk-tickets`, `companies`."""
    several, one = several.casefold(), one.casefold()
    return several in (f"{one}s", f"{one}es", f"{one}list", f"{one}-list", f"{one}_list") or (
        one.endswith("y") and several == f"{one[:-1]}ies"
    )


def items(
    text: TextIO, name: str, layout: Layout, wanted: Callable[[str], bool], *, whole: bool = True
) -> Iterator[Item]:
    """The records of a document whose key, the name of their element, is wanted.

    Args:
        whole: The document must end with the text.

    Raises:
        UnreadableSource: at the line where it is no XML, is cut off, or was made to break programs.
    """
    builder = _Builder(name, layout, wanted)
    for _ in feed(text, name, builder, whole=whole):
        if builder.found:
            yield from builder.found
            builder.found.clear()
