"""The custom fields of tickets: whether a value is allowed, how it is kept, and how it is shown.

Rules by type: featurebase.md, section 6; files: section 7.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict
from typing import Literal

from migrator.sandbox.answers import Json, refused
from migrator.sandbox.attachments import MAX_FILES, Attachments, Stored
from migrator.sandbox.formats import is_date
from migrator.sandbox.multipart import Part

MAX_TEXT = 10_000
MAX_CHOICES = 100
PART_PREFIX = "customFields."


class CustomFields:
    """Checks and shows values by the fields that a workspace has."""

    def __init__(
        self, fields: dict[str, Json], attachments: Attachments, select_as: Literal["id", "label"]
    ) -> None:
        self._fields = fields
        self._attachments = attachments
        self._select_as = select_as

    def accept(self, given: dict[str, object], uploads: tuple[Part, ...]) -> Json:
        """Values as they are kept, by field id; files are lists of `{key, name, url}`, null clears.

        Raises:
            Refusal: 400: an unknown field, a value of another type, too many files.
        """
        accepted: Json = {}
        for field_id, value in given.items():
            field, param = self._field(field_id), f"customFields.{field_id[:60]}"
            accepted[field_id] = None if value is None else self._value(field, value, param)
        for part in uploads:
            field_id = part.name.removeprefix(PART_PREFIX)
            field = self._field(field_id)
            if field["type"] != "file":
                raise refused("not a field for files", part.name)
            files = accepted.get(field_id) or []
            assert isinstance(files, list)
            accepted[field_id] = [*files, asdict(Stored(part.key, part.filename or ""))]
        self._check_files(accepted)
        return accepted

    def shown(self, kept: Json) -> Json:
        """Values as the API returns them: a file is the JSON text of `{key, name, url}` (section 7)."""
        return {name: self._shown(name, value) for name, value in kept.items() if value is not None}

    def label(self, field_id: str) -> str:
        return str(self._fields[field_id]["label"])

    def readable(self, field_id: str, value: object) -> str:
        """A value that is no file, as a person reads it: options by their labels."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        options = self._fields[field_id].get("options") or []
        assert isinstance(options, list)
        labels = {option["id"]: option["label"] for option in options}
        values = value if isinstance(value, list) else [value]
        return ", ".join(str(labels.get(each, each)) for each in values)

    def url_of(self, kept_file: dict[str, str]) -> str:
        """Where one kept file can be had."""
        return self._attachments.url_of(Stored(**kept_file))

    def is_file(self, field_id: str) -> bool:
        return self._fields[field_id]["type"] == "file"

    def _field(self, field_id: str) -> Json:
        if field_id not in self._fields:
            raise refused("there is no such custom field", f"customFields.{field_id[:60]}")
        return self._fields[field_id]

    def _value(self, field: Json, value: object, param: str) -> object:
        kind = str(field["type"])
        if kind == "file":
            return self._files(field, value, param)
        if kind in ("select", "multi-select"):
            self._check_choices(field, value, param)
        else:
            holds, wanted = PLAIN[kind]
            if not holds(value):
                raise refused(f"expected {wanted}", param)
        return value

    def _check_choices(self, field: Json, value: object, param: str) -> None:
        several = field["type"] == "multi-select"
        choices = value if several else [value]
        if not isinstance(choices, list) or len(choices) > MAX_CHOICES:
            raise refused(f"expected a list of at most {MAX_CHOICES} options", param)
        options = field["options"]
        assert isinstance(options, list)
        known = [option[self._select_as] for option in options]
        if any(choice not in known for choice in choices):
            raise refused(f"expected the {self._select_as} of one of the field's options", param)

    def _files(self, field: Json, value: object, param: str) -> list[Json]:
        several = isinstance(value, list)
        if several and not field["allowMultiple"]:
            raise refused("this field takes one file", param)
        files: list[Json] = []
        for each in value if isinstance(value, list) else [value]:
            if not isinstance(each, dict) or not each.keys() <= {"url", "name"}:
                raise refused("expected a file as {url, name}", param)
            url, name = each.get("url"), each.get("name")
            if not isinstance(url, str) or not isinstance(name, str | None):
                raise refused("expected a file as {url, name}, both text", param)
            files.append(asdict(self._attachments.from_address(url, name, param)))
        return files

    def _check_files(self, accepted: Json) -> None:
        total = 0
        for field_id, value in accepted.items():
            if self.is_file(field_id) and isinstance(value, list):
                total += len(value)
                if len(value) > 1 and not self._fields[field_id]["allowMultiple"]:
                    raise refused("this field takes one file", f"customFields.{field_id}")
        if total > MAX_FILES:
            raise refused(f"at most {MAX_FILES} files in one request")

    def _shown(self, field_id: str, value: object) -> object:
        if not self.is_file(field_id) or not isinstance(value, list):
            return value
        files = [{"key": each["key"], "name": each["name"], "url": self.url_of(each)} for each in value]
        return json.dumps(files if self._fields[field_id]["allowMultiple"] else files[0], ensure_ascii=False)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


PLAIN: dict[str, tuple[Callable[[object], bool], str]] = {
    "text": (
        lambda value: isinstance(value, str) and len(value) <= MAX_TEXT,
        f"text of at most {MAX_TEXT} characters",
    ),
    "number": (_is_number, "a number"),
    "checkbox": (lambda value: isinstance(value, bool), "true or false"),
    "date": (lambda value: isinstance(value, str) and is_date(value), "an ISO 8601 date"),
}
