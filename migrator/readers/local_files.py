"""Files of tickets that an export brings along: beside it in its folder, or inside its archive.

A record only says a path, and whoever wrote to the helpdesk may have had a say in it. So nothing is ever
found outside of the export: no absolute path, no `..`, no hidden file, no link that leads away.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BufferedReader
from pathlib import Path, PurePosixPath

from migrator.errors import SourceError
from migrator.readers.archive import Archive, Member
from migrator.readers.contents import FOLDERS_OF_FILES, Contents

_INSIDE = "!/"
_ABSOLUTE = re.compile(r"[a-zA-Z]:|/")


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file that the export itself carries."""

    name: str
    size_bytes: int
    """Of a member of an archive: as its directory says; only reading it tells."""
    address: str
    """Finds it again, by `open_local`: `/exports/export.zip!/attachments/1/a.png`, or an absolute path."""

    def open(self) -> BufferedReader:
        return open_local(self.address)


class LocalFiles:
    """What can be found in the folders and archives of one export."""

    def __init__(self, contents: Contents) -> None:
        self._archives = tuple(contents.archives)
        given = {folder.resolve() for folder in contents.folders}
        holding = {blob.path.resolve().parent for blob in contents.files} - {
            archive.path.resolve().parent for archive in self._archives
        }
        inside = {folder for folder in holding if not given.isdisjoint((folder, *folder.parents))}
        self._folders = tuple(sorted(given | inside))
        # Beside a file that was named alone lies anything; only folders meant for such files are its own.
        self._neighbours = tuple(sorted(holding - inside))

    def find(self, path: str) -> LocalFile | None:
        """The file at a path that a record carries, relative to the export; None where there is none."""
        inside = path.strip().replace("\\", "/").removeprefix("./")
        parts = PurePosixPath(inside).parts
        if (
            not parts
            or "\0" in inside
            or _ABSOLUTE.match(inside)
            or any(part.startswith(".") for part in parts)
        ):
            return None
        inside = "/".join(parts)
        for archive in self._archives:
            if member := _member(archive, inside):
                return LocalFile(
                    parts[-1], member.size_bytes, f"{archive.path.resolve()}{_INSIDE}{member.inside}"
                )
        folders = self._folders
        if parts[0].casefold() in FOLDERS_OF_FILES:
            folders += self._neighbours
        return next((found for folder in folders if (found := _beside(folder, parts))), None)


def _member(archive: Archive, inside: str) -> Member | None:
    """The member at a path, which may begin below the one folder that holds everything."""
    return archive.find(inside) or (archive.find(f"{archive.top}/{inside}") if archive.top else None)


def _beside(folder: Path, parts: Sequence[str]) -> LocalFile | None:
    path = folder.joinpath(*parts)
    try:
        resolved = path.resolve()
        if not resolved.is_relative_to(folder) or not resolved.is_file():
            return None
        return LocalFile(parts[-1], resolved.stat().st_size, str(resolved))
    except OSError:  # a name that no system takes, a folder that may not be entered
        return None


def open_local(address: str) -> BufferedReader:
    """Open a file at an address that a `LocalFile` had, perhaps long ago.

    Raises:
        OSError: it is gone, or may not be read.
        SourceError: the archive is gone or damaged, or no longer holds it; also while reading.
    """
    for mark in re.finditer(_INSIDE, address):
        archive = Path(address[: mark.start()])
        if archive.is_file():
            facts = archive.stat()
            member = _archive(archive, facts.st_size, facts.st_mtime_ns).find(address[mark.end() :])
            if member is None:
                raise SourceError(
                    "the archive no longer holds a file of the export", hint="put it back", at=archive.name
                )
            return member.open("rb")
    return Path(address).open("rb")


@lru_cache(maxsize=4)
def _archive(path: Path, size_bytes: int, modified_ns: int) -> Archive:  # noqa: ARG001  # tell its versions apart
    return Archive(path)
