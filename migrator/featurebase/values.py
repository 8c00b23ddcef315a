"""A drafted text becomes the JSON value that a custom field of its type takes, or a problem.

Which fields a ticket has is decided in `fields.py`; files have no text, they go their own way (`filing.py`).
Source of the formats: featurebase.md section 6.
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
)
from migrator.featurebase.lookup import look_up
from migrator.model import DraftField, Named

TRUE = frozenset({"true", "yes", "1"})
FALSE = frozenset({"false", "no", "0"})
_NUMBER = re.compile(r"([+-]?)(\d+)((?:\.\d+)?)((?:[eE][+-]?\d{1,4})?)", re.ASCII)
_DOUBLE_DIGITS = 15
"""Digits that a binary double always keeps."""


class Exact(str):
    """A JSON text that is sent as it is, such as a number with all its digits."""

    __slots__ = ()


FieldValue = str | bool | int | Exact | list[str]


def field_value(
    drafted: DraftField, field: Field, directory: Directory, findings: Findings
) -> FieldValue | None:
    """The value to send for one field; None where there is none, or where a problem was found."""
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
        case "file":
            _wrong(drafted, field, findings, "takes files", "read the column with `as: files`")
            return None
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


def _number(drafted: DraftField, text: str, field: Field, findings: Findings) -> int | Exact | None:
    text = text.strip()
    found = _NUMBER.fullmatch(text)
    if not found:
        comma = re.fullmatch(r"[+-]?[\d.\s']*,\d+", text)
        hint = "write 1234.5 without separators; `replace` in the mapping can do that"
        what = "takes a number with a decimal point, not a comma" if comma else "takes a number"
        code = "number-decimal-comma" if comma else "number-invalid"
        _wrong(drafted, field, findings, what, hint, code=code)
        return None
    sign, whole, fraction, exponent = found.groups()
    # The service computes in binary doubles: what does not come back from one would arrive changed.
    if (exponent or len(text) > _DOUBLE_DIGITS) and not _is_a_double(text):
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
    written = ("-" if sign == "-" else "") + (whole.lstrip("0") or "0") + fraction + exponent
    return int(written) if written.isdecimal() else Exact(written)


def _is_a_double(text: str) -> bool:
    number = float(text)
    return not math.isinf(number) and Decimal(repr(number)) == Decimal(text)


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
    options = directory.options(field.id)
    found = options.find(text)
    if not isinstance(found, Option):
        named = Named(text, drafted.origin, fallback=drafted.fallback)
        found = look_up(named, options, "option", findings, among=f" of the field {field.label!r}")
    if found is not None:
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


def unchecked_value(drafted: DraftField) -> FieldValue | None:
    """What stands in for a field of a workspace that nobody has looked at."""
    texts = [value for value in drafted.values if value.strip()]
    return None if not texts else texts[0] if len(texts) == 1 else texts
