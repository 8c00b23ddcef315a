"""Drafting the part of a mapping that makes the thread.

Which list of a nested record holds its messages; or, of a table, that its rows could be messages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from migrator.mapping.draft_columns import DraftColumn
from migrator.mapping.transforms import as_boolean
from migrator.mapping.vocabulary import MESSAGE_BODY, Meaning, folded, rank
from migrator.mapping.yaml_lines import Lines, Plain

_PRIVATE = ("private", "is private", "internal", "is internal")
MESSAGES = "messages"
"""The list that the rows of one ticket become by `group_by`."""
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
    _put_rules(lines, {"each": name, **_rules(body, email, parts)}, off=off)


def put_messages_of_rows(lines: Lines, columns: Sequence[DraftColumn], body: str, email: str | None) -> None:
    """Writes `replies` for a table whose rows are messages, switched off: only a person knows that they are.

    Args:
        body: The column of their texts.
        email: The column of the addresses of those who wrote them.
    """
    parts = {column.name: column for column in columns if not column.facts.in_list}
    lines.gap()
    _put_rules(lines, {"each": MESSAGES, **_rules(body, email, parts)}, off=True)


def _rules(body: str, email: str | None, parts: _Parts) -> dict[str, Plain]:
    kind = "html" if parts[body].facts.is_markup else "text"
    rules: dict[str, Plain] = {
        "body": {"from": body, "as": kind},
        "author": {"email": {"from": email or "ADDRESS"}},
    }
    return rules | _privacy(parts) | _created_at(parts)


def _put_rules(lines: Lines, rules: Mapping[str, Plain], *, off: bool) -> None:
    lines.put("replies", None, "the thread", off=off)
    for key, rule in rules.items():
        lines.put(key, rule, indent=2, off=off)
    told = "who speaks for agents that your workspace lacks; their names stay in the text"
    lines.put("fallback_agent", "any", told, indent=2, off=True)
    if "createdAt" not in rules:
        lines.say("TODO nothing says when a message was written: each gets the date of its ticket.", indent=2)
    if "private" not in rules:
        lines.say("Nothing says which messages are private, so all of them become private notes.", indent=2)


def _privacy(parts: _Parts) -> dict[str, Plain]:
    for part, column in parts.items():
        said = [as_boolean(text) for text, _ in column.counts]
        if folded(part) in _PRIVATE and said and None not in said:
            return {"private": {"from": part}}
    return {}


def _created_at(parts: _Parts) -> dict[str, Plain]:
    """By its name, else the only column of times that there is."""
    times = [part for part, column in parts.items() if column.facts.is_times and not column.facts.is_epoch]
    named = [part for part, column in parts.items() if _is_created(part, column)]
    for part in named or (times if len(times) == 1 else ()):
        if (rule := parts[part].time_rule(part)) is not None:
            return {"createdAt": rule}
    return {}


def _is_created(part: str, column: DraftColumn) -> bool:
    is_meant = column.suggestion is not None and column.suggestion.meaning is Meaning.CREATED
    return is_meant or rank(part, Meaning.CREATED) is not None
