"""Files that an export carries: found, measured and hashed before anything is made of their ticket.

Which files of this disk may be read at all is the reader's word: those inside the export, and no others. What
becomes of them is decided by `featurebase.resolve`; they are read again when they are sent (`uploads.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath, PureWindowsPath

from migrator.errors import SourceError
from migrator.featurebase import UPLOAD_MOST_BYTES
from migrator.model import Draft, FileRef
from migrator.readers import LocalFile

UNREADABLE = (OSError, SourceError)
"""What reading a file of an export can raise, on the disk or in an archive."""
_BLOCK_BYTES = 1 << 18
Find = Callable[[str], LocalFile | None]
"""The file that a record names, if the export has it."""


def with_files(draft: Draft, find: Find) -> Draft:
    """The draft with every local file found, or with the reason why it cannot be had."""

    def found(files: tuple[FileRef, ...]) -> tuple[FileRef, ...]:
        return tuple(_found(file, find) if file.path else file for file in files)

    if not any(file.path for files in _lists(draft) for file in files):
        return draft
    return replace(
        draft,
        files=found(draft.files),
        fields=tuple(replace(each, files=found(each.files)) for each in draft.fields),
        replies=tuple(replace(each, files=found(each.files)) for each in draft.replies),
    )


def _lists(draft: Draft) -> list[tuple[FileRef, ...]]:
    parts = [each.files for each in draft.fields if each.files]
    return [draft.files, *parts, *[each.files for each in draft.replies if each.files]]


def _found(file: FileRef, find: Find) -> FileRef:
    local = find(file.path)
    if local is None:
        if file.url:  # the export leaves it where it is
            return replace(file, path="")
        return replace(file, fault="file-outside-export" if _leads_out(file.path) else "file-missing")
    if local.size_bytes > UPLOAD_MOST_BYTES:
        return replace(file, path=local.address, size_bytes=local.size_bytes)
    try:
        size_bytes, sha256 = _measured(local)
    except UNREADABLE:
        return replace(file, fault="file-unreadable")
    return replace(file, path=local.address, size_bytes=size_bytes, sha256=sha256)


def _measured(local: LocalFile) -> tuple[int, str]:
    digest, size_bytes = hashlib.sha256(), 0
    with local.open() as content:
        while block := content.read(_BLOCK_BYTES):
            digest.update(block)
            size_bytes += len(block)
    return size_bytes, digest.hexdigest()


def _leads_out(path: str) -> bool:
    """Whether a path names a place outside of the folder that it counts from, on any system."""
    windows, posix = PureWindowsPath(path), PurePosixPath(path)
    return bool(windows.anchor) or posix.is_absolute() or ".." in windows.parts
