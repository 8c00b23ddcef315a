"""The story of `draft`: from what an export holds to a mapping file to start from."""

from __future__ import annotations

from migrator.mapping import DraftColumn, DraftedMapping, compose, prune
from migrator.runner.inspect import Inspection, facts_of


def draft_mapping(inspection: Inspection, check: str, *, people_table: bool) -> DraftedMapping:
    """A mapping for an export: of a known helpdesk the shipped one, cut down to what this export has.

    Args:
        check: The command that checks the mapping, for its first lines.
        people_table: Whether a table of people can stand beside the mapping.
    """
    export = ", ".join(each.file.name for each in inspection.files[:3])
    told = f"{export} (tickets: {inspection.tickets:,})"
    if inspection.mapping is not None:
        paths = [each.path for each in inspection.columns if each.profile.filled]
        return DraftedMapping(prune(told, inspection.mapping, paths, inspection.value_maps))
    columns = [
        DraftColumn(
            facts_of(each.profile, each.times, inspection.profile),
            each.profile.counts,
            each.times,
            each.suggestion,
        )
        for each in inspection.columns
    ]
    return compose(told, columns, check, people_table=people_table)
