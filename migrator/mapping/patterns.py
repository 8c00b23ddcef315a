"""Regular expressions that cannot hang a migration.

A pattern whose running time can explode is refused when the mapping loads; one that is merely slow is bounded
by the length of what it may look at, and by the time that it may take. The standard library has no such
bound, so the package `regex` does the matching; what it understands beyond the standard library's language
is no part of a mapping.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import regex

from migrator.model import shown

LONGEST_PATTERN = 1_000
LONGEST_TEXT = 100_000
"""Characters of a value that a pattern looks at."""
LONGEST_S = 1.0
"""Seconds of processor time that a pattern has for one value."""
MANY = 10
"""A repeat that may run more often than this counts as unbounded."""
_BRACE = re.compile(r"(\\N\{[^}]*\}|\\.)|\{(?!\d*,?\d*\})", re.DOTALL)
"""An escaped sign, or a brace that stands for itself, which `regex` might take for more."""


class UnsafePattern(ValueError):
    """A regular expression that is not one, or whose running time can explode."""


class PatternGaveUp(ValueError):
    """A text that a pattern cannot look at; the text says why, for a person.

    Attributes:
        code: As of a problem: `text-too-long`, `pattern-too-slow`.
    """

    def __init__(self, code: str, why: str) -> None:
        super().__init__(code, why)
        self.code = code

    def __str__(self) -> str:
        return str(self.args[1])


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression that gives up rather than take for ever; can be pickled."""

    text: str
    _compiled: regex.Pattern[str] = field(repr=False, compare=False)

    def matches(self, text: str) -> bool:
        """Whether it is found in the text, of which the start decides.

        Raises:
            PatternGaveUp: It takes too long.
        """
        return self._search(text[:LONGEST_TEXT]) is not None

    def take(self, text: str) -> str:
        """The first group of the first match, or all of it where there is no group; "" without a match.

        Raises:
            PatternGaveUp: The text is too long, or it takes too long.
        """
        _check_length(text)
        found = self._search(text)
        if not found:
            return ""
        return str((found[1] or "") if self._compiled.groups else found[0])

    def replace(self, replacement: str, text: str) -> str:
        """The text with every match replaced; `\\1` stands for a group.

        Raises:
            PatternGaveUp: The text is too long, or it takes too long.
        """
        _check_length(text)
        try:
            return str(self._compiled.sub(replacement, text, timeout=LONGEST_S))
        except TimeoutError as slow:
            raise _too_slow(self.text) from slow

    def _search(self, text: str) -> regex.Match[str] | None:
        try:
            return self._compiled.search(text, timeout=LONGEST_S)
        except TimeoutError as slow:
            raise _too_slow(self.text) from slow


def compile_pattern(pattern: str) -> Pattern:
    """The pattern, ready to be used.

    Raises:
        UnsafePattern: With a sentence that says why.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise UnsafePattern(f"a pattern has at most {LONGEST_PATTERN:,} characters")
    try:
        re.compile(pattern)
        # The standard library has no public way to look at a pattern's structure.
        explodes = _explodes(importlib.import_module("re._parser").parse(pattern), inside_repeat=False)
    except RecursionError:
        raise UnsafePattern("its groups are nested too deeply") from None
    except (re.error, OverflowError) as broken:
        raise UnsafePattern(f"this is not a regular expression: {broken}") from broken
    if explodes:
        raise UnsafePattern("a repeat inside a repeat can take for ever on some texts")
    try:
        return Pattern(pattern, regex.compile(_BRACE.sub(lambda found: found[1] or r"\{", pattern)))
    except (regex.error, OverflowError) as broken:
        raise UnsafePattern(f"this is not a regular expression: {broken}") from broken


def _check_length(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        why = f"patterns look at texts of at most {LONGEST_TEXT:,} characters, this has {len(text):,}"
        raise PatternGaveUp("text-too-long", why)


def _too_slow(pattern: str) -> PatternGaveUp:
    why = f"the pattern {shown(pattern)!r} takes longer than {LONGEST_S:g} s on this text"
    return PatternGaveUp("pattern-too-slow", why)


def _explodes(items: Iterable[Any], *, inside_repeat: bool) -> bool:
    return any(_item_explodes(str(op), args, inside_repeat) for op, args in items)


def _item_explodes(op: str, args: Any, inside_repeat: bool) -> bool:
    match op:
        case "MAX_REPEAT" | "MIN_REPEAT":
            _, most, body = args
            unbounded = most > MANY
            if unbounded and inside_repeat:
                return True
            return _explodes(body, inside_repeat=inside_repeat or unbounded)
        case "POSSESSIVE_REPEAT":
            # What it took it never gives back, so repeating it outside is harmless.
            return _explodes(args[2], inside_repeat=True)
        case "ATOMIC_GROUP":
            return _explodes(args, inside_repeat=False)
        case "SUBPATTERN":
            return _explodes(args[3], inside_repeat=inside_repeat)
        case "ASSERT" | "ASSERT_NOT":
            return _explodes(args[1], inside_repeat=inside_repeat)
        case "BRANCH":
            overlapping = inside_repeat and not _begin_differently(args[1])
            return overlapping or any(_explodes(each, inside_repeat=inside_repeat) for each in args[1])
        case "GROUPREF_EXISTS":
            return any(_explodes(each, inside_repeat=inside_repeat) for each in args[1:] if each)
        case _:
            return False


def _begin_differently(alternatives: Iterable[Any]) -> bool:
    """Whether the first letter of each alternative is known, and no two are the same."""
    firsts: set[str] = set()
    for alternative in alternatives:
        first = next(iter(alternative), None)
        if first is None or str(first[0]) != "LITERAL":
            return False
        letter = chr(first[1]).casefold()
        if letter in firsts:
            return False
        firsts.add(letter)
    return True
