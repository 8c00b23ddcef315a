"""Reads `multipart/form-data` as it arrives: files go to disk, never whole into memory (RFC 7578).

What the parts mean, and whether their names are known, is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from migrator.sandbox.answers import Refusal, refused

MAX_HEADER_BYTES = 16_384
_CONTENT_TYPE = re.compile(r"multipart/form-data\s*;.*?boundary=(?:\"([^\"]{1,70})\"|([^\s;\"]{1,70}))", re.I)
_PARAMETER = re.compile(r";\s*([\w*]+)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^;\s]*))")


class Source(Protocol):
    """Where a body comes from, piece by piece."""

    def read(self, size: int) -> bytes:
        """At most `size` bytes; empty at the end of the body."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: a value, or a file that was written while it was read."""

    name: str
    filename: str | None
    value: bytes
    """Empty for a file."""
    key: str
    """What the file was stored as; empty for a value."""
    size_bytes: int


class Keeper(Protocol):
    """Where the files of a form go."""

    def create(self, filename: str) -> tuple[str, BinaryIO]:
        """The key of a new file, and the file to write to."""

    def remove(self, key: str) -> None:
        """Forgets a file."""


def boundary_of(content_type: str) -> bytes:
    """The boundary that separates the parts.

    Raises:
        Refusal: 400: there is none.
    """
    found = _CONTENT_TYPE.match(content_type)
    if found is None:
        raise refused("multipart/form-data without a boundary")
    return (found[1] or found[2]).encode("latin-1")


def read_parts(source: Source, boundary: bytes, keeper: Keeper, max_value_bytes: int) -> Iterator[Part]:
    """The parts in order; the caller removes their files when it refuses the form.

    Raises:
        Refusal: 400: the form is cut short or malformed, a value is longer than `max_value_bytes`.
    """
    stream = _Stream(source, b"\r\n--" + boundary)
    stream.skip()
    while not stream.ends():
        name, filename = _disposition(stream.header())
        if filename is None:
            pieces: list[bytes] = []
            size = stream.copy(pieces.append, max_value_bytes)
            yield Part(name, None, b"".join(pieces), "", size)
            continue
        key, file = keeper.create(filename)
        try:
            with file:
                size = stream.copy(file.write, None)
        except BaseException:
            keeper.remove(key)
            raise
        yield Part(name, filename, b"", key, size)


class _Stream:
    """Bytes up to the next boundary, with one block in memory at a time."""

    def __init__(self, source: Source, delimiter: bytes) -> None:
        self._source = source
        self._delimiter = delimiter
        self._buffer = b"\r\n"  # so that the first boundary looks like every other

    def _more(self) -> None:
        block = self._source.read(65_536)
        if not block:
            raise refused("the form ends before its last boundary")
        self._buffer += block

    def copy(self, write: Callable[[bytes], object], max_bytes: int | None) -> int:
        """Hands on everything up to the boundary, and steps over it."""
        size = 0
        while True:
            at = self._buffer.find(self._delimiter)
            safe = at if at >= 0 else max(0, len(self._buffer) - len(self._delimiter) + 1)
            size += safe
            if max_bytes is not None and size > max_bytes:
                raise Refusal(413, "invalid_request", "a part of the form is too long")
            if safe:
                write(self._buffer[:safe])
            if at >= 0:
                self._buffer = self._buffer[at + len(self._delimiter) :]
                return size
            self._buffer = self._buffer[safe:]
            self._more()

    def skip(self) -> None:
        self.copy(len, None)

    def ends(self) -> bool:
        """Whether the boundary just passed was the last; otherwise stands at the next part's header."""
        while len(self._buffer) < 2:
            self._more()
        mark, self._buffer = self._buffer[:2], self._buffer[2:]
        if mark not in (b"--", b"\r\n"):
            raise refused("a boundary of the form is not followed by a line break")
        return mark == b"--"

    def header(self) -> str:
        while (at := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > MAX_HEADER_BYTES:
                raise refused("the header of a part is too long")
            self._more()
        text, self._buffer = self._buffer[:at], self._buffer[at + 4 :]
        return text.decode("utf-8", "replace")


def _disposition(header: str) -> tuple[str, str | None]:
    """Name and file name of a part."""
    line = next(
        (each for each in header.split("\r\n") if each.lower().startswith("content-disposition:")), ""
    )
    given = {
        key.lower(): re.sub(r"\\(.)", r"\1", quoted) or bare for key, quoted, bare in _PARAMETER.findall(line)
    }
    if not given.get("name"):
        raise refused("a part of the form has no name")
    return given["name"], given.get("filename")
