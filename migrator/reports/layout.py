"""Text for a terminal: wrapped and aligned to a width, by the columns that characters occupy.

What is said is decided in `plan_text.py` and `standing_text.py`. Nothing that goes through here can
steer the terminal: characters that do not print are spelled out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from migrator.model import shown

NARROWEST = 40
LONGEST_TEXT = 2_000
"""Characters of one text that are shown; more would be a page of its own."""


class Paint(StrEnum):
    """Colours, as ANSI codes; they repeat what the words say and never say more."""

    PLAIN = ""
    BOLD = "1"
    GOOD = "1;32"
    CARE = "1;33"
    BAD = "1;31"
    QUIET = "2"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a table of numbers: `tickets    222   at 1,800 a minute`."""

    label: str
    value: str
    note: str = ""


class Sheet:
    """Lines in the making, none wider than `width` columns."""

    def __init__(self, width: int, *, colour: bool) -> None:
        self.width = max(width, NARROWEST)
        self._colour = colour
        self._lines: list[str] = []

    def text(self) -> str:
        return "\n".join(self._lines)

    def gap(self) -> None:
        self._lines.append("")

    def say(self, text: str, *, indent: int = 0, hang: int = 0, paint: Paint = Paint.PLAIN) -> None:
        """A paragraph; its second and later lines stand `hang` columns further in."""
        first = True
        for line in wrapped(text, self.width - indent - hang, first=self.width - indent):
            self._put(" " * (indent + (0 if first else hang)), line, paint)
            first = False

    def heading(self, text: str) -> None:
        self.gap()
        self.say(text, paint=Paint.BOLD)

    def verbatim(self, text: str, *, indent: int) -> None:
        """A line to copy, such as a command: wrapping would break it, so that it may run over."""
        self._put(" " * indent, shown(text, LONGEST_TEXT), Paint.BOLD)

    def facts(self, facts: Mapping[str, str], *, indent: int = 2) -> None:
        """Names and what they stand for, one below the other: `mapping  zendesk.yaml`."""
        labels = max(map(columns, facts), default=0)
        for label, text in facts.items():
            self.beside(label.ljust(labels), text, indent=indent)

    def beside(self, label: str, text: str, *, indent: int = 2, paint: Paint = Paint.PLAIN) -> None:
        """A label as it stands, and a text in lines to the right of it."""
        for position, line in enumerate(wrapped(text, self.width - indent - columns(label) - 2)):
            head = label if position == 0 else " " * columns(label)
            self._put(" " * indent, f"{head}  {line}", paint)

    def figures(self, figures: Sequence[Figure], *, indent: int = 2) -> None:
        """A table: labels to the left, numbers to the right, notes beside them."""
        widest = max((columns(shown(each.label, LONGEST_TEXT)) for each in figures), default=0)
        numbers = max((columns(each.value) for each in figures), default=0)
        labels = min(widest, max(8, self.width - indent - numbers - 4))
        for each in figures:
            label = fitted(each.label, labels)
            head = f"{label}{' ' * (labels - columns(label))}  {each.value.rjust(numbers)}"
            start = indent + columns(head) + 3
            notes = list(wrapped(each.note, self.width - start)) if self.width - start >= 12 else []
            self._put(" " * indent, f"{head}   {notes[0]}" if notes else head, Paint.PLAIN)
            for line in notes[1:]:
                self._put(" " * start, line, Paint.PLAIN)
            if each.note and not notes:
                self.say(each.note, indent=indent + 2)

    def _put(self, space: str, text: str, paint: Paint) -> None:
        painted = f"\x1b[{paint}m{text}\x1b[0m" if self._colour and paint and text else text
        self._lines.append(f"{space}{painted}" if text else "")


def columns(text: str) -> int:
    """How many columns of a terminal a text occupies (Unicode Standard Annex 11)."""
    return len(text) if text.isascii() else sum(map(_columns_of, text))


def _columns_of(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def fitted(text: str, width: int) -> str:
    """A text as one printable line of at most `width` columns, shortened with an ellipsis."""
    line = shown(text, LONGEST_TEXT)
    if columns(line) <= width:
        return line
    head = _head(line, width - 1)
    return f"{head}…" if columns(head) < width else "…"  # one wide character may not fit beside it


def wrapped(text: str, width: int, *, first: int = 0) -> Iterator[str]:
    """A text in lines of at most `width` columns, the first of `first`; long words are broken."""
    room, line = first or width, ""
    for word in shown(text, LONGEST_TEXT).split():
        joined = f"{line} {word}" if line else word
        if columns(joined) <= room:
            line = joined
            continue
        if line:
            yield line
            room = width
        line = word
        while columns(line) > room:
            head = _head(line, room)
            yield head
            line, room = line[len(head) :], width
    if line:
        yield line


def _head(text: str, width: int) -> str:
    """As many characters as fit into `width` columns, and at least one."""
    used = 0
    for position, character in enumerate(text):
        used += _columns_of(character)
        if used > width:
            return text[: max(1, position)]
    return text
