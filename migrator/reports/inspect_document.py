"""An inspection as one JSON document, versioned by its `schema`: everything that was found, complete."""

from __future__ import annotations

from dataclasses import asdict

from migrator.mapping import Times
from migrator.reports.masking import is_personal, masked
from migrator.runner.inspect import Inspection, SeenColumn, SeenFile

INSPECT_SCHEMA = "migrator.inspect/1"


def inspection_document(inspection: Inspection, *, show_values: bool = False) -> dict[str, object]:
    """Every fact; values that may be personal are masked unless `show_values`."""
    profile = inspection.profile
    return {
        "schema": INSPECT_SCHEMA,
        "helpdesk": inspection.helpdesk,
        "reader": inspection.reader,
        "why": inspection.why,
        "tickets": inspection.tickets,
        "damaged": profile.damaged,
        "group_by": inspection.group_by,
        "size_bytes": inspection.size_bytes,
        "files": [_file(each) for each in inspection.files],
        "columns": [_column(each, show_values=show_values) for each in inspection.columns],
        "other_paths": profile.other_paths,
        "threads": asdict(inspection.threads),
        "notices": [asdict(each) for each in inspection.notices],
        "problems": profile.problems,
        "decisions": [asdict(each) for each in inspection.decisions],
        "mapping": mapping_name(inspection),
    }


def mapping_name(inspection: Inspection) -> str:
    """The name of the shipped mapping that fits; "" where there is none."""
    return inspection.mapping.name.removesuffix(".yaml") if inspection.mapping else ""


def _file(seen: SeenFile) -> dict[str, object]:
    file = seen.file
    return {
        "name": file.name,
        "kind": file.kind,
        "role": seen.role,
        "size_bytes": file.size_bytes,
        "details": file.details,
    }


def _column(column: SeenColumn, *, show_values: bool) -> dict[str, object]:
    profile, suggestion = column.profile, column.suggestion
    hide = not show_values and is_personal(column)
    return {
        "name": column.path,
        "meaning": suggestion.meaning.value if suggestion else "",
        "reason": suggestion.reason if suggestion else "",
        "filled": profile.filled,
        "values": profile.values,
        "distinct": profile.distinct,
        "distinct_is_exact": profile.is_complete,
        "repeated": profile.repeated,
        "longest_characters": profile.longest_characters,
        "shapes": {shape.value: count for shape, count in profile.shapes.items()},
        "masked": hide,
        "examples": [masked(text) if hide else text for text in profile.examples],
        "counts": [
            {"value": masked(text) if hide else text, "count": count} for text, count in profile.counts
        ],
        "times": _times(column.times) if column.times else None,
    }


def _times(times: Times) -> dict[str, object]:
    return {
        "forms": {form.value: count for form, count in times.forms.items()},
        "readings": [asdict(each) for each in times.readings],
        "contradiction": list(times.contradiction) if times.contradiction else None,
        "undecided": times.undecided,
        "without_zone": times.without_zone,
        "unreadable": times.unreadable,
    }
