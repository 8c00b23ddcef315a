"""Writing report files: private from their first byte, whole or not at all.

Reports hold personal data, so that every file is readable by its owner only (where the system knows
file modes). What stands in a file is decided elsewhere.
"""

from __future__ import annotations

import errno
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from migrator.errors import DiskFull, LedgerError

NO_ROOM = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})


@contextmanager
def private_file(path: Path, *, encoding: str = "utf-8") -> Iterator[TextIO]:
    """Opens a text file that appears under `path` only once it is complete; an exception leaves none.

    Line ends are written as given. What UTF-8 cannot carry (half of a surrogate pair) is spelled out
    as `\\ud800`.

    Raises:
        DiskFull: The disk, or the owner's share of it, has no room.
        LedgerError: The folder cannot be made or the file not be written.
    """
    with _explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    part = Path(name)
    try:
        with _explained(path):
            with os.fdopen(handle, "w", encoding=encoding, errors="backslashreplace", newline="") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


def write_json(path: Path, document: Mapping[str, object]) -> None:
    """Writes a document for machines, indented so that people can read it too.

    Raises:
        DiskFull, LedgerError: As `private_file`.
    """
    with private_file(path) as file:
        json.dump(document, file, ensure_ascii=False, indent=2)
        file.write("\n")


def remove(path: Path) -> None:
    """Removes a file that an earlier run left; that it is not there is fine.

    Raises:
        LedgerError: It is there and cannot be removed.
    """
    with _explained(path):
        path.unlink(missing_ok=True)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turns what the system says into what, where and the way out."""
    try:
        yield
    except PermissionError as refused:
        raise LedgerError(
            "this file may not be written",
            hint="close it where it is open (a spreadsheet locks its files), or choose a folder of your own",
            at=str(path),
        ) from refused
    except OSError as failed:
        if failed.errno in NO_ROOM:
            raise DiskFull(
                "the disk is full, and the file was not written",
                hint="make room, then ask for the report again: nothing of the migration is lost",
                at=str(path),
            ) from failed
        raise LedgerError(
            f"this file cannot be written: {failed.strerror or failed}",
            hint="choose another folder for the report",
            at=str(path),
        ) from failed
