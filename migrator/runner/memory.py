"""What a trial ticket taught, kept in a file for the runs that follow in the same folder.

It holds nothing secret and nothing of a customer. What the ledger of a run holds beside it is decided in
`staging.py`; what a trial ticket teaches, in `probe.py`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from migrator.errors import MigratorError
from migrator.featurebase import Directory, Unnamed
from migrator.runner.learnt import Learnt

FILE = "featurebase.learnt.json"
SCHEMA = "migrator.learnt/1"


@dataclass(frozen=True, slots=True)
class Taught:
    """What of a trial ticket's lessons a run makes use of."""

    select_as: Literal["id", "label"] | None = None
    """None where it taught nothing about it."""
    unnamed_fields: Unnamed = Unnamed.UNKNOWN
    on: str = ""
    """The day, `2026-11-23`; empty where no trial ticket of this workspace is remembered."""


def keep(learnt: Learnt, directory: Directory, folder: Path) -> Path | None:
    """Writes down what was learnt of a workspace; None where nothing was.

    Raises:
        OSError: The folder cannot be written to.
    """
    if not learnt.created:
        return None
    said = {
        "schema": SCHEMA,
        "on": datetime.now(UTC).date().isoformat(),
        "workspace": sorted(directory.workspace),
        "select_as": None if learnt.select_as == "neither" else learnt.select_as,
        "unnamed_fields": learnt.unnamed_fields,
        "learnt": asdict(learnt),
    }
    path = folder / FILE
    path.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def recall(directory: Directory, folder: Path) -> Taught:
    """What is remembered of a workspace, which is told by the ids of its lists.

    Raises:
        MigratorError: The file is not what `keep` wrote.
    """
    path = folder / FILE
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        if said["schema"] != SCHEMA or said["select_as"] not in (None, "id", "label"):
            raise ValueError(said["schema"])
        known = frozenset(said["workspace"])
        taught = Taught(said["select_as"], Unnamed(said["unnamed_fields"]), str(said["on"]))
    except FileNotFoundError:
        return Taught()
    except (OSError, ValueError, KeyError, TypeError) as broken:
        raise MigratorError(
            "this file should say what a trial ticket taught, and cannot be read",
            hint="delete it, or let `migrator doctor --probe` write it anew",
            at=str(path),
        ) from broken
    return taught if known & directory.workspace else Taught()


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
