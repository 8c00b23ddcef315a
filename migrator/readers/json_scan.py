"""Walks JSON documents of any size without holding them: arrays, envelopes, several documents in a row.

Yields one value at a time with its exact text. What a value means is decided by those who ask.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import replace
from json import JSONDecodeError
from typing import TextIO

from migrator.errors import UnreadableSource
from migrator.model import shown
from migrator.readers.json_text import DEEPEST, JsonParser, is_incomplete, says_cut_off
from migrator.readers.trees import Item

CHUNK_CHARACTERS = 1 << 18
LONGEST_VALUE_CHARACTERS = 1 << 26

_BLANK = " \t\r\n\ufeff"
EMBEDDED = ("_embedded",)
"""Where envelopes of the kind HAL keep their lists."""


class Scanner:
    """A place in a stream of JSON text, and the values from there on."""

    def __init__(self, file: TextIO, name: str, line: int = 1) -> None:
        self.line = line
        self._file = file
        self._name = name
        self._parser = JsonParser()
        self._buffer = ""
        self._place = 0
        self._ended = False

    def peek(self) -> str:
        """The next character that is not blank; empty at the end."""
        while True:
            buffer, place = self._buffer, self._place
            while place < len(buffer) and buffer[place] in _BLANK:
                place += 1
            self._move(place)
            if place < len(buffer):
                return buffer[place]
            if self._ended:
                return ""
            self._more()

    def expect(self, *characters: str) -> str:
        """Step over one of the characters.

        Raises:
            UnreadableSource: something else stands there.
        """
        found = self.peek()
        if found not in characters:
            raise self._broken(f"expected {' or '.join(characters)}") if found else self._cut_off(self.line)
        self._move(self._place + 1)
        return found

    def value(self, key: str = "", *, listed: bool = False) -> Item:
        """The value that begins here.

        Raises:
            UnreadableSource: it is no JSON, is cut off, too long or nested too deeply.
        """
        if not self.peek():
            raise self._cut_off(self.line)
        line = self.line
        while True:
            begin = self._place
            try:
                tree, end = self._parser.decode(self._buffer, begin)
            except RecursionError:
                raise UnreadableSource(
                    f"the record is nested deeper than {DEEPEST} levels", hint="remove it", at=self._at(line)
                ) from None
            except JSONDecodeError as error:
                if self._ended and is_incomplete(error):
                    raise self._cut_off(line) from error
                if self._ended or not says_cut_off(error):
                    self._move(error.pos)
                    raise self._broken(error.msg) from error
            else:
                if end < len(self._buffer) or self._ended:
                    text = self._buffer[begin:end]
                    self._move(end)
                    return Item(key, tree, text, line, tuple(self._parser.repeated), listed)
            self._more()

    def _more(self) -> None:
        """Read on; twice as much as is waiting, so that a long value costs few attempts."""
        waiting = self._buffer[self._place :]
        if len(waiting) >= LONGEST_VALUE_CHARACTERS:
            raise UnreadableSource(
                f"a record is longer than {LONGEST_VALUE_CHARACTERS >> 20} million characters",
                hint="check that this is an export of tickets",
                at=self._at(self.line),
            )
        wanted = min(max(CHUNK_CHARACTERS, len(waiting)), LONGEST_VALUE_CHARACTERS - len(waiting))
        chunk = self._file.read(wanted)
        self._ended = not chunk
        self._buffer, self._place = waiting + chunk, 0

    def _move(self, place: int) -> None:
        self.line += self._buffer.count("\n", self._place, place)
        self._place = place

    def _at(self, line: int) -> str:
        return f"{self._name}, line {line}"

    def _broken(self, reason: str) -> UnreadableSource:
        near = shown(self._buffer[self._place : self._place + 100], 20)
        return UnreadableSource(
            f"this is not JSON: {reason[:1].lower() + reason[1:]}, near {near!r}",
            hint="export the file again, or correct it at that place",
            at=self._at(self.line),
        )

    def _cut_off(self, line: int) -> UnreadableSource:
        return UnreadableSource(
            "the file ends in the middle of a record: it was cut off",
            hint="export or download it again",
            at=self._at(line),
        )


def items(
    scanner: Scanner,
    wanted: Callable[[str], bool] | None = None,
    *,
    inside: Sequence[str] = EMBEDDED,
    by_id: Container[str] = (),
) -> Iterator[Item]:
    """Every value: elements of arrays, other values at the top level, one document after the other.

    An array may be one of pages, each an array or an envelope of its own.

    Args:
        wanted: Treat objects at the top level as envelopes and yield, of those keys that it accepts, the
            elements of lists and the objects.
        inside, by_id: As for `members`; "" in `by_id`: objects at the top level hold records by their ids.
    """
    while found := scanner.peek():
        if found == "[":
            yield from _pages(scanner, wanted, inside, by_id)
        elif found == "{" and "" in by_id:
            yield from _records_by_id(scanner, "")
        elif found == "{" and wanted:
            yield from members(scanner, wanted, inside=inside, by_id=by_id)
        else:
            yield scanner.value()


def _pages(
    scanner: Scanner, wanted: Callable[[str], bool] | None, inside: Sequence[str], by_id: Container[str]
) -> Iterator[Item]:
    of_arrays = None
    for _ in _places(scanner, "[", "]"):
        found = scanner.peek()
        of_arrays = found == "[" if of_arrays is None else of_arrays
        if found == "[" and of_arrays:
            yield from _elements(scanner, "")
        elif found == "{" and wanted:
            yield from members(scanner, wanted, inside=inside, by_id=by_id)
        else:
            yield scanner.value(listed=True)


def members(
    scanner: Scanner,
    wanted: Callable[[str], bool] | None = None,
    *,
    inside: Sequence[str] = EMBEDDED,
    by_id: Container[str] = (),
    take: Callable[[Scanner, str], Item] = Scanner.value,
) -> Iterator[Item]:
    """The values of the object that begins here, of lists their elements; of those keys that are wanted.

    Without `wanted`: of all keys, and an empty list is a value too.

    Args:
        inside: The keys of objects, one in the other, whose members are told as if they stood beside them.
        by_id: Keys of objects that are lists of records, whose keys are their ids.
        take: Reads a value that is no list.
    """
    for key in _keys(scanner):
        found = scanner.peek()
        if inside and key == inside[0] and found == "{":
            yield from members(scanner, wanted, inside=inside[1:], by_id=by_id, take=take)
            continue
        if found == "[":
            values = _elements(scanner, key)
        elif found == "{" and key in by_id:
            values = _records_by_id(scanner, key)
        else:
            values = iter((take(scanner, key),))
        empty = True
        for item in values:
            empty = False
            if wanted is None or wanted(key):
                yield item
        if empty and wanted is None:
            yield Item(key, [], "[]", scanner.line)


def _elements(scanner: Scanner, key: str) -> Iterator[Item]:
    for _ in _places(scanner, "[", "]"):
        yield scanner.value(key, listed=True)


def _records_by_id(scanner: Scanner, key: str) -> Iterator[Item]:
    for id in _keys(scanner):
        yield with_id(scanner.value(key, listed=True), id)


def with_id(item: Item, id: str) -> Item:
    """A record with the id under which it stands, unless it says one itself."""
    if not isinstance(item.tree, dict) or "id" in item.tree:
        return item
    rest = item.text.removesuffix("}").rstrip()
    # At the end, where it counts even if the record says that its id is null.
    text = f'{rest}{"," * (rest != "{")} "id": {json.dumps(id)}}}'
    return replace(item, tree={"id": id, **item.tree}, text=text)


def _keys(scanner: Scanner) -> Iterator[str]:
    """The keys of the object that begins here; who asks for the next one has read the value."""
    for _ in _places(scanner, "{", "}"):
        if scanner.peek() != '"':
            scanner.expect('"')
        key = scanner.value().tree
        assert isinstance(key, str)
        scanner.expect(":")
        yield key


def _places(scanner: Scanner, begin: str, end: str) -> Iterator[None]:
    """Stops where each element of a list, or each member of an object, begins."""
    scanner.expect(begin)
    if scanner.peek() == end:
        scanner.expect(end)
        return
    following = ","
    while following == ",":
        yield
        following = scanner.expect(",", end)
