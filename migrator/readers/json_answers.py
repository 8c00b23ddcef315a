"""What people save of an API: its answer inside an object of their own, or the error that it answered.

Pure questions about trees; how a file is walked is known in `json_scan.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from migrator.model import Value
from migrator.readers.tables import names_title
from migrator.readers.trees import Tree, is_record

_DEEPEST = 4
_TICKETS = frozenset(("tickets", "ticket"))
_LISTS = frozenset(
    (
        *("tickets", "issues", "conversations", "results", "result", "records", "data", "items"),
        *("value", "values", "cases", "incidents", "requests"),
    )
)
"""What APIs call the list of records in an answer."""
_OWN_ID = ("id", "key", "number")
"""How the names end under which records have an id of their own."""
_ID = re.compile(r"\S*\d\S*")
_ERRORS = frozenset(("error", "errors", "errormessages", "errorcode", "error_code", "documentation_url"))
_ABOUT_ERRORS = frozenset(
    (
        *("message", "messages", "description", "detail", "details", "status", "statuscode"),
        *("code", "type", "title", "request_id", "requestid", "correlationid", "category", "timestamp"),
    )
)


def place_of_records(tree: Tree) -> tuple[str, ...]:
    """The keys that lead to the object in which a whole answer stands; empty where nothing tells one.

    Args:
        tree: A document, whose long lists may be cut short.
    """
    if _has_own_id(tree):
        return ()
    found = list(_answers(tree))
    with_tickets = [place for place, answer in found if _TICKETS & answer.keys()]
    places = with_tickets or [place for place, _ in found]
    return places[0] if len(places) == 1 else ()


def lists_by_id(tree: Tree) -> frozenset[str]:
    """The members that are lists of records, written as objects whose keys are the ids of these.

    None where the object says something itself and no such member is known by its name or its titles: it is a
    record, and those are some fields of its own.
    """
    found = {key: value for key, value in tree.items() if isinstance(value, dict) and is_list_by_id(value)}
    known = any(key in _LISTS or _has_titles(value) for key, value in found.items())
    says_something = any(isinstance(value, str) for value in tree.values())
    return frozenset(found) if known or not says_something else frozenset()


def is_list_by_id(tree: Tree) -> bool:
    """Whether the keys of an object are the ids of its members: `{"123": {...}, "124": {...}}`."""
    members = [value for value in tree.values() if isinstance(value, dict)]
    if not members or len(members) < len(tree) or not all(map(_ID.fullmatch, tree)):
        return False
    if len(members) == 1:
        return next(iter(tree)).isdecimal() and any(isinstance(value, str) for value in members[0].values())
    return bool(set.intersection(*map(set, members)))


def is_error(tree: Tree) -> bool:
    """Whether an object is nothing but the error that an API answered."""
    keys = {key.casefold() for key in tree}
    return bool(keys & _ERRORS) and keys <= _ERRORS | _ABOUT_ERRORS


def _answers(tree: Tree, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Tree]]:
    for key, value in tree.items():
        if not isinstance(value, dict) or len(place) == _DEEPEST or _has_own_id(value):
            continue
        if lists_by_id(value) or any(_holds_records(name, each) for name, each in value.items()):
            yield (*place, key), value
        elif not is_list_by_id(value):
            yield from _answers(value, (*place, key))


def _has_titles(records: Tree) -> bool:
    return all(isinstance(each, dict) and names_title(each) for each in records.values())


def _has_own_id(tree: Tree) -> bool:
    return any(isinstance(tree[key], str) and key.casefold().endswith(_OWN_ID) for key in tree)


def _holds_records(name: str, value: Value) -> bool:
    """Whether a member is a list of records: it is called so, or each of them says itself which it is."""
    if not isinstance(value, list):
        return False
    trees = [each for each in value if isinstance(each, dict)]
    return len(trees) == len(value) and (name in _LISTS or (trees != [] and all(map(is_record, trees))))
