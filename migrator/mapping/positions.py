"""What each place in the grammar asks of the rule that stands there.

Which kinds of value it takes, and which keys of a rule have a meaning at all; `compile.py` turns
what is found here into complaints with their place in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from migrator.mapping import spec
from migrator.mapping.rules import Act, Kind, Literal, Otherwise


@dataclass(frozen=True, slots=True)
class Position:
    """What a place in the grammar asks of the rule that stands there."""

    kinds: tuple[Kind, ...]
    """What it may be read as; the first is what it is read as where nothing is said."""
    named: bool = False
    """The workspace must know the value, so `unmapped` may speak of the workspace."""
    required: bool = False
    """A ticket cannot be without it."""
    people: bool = False
    field: bool = False


TEXT = Position((Kind.TEXT,))
REQUIRED = Position((Kind.TEXT,), required=True)
CATEGORY = Position((Kind.TEXT,), named=True, required=True)
NAMED = Position((Kind.TEXT,), named=True)
ADMIN = Position((Kind.TEXT,), named=True, people=True)
MARKUP = Position(
    (Kind.TEXT, Kind.HTML, Kind.MARKDOWN, Kind.GITHUB, Kind.JIRA, Kind.ADF, Kind.BBCODE, Kind.ESCAPED_HTML)
)
TIME = Position((Kind.DATETIME,))
FLAG = Position((Kind.BOOLEAN,))
FILES = Position((Kind.FILES,))
FIELD = Position((Kind.TEXT, Kind.DATETIME, Kind.NUMBER, Kind.BOOLEAN, Kind.FILES), named=True, field=True)

_CHANGES_TEXT = ("split", "match", "replace", "values", "unmapped")


def senseless(rule: spec.Rule, position: Position, place: str) -> Iterator[tuple[str, str, str]]:
    """What is wrong with the keys of a rule: the key ("" for the rule as a whole), what, the way out."""
    yield from _about_source(rule)
    yield from _about_kind(rule, position, place)
    yield from _about_emptiness(rule, position, place)


def _about_source(rule: spec.Rule) -> Iterator[tuple[str, str, str]]:
    given = rule.model_fields_set
    sources = [key.rstrip("_") for key in ("from_", "value", "template") if key in given]
    if len(sources) != 1:
        names = " and ".join(f"`{key}`" for key in sources)
        message = (
            f"{names} cannot stand together" if names else "the rule does not say where its value comes from"
        )
        yield "", message, "give it one of `from`, `value` and `template`"
    if rule.value is not None:
        for key in _CHANGES_TEXT:
            if key in given:
                yield key, f"`{key}` has no meaning for a constant", "write what you want as `value`"
        if rule.missing is not None and rule.when is None:
            yield "missing", "a constant is never missing", "remove it, or say `when` the constant holds"


def _about_kind(rule: spec.Rule, position: Position, place: str) -> Iterator[tuple[str, str, str]]:
    known = ", ".join(position.kinds)
    if isinstance(rule.as_, spec.Rule):
        if position is not MARKUP:
            yield "as", f"{place} is written in no markup", f"here it can be: {known}"
            return
        kind = position.kinds[0]
    else:
        kind = Kind(rule.as_) if rule.as_ else position.kinds[0]
    if kind not in position.kinds:
        yield "as", f"{place} is never read as {rule.as_!r}", f"here it can be: {known}"
        return
    of_times = "it belongs to `as: datetime`"
    refusals = {
        "unmapped": (rule.values is None and not position.named, "add `values`, or leave it out"),
        "match_people": (not position.people, "it belongs to `ticket.assignee`"),
        "legacy_id": (
            not position.field or kind is not Kind.TEXT,
            "it belongs to a text field of `ticket.fields`",
        ),
        "strip_quotes": (
            position is not MARKUP or kind not in (Kind.TEXT, Kind.HTML),
            "it belongs to `as: html` and `as: text`",
        ),
        "format": (kind is not Kind.DATETIME, of_times),
        "timezone": (kind is not Kind.DATETIME, of_times),
        "locale": (kind not in (Kind.DATETIME, Kind.NUMBER), f"{of_times} and `as: number`"),
    }
    for key, (refused, hint) in refusals.items():
        if key in rule.model_fields_set and refused:
            yield key, f"`{key}` has no meaning here", hint


def _about_emptiness(rule: spec.Rule, position: Position, place: str) -> Iterator[tuple[str, str, str]]:
    if not position.required:
        return
    if "optional" in rule.model_fields_set:
        yield "optional", f"a ticket cannot be without {place}", "say what a `missing` one becomes"
    for key, given in (("missing", rule.missing), ("unmapped", rule.unmapped)):
        if otherwise(given) in (Act.EMPTY, Literal("")):
            yield key, f"a ticket cannot be without {place}", "name one, or `{action: reject}` the row"


def otherwise(given: spec.Action | str | None) -> Otherwise | None:
    if isinstance(given, spec.Action):
        return Act(given.action)
    return None if given is None else Literal(given)


def fallback(rule: spec.Rule, position: Position) -> str | None:
    """What stands in where the workspace does not know the value.

    With `values`, `unmapped` speaks of the table: a target that the table names must exist. An
    optional custom field may be missing as a whole, yet its values are not dropped in silence.
    """
    instead = otherwise(rule.unmapped)
    speaks_of_workspace = rule.values is None or rule.match_people is not None
    if speaks_of_workspace and instead is not None:
        return instead.text if isinstance(instead, Literal) else "" if instead is Act.EMPTY else None
    return "" if rule.optional and not position.field else None
