"""What people save of an API: its answer inside an object of their own, or the error that it answered.

Pure questions about trees; how a file is walked is known in `json_scan.py`.
"""

from __future__ import annotations

from migrator.model import Value
from migrator.readers.trees import Tree

_WRAPPERS = frozenset(("data", "result", "response", "body", "payload", "export"))
"""What the object is called in which programs put a whole answer."""
_LISTS = frozenset(
    (
        *("tickets", "issues", "conversations", "results", "result", "records", "data", "items"),
        *("value", "values", "cases", "incidents", "requests"),
    )
)
"""What APIs call the list of records in an answer."""
_OWN_ID = ("id", "key", "number")
"""How the names end under which records have an id of their own."""
_ERRORS = frozenset(("error", "errors", "errormessages", "errorcode", "error_code", "documentation_url"))
_ABOUT_ERRORS = frozenset(
    (
        *("message", "messages", "description", "detail", "details", "status", "statuscode"),
        *("code", "type", "title", "request_id", "requestid", "correlationid", "category", "timestamp"),
    )
)


def wrapper_in(tree: Tree) -> str:
    """The key of the one object in which a whole answer stands; "" where there is none."""
    inner = [key for key in tree if key in _WRAPPERS]
    found = tree[inner[0]] if len(inner) == 1 else None
    return inner[0] if isinstance(found, dict) and _is_answer(found) and not _has_own_id(tree) else ""


def is_error(tree: Tree) -> bool:
    """Whether an object is nothing but the error that an API answered."""
    keys = {key.casefold() for key in tree}
    return bool(keys & _ERRORS) and keys <= _ERRORS | _ABOUT_ERRORS


def _is_answer(tree: Tree) -> bool:
    return any(key in _LISTS and _holds_records(tree[key]) for key in tree) and not _has_own_id(tree)


def _has_own_id(tree: Tree) -> bool:
    return any(isinstance(tree[key], str) and key.casefold().endswith(_OWN_ID) for key in tree)


def _holds_records(value: Value) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)
