"""JSON text to trees of text, and what is odd about it.

Scalars keep their exact text (`1.10`, 19 digits), `true` and `false` are text, null is absent. Where records
begin and end in a file is the business of `json_lines.py` and `json_scan.py`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from json import JSONDecodeError

from migrator.model import Problem, Record, SourceRef, Value, shown
from migrator.readers.base import OWN_PREFIX, PLACE_KEY, Pass
from migrator.readers.faults import fault
from migrator.readers.text import DAMAGED, looks_damaged, paired
from migrator.readers.trees import Item

DEEPEST = 100
"""Levels of nesting; no helpdesk comes near, and deeper ones are made to break programs."""

_BLANK = re.compile(r"[ \t\r\n]*")
_WORDS = ("true", "false", "null", "NaN", "Infinity", "-Infinity")


class JsonParser:
    """Decodes one value after the other, and remembers the repeated keys of the last one."""

    def __init__(self) -> None:
        self.repeated: list[str] = []
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_int=str,
            parse_float=str,
            parse_constant=str,
            strict=False,  # raw tabs and line breaks inside strings are common, and say what they mean
        )

    def decode(self, text: str, start: int = 0) -> tuple[Value | None, int]:
        """The value that begins at `start`, None for a null, and where it ends.

        Raises:
            JSONDecodeError: no whole value begins there.
            RecursionError: it is nested deeper than Python reads.
        """
        self.repeated.clear()
        value, end = self._decoder.raw_decode(text, start)
        return _plain(value), end

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, Value]:
        tree = dict(pairs)
        if len(tree) != len(pairs):
            counts = Counter(key for key, _ in pairs)
            self.repeated += [key for key, count in counts.items() if count > 1]
        return {key: plain for key, value in tree.items() if (plain := _plain(value)) is not None}


def _plain(value: object) -> Value | None:
    match value:
        case str():
            return value
        case dict():
            return value
        case True:
            return "true"
        case False:
            return "false"
        case list():
            return [plain for each in value if (plain := _plain(each)) is not None]
        case _:
            return None


def records_of(found: Iterator[Item], file: str, current: Pass) -> Iterator[Record]:
    """The records of one file, counted from 1; that there is none is told."""
    number = 0
    try:
        for number, item in enumerate(found, start=1):
            yield record_of(SourceRef(file, number, "", item.line), item)
    finally:
        current.position = None
    if not number:
        current.tell("no-rows", "the file holds no records", file)


def record_of(ref: SourceRef, item: Item) -> Record:
    """A record from a decoded value; keys of ours (in a file of rejects) are left out."""
    tree, text = item.tree, item.text
    if item.too_deep or _too_deep(tree, text):
        return Record(ref, {}, text, (fault("too-deeply-nested", ref),))
    if not isinstance(tree, dict):
        return Record(ref, {}, text, (fault("not-an-object", ref, value=text),))
    place: Value = ""
    if f'"{OWN_PREFIX}' in text:
        place = tree.get(PLACE_KEY, "")
        tree = {key: value for key, value in tree.items() if not key.startswith(OWN_PREFIX)}
        text = without_own_keys(text)
    problems = list(item.problems)
    problems += [
        fault("duplicate-json-key", ref, column=paired(shown(key)))
        for key in item.repeated
        if not key.startswith(OWN_PREFIX)
    ]
    escaped = text.lower() if "\\u" in text else ""
    if "\\ud" in escaped:
        whole = {paired(key): _paired_tree(value) for key, value in tree.items()}
        if whole != tree:
            tree = whole
            problems.append(fault("lone-surrogate", ref))
    if "\0" in text or "\\u0000" in escaped or "\\ufffd" in escaped or looks_damaged(text):
        problems += _damage(ref, tree)
    return Record(ref, tree, text, tuple(problems), place if isinstance(place, str) else "")


def _damage(ref: SourceRef, tree: Value) -> Iterator[Problem]:
    for path, text in strings(tree):
        if "\0" in text:
            yield fault("nul-character", ref, column=shown(path), value=text)
        elif DAMAGED.search(text):
            yield fault("damaged-text", ref, column=shown(path), value=text)


def strings(tree: Value) -> Iterator[tuple[str, str]]:
    """Every text of a tree with its dotted path."""
    waiting: list[tuple[str, Value]] = [("", tree)]
    while waiting:
        path, value = waiting.pop()
        prefix = f"{path}." if path else ""
        match value:
            case str():
                yield path, value
            case list():
                waiting += [(f"{prefix}{i}", each) for i, each in enumerate(value)][::-1]
            case dict():
                waiting += [(f"{prefix}{key}", each) for key, each in value.items()][::-1]


def _too_deep(tree: Value | None, text: str) -> bool:
    """Whether a tree has more than `DEEPEST` levels; its text tells most that do not."""
    if text.count("{") + text.count("[") <= DEEPEST:
        return False
    level: list[Value] = [tree] if tree is not None else []
    for _ in range(DEEPEST + 1):
        below: list[Value] = []
        for value in level:
            if isinstance(value, dict):
                below += value.values()
            elif isinstance(value, list):
                below += value
        level = below
    return bool(level)


def _paired_tree(value: Value) -> Value:
    match value:
        case str():
            return paired(value)
        case list():
            return [_paired_tree(each) for each in value]
        case dict():
            return {paired(key): _paired_tree(each) for key, each in value.items()}


def without_own_keys(text: str) -> str:
    """The exact text of an object without its members that are ours."""
    parser = JsonParser()
    kept: list[str] = []
    place = text.index("{") + 1
    while True:
        begin = place
        if text[_after_blank(text, place)] == "}":
            return "{" + ",".join(kept).lstrip() + "}"
        key, place = parser.decode(text, _after_blank(text, place))
        place = _after_blank(text, place) + 1  # the colon
        _, place = parser.decode(text, _after_blank(text, place))
        assert isinstance(key, str)
        if not key.startswith(OWN_PREFIX):
            kept.append(text[begin:place])
        place = _after_blank(text, place)
        if text[place] == ",":
            place += 1


def _after_blank(text: str, place: int) -> int:
    blank = _BLANK.match(text, place)
    return blank.end() if blank else place


def says_cut_off(error: JSONDecodeError) -> bool:
    """Whether the text ended in the midst of a value, so that more of it would help."""
    return error.msg.startswith("Unterminated string") or error.pos >= len(error.doc) - len("-Infinity")


def is_incomplete(error: JSONDecodeError) -> bool:
    """Whether a text that nothing follows was cut off; otherwise something stands there that is no JSON."""
    rest = error.doc[error.pos :].strip()
    return error.msg.startswith("Unterminated string") or any(word.startswith(rest) for word in _WORDS)
