"""A drafted text becomes the JSON value that a custom field of its type takes, or a problem.

Which fields a ticket has is decided in `fields.py`. Source of the formats: featurebase.md sections 6 and 7.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from decimal import Decimal

from migrator.featurebase.directory import Directory
from migrator.featurebase.entries import Field, Option
from migrator.featurebase.findings import Findings
from migrator.featurebase.limits import (
    CHOICES_MOST,
    FIELD_TEXT_MOST,
    FILE_URL_MOST_BYTES,
    blocked_extension,
    file_name_in,
    is_web_address,
)
from migrator.featurebase.lookup import look_up
from migrator.model import DraftField, FileRef, Named, shown

TRUE = frozenset({"true", "yes", "1"})
FALSE = frozenset({"false", "no", "0"})


class Exact(str):
    """A JSON text that is sent as it is, such as a number with all its digits."""

    __slots__ = ()


FieldValue = str | bool | Exact | list[str] | dict[str, str] | list[dict[str, str]]


def field_value(
    drafted: DraftField, field: Field, directory: Directory, findings: Findings
) -> FieldValue | None:
    """The value to send for one field; None where there is none, or where a problem was found."""
    if field.type == "file":
        return _files(drafted, field, findings)
    if drafted.files:
        _wrong(drafted, field, findings, "takes no files", "map the files to a field of type file")
        return None
    texts = [value for value in drafted.values if value.strip()]
    if not texts:
        return None
    if field.type == "multi-select":
        return _choices(drafted, texts, field, directory, findings)
    if len(texts) > 1:
        _wrong(drafted, field, findings, f"takes one value, not {len(texts)}", "join the values, or pick one")
        return None
    text = texts[0]
    match field.type:
        case "text":
            return _text(drafted, text, field, findings)
        case "number":
            return _number(drafted, text, field, findings)
        case "checkbox":
            return _checkbox(drafted, text, field, findings)
        case "date":
            return _date(drafted, text, field, findings)
        case "select":
            return _choice(drafted, text, field, directory, findings)
        case _:
            hint = "leave this field out of the mapping"
            _wrong(drafted, field, findings, f"has the unknown type {field.type!r}", hint)
            return None


def _wrong(
    drafted: DraftField, field: Field, findings: Findings, what: str, hint: str, *, code: str = "field-type"
) -> None:
    value = drafted.values[0] if drafted.values else ""
    findings.error(code, f"the field {field.label!r} {what}", hint, drafted.origin, value)


def _text(drafted: DraftField, text: str, field: Field, findings: Findings) -> str | None:
    if len(text) <= FIELD_TEXT_MOST:
        return text
    what = f"takes at most {FIELD_TEXT_MOST} characters, and this has {len(text)}"
    _wrong(drafted, field, findings, what, "shorten it, or put it into the content", code="field-too-long")
    return None


def _number(drafted: DraftField, text: str, field: Field, findings: Findings) -> Exact | None:
    text = text.strip()
    found = re.fullmatch(r"([+-]?)(\d+)((?:\.\d+)?)((?:[eE][+-]?\d{1,4})?)", text, re.ASCII)
    if not found:
        comma = re.fullmatch(r"[+-]?[\d.\s']*,\d+", text)
        hint = "write 1234.5 without separators; `replace` in the mapping can do that"
        what = "takes a number with a decimal point, not a comma" if comma else "takes a number"
        code = "number-decimal-comma" if comma else "number-invalid"
        _wrong(drafted, field, findings, what, hint, code=code)
        return None
    sign, whole, fraction, exponent = found.groups()
    number = float(text)
    # The service computes in binary doubles: what does not come back from one would arrive changed.
    if math.isinf(number) or Decimal(repr(number)) != Decimal(text):
        hint = "send it to a text field instead"
        _wrong(
            drafted, field, findings, "cannot hold all digits of this number", hint, code="number-digits-lost"
        )
        return None
    if len(whole) > 1 and whole.startswith("0"):
        message = f"the field {field.label!r} is a number, which keeps no leading zeros"
        findings.warn(
            "number-leading-zeros", message, "send it to a text field to keep them", drafted.origin, text
        )
    return Exact(("-" if sign == "-" else "") + (whole.lstrip("0") or "0") + fraction + exponent)


def _checkbox(drafted: DraftField, text: str, field: Field, findings: Findings) -> bool | None:
    word = text.strip().casefold()
    if word in TRUE or word in FALSE:
        return word in TRUE
    hint = "map other words with `values: {Ja: true, Nein: false}`"
    _wrong(drafted, field, findings, "takes true or false, yes or no, 1 or 0", hint, code="checkbox-invalid")
    return None


def _date(drafted: DraftField, text: str, field: Field, findings: Findings) -> str | None:
    text = text.strip()
    try:
        if len(text) == len("2025-01-15"):
            date.fromisoformat(text)
        elif datetime.fromisoformat(text).tzinfo is None:
            raise ValueError("no zone")
    except ValueError:
        hint = "read it with `as: datetime` in the mapping, with its format and time zone"
        what = "takes an ISO date, or a time with its zone"
        _wrong(drafted, field, findings, what, hint, code="field-date-invalid")
        return None
    return text


def _choice(
    drafted: DraftField, text: str, field: Field, directory: Directory, findings: Findings
) -> str | None:
    named = Named(text, drafted.origin, fallback=drafted.fallback)
    found = look_up(
        named, directory.options(field.id), "option", findings, among=f" of the field {field.label!r}"
    )
    if isinstance(found, Option):
        return found.id if directory.select_as == "id" else found.label
    return None


def _choices(
    drafted: DraftField, texts: list[str], field: Field, directory: Directory, findings: Findings
) -> list[str] | None:
    chosen = [_choice(drafted, text, field, directory, findings) for text in texts]
    # The same option twice says nothing more, and the order is the source's.
    known = list(dict.fromkeys(each for each in chosen if each is not None))
    if len(known) > CHOICES_MOST:
        what = f"takes at most {CHOICES_MOST} options, and this has {len(known)}"
        _wrong(drafted, field, findings, what, "map fewer options", code="field-too-long")
        return None
    return known or None


def _files(
    drafted: DraftField, field: Field, findings: Findings
) -> dict[str, str] | list[dict[str, str]] | None:
    if any(value.strip() for value in drafted.values) and not drafted.files:
        _wrong(drafted, field, findings, "takes files", "read the column with `as: files`")
        return None
    remote = [file for file in drafted.files if file.url]
    findings.leave_out("local files", len(drafted.files) - len(remote))
    for file in remote:
        _check_file(file, drafted, findings)
    if len(remote) > 1 and not field.allow_multiple:
        what = f"takes one file, not {len(remote)}"
        hint = "allow several files in the field's settings in Featurebase, or map one"
        _wrong(drafted, field, findings, what, hint, code="files-single")
        return None
    values = [{"url": file.url} | ({"name": file.name} if file.name else {}) for file in remote]
    if not values:
        return None
    return values if field.allow_multiple else values[0]


def _check_file(file: FileRef, drafted: DraftField, findings: Findings) -> None:
    origin = drafted.origin
    if not is_web_address(file.url, ("https",)):
        hint = "Featurebase downloads files itself, over https only"
        findings.error("file-not-https", "a file's address is not an https URL", hint, origin, file.url)
        return
    if extension := blocked_extension(file.name, file_name_in(file.url)):
        message = f"Featurebase refuses files of the type .{extension}"
        findings.error(
            "file-type-blocked", message, "leave this file out, or pack it", origin, file.name or file.url
        )
    if file.size_bytes is not None and file.size_bytes > FILE_URL_MOST_BYTES:
        message = f"Featurebase downloads files up to {FILE_URL_MOST_BYTES // 1_000_000} MB"
        findings.error("file-too-large", message, "leave this file out", origin, file.name or shown(file.url))


def unchecked_value(drafted: DraftField) -> FieldValue | None:
    """What stands in for a field of a workspace that nobody has looked at."""
    if drafted.files:
        return [{"url": file.url, "name": file.name} for file in drafted.files if file.url]
    texts = [value for value in drafted.values if value.strip()]
    return None if not texts else texts[0] if len(texts) == 1 else texts
