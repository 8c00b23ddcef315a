"""What a trial ticket taught, and what a 429 looked like, kept in a file for what follows in the same folder.

It holds nothing secret and nothing of a customer. What the ledger of a run holds beside it is decided in
`staging.py`; what a trial ticket teaches, in `probe.py`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from migrator.errors import MigratorError
from migrator.featurebase import Directory, Limited, Shape, Unnamed
from migrator.runner.learnt import Learnt

FILE = "featurebase.learnt.json"
SCHEMA = "migrator.learnt/1"
_LIMITED = "refused_429"


@dataclass(frozen=True, slots=True)
class Taught:
    """What of a trial ticket's lessons a run makes use of."""

    select_as: Literal["id", "label"] | None = None
    """None where it taught nothing about it."""
    unnamed_fields: Unnamed = Unnamed.UNKNOWN
    threadless: bool = False
    """The trial ticket came without a conversation, so that messages had no place."""
    on: str = ""
    """The day, `2026-11-23`; empty where no trial ticket of this workspace is remembered."""


def keep(learnt: Learnt, directory: Directory, folder: Path) -> Path | None:
    """Writes down what was learnt of a workspace; None where nothing was.

    Raises:
        OSError: The folder cannot be written to.
    """
    if not learnt.created:
        return None
    said: dict[str, Any] = {
        "schema": SCHEMA,
        "on": _today(),
        "workspace": sorted(directory.workspace),
        "select_as": None if learnt.select_as == "neither" else learnt.select_as,
        "unnamed_fields": learnt.unnamed_fields,
        "learnt": asdict(learnt),
    }
    with suppress(MigratorError):  # what cannot be read is written anew
        said |= {name: value for name, value in _read(folder).items() if name == _LIMITED}
    return _write(said, folder)


def keep_limited(limited: Limited, host: str, folder: Path) -> None:
    """Writes down what a 429 looked like, beside what a trial ticket taught.

    Args:
        host: Who answered so.

    Raises:
        OSError: The folder cannot be written to.
        MigratorError: The file is not one of ours; it stays as it is.
    """
    _write(
        {"schema": SCHEMA, **_read(folder), _LIMITED: {"on": _today(), "host": host, **asdict(limited)}},
        folder,
    )


def recall(directory: Directory, folder: Path) -> Taught:
    """What is remembered of a workspace, which is told by the ids of its lists.

    Raises:
        MigratorError: The file is not what `keep` wrote.
    """
    said = _read(folder)
    if not said.keys() - {"schema", _LIMITED}:
        return Taught()
    with _as_ours(folder):
        if said["select_as"] not in (None, "id", "label"):
            raise ValueError(said["select_as"])
        known = frozenset(said["workspace"])
        taught = Taught(
            said["select_as"],
            Unnamed(said["unnamed_fields"]),
            threadless=said["learnt"]["linked_conversation"] is False,
            on=str(said["on"]),
        )
    return taught if known & directory.workspace else Taught()


def recall_limited(host: str, folder: Path) -> tuple[Limited, str] | None:
    """What the last 429 of a host looked like, and the day on which it was met; None where none was.

    Raises:
        MigratorError: The file is not what `keep_limited` wrote.
    """
    said = _read(folder).get(_LIMITED)
    if said is None:
        return None
    with _as_ours(folder):
        found = dict(said)
        day, at = str(found.pop("on")), found.pop("host")
        limited = Limited(**{**found, "headers": dict(found["headers"]), "body": Shape(found["body"])})
    return (limited, day) if at == host else None


def as_known(
    directory: Directory,
    asked: Literal["id", "label"] | None,
    taught: Taught,
    before: Directory | None = None,
) -> Directory:
    """A directory with what is known of the workspace's ways.

    What is asked for wins, then what a trial ticket taught, then what a ledger remembers.

    Args:
        before: The directory of the ledger.
    """
    remembered = before or Directory()
    known = taught.unnamed_fields is not Unnamed.UNKNOWN
    return replace(
        directory,
        select_as=asked or taught.select_as or remembered.select_as,
        unnamed_fields=taught.unnamed_fields if known else remembered.unnamed_fields,
    )


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _write(said: dict[str, Any], folder: Path) -> Path:
    """Whole or not at all: half a file would stop whatever follows in this folder."""
    path = folder / FILE
    part = folder / f"{FILE}.{os.getpid()}.part"
    try:
        part.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _read(folder: Path) -> dict[str, Any]:
    """What is written down; nothing where there is no file."""
    with _as_ours(folder):
        try:
            said = json.loads((folder / FILE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        if said["schema"] != SCHEMA:
            raise ValueError(said["schema"])
        return dict(said)


@contextmanager
def _as_ours(folder: Path) -> Iterator[None]:
    """
    Raises:
        MigratorError: What is read inside is not what we write.
    """
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as broken:
        raise MigratorError(
            "this file should say what a trial ticket taught, and cannot be read",
            hint="delete it, or let `migrator doctor --probe` write it anew",
            at=str(folder / FILE),
        ) from broken
