"""Which custom fields a ticket carries: labels find their fields, and every field its value.

What a value of each type looks like is decided in `values.py`; where files go, in `filing.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from migrator.featurebase.directory import Directory, Index
from migrator.featurebase.entries import Category, Field
from migrator.featurebase.filing import Filing, unchecked_field
from migrator.featurebase.findings import NOWHERE, Findings
from migrator.featurebase.lookup import look_up, unchecked
from migrator.featurebase.values import Exact, FieldValue, field_value, unchecked_value
from migrator.model import DraftField, Named


def custom_fields(
    drafted: tuple[DraftField, ...],
    category: Category | None,
    directory: Directory,
    filing: Filing,
    findings: Findings,
) -> dict[str, FieldValue]:
    """The `customFields` of a create call, by field id, in the order of the mapping.

    Files are handed to `filing`, which knows their values once it knows all files of the ticket.
    """
    values: dict[str, FieldValue] = {}
    mapped: set[str] = set()
    for each in drafted:
        if "fields" not in directory.loaded:
            field_id = unchecked(Named(each.label, each.origin), "field", findings)
            if each.files:
                filing.into_field(each, unchecked_field(each.label, field_id))
            elif (text := unchecked_value(each)) is not None:
                values[field_id] = text
            continue
        field = _field(each, directory.index("fields"), filing, findings)
        if field is None:
            continue
        if field.id in mapped:
            hint = "map it once; `from` takes a list of candidates"
            findings.error("field-twice", f"the field {field.label!r} is mapped twice", hint, each.origin)
            continue
        mapped.add(field.id)
        if field.type == "file" and each.files:
            filing.into_field(each, field)
        elif (value := field_value(each, field, directory, findings)) is not None:
            values[field.id] = value
        else:
            continue
        if category and category.fields is not None and field.id not in category.fields:
            message = f"the field {field.label!r} is not attached to the category {category.name!r}"
            findings.warn("field-not-attached", message, "attach it in Featurebase", each.origin)
    return values


def legacy_id(fields: tuple[DraftField, ...], body: Mapping[str, object], directory: Directory) -> str:
    """The source's id as the ticket will carry it; empty where the workspace has no text field for it."""
    values = body.get("customFields")
    for drafted in fields:
        if drafted.legacy_id and isinstance(values, dict):
            value = values.get(directory.field_id(drafted.label))
            return value if isinstance(value, str) and not isinstance(value, Exact) else ""
    return ""


def check_required(
    values: Mapping[str, object], category: Category | None, directory: Directory, findings: Findings
) -> None:
    """Only a warning: whether the API enforces it is unknown (featurebase.md section 5.2)."""
    if category is None or category.fields is None:
        return
    for field in directory.fields:
        if field.required and field.id in category.fields and field.id not in values:
            message = f"the category {category.name!r} requires the field {field.label!r}, which is empty"
            findings.warn("field-required", message, "map it, or make it optional in Featurebase", NOWHERE)


def _field(drafted: DraftField, index: Index[Field], filing: Filing, findings: Findings) -> Field | None:
    found = index.find(drafted.label)
    if isinstance(found, Field):
        return found
    if drafted.optional and found is None:
        if any(value.strip() for value in drafted.values):
            findings.leave_out(f"field {drafted.label}")
        filing.without_field(drafted.files, drafted.origin)
        return None
    return look_up(Named(drafted.label, drafted.origin), index, "field", findings)
