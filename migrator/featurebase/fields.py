"""Which custom fields a ticket carries: labels find their fields, and every field its value.

What a value of each type looks like is decided in `values.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from migrator.featurebase import limits
from migrator.featurebase.directory import Directory, Index
from migrator.featurebase.entries import Category, Field
from migrator.featurebase.findings import NOWHERE, Findings
from migrator.featurebase.lookup import look_up, unchecked
from migrator.featurebase.values import Exact, FieldValue, field_value, unchecked_value
from migrator.model import DraftField, Named


def custom_fields(
    drafted: tuple[DraftField, ...], category: Category | None, directory: Directory, findings: Findings
) -> dict[str, FieldValue]:
    """The `customFields` of a create call, by field id, in the order of the mapping."""
    values: dict[str, FieldValue] = {}
    mapped: set[str] = set()
    for each in drafted:
        if "fields" not in directory.loaded:
            value = unchecked_value(each)
            if value is not None:
                values[unchecked(Named(each.label, each.origin), "field", findings)] = value
            continue
        field = _field(each, directory.index("fields"), findings)
        if field is None:
            continue
        if field.id in mapped:
            hint = "map it once; `from` takes a list of candidates"
            findings.error("field-twice", f"the field {field.label!r} is mapped twice", hint, each.origin)
            continue
        mapped.add(field.id)
        value = field_value(each, field, directory, findings)
        if value is None:
            continue
        values[field.id] = value
        if category and category.fields is not None and field.id not in category.fields:
            message = f"the field {field.label!r} is not attached to the category {category.name!r}"
            findings.warn("field-not-attached", message, "attach it in Featurebase", each.origin)
    _check_required(values, category, directory, findings)
    files = sum(_file_count(value) for value in values.values())
    if files > limits.FILES_MOST:
        message = f"a request takes at most {limits.FILES_MOST} files, and this ticket has {files}"
        findings.error("files-too-many", message, "map fewer files", NOWHERE)
    return values


def legacy_id(fields: tuple[DraftField, ...], body: Mapping[str, object], directory: Directory) -> str:
    """The source's id as the ticket will carry it; empty where the workspace has no text field for it."""
    values = body.get("customFields")
    for drafted in fields:
        if drafted.legacy_id and isinstance(values, dict):
            value = values.get(directory.field_id(drafted.label))
            return value if isinstance(value, str) and not isinstance(value, Exact) else ""
    return ""


def _field(drafted: DraftField, index: Index[Field], findings: Findings) -> Field | None:
    if drafted.optional and index.find(drafted.label) is None:
        if drafted.files or any(value.strip() for value in drafted.values):
            findings.leave_out(f"field {drafted.label}")
        return None
    return look_up(Named(drafted.label, drafted.origin), index, "field", findings)


def _check_required(
    values: Mapping[str, FieldValue], category: Category | None, directory: Directory, findings: Findings
) -> None:
    """Only a warning: whether the API enforces it is unknown (featurebase.md section 5.2)."""
    if category is None or category.fields is None:
        return
    for field in directory.fields:
        if field.required and field.id in category.fields and field.id not in values:
            message = f"the category {category.name!r} requires the field {field.label!r}, which is empty"
            findings.warn("field-required", message, "map it, or make it optional in Featurebase", NOWHERE)


def _file_count(value: FieldValue) -> int:
    if isinstance(value, dict):
        return 1
    return sum(isinstance(each, dict) for each in value) if isinstance(value, list) else 0
