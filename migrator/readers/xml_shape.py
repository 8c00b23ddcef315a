"""What an XML file holds: which of its elements are records, and which only stand around them.

One look at it, by rules that know no helpdesk: a list is an element whose elements are records; a
record has plain values of its own. Of records that stand in one another only the outermost is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import StringIO

from migrator.errors import SourceError, UnreadableSource
from migrator.readers.blobs import Blob
from migrator.readers.text import HEAD_BYTES, Encoding, detect_encoding, glance, how_far
from migrator.readers.trees import SAMPLES, Item, Tree, TreeText, is_record
from migrator.readers.xml_feed import feed
from migrator.readers.xml_scan import Layout, Place, is_named, is_plural, items

LOOK_CHARACTERS = 1 << 21
"""How much of a file is looked at to know which of its elements are records."""
_DEEPEST_LIST = 6
_MOST_LISTS = 1_000
_DECLARED = re.compile(r"""\s*<\?xml\b[^>]*\bencoding\s*=\s*["']([^"']+)["']""")


@dataclass(frozen=True, slots=True)
class XmlFile(TreeText):
    """An XML file and what is in it."""

    layout: Layout
    samples: dict[str, list[Tree]]
    """The first records by the name of their element."""
    alone: frozenset[str]
    kind: str = "xml"

    @property
    def details(self) -> str:
        return f"{self.encoding.label}, elements: {', '.join(sorted(self.samples)) or 'none'}"

    @contextmanager
    def scan(self, wanted: Callable[[str], bool]) -> Iterator[tuple[Iterator[Item], Callable[[], int]]]:
        """The records whose element is wanted."""
        with self.encoding.open(self.blob) as text:
            yield items(text, self.name, self.layout, wanted), how_far(text)


def look_at_xml(blob: Blob, wanted_encoding: str = "") -> XmlFile:
    """Find out what an XML file holds.

    Raises:
        UnreadableSource: its beginning is not XML.
    """
    encoding = _encoding(blob, wanted_encoding)
    with encoding.open(blob) as file:
        beginning = file.read(LOOK_CHARACTERS)
    whole = len(beginning) < LOOK_CHARACTERS
    outline = _Outline()
    for _ in feed(StringIO(beginning), blob.name, outline, whole=whole):
        pass
    layout = outline.layout()
    samples: dict[str, list[Tree]] = {place[-1]: [] for place in sorted(layout.records)}
    _take_samples(items(StringIO(beginning), blob.name, layout, lambda _: True, whole=whole), samples)
    alone = frozenset(samples) - outline.several
    if not whole:
        # A list may begin far behind: what is read must not depend on which one is the first.
        samples = {key: [] for key in samples}
        with encoding.open(blob) as file, suppress(UnreadableSource):  # told when that part is read

            def is_new(key: str) -> bool:
                known = samples.get(key)
                return len(samples) < _MOST_LISTS if known is None else len(known) < SAMPLES

            _take_samples(items(file, blob.name, layout, is_new), samples)
    found = {key: records[:SAMPLES] for key, records in samples.items() if records}
    return XmlFile(blob, encoding, layout, found, alone & found.keys())


def _take_samples(found: Iterable[Item], samples: dict[str, list[Tree]]) -> None:
    for item in found:
        records = samples.setdefault(item.key, [])
        if isinstance(item.tree, dict) and len(records) < SAMPLES:
            records.append(item.tree)


def _encoding(blob: Blob, wanted: str) -> Encoding:
    """What the user says, a byte order mark, the declaration, and what text files have without one."""
    with blob.open("rb") as file:
        declared = _DECLARED.match(glance(file.read(HEAD_BYTES)))
    name = declared[1] if declared and not wanted else wanted
    if name.casefold() in ("utf-8", "utf-16"):  # told by the bytes themselves, and often said wrongly
        name = wanted
    try:
        return detect_encoding(blob, name)
    except SourceError as error:
        hint = "name the right one with --encoding" if name != wanted else error.hint
        raise type(error)(error.message, hint=hint, at=error.at or blob.name) from None


@dataclass(slots=True)
class _Shape:
    """All elements of one place together."""

    times: int = 0
    nested: bool = False
    """One of them has elements inside."""
    attributed: bool = False
    """One of them has attributes of its own."""
    is_list: bool = False
    children: dict[str, _Shape] = field(default_factory=dict)

    @property
    def plain(self) -> bool:
        return not (self.nested or self.attributed or self.is_list)


class _Outline:
    """Learns which elements stand in which, of the upper levels."""

    line: Callable[[], int]

    def __init__(self) -> None:
        self._top = _Shape()
        self._open = [self._top]
        self._below = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        parent = self._open[-1]
        parent.nested = True
        if len(self._open) > _DEEPEST_LIST:
            self._below += 1
            return
        shape = parent.children.setdefault(name, _Shape())
        shape.times += 1
        shape.is_list |= attributes.get("type") == "array"
        own = (key for key in attributes if key not in ("type", "nil") and not key.startswith("xmlns"))
        shape.attributed |= any(own) and not is_named(name, attributes)
        self._open.append(shape)

    def text(self, text: str) -> None:
        """What elements say does not matter here."""

    def end(self, name: str) -> None:  # noqa: ARG002
        if self._below:
            self._below -= 1
        else:
            self._open.pop()

    @property
    def several(self) -> frozenset[str]:
        """The names of elements that stand in lists."""
        return frozenset(_several("", self._top))

    def layout(self) -> Layout:
        records: set[Place] = set()
        around: set[Place] = set()
        for name, root in self._top.children.items():
            if name == "rss":  # its channel has plain values of its own, so no rule would see through it
                records.add((name, "channel", "item"))
                around.update(((name,), (name, "channel")))
            else:
                _sort((name,), root, records, around)
        return Layout(frozenset(records), frozenset(around))


def _several(around: str, shape: _Shape) -> Iterator[str]:
    """The names of elements that are repeated, or stand beside those that are, or in their plural."""
    is_list = shape.is_list or any(child.times > 1 for child in shape.children.values() if not child.plain)
    for name, child in shape.children.items():
        if is_list or is_plural(around, name):
            yield name
        yield from _several(name, child)


def _sort(place: Place, shape: _Shape, records: set[Place], around: set[Place]) -> None:
    if not _is_around(place, shape):
        records.add(place)
        return
    around.add(place)
    for name, child in shape.children.items():
        if not child.plain:
            _sort((*place, name), child, records, around)


def _is_around(place: Place, shape: _Shape) -> bool:
    """Whether an element only holds records."""
    name = place[-1]
    plain = {each: "" for each, child in shape.children.items() if child.plain}
    lists = [
        each
        for each, child in shape.children.items()
        if not child.plain and (child.times > 1 or is_plural(name, each))
    ]
    if shape.is_list or (len(place) == 1 and not shape.children):
        return True
    if not shape.children or len(plain) == len(shape.children) or is_record(dict(plain)):
        return False
    if len(place) == 1:
        return bool(lists) or len(plain) < 2
    return shape.times == 1 and not is_plural(place[-2], name) and (bool(lists) or not plain)
