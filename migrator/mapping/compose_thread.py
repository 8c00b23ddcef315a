"""Drafting the part of a mapping that makes the thread: which list of a nested record holds its messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from migrator.mapping.draft_columns import DraftColumn
from migrator.mapping.transforms import as_boolean
from migrator.mapping.vocabulary import MESSAGE_BODY, Meaning, folded, rank
from migrator.mapping.yaml_lines import Lines, Plain

_PRIVATE = ("private", "is private", "internal", "is internal")
_Parts = Mapping[str, DraftColumn]
"""The columns of a list by their path within an item."""


def put_thread(lines: Lines, columns: Sequence[DraftColumn]) -> set[str]:
    """Writes `replies` for the first list whose items have a text; returns the columns that this uses."""
    lists: dict[str, dict[str, DraftColumn]] = {}
    for column in columns:
        name, marks, part = column.name.partition("[].")
        if column.facts.in_list and marks and "." not in name and "[]" not in part:
            lists.setdefault(name, {})[part] = column
    for name, parts in lists.items():
        body = next((part for part in parts if folded(part) in MESSAGE_BODY), None)
        if body is not None:
            _put_replies(lines, name, body, parts)
            return {column.name for column in parts.values()}
    return set()


def _put_replies(lines: Lines, name: str, body: str, parts: _Parts) -> None:
    email = next((part for part, column in parts.items() if column.facts.is_email), None)
    off = email is None
    lines.gap()
    if off:
        lines.say(
            "TODO the messages do not say by an address who wrote them: name who stands for them, then "
            "remove the #."
        )
    kind = "html" if parts[body].facts.is_markup else "text"
    rules: dict[str, Plain] = {
        "each": name,
        "body": {"from": body, "as": kind},
        "author": {"email": {"from": email or "ADDRESS"}},
    }
    rules |= _privacy(parts) | _created_at(parts)
    lines.put("replies", None, "the thread", off=off)
    for key, rule in rules.items():
        lines.put(key, rule, indent=2, off=off)
    if "private" not in rules:
        lines.say("Nothing says which messages are private, so all of them become private notes.", indent=2)


def _privacy(parts: _Parts) -> dict[str, Plain]:
    for part, column in parts.items():
        said = [as_boolean(text) for text, _ in column.counts]
        if folded(part) in _PRIVATE and said and None not in said:
            return {"private": {"from": part}}
    return {}


def _created_at(parts: _Parts) -> dict[str, Plain]:
    for part, column in parts.items():
        rule = column.time_rule(part) if rank(part, Meaning.CREATED) is not None else None
        if rule is not None:
            return {"createdAt": rule}
    return {}
