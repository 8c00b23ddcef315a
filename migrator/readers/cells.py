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
from typing import Protocol
from xml.etree.ElementTree import Element

from migrator.model import shown
from migrator.readers.text import looks_damaged, paired

MOST_DIGITS = 15
"""Spreadsheets keep this many digits of a number and write zeros for the rest."""

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
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


class Texts(Protocol):
    """Texts by number."""

    def __getitem__(self, number: int, /) -> str: ...


class CellReader:
    """Reads the cells of one `.xlsx` workbook."""

    def __init__(
        self, shared_texts: Texts, styles: Sequence[Style], epoch: datetime, namespace: str = NAMESPACE
    ) -> None:
        self._shared_texts = shared_texts
        self._styles = styles
        self._epoch = epoch
        self._value, self._formula, self._inline = (f"{{{namespace}}}{tag}" for tag in ("v", "f", "is"))

    def read(self, cell: Element, position: int, faults: list[Fault]) -> str:
        """The text of a `<c>` element (ECMA-376 part 1, 18.3.1.4); what is wrong goes into `faults`.

        Raises:
            ValueError, IndexError: the element is not what the standard says.
        """
        kind = cell.get("t", "n")
        raw = cell.findtext(self._value) or ""
        if not raw and kind != "inlineStr":
            if kind != "str" and cell.find(self._formula) is not None:
                faults.append(Fault("formula-without-value", position, ""))
            return ""
        match kind:
            case "s":
                return self._text(self._shared_texts[int(raw)], position, faults)
            case "n":
                return self._number(raw, self._styles[int(cell.get("s", 0))], position, faults)
            case "b":
                return "true" if raw.strip() in ("1", "true") else "false"
            case "e":
                faults.append(Fault("error-cell", position, raw))
                return ""
            case "inlineStr":
                text = "".join(rich_text(each) for each in cell.iterfind(self._inline))
                return self._text(text, position, faults)
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
        return checked_text(text, position, faults)

    def _number(self, raw: str, style: Style, position: int, faults: list[Fault]) -> str:
        if style.shape is not Shape.NUMBER:
            moment = self._moment(float(raw), style.shape)
            if moment:
                return moment
            text = plain_number(raw)
            faults.append(Fault("not-a-date", position, text))
            return text
        text = checked_number(raw, position, faults)
        if not style.zeros or "." in text:
            return text
        return "-" * text.startswith("-") + text.lstrip("-").zfill(style.zeros)

    def _moment(self, serial: float, shape: Shape) -> str:
        """A serial number as a date, a time or a duration; empty where it is none."""
        from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

        try:
            if shape is Shape.DURATION:
                return duration_text(timedelta(days=serial))
            # Serial 60 of the 1900 system is 29 February 1900, a day that never was.
            if serial < 0 or (self._epoch == WINDOWS_EPOCH and int(serial) == 60):
                return ""
            found = from_excel(serial, self._epoch)
        except (ValueError, OverflowError):
            return ""
        if isinstance(found, datetime) and shape is Shape.DATE and found.time() == time():
            found = found.date()
        return moment_text(found) if isinstance(found, date | time) else ""


def rich_text(element: Element) -> str:
    """The runs of a text (`<si>`, `<is>`) without its phonetic reading (ECMA-376 part 1, 18.4)."""
    parts: list[str] = []
    for child in element:
        tag = child.tag.rpartition("}")[2]
        if tag == "t":
            parts.append(child.text or "")
        elif tag == "r":
            parts += [each.text or "" for each in child if each.tag.rpartition("}")[2] == "t"]
    return "".join(parts)


def checked_text(text: str, position: int, faults: list[Fault]) -> str:
    """A text as it is; what is wrong with it goes into `faults`."""
    if "\0" in text:
        faults.append(Fault("nul-character", position, text))
    elif looks_damaged(text):
        faults.append(Fault("damaged-text", position, text))
    return text


def checked_number(raw: str, position: int, faults: list[Fault]) -> str:
    """A stored number as `plain_number` writes it; digits that a spreadsheet has lost go into `faults`.

    Raises:
        ValueError: it is no number.
    """
    text = plain_number(raw)
    if len(text) > MOST_DIGITS and "." not in text and len(text.lstrip("-")) > MOST_DIGITS:
        faults.append(Fault("digits-lost", position, text))
    return text


def moment_text(moment: date | time) -> str:
    """A date, a time or both in ISO 8601, to the millisecond, without zeros for those."""
    if isinstance(moment, datetime | time):
        return moment.isoformat(timespec="milliseconds").removesuffix(".000")
    return moment.isoformat()


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


def duration_text(lasted: timedelta) -> str:
    """As `[h]:mm:ss` shows it: hours may exceed 24."""
    seconds = round(abs(lasted).total_seconds(), 3)
    whole = int(seconds)
    thousandths = round((seconds - whole) * 1000)
    text = f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
    return "-" * (lasted < timedelta()) + text + (f".{thousandths:03}" if thousandths else "")
