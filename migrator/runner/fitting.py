"""Which shipped mapping fits an export: the one for its reader or helpdesk whose columns are all there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from migrator.errors import MappingError
from migrator.mapping import Mapping
from migrator.readers import Source

FOR_ANY_TABLE = "helpdesk"
"""The shipped mapping for a home-made table; it fits where all of its columns are there."""

LoadShipped = Callable[[str], Mapping]
"""Loads a shipped mapping by its name."""


def fitting(source: Source, names: Sequence[str], load: LoadShipped) -> Mapping | None:
    """The first shipped mapping that takes the export; None where each needs something that it lacks.

    Args:
        names: Of the shipped mappings.
    """
    wanted = [source.reader]
    if source.columns:
        wanted += [f"{source.helpdesk}-csv", source.helpdesk, FOR_ANY_TABLE]
    elif source.helpdesk:
        wanted += [source.helpdesk]
    for name in dict.fromkeys(wanted):
        if name in names:
            mapping = load(name)
            if _takes(mapping, source):
                return mapping
    return None


def _takes(mapping: Mapping, source: Source) -> bool:
    if mapping.reader not in ("", source.reader):
        return False
    try:
        if source.columns:
            mapping.check_columns(source.columns, source.added)
    except MappingError:
        return False
    return True
