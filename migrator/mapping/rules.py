"""A compiled rule: where a value comes from, and the texts that become of it.

Rules are made once, by `compile.py`, and asked once for every row. A fault of a row is noted on its
`Row` and the rule yields nothing; what the texts mean (dates, HTML, people) is `convert.py`'s business.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from typing import Any, TypeVar

from migrator.mapping.columns import Column
from migrator.mapping.dates import DateReader, DayMonth
from migrator.mapping.patterns import Pattern, PatternGaveUp
from migrator.mapping.transforms import Lookup, split_text
from migrator.model import Origin, Problem, Record, Severity, Value, shown

REMEMBERED = 500
"""Texts of which a rule remembers what became of them, because rows repeat them."""
REMEMBERED_CHARACTERS = 100
"""Longer texts are hardly ever repeated."""
SIMPLER = "write the pattern more simply, leave it out here, or correct the cell"

_Made = TypeVar("_Made")
_UNKNOWN = object()


class Kind(StrEnum):
    """What a rule's text is read `as`."""

    TEXT = "text"
    HTML = "html"
    MARKDOWN = "markdown"
    GITHUB = "github"
    JIRA = "jira"
    ADF = "adf"
    BBCODE = "bbcode"
    ESCAPED_HTML = "escaped-html"
    DATETIME = "datetime"
    NUMBER = "number"
    BOOLEAN = "boolean"
    FILES = "files"


class Act(StrEnum):
    """What `missing` and `unmapped` may say besides a literal."""

    REJECT = "reject"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Literal:
    """The text that a rule takes instead."""

    text: str


Otherwise = Act | Literal


@dataclass(frozen=True, slots=True)
class Orders:
    """Which comes first, day or month, by the name of each date rule (`ticket.createdAt`)."""

    by_rule: dict[str, DayMonth] = field(default_factory=dict)

    def of(self, rule: str) -> DayMonth | None:
        return self.by_rule.get(rule)


