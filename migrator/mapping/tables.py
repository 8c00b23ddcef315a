"""Value tables in two-column CSV files: which ones a mapping names, and what they say.

The files themselves are read by somebody else, who hands in their cells.
"""

from __future__ import annotations

from collections.abc import Sequence

from migrator.errors import Complaint
from migrator.mapping import spec
from migrator.mapping.locate import Path
from migrator.model import shown

Rows = list[tuple[int, tuple[str, ...]]]
"""A small table: the line and the cells of each row."""


def table_pairs(name: str, rows: Rows) -> tuple[dict[str, str], list[Complaint]]:
    """Source value to target. Every row counts: a header line maps a value that never comes.

    A row whose target is still to be filled in is as good as unlisted.
    """
    pairs: dict[str, str] = {}
    complaints: list[Complaint] = []
    for line, cells in rows:
        at = f"{name}, line {line}"
        source, target, *rest = (*cells, "", "")
        if (len(cells) < 2 and source.strip()) or any(cell.strip() for cell in rest):
            message = f"a value table has two columns, here are {len(cells)}"
            complaints.append(Complaint(at, message, "put quotes around a cell that holds the separator"))
        elif pairs.get(source, target) != target:
            message = f"{shown(source)!r} stands here again, with another target"
            complaints.append(Complaint(at, message, "keep one of them"))
        elif source.strip() and target.strip():
            pairs[source] = target
    return pairs, complaints


def table_names(mapping: spec.MappingFile) -> Sequence[tuple[Path, str]]:
    """Every value table that the mapping names, with the place of its name."""
    found: list[tuple[Path, str]] = []
    _collect_tables(mapping, (), found)
    return found


def _collect_tables(part: object, path: Path, found: list[tuple[Path, str]]) -> None:
    if isinstance(part, spec.Rule) and isinstance(part.values, str):
        found.append(((*path, "values"), part.values))
    if isinstance(part, spec.Part):
        for name, info in type(part).model_fields.items():
            _collect_tables(getattr(part, name), (*path, info.alias or name), found)
    elif isinstance(part, dict):
        for key, each in part.items():
            _collect_tables(each, (*path, key), found)
