"""What one JSON object holds, cut short: of long lists and large objects only the beginning is kept.

Everything is read, so that it is known where the object ends; what it means is decided by those who ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from migrator.model import Value
from migrator.readers.json_scan import Scanner, members
from migrator.readers.trees import SAMPLES, Item, Tree

_MOST_KEYS = 500
_LEVELS = 4
"""Objects in objects that are cut short; what lies deeper is a value like any other."""


def outline(scanner: Scanner, levels: int = _LEVELS) -> Iterator[Item]:
    """The members of the object that begins here; of its lists the first elements only."""
    kept: dict[str, int] = {}

    def take(scanner: Scanner, key: str) -> Item:
        if levels and scanner.peek() == "{" and len(kept) < _MOST_KEYS:
            line = scanner.line
            return Item(key, sketch(outline(scanner, levels - 1)), "", line)
        return scanner.value(key)

    for item in members(scanner, take=take):
        times = kept.get(item.key, 0)
        if times < SAMPLES and (times or len(kept) < _MOST_KEYS):
            kept[item.key] = times + 1
            yield item


def outline_of(tree: Value) -> Iterator[Item]:
    """The outline of an object that is read already."""
    for key, value in tree.items() if isinstance(tree, dict) else ():
        if isinstance(value, list) and value:
            yield from (Item(key, each, "", 0, listed=True) for each in value[:SAMPLES])
        else:
            yield Item(key, value, "", 0)


def sketch(members: Iterable[Item]) -> Tree:
    """A record from its outline: long lists are cut short."""
    record: Tree = {}
    for item in members:
        if item.tree is None:
            continue
        if item.listed:
            elements = record.setdefault(item.key, [])
            if isinstance(elements, list):
                elements.append(item.tree)
        else:
            record[item.key] = item.tree
    return record


def samples(members: Iterable[Item]) -> dict[str, list[Tree]]:
    """The first records of each list, and the objects; a list may be empty."""
    found: dict[str, list[Tree]] = {}
    for item in members:
        if isinstance(item.tree, dict):
            found.setdefault(item.key, []).append(item.tree)
        elif item.tree == [] and not item.listed:
            found.setdefault(item.key, [])
    return found
