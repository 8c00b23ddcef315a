"""Regular expressions that cannot hang a migration.

A pattern whose running time can explode is refused when the mapping loads; one that is merely slow
is bounded by the length of what it may look at.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from typing import Any

LONGEST_PATTERN = 1_000
LONGEST_TEXT = 100_000
"""Characters of a value that a pattern looks at."""
MANY = 10
"""A repeat that may run more often than this counts as unbounded."""


class UnsafePattern(ValueError):
    """A regular expression that is not one, or whose running time can explode."""


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The compiled pattern.

    Raises:
        UnsafePattern: With a sentence that says why.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise UnsafePattern(f"a pattern has at most {LONGEST_PATTERN:,} characters")
    try:
        compiled = re.compile(pattern)
        # The standard library has no public way to look at a pattern's structure.
        parsed = importlib.import_module("re._parser").parse(pattern)
    except (re.error, OverflowError, RecursionError) as broken:
        raise UnsafePattern(f"this is not a regular expression: {broken}") from broken
    if _explodes(parsed, inside_repeat=False):
        raise UnsafePattern("a repeat inside a repeat can take for ever on some texts")
    return compiled


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