class Fault(Exception):
    """Inside this room only: why a rule has no value for a row."""

    def __init__(self, code: str, message: str, hint: str, value: object = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.hint = hint
        self.value = value


class Row:
    """One record while it is being mapped, with what was found wrong with it so far."""

    __slots__ = ("orders", "problems", "record")

    def __init__(self, record: Record, orders: Orders) -> None:
        self.record = record
        self.orders = orders
        self.problems: list[Problem] = list(record.problems)

    def note(self, rule: Rule | Condition, fault: Fault, severity: Severity = Severity.ERROR) -> None:
        self.problems.append(
            Problem(
                code=fault.code,
                message=fault.message,
                hint=fault.hint,
                severity=severity,
                ref=self.record.ref,
                column=rule.origin.column,
                value=shown(fault.value),
                at=rule.origin.at,
            )
        )

    def warn(self, rule: Rule, fault: Fault) -> None:
        self.note(rule, fault, Severity.WARNING)

    def blames(self, rule: Rule) -> bool:
        """Whether something about this rule has been noted already."""
        return any(problem.at == rule.origin.at for problem in self.problems)

    @property
    def blocked(self) -> bool:
        return bool(self.problems) and any(problem.blocks for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Condition:
    """Whether something holds for a record; for a list, whether it holds for one of its items."""

    origin: Origin
    columns: tuple[Column, ...]
    pattern: Pattern | None = None
    among: frozenset[str] = frozenset()

    def holds(self, values: dict[str, Value], row: Row) -> bool:
        """Whether it does for `values`; where that takes too long to say, the row has a problem."""
        try:
            return any(self._accepts(text) for text in _texts_of(first_not_blank(self.columns, values)))
        except PatternGaveUp as fault:
            row.note(self, Fault(fault.code, str(fault), SIMPLER))
            return False

    def _accepts(self, text: str) -> bool:
        if self.pattern is not None:
            return self.pattern.matches(text)
        return text in self.among


def first_not_blank(columns: tuple[Column, ...], values: dict[str, Value]) -> Value | None:
    """What the first candidate with something in it holds."""
    for column in columns:
        found = column.find(values)
        if found is not None and not is_blank(found):
            return found
    return None


def is_blank(value: Value) -> bool:
    """Nothing, or white space only; `-` and `NULL` are something until a mapping says otherwise."""
    if isinstance(value, str):
        return not value or value.isspace()
    return all(is_blank(each) for each in value) if isinstance(value, list) else not value


def _texts_of(value: Value | None) -> list[str]:
    """Nothing at all counts as a blank text; an object is none, so nothing holds for it."""
    if isinstance(value, list):
        return [each for each in value if isinstance(each, str)]
    return [] if isinstance(value, dict) else [value or ""]


@dataclass(frozen=True, slots=True)
class Zone:
    """Where a clock stood: one place, or one for each row."""

    fixed: tzinfo | None = None
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """How one value is made, ready to run."""

    name: str
    """`ticket.title`: the rule's place in the grammar."""
    origin: Origin
    source: Callable[[dict[str, Value]], Value | None]
    kind: Kind = Kind.TEXT
    kind_rule: Rule | None = None
    """For markup: yields the name of the kind, where each record (or message) says its own."""
    strip_quotes: bool = False
    """Without the history that mail programs quote below an answer."""
    when: Condition | None = None
    split: str = ""
    match: Pattern | None = None
    replace: tuple[tuple[Pattern, str], ...] = ()
    lookup: Lookup | None = None
    unmapped: Otherwise | None = None
    join: str | None = None
    missing: Otherwise | None = None
    read_date: DateReader | None = None
    declared: bool = False
    """The form of the date is declared, so its column has no order to decide."""
    zone: Zone = Zone()
    locale: str = ""
    matched_by: str = ""
    fallback: str | None = None
    optional: bool = False
    legacy_id: bool = False
    plain: bool = field(init=False)
    """Nothing is done to the text on its way."""
    _remembered: dict[str, Any] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        steps = (self.split, self.match, self.replace, self.lookup)
        object.__setattr__(self, "plain", not any(steps))

    def found(self, values: dict[str, Value], row: Row) -> Value | None:
        """What stands at the source, untouched; None where nothing does."""
        if self.when is not None and not self.when.holds(values, row):
            return None
        try:
            return self.source(values)
        except Fault as fault:
            row.note(self, fault)
            return None

    def once(self, make: Callable[[Value | None], _Made], values: dict[str, Value], row: Row) -> _Made:
        """What `make` makes of what stands at the source, asked once about a text that rows repeat.

        What there was something to note about is not remembered, so that every row is told.

        Args:
            make: Says the same of the same text, in whatever row it stands. A rule has one use, so that one
                memory is enough.
        """
        found = self.found(values, row)
        if not isinstance(found, str):
            return make(found)
        known = self._remembered.get(found, _UNKNOWN)
        if known is not _UNKNOWN:
            return known  # type: ignore[no-any-return]
        noted = len(row.problems)
        made = make(found)
        if len(row.problems) == noted and len(found) <= REMEMBERED_CHARACTERS:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[found] = made
        return made

    def text(self, values: dict[str, Value], row: Row) -> str | None:
        """The one text that the rule yields; None where it yields nothing, or after a problem."""
        return self.text_of(self.found(values, row), row)

    def text_of(self, found: Value | None, row: Row) -> str | None:
        """The one text that becomes of what stands at the source."""
        if self.plain and isinstance(found, str) and found and not found.isspace():
            return found if found.isascii() else self.without_surrogates(found, row)
        texts = self._texts(found, row)
        if self.join is not None and texts:
            return self.join.join(texts)
        if len(texts) > 1 and len(set(texts)) > 1:
            hint = 'add `join: ", "` to put them together, or take one: `from: Column.0`'
            row.note(
                self,
                Fault(
                    "several-values", "there are several values where one is needed", hint, " | ".join(texts)
                ),
            )
            return None
        return texts[0] if texts else None

    def texts(self, values: dict[str, Value], row: Row) -> list[str]:
        """All texts that the rule yields, in order."""
        return self.texts_of(self.found(values, row), row)

    def texts_of(self, found: Value | None, row: Row) -> list[str]:
        """All texts that become of what stands at the source, in order."""
        texts = self._texts(found, row)
        return [self.join.join(texts)] if self.join is not None and texts else texts

    def _texts(self, found: Value | None, row: Row) -> list[str]:
        try:
            if isinstance(found, str) and not self.split:
                text = self._polish(found, row)
                if text and not text.isspace():
                    return [text]
                return [] if text is None else self._instead()
            parts = self._parts(found)
            polished = [self._polish(part, row) for part in parts]
            texts = [text for text in polished if text and not text.isspace()]
            return texts if texts or None in polished else self._instead()
        except Fault as fault:
            row.note(self, fault)
        except PatternGaveUp as fault:
            value = found if isinstance(found, str) else ""
            row.note(self, Fault(fault.code, str(fault), SIMPLER, value))
        return []

    def _parts(self, found: Value | None) -> list[str]:
        if not found:
            return []
        if isinstance(found, dict):
            hint = f"name the part that is meant: `from: {self.origin.column}.{next(iter(found), 'name')}`"
            raise Fault("not-a-text", "this is an object with parts, where a text is needed", hint)
        parts: list[str] = []
        for each in found if isinstance(found, list) else [found]:
            if isinstance(each, str):
                parts.extend(split_text(self.split, each) if self.split else [each])
            else:
                parts.extend(self._parts(each))
        return parts

    def _polish(self, text: str, row: Row) -> str | None:
        """One part after `match`, `replace` and `values`; None where it is empty on purpose."""
        if not text or text.isspace():
            return ""
        text = text if text.isascii() else self.without_surrogates(text, row)
        if self.match is not None:
            text = self.match.take(text)
        for pattern, replacement in self.replace:
            text = pattern.replace(replacement, text)
        if self.lookup is None or not text or text.isspace():
            return text
        try:
            return self.lookup[text] or None
        except KeyError:
            return self._instead_of_unlisted(text)

    def _instead_of_unlisted(self, text: str) -> str | None:
        match self.unmapped:
            case Literal(literal):
                return literal or None
            case Act.EMPTY:
                return None
            case _:
                hint = "add it to `values`, or say what `unmapped` values become"
                raise Fault(
                    "value-unmapped", f"the mapping does not say what {shown(text)!r} becomes", hint, text
                )

    def _instead(self) -> list[str]:
        match self.missing:
            case Literal(literal):
                return [literal] if literal else []
            case Act.REJECT:
                hint = "fill it in, or give the mapping another `missing`"
                raise Fault("value-missing", "it is empty, and the mapping says that it must not be", hint)
            case _:
                return []

    def without_surrogates(self, text: str, row: Row) -> str:
        """Text that can be written as UTF-8: half a character, which cannot, becomes U+FFFD."""
        try:
            text.encode()
        except UnicodeEncodeError:
            hint = "nothing to do, unless the character matters: correct it in the source"
            row.warn(self, Fault("text-damaged", "the text holds half a character, which becomes �", hint))
            return re.sub("[\ud800-\udfff]", "\ufffd", text)
        return text
