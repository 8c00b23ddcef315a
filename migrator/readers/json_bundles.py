"""Bundles: a ticket and its messages side by side in one object, as scripts save what an API answered.

`{"ticket": {...}, "comments": [...]}` becomes the ticket with its messages inside; other lists stay lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from migrator.model import Value
from migrator.readers.trees import Item, Tree

_TICKETS = ("ticket", "conversation")
_MESSAGES = frozenset(("comments", "conversations", "messages", "threads", "articles"))


def is_bundle(members: Iterable[Item]) -> bool:
    """Whether an object with these members is one ticket with its messages beside it."""
    around = {item.key: item for item in members}
    tickets = [around[key] for key in _TICKETS if key in around]
    return bool(_MESSAGES & around.keys()) and any(
        isinstance(each.tree, dict) and not each.listed for each in tickets
    )


def unbundled(item: Item) -> Iterator[Item]:
    """What a bundle holds: the elements of lists under the keys of these, the ticket under its own."""
    bundle = item.tree if isinstance(item.tree, dict) else {}
    name = next((key for key in _TICKETS if isinstance(bundle.get(key), dict)), "")
    if not name:
        yield item
        return
    ticket: Tree = {}
    for key, value in bundle.items():
        if key in _MESSAGES:
            ticket[key] = _messages(key, value)
        elif isinstance(value, list):
            yield from (Item(key, each, "", item.line, listed=True) for each in value)
        elif key != name:
            ticket[key] = value
    own = bundle[name]
    assert isinstance(own, dict)
    yield replace(item, key=name, tree=own | {key: each for key, each in ticket.items() if _adds(own, key)})


def _messages(key: str, value: Value) -> Value:
    """The list itself, which an answer of an API may have wrapped in its name."""
    return value[key] if isinstance(value, dict) and key in value else value


def _adds(own: Tree, key: str) -> bool:
    """Whether a ticket lacks this; a count in the place of the messages is none of them."""
    return not isinstance(own.get(key), list) if key in _MESSAGES else key not in own
