"""Bytes that a reader may read as often as it likes: a file of this disk, or one that lies in an archive.

Readers open nothing but these, so that it makes no difference to them where an export lies. What is inside
an archive is the business of `archive.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO, Literal, Protocol


class Openable(Protocol):
    """Bytes with a name; a plain `Path` is one."""

    @property
    def name(self) -> str: ...

    def open(self, mode: Literal["rb"], /) -> BufferedReader: ...


class Blob(Openable, Protocol):
    """Bytes that can be a file of a source.

    `name` is as `SourceRef.file` wants it: without folders; `export.zip/tickets.json` in an archive. `open`
    gives the bytes from the beginning, forwards only; `tell` of the stream says how far they were read.

    Raises:
        OSError: the file is gone, or may not be read.
        UnreadableSource: while reading: what is packed is damaged, or grows beyond every measure.
    """

    @property
    def path(self) -> Path:
        """The file on this disk: of the archive, for what lies in one."""

    @property
    def size_bytes(self) -> int:
        """On the scale of the stream's `tell`; an archive may lie, so it is good for progress only."""

    def seekable(self) -> IO[bytes]:
        """The same for a reader that has to jump about; what is packed is unpacked into a nameless file."""


@dataclass(frozen=True, slots=True)
class OnDisk:
    """A file of this disk."""

    path: Path
    shown_as: str = ""
    """Its name, where that of the file alone would not tell it from others."""

    @property
    def name(self) -> str:
        return self.shown_as or self.path.name

    @property
    def size_bytes(self) -> int:
        return self.path.stat().st_size

    def open(self, mode: Literal["rb"], /) -> BufferedReader:
        return self.path.open(mode)

    def seekable(self) -> BufferedReader:
        return self.path.open("rb")
