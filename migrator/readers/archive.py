"""ZIP archives: what lies in one, read in place.

Nothing is ever written under a member's name, so a name cannot lead anywhere; members whose names try are
left out all the same. Sizes are bounded while bytes are read (`unpacking.py`), whatever the directory says.
Which members are the export is decided in `contents.py`.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import weakref
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, Literal

from migrator.errors import SourceError
from migrator.model import Notice, shown
from migrator.readers.unpacking import Unpacked, nameless_copy

MOST_DIRECTORY_BYTES = 1 << 25
"""Room for some hundred thousand files; in memory each takes several times what it takes in the archive."""

_BUFFER_BYTES = 1 << 16
_END, _END_64, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_ENCRYPTED, _UTF_8 = 0x1, 0x800
_OUTSIDE = re.compile(r"^(?:[a-zA-Z]:|/)|(?:^|/)\.\.(?:/|$)|\0")
_DEVICE = re.compile(r"(?:^|/)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.[^/]*)?(?:/|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive."""

    archive: Archive = field(repr=False, compare=False)
    info: zipfile.ZipInfo = field(repr=False, compare=False)
    inside: str
    """Its path in the archive, with `/`."""
    path: Path
    shown_as: str = ""

    @property
    def name(self) -> str:
        return f"{self.path.name}/{self.shown_as or self.inside}"

    @property
    def size_bytes(self) -> int:
        return self.info.file_size

    @property
    def encrypted(self) -> bool:
        return bool(self.info.flag_bits & _ENCRYPTED)

    def open(self, mode: Literal["rb"], /) -> io.BufferedReader:
        del mode
        return self.archive.open(self)

    def seekable(self) -> IO[bytes]:
        return nameless_copy(self.open("rb"))


class Archive:
    """An open ZIP archive. Its directory is read once, so that thousands of members cost no more than that.

    Raises:
        SourceError: it is damaged, or its directory was made to mislead.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            _check_directory(path)
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, EOFError) as error:
            raise SourceError(
                "the ZIP archive is damaged or was cut off", hint="download it again", at=path.name
            ) from error
        # Archive and members know each other, so it ends at a time that nobody chose; the file must not.
        weakref.finalize(self, self._zip.close)
        infos = self._zip.infolist()
        if sum(info.compress_size for info in infos) > path.stat().st_size:
            raise SourceError(
                "the ZIP archive claims more than it holds, as one does that was made to fill disks",
                hint="download it again, or unpack it yourself if you trust it",
                at=path.name,
            )
        self.members: list[Member] = []
        left_out: dict[str, list[str]] = {}
        for info in infos:
            inside = _name(info)
            if not inside or inside.endswith("/"):  # a folder
                continue
            if reason := _suspicious(info, inside):
                left_out.setdefault(reason, []).append(inside)
            else:
                self.members.append(Member(self, info, inside, path))
        self.notices = tuple(
            Notice("member-left-out", f"not read, because {reason}: {shown(names[0])}", path.name, len(names))
            for reason, names in left_out.items()
        )

    def __reduce__(self) -> tuple[type[Archive], tuple[Path]]:
        return Archive, (self.path,)  # in another process it is opened again

    def open(self, member: Member) -> io.BufferedReader:
        """The bytes of a member.

        Raises:
            SourceError: it is encrypted, or there are two of its name.
        """
        if member.encrypted:
            raise SourceError(
                "the file in the archive is protected with a password",
                hint="unpack it with the password, and give the files inside",
                at=member.name,
            )
        if self._counts[member.inside] > 1:
            raise SourceError(
                "the archive holds two files of this name, and nothing says which one counts",
                hint="unpack it, keep the right one, and give the files inside",
                at=member.name,
            )
        try:
            packed = self._zip.open(member.info)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, struct.error) as error:
            raise SourceError(
                "the file in the archive is damaged, or packed in a way that is not known here",
                hint="unpack it yourself, and give the files inside",
                at=member.name,
            ) from error
        return io.BufferedReader(Unpacked(packed, member.name, member.info.compress_size), _BUFFER_BYTES)

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(member.inside for member in self.members)

    def find(self, inside: str) -> Member | None:
        """The member at a path, with `/`; None if there is none, or more than one."""
        return self._by_place.get(inside) if self._counts[inside] == 1 else None

    @cached_property
    def top(self) -> str:
        """The one folder that holds everything; empty where there is none."""
        tops = {member.inside.partition("/")[0] if "/" in member.inside else "" for member in self.members}
        return tops.pop() if len(tops) == 1 else ""

    @cached_property
    def _by_place(self) -> dict[str, Member]:
        return {member.inside: member for member in self.members}


def _name(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: many programs write UTF-8 or Windows-1252 without saying so."""
    name = info.filename
    if not info.flag_bits & _UTF_8 and not name.isascii():
        raw = name.encode("cp437")  # as `zipfile` decoded it
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            # Of the two old encodings, the one in which the name is letters and not line drawing.
            western = raw.decode("cp1252", "replace")
            if _letters(western) > _letters(name):
                name = western
    return name.replace("\\", "/")


def _letters(text: str) -> int:
    """Those of western names."""
    return sum(character.isalpha() and character < "\u0180" for character in text)


def _suspicious(info: zipfile.ZipInfo, inside: str) -> str:
    if stat.S_ISLNK(info.external_attr >> 16):
        return "it is a link to somewhere else"
    if _OUTSIDE.search(inside):
        return "its name points outside of the archive"
    return "its name is that of a device" if _DEVICE.search(inside) else ""


def _check_directory(path: Path) -> None:
    """Refuse a directory that would fill the memory, before it is read (APPNOTE.TXT, 4.3.14 to 4.3.16).

    Raises:
        SourceError: it is too long.
    """
    with path.open("rb") as file:
        length = file.seek(0, io.SEEK_END)
        file.seek(max(0, length - (1 << 16) - 22))
        tail = file.read()
        place = tail.rfind(_END)
        if place < 0:
            return
        (directory_bytes,) = struct.unpack_from("<L", tail, place + 12)
        if directory_bytes == 0xFFFFFFFF and tail[place - 20 : place - 16] == _LOCATOR_64:
            file.seek(struct.unpack_from("<Q", tail, place - 12)[0])
            record = file.read(56)
            directory_bytes = struct.unpack_from("<Q", record, 40)[0] if record.startswith(_END_64) else 0
    if directory_bytes > MOST_DIRECTORY_BYTES:
        raise SourceError(
            "the ZIP archive holds more files than any export",
            hint="unpack it, and give the folder",
            at=path.name,
        )
