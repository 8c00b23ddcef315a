"""From paths to the files of an export: what lies in folders and archives, and what of it is read.

The shallowest level that holds files of an export is read, in natural order, whether it lies in a folder or
in an archive; what lies deeper is there to be asked for by name (`local_files.py`).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path, PurePath, PurePosixPath

from migrator.errors import SourceError
from migrator.model import Notice, shown
from migrator.readers.archive import Archive, Member
from migrator.readers.base import some
from migrator.readers.blobs import Blob, OnDisk
from migrator.readers.kinds import Kind, kind_of, must_be_file
from migrator.readers.unpacking import Gunzipped, unpack

_SUFFIXES = frozenset(
    (
        *(".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".json", ".jsonl", ".ndjson"),
        *(".xml", ".zip", ""),
    )
)
FOLDERS_OF_FILES = frozenset(
    (
        "attachments",
        "attachment",
        "files",
        "images",
        "media",
        "inline",
        "uploads",
        "assets",
        "avatars",
        "photos",
    )
)
"""Folders whose files belong to tickets, and are no exports whatever their names."""
_LITTER = frozenset((".ds_store", "thumbs.db", "desktop.ini", "__macosx", ".directory", ".gitkeep"))
"""What systems leave in folders, and so in archives of them."""
MOST_FILES = 100_000
"""Of a folder. Each is opened several times before the first record is read, which takes about 1 ms, and some
4 KB of what is known of it stay in memory."""
MOST_MEMBERS = 20_000
"""Of an archive, in which every opening takes longer."""
_ABOUT = frozenset(("readme", "license", "licence", "changelog"))
_DEEPEST = 6
_NUMBER = re.compile(r"(\d+)")


@dataclass(slots=True)
class Contents:
    """The files of an export, and what was found beside them."""

    files: dict[Blob, Kind] = field(default_factory=dict)
    """In the order in which they are read."""
    notices: list[Notice] = field(default_factory=list)
    """What is not read."""
    folders: list[Path] = field(default_factory=list)
    """Where files of tickets may lie: the folders of the export."""
    archives: list[Archive] = field(default_factory=list)


def contents_of(paths: Sequence[Path], encoding: str = "") -> Contents:
    """What there is to read.

    Args:
        paths: Files of one export, in the order in which they are read; folders of them; archives of them.

    Raises:
        SourceError: there is nothing to read, or nothing that can be.
    """
    if not paths:
        raise SourceError("no file was given", hint="name the export")
    contents = Contents()
    for path in dict.fromkeys(paths):
        if _is_folder(path):
            contents.folders.append(path)
            for file in _of_folder(path, contents):
                _add(file, contents, encoding)
        else:
            _add(OnDisk(path), contents, encoding)
    return contents


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> SourceError:
    reason = error.strerror or "the system refuses"
    return SourceError(
        f"this cannot be read: {reason}",
        hint="check the path, and who may read what is there",
        at=shown(path.name),
    )


def _add(file: OnDisk, contents: Contents, encoding: str) -> None:
    must_be_file(file.path)
    blob = _unpacked(file)
    kind = kind_of(blob, encoding)
    if kind is not Kind.ARCHIVE:
        contents.files[blob] = kind
        return
    if isinstance(blob, Gunzipped):
        raise SourceError("the file is an archive that is packed once more", hint="unpack it", at=file.name)
    archive = Archive(file.path)
    contents.archives.append(archive)
    contents.notices += archive.notices
    for member in _of_archive(archive, contents):
        inside = unpack(member)
        kind = kind_of(inside, encoding)
        if kind is Kind.ARCHIVE:
            raise _nested(archive, [member.inside])
        contents.files[inside] = kind


def _unpacked(file: OnDisk) -> Blob:
    try:
        return unpack(file)
    except OSError as error:
        raise _unreadable(file.path, error) from error


def _of_folder(folder: Path, contents: Contents) -> list[OnDisk]:
    """The files of the shallowest level that has any.

    Raises:
        SourceError: no level has one.
    """
    level = [folder]
    links: list[str] = []
    for _ in range(_DEEPEST):
        try:
            found = sorted((each for each in level for each in each.iterdir()), key=_natural)
            away = {each for each in found if _leads_away(each, folder)}
            inside = [each for each in found if each not in away]
            exports = [each for each in inside if each.is_file() and may_be_export(each.name)]
        except OSError as error:
            raise _unreadable(folder, error) from error
        links += sorted(each.name for each in away)
        archives = [each for each in exports if _is_archive(each.name)]
        if plain := [each for each in exports if not _is_archive(each.name)]:
            contents.archives += [Archive(each) for each in archives if zipfile.is_zipfile(each)]
            exports = plain
        if exports:
            _refuse_many(len(exports), MOST_FILES, folder.name)
            chosen = set(exports)
            _tell_ignored(contents, folder.name, [each.name for each in inside if each not in chosen])
            _tell_links(contents, folder.name, links)
            if len(level) == 1:
                return [OnDisk(each) for each in exports]
            return [OnDisk(each, each.relative_to(folder).as_posix()) for each in exports]
        level = [each for each in inside if each.is_dir() and _may_hold_exports(each.name)]
    but = " of its own: links that lead out of it are not followed" if links else ""
    raise SourceError(
        f"the folder holds no export{but}",
        hint="give a folder with CSV, xlsx, JSON, XML or ZIP files, or name the file itself",
        at=folder.name,
    )


def _leads_away(path: Path, folder: Path) -> bool:
    """Whether a path is a link to what lies outside of the folder, or to itself."""
    if not path.is_symlink():
        return False
    try:
        return not path.resolve().is_relative_to(folder.resolve())
    except RuntimeError:  # it goes round in circles
        return True


def _of_archive(archive: Archive, contents: Contents) -> list[Member]:
    """The same for an archive.

    Raises:
        SourceError: no level has one, or all are archives themselves.
    """
    exports: dict[Member, tuple[str, ...]] = {}
    packed: list[str] = []
    for member in archive.members:
        *folders, name = PurePosixPath(member.inside).parts
        if not may_be_export(name) or not all(map(_may_hold_exports, folders)):
            continue
        if _is_archive(name):
            packed.append(member.inside)
        else:
            exports[member] = tuple(folders)
    if not exports:
        if packed:
            raise _nested(archive, packed)
        raise SourceError(
            "the ZIP archive holds no export",
            hint="give an archive with CSV, xlsx, JSON or XML files",
            at=archive.path.name,
        )
    depth = min(map(len, exports.values()))
    chosen = {member: folders for member, folders in exports.items() if len(folders) == depth}
    _refuse_many(len(chosen), MOST_MEMBERS, archive.path.name)
    common = _shared(list(chosen.values()))
    others = [member.inside for member in archive.members if member not in chosen]
    _tell_ignored(contents, archive.path.name, others)
    named = [
        replace(member, shown_as="/".join(PurePosixPath(member.inside).parts[common:])) for member in chosen
    ]
    return sorted(named, key=lambda member: _natural(PurePosixPath(member.inside)))


def _refuse_many(files: int, most: int, place: str) -> None:
    if files > most:
        raise SourceError(
            f"it holds {files:,} files of an export, and more than {most:,} are not read one by one",
            hint="put them into fewer files: records of JSON may simply stand one behind the other, as "
            "`find FOLDER -name '*.json' -exec cat {} + > all.json` puts them, or on Windows "
            "`cmd /c copy /b FOLDER\\*.json all.json`",
            at=shown(place),
        )


def _tell_ignored(contents: Contents, place: str, paths: Sequence[str]) -> None:
    """Say what is not read; of files that systems leave everywhere, and of files of tickets, nothing."""
    names = [path for path in paths if not any(map(_is_beside, PurePosixPath(path).parts))]
    if names:
        message = f"not read, because they are no exports, are hidden or lie deeper: {some(names)}"
        contents.notices.append(Notice("file-ignored", message, place, len(names)))


def _tell_links(contents: Contents, place: str, names: Sequence[str]) -> None:
    if names:
        message = f"not read, because they are links that lead out of the folder: {some(names)}"
        contents.notices.append(Notice("link-ignored", message, place, len(names)))


def _is_beside(name: str) -> bool:
    folded = name.casefold()
    return folded in _LITTER or folded in FOLDERS_OF_FILES or folded.startswith(("._", "~$", ".~lock."))


def _shared(places: Sequence[Sequence[str]]) -> int:
    """How many folders, from the top, all places have in common."""
    return sum(1 for _ in takewhile(lambda names: len(set(names)) == 1, zip(*places, strict=False)))


def _nested(archive: Archive, packed: Sequence[str]) -> SourceError:
    names = ", ".join(shown(name) for name in packed[:3])
    return SourceError(
        f"the ZIP archive holds other archives: {names}",
        hint="unpack it, and give the folder",
        at=archive.path.name,
    )


def may_be_export(name: str) -> bool:
    """Whether a file that nobody named may be part of an export, by its name."""
    path = PurePosixPath(name.casefold())
    hidden = name.startswith((".", "~$", "__"))
    suffix = PurePosixPath(path.stem).suffix if path.suffix == ".gz" else path.suffix
    return not hidden and suffix in _SUFFIXES and path.stem not in _ABOUT


def _may_hold_exports(folder: str) -> bool:
    return not folder.startswith((".", "__")) and folder.casefold() not in FOLDERS_OF_FILES


def _is_archive(name: str) -> bool:
    return name.casefold().endswith(".zip")


def _natural(path: PurePath) -> list[tuple[int, str]]:
    """Sorts part2 before part10."""
    parts = _NUMBER.split(path.as_posix().casefold())
    return [(int(part) if part.isdecimal() else 0, part) for part in parts]
