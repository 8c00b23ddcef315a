"""What an inspection shows of the values of a column: as they are, or without what may be personal.

Other than in a report for passing on (`redaction.py`) a mask keeps a hint of its value, because whoever looks
at an export has it in hand. What nobody can be sure about is masked.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from migrator.mapping import Meaning
from migrator.model import shown
from migrator.readers import Shape
from migrator.runner.inspect import SeenColumn

_IMPERSONAL = frozenset(
    {Meaning.KEY, Meaning.CREATED, Meaning.STATUS, Meaning.PRIORITY, Meaning.CATEGORY, Meaning.TAGS}
)
_IMPERSONAL_NAMES = frozenset(
    {
        "status", "state", "stage", "priority", "urgency", "severity", "type", "kind", "channel", "source",
        "via",
        "tags", "labels", "language", "locale", "private", "public", "format", "body_format", "content_type",
        "category", "group", "queue", "resolution", "object",
    }
)  # fmt: skip
"""Last steps of paths whose values name no person."""
_WORDS = frozenset({"true", "false", "yes", "no", "0", "1"})
_LONGEST_NUMBER = 6
"""Digits; longer ones may be phone numbers."""
_LONGEST_NAME = 60
_WORD = re.compile(r"\S+")


def is_personal(column: SeenColumn) -> bool:
    """Whether the values of a column may tell something about a person."""
    profile = column.profile
    if profile.shapes.get(Shape.EMAIL):
        return True
    if column.times is not None or (column.suggestion and column.suggestion.meaning in _IMPERSONAL):
        return False
    if column.path.rpartition(".")[2].removesuffix("[]").casefold() in _IMPERSONAL_NAMES:
        return False
    if {value.strip().casefold() for value, _ in profile.counts} <= _WORDS and profile.counts:
        return False
    return not (profile.mostly(Shape.NUMBER) and profile.longest_characters <= _LONGEST_NUMBER)


def masked(text: str) -> str:
    """A value that says what it is, and not whose: `a***@e***.com`, `A*** L***`, `(340 characters)`."""
    text = text.strip()
    if len(text) > _LONGEST_NAME or "\n" in text:
        return f"({len(text)} characters)"
    if text.startswith(("http://", "https://")):
        return f"{_site(text)}/…"
    return _WORD.sub(lambda word: _masked_word(word[0]), shown(text))


def _masked_word(word: str) -> str:
    name, at, host = word.rpartition("@")
    if at:
        domain, dot, ending = host.rpartition(".")
        return f"{name[:1]}***@{domain[:1]}***{dot}{ending if dot else ''}"
    return f"{word[0]}***" if word[0].isalpha() else "***"


def _site(url: str) -> str:
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname or ''}"
    except ValueError:
        return "https://"
