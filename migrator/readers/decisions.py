"""What a person has decided about values that a mapping does not know.

Read from the sheet «Value maps» of a workbook of ours, or from a small table of the same columns. What a
decision means is the mapping's business.
"""

from __future__ import annotations

from pathlib import Path

from migrator.errors import SourceError
from migrator.model import ValueDecision
from migrator.readers.base import ReadOptions, files_stay_as_they_are
from migrator.readers.blobs import OnDisk
from migrator.readers.books import open_book
from migrator.readers.kinds import Kind, kind_of
from migrator.readers.opening import open_source

SHEET = "Value maps"
_NEEDED = ("rule", "value", "becomes")


def read_decisions(path: Path, *, required: bool = True) -> tuple[ValueDecision, ...]:
    """The values that somebody has filled in, in the order of the file. Those left blank are not there.

    Args:
        required: The file has to hold such a table.

    Raises:
        SourceError: It cannot be read, or holds no such table though it has to.
    """
    with files_stay_as_they_are():
        is_workbook = path.is_file() and kind_of(OnDisk(path)) is Kind.WORKBOOK
        if is_workbook and not _has_sheet(path):
            if required:
                raise _no_table(path, f"it has no sheet {SHEET!r}")
            return ()
    if not (is_workbook or required):
        return ()
    source = open_source([path], ReadOptions(sheet=SHEET if is_workbook else ""))
    missing = [name for name in _NEEDED if name not in source.columns]
    if missing:
        raise _no_table(path, f"it lacks the columns {', '.join(missing)}")
    return tuple(
        ValueDecision(said["rule"], said["value"], said["becomes"].strip(), str(record.ref))
        for record in source.records()
        if (said := {name: str(record.values.get(name, "")) for name in _NEEDED})["becomes"].strip()
    )


def _has_sheet(path: Path) -> bool:
    with open_book(OnDisk(path)) as book:
        return any(sheet.name == SHEET for sheet in book.sheets())


def _no_table(path: Path, reason: str) -> SourceError:
    return SourceError(
        f"this holds no values that were decided about: {reason}",
        hint=f"give the workbook of a report with its sheet {SHEET!r} filled in, or a table with the columns "
        f"{', '.join(_NEEDED)}",
        at=path.name,
    )
