"""Writing report files: private from their first byte, whole or not at all.

Reports hold personal data, so that every file is readable by its owner only (where the system knows
file modes). What stands in a file is decided elsewhere.
"""

from __future__ import annotations

import codecs
import errno
import io
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import IO, TextIO

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
    with private_bytes(path) as raw:
        if encoding == "utf-8-sig":  # by hand: Python's own looks for the mark anew at every write
            raw.write(codecs.BOM_UTF8)
            encoding = "utf-8"
        file = io.TextIOWrapper(raw, encoding=encoding, errors="backslashreplace", newline="")
        try:
            yield file
        finally:
            file.detach()  # flushes, and leaves closing to whoever opened


@contextmanager
def private_bytes(path: Path) -> Iterator[IO[bytes]]:
    """The same for a file that is no text, such as a workbook.

    Raises:
        DiskFull, LedgerError: As `private_file`.
    """
    with _explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    part = Path(name)
    try:
        with _explained(path):
            with os.fdopen(handle, "w+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


def give_up(files: ExitStack, error: BaseException | None, trace: TracebackType | None) -> None:
    """Closes files that were not finished, so that they leave nothing behind.

    Args:
        files: As `private_file` and `private_bytes` opened them.
        error: Why; None where nobody wanted to finish them.

    Raises:
        DiskFull, LedgerError: The error, in our words, if it came from the disk.
    """
    why = error or _GivenUp()
    files.__exit__(type(why), why, trace)


class _GivenUp(Exception):
    """Makes `private_bytes` leave nothing behind."""


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


def put_aside(path: Path) -> Path:
    """Renames a file that must not be lost: `problems.xlsx` becomes `problems-edited-1.xlsx`.

    Raises:
        LedgerError: It cannot be renamed.
    """
    numbers = count(1)
    while (aside := path.with_name(f"{path.stem}-edited-{next(numbers)}{path.suffix}")).exists():
        pass
    with _explained(path):
        path.rename(aside)
    return aside


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
