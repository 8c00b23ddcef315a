"""What a workbook's cell says, as exact text.

A workbook stores numbers, and lets a number format decide whether one is a date, a duration or an id with
leading zeros. Here they become text: no exponent, no lost zero, no float noise, dates as ISO 8601 without a
zone. What cannot be said exactly is named. Nothing here opens a file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, auto
from xml.etree.ElementTree import Element

from migrator.model import shown
from migrator.readers.text import looks_damaged, paired

MOST_DIGITS = 15
"""Spreadsheets keep this many digits of a number and write zeros for the rest."""

_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_VALUE, _FORMULA, _INLINE, _TEXT = (f"{_NAMESPACE}{tag}" for tag in ("v", "f", "is", "t"))
_PHONETIC = f"{_NAMESPACE}rPh"
_EAST_ASIAN_DATES = frozenset((*range(27, 37), *range(50, 59)))
"""Built-in formats that only some languages show as dates (formats, section 24)."""


class Shape(Enum):
    """What a number format makes of a number."""

    NUMBER = auto()
    DATE = auto()
    DATE_AND_TIME = auto()
    DURATION = auto()


@dataclass(frozen=True, slots=True)
class Style:
    """What matters of a cell's style."""

    shape: Shape = Shape.NUMBER
    zeros: int = 0
    """Digits that a whole number is filled up to: 5 for the format `00000`."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with one cell of a row."""

    code: str
    """As `faults.py` explains it."""
    position: int
    value: str


def style_of(format_id: int, code: str) -> Style:
    """What a number format does, by its id and its code.

    Source: ECMA-376 part 1, 18.8.30 (numFmt).
    """
    from openpyxl.styles.numbers import is_date_format, is_timedelta_format

    if format_id in _EAST_ASIAN_DATES:
        return Style(Shape.DATE)
    if is_timedelta_format(code):
        return Style(Shape.DURATION)
    if is_date_format(code):
        # Only the hours and seconds tell: an "m" may be months or minutes.
        bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", code.split(";")[0]).lower()
        return Style(Shape.DATE_AND_TIME if "h" in bare or "s" in bare else Shape.DATE)
    first = code.split(";")[0]
    return Style(zeros=len(first) if re.fullmatch("0{2,}", first) else 0)


class CellReader:
    """Reads the cells of one workbook."""

    def __init__(self, shared_strings: Sequence[str], styles: Sequence[Style], epoch: datetime) -> None:
        self._shared_strings = shared_strings
        self._styles = styles
        self._epoch = epoch

    def read(self, cell: Element, position: int, faults: list[Fault]) -> str:
        """The text of a `<c>` element (ECMA-376 part 1, 18.3.1.4); what is wrong goes into `faults`.

        Raises:
            ValueError, IndexError: the element is not what the standard says.
        """
        kind = cell.get("t", "n")
        raw = cell.findtext(_VALUE) or ""
        if not raw and kind != "inlineStr":
            if kind != "str" and cell.find(_FORMULA) is not None:
                faults.append(Fault("formula-without-value", position, ""))
            return ""
        match kind:
            case "s":
                return self._text(str(self._shared_strings[int(raw)]), position, faults)
            case "n":
                return self._number(raw, self._styles[int(cell.get("s", 0))], position, faults)
            case "b":
                return "true" if raw.strip() in ("1", "true") else "false"
            case "e":
                faults.append(Fault("error-cell", position, raw))
                return ""
            case "inlineStr":
                return self._text(_inline(cell), position, faults)
            case "d":
                return raw
            case _:
                return self._text(raw, position, faults)

    def _text(self, text: str, position: int, faults: list[Fault]) -> str:
        if "_x" in text:
            from openpyxl.utils.escape import unescape

            text = unescape(text)
            whole = paired(text)
            if "\ufffd" in whole and "\ufffd" not in text:
                faults.append(Fault("lone-surrogate", position, whole))
            text = whole
        if "\0" in text:
            faults.append(Fault("nul-character", position, text))
        elif looks_damaged(text):
            faults.append(Fault("damaged-text", position, text))
        return text

    def _number(self, raw: str, style: Style, position: int, faults: list[Fault]) -> str:
        text = plain_number(raw)
        if style.shape is not Shape.NUMBER:
            moment = self._moment(float(raw), style.shape)
            if moment:
                return moment
            faults.append(Fault("not-a-date", position, text))
            return text
        digits = text.lstrip("-")
        if not digits.isdigit():
            return text
        if len(digits) > MOST_DIGITS:
            faults.append(Fault("digits-lost", position, text))
        return "-" * text.startswith("-") + digits.zfill(style.zeros)

    def _moment(self, serial: float, shape: Shape) -> str:
        """A serial number as a date, a time or a duration; empty where it is none."""
        from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

        if shape is Shape.DURATION:
            return _duration(serial)
        # Serial 60 of the 1900 system is 29 February 1900, a day that never was.
        if serial < 0 or (self._epoch == WINDOWS_EPOCH and int(serial) == 60):
            return ""
        try:
            found = from_excel(serial, self._epoch)
        except (ValueError, OverflowError):
            return ""
        match found:
            case datetime():
                if shape is Shape.DATE and found.time() == time():
                    return found.date().isoformat()
                return found.isoformat(timespec="milliseconds").removesuffix(".000")
            case time():
                return found.isoformat(timespec="milliseconds").removesuffix(".000")
            case date():
                return found.isoformat()
            case _:
                return ""


def plain_number(raw: str) -> str:
    """A stored number without exponent, float noise or a trailing `.0`.

    Raises:
        ValueError: it is no number.
    """
    if raw.isascii() and raw.isdigit():
        return raw
    value = float(raw)
    if value in (float("inf"), float("-inf")) or value != value:
        raise ValueError(f"not a number: {shown(raw)}")
    text = format(Decimal(repr(value)), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _duration(serial: float) -> str:
    """Days as `[h]:mm:ss` shows them: hours may exceed 24."""
    try:
        seconds = round(timedelta(days=abs(serial)).total_seconds(), 3)
    except OverflowError:
        return ""
    whole = int(seconds)
    thousandths = round((seconds - whole) * 1000)
    text = f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
    return "-" * (serial < 0) + text + (f".{thousandths:03}" if thousandths else "")


def _inline(cell: Element) -> str:
    """The runs of an inline text, without its phonetic reading."""
    parts: list[str] = []
    for run in cell.iterfind(_INLINE):
        for child in run:
            if child.tag == _TEXT:
                parts.append(child.text or "")
            elif child.tag != _PHONETIC:
                parts += [text.text or "" for text in child.iterfind(_TEXT)]
    return "".join(parts)
