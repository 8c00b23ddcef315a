"""Times as exports write them, to the one form that the API takes.

Read without being told how: ISO 8601, year-first dates, month names in any language that we know (RFC
2822 and what helpdesks make of it) and all-numeric dates, whose order of day and month somebody must
have decided over the whole column (`survey.py`). Everything else needs a declared format. Nothing here
guesses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import StrEnum

from migrator.mapping.months import month_numbers

LONGEST_DATE_CHARACTERS = 100


class DayMonth(StrEnum):
    """Which comes first in `03/04/2025`."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class Unreadable(ValueError):
    """A text that is no time in any way that was tried; the message names the ways."""


class UndecidedOrder(Unreadable):
    """An all-numeric date whose column has no decided order of day and month."""


# --- texts to datetimes -----------------------------------------------------------------------

_ZONE = r"(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})"
_CLOCK = (
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?:\s*(?P<half>[ap])\.?\s?m\b\.?)?"
)
_TIME = rf"(?:,?(?:\s+|T){_CLOCK}(?:\s*{_ZONE}(?:\s*\([A-Za-z ]+\))?)?)?"
_YEAR = r"(?P<year>\d{4}|\d{2})"
_WEEKDAY = r"(?:[^\W\d_]{2,12}\.?,?\s+)?"
_NAME = r"(?P<name>[^\W\d_]{3,12})\.?"

_NUMERIC = re.compile(
    rf"(?P<a>\d{{1,2}})(?P<mark>[/.\-])(?P<b>\d{{1,2}})(?P=mark){_YEAR}{_TIME}", re.IGNORECASE
)
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})(?P<mark>[/.\-])(?P<a>\d{{1,2}})(?P=mark)(?P<b>\d{{1,2}}){_TIME}", re.IGNORECASE
)
_NAMED = (
    re.compile(
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:\.\s*|[ /\-]){_NAME}(?:,?[ /\-]|(?<=\.)){_YEAR}{_TIME}",
        re.IGNORECASE,
    ),
    re.compile(rf"{_WEEKDAY}{_NAME} (?P<day>\d{{1,2}}),? {_YEAR}{_TIME}", re.IGNORECASE),
    re.compile(
        rf"{_WEEKDAY}{_NAME} +(?P<day>\d{{1,2}}) {_CLOCK}(?: {_ZONE})? (?P<year>\d{{4}})", re.IGNORECASE
    ),
)
_ISO_SPACED_OFFSET = re.compile(r"(?<=\d)\s+(?=[+-]\d{2}:?\d{2}$)")
_DIGITS = re.compile(r"-?\d{1,16}(?:\.\d{1,9})?")
_SERIAL = re.compile(r"\d{1,7}(?:[.,]\d{1,20})?")
_FIRST_SERIAL_DAY = datetime(1899, 12, 30)  # noqa: DTZ001  # a spreadsheet knows no zones
_SERIAL_NOBODY_HAD = 60
"""Spreadsheets believe in a 29 February 1900, so only the days behind it are counted as the calendar does."""

DateReader = Callable[[str, DayMonth | None], datetime]
"""Text and decided order to a time, aware if the text has an offset. Raises `Unreadable`."""


def read_undeclared(text: str, order: DayMonth | None) -> datetime:
    """A time whose form nobody declared; only forms that can mean one thing are read.

    Raises:
        UndecidedOrder: It is all-numeric, and `order` is None.
        Unreadable: It is none of the known forms.
    """
    if text[4:5] == "-":
        try:
            return read_iso(text, order)
        except Unreadable:
            pass  # `2025-1-5 9:30`, which is not ISO, is still year first
    short = text[: LONGEST_DATE_CHARACTERS + 1]
    if found := _NUMERIC.fullmatch(short):
        return _from_numeric(found, order)
    if found := _YEAR_FIRST.fullmatch(short):
        return _assemble(found, month=int(found["a"]), day=int(found["b"]))
    for pattern in _NAMED:
        found = pattern.fullmatch(short)
        number = month_numbers().get(found["name"].casefold()) if found else None
        if found and number:
            return _assemble(found, month=number, day=int(found["day"]))
    raise Unreadable("ISO 8601, all-numeric dates and names of months were tried")


def _from_numeric(found: re.Match[str], order: DayMonth | None) -> datetime:
    a, b = int(found["a"]), int(found["b"])
    if order is None and a != b:
        raise UndecidedOrder("nobody decided whether the day or the month comes first")
    day, month = (b, a) if order is DayMonth.MONTH_FIRST else (a, b)
    return _assemble(found, month=month, day=day)


def numeric_parts(text: str) -> tuple[int, int] | None:
    """The two numbers of an all-numeric date whose order can be in question, else None."""
    found = _NUMERIC.fullmatch(text[: LONGEST_DATE_CHARACTERS + 1])
    return (int(found["a"]), int(found["b"])) if found else None


def read_iso(text: str, _order: DayMonth | None = None) -> datetime:
    """ISO 8601, also with a space before the offset, `+0300`, and more digits than microseconds have."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    tidy = _ISO_SPACED_OFFSET.sub("", text[: LONGEST_DATE_CHARACTERS + 1])
    tidy = re.sub(r"\s*(?:UTC|GMT)$", "+00:00", tidy)
    try:
        return datetime.fromisoformat(tidy)
    except ValueError:
        raise Unreadable("ISO 8601 was tried") from None


def read_epoch(text: str, _order: DayMonth | None = None, *, units_a_second: int = 1) -> datetime:
    """Seconds since 1970, or their fractions, as digits with or without a decimal point."""
    if not _DIGITS.fullmatch(text):
        raise Unreadable("a count of seconds or milliseconds since 1970 was expected")
    whole, _, fraction = text.partition(".")
    scale = 10 ** len(fraction)
    microseconds = int(whole + fraction) * 1_000_000 // (scale * units_a_second)
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    except OverflowError:
        raise Unreadable("it lies outside of the calendar; is it seconds, or milliseconds?") from None


def read_epoch_ms(text: str, order: DayMonth | None = None) -> datetime:
    return read_epoch(text, order, units_a_second=1000)


def read_excel(text: str, _order: DayMonth | None = None) -> datetime:
    """A date as a spreadsheet counts it: days since the end of 1899, the time of day as their fraction.

    Rounded to the millisecond, as such fractions are no exact ones. A workbook's own dates are read as dates;
    this is for numbers that stand in a table in their place.
    """
    if not _SERIAL.fullmatch(text):
        raise Unreadable("the number of a day was expected, as spreadsheets count them: 45123.5")
    days = Decimal(text.replace(",", "."))
    if days <= _SERIAL_NOBODY_HAD:
        raise Unreadable("as a spreadsheet counts days, this one lies before March 1900")
    try:
        return _FIRST_SERIAL_DAY + timedelta(milliseconds=round(days * 86_400_000))
    except OverflowError:
        raise Unreadable("it lies outside of the calendar") from None


def _assemble(found: re.Match[str], *, month: int, day: int) -> datetime:
    parts = found.groupdict()
    year = int(parts["year"])
    hour = int(parts.get("hour") or 0)
    half = parts.get("half")
    if half:
        if not 1 <= hour <= 12:
            raise Unreadable(f"there is no {hour} o'clock {half}m")
        hour = hour % 12 + (12 if half.casefold() == "p" else 0)
    minute, second = int(parts.get("minute") or 0), int(parts.get("second") or 0)
    microsecond = int((parts.get("fraction") or "0").ljust(6, "0")[:6])
    return _moment(year, month, day, hour, minute, second, microsecond, zone=parts.get("zone"))


def _moment(year: int, *others: int, zone: str | None = None) -> datetime:
    """A time whose year may be short; `others` are month and day, and as much of the time as is known."""
    month, day, hour, minute, second, microsecond = (*others, 0, 0, 0, 0)[:6]
    full_year = year + 2000 if year < 100 else year
    try:
        return datetime(full_year, month, day, hour, minute, second, microsecond, _offset(zone))
    except ValueError as broken:
        raise Unreadable(f"there is no such day or time: {broken}") from None


def _offset(zone: str | None) -> tzinfo | None:
    if zone is None:
        return None
    if zone.upper() in ("Z", "UTC", "GMT"):
        return UTC
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))


# --- declared formats -------------------------------------------------------------------------

_DIRECTIVES = {
    "d": r"(?P<day>\d{1,2})",
    "m": r"(?P<month>\d{1,2})",
    "Y": r"(?P<year>\d{4})",
    "y": r"(?P<year>\d{2})",
    "H": r"(?P<hour>\d{1,2})",
    "I": r"(?P<hour>\d{1,2})",
    "M": r"(?P<minute>\d{2})",
    "S": r"(?P<second>\d{2})",
    "f": r"(?P<fraction>\d{1,9})",
    "p": r"(?P<half>[ap])\.?\s?m\b\.?",
    "b": r"(?P<name>[^\W\d_]{3,12})\.?",
    "B": r"(?P<name>[^\W\d_]{3,12})\.?",
    "a": r"[^\W\d_]{1,20}\.?",
    "A": r"[^\W\d_]{1,20}\.?",
    "z": _ZONE,
    "Z": r"(?P<zone>Z|UTC|GMT)",
    "%": "%",
}


_PARTS = ("year", "month", "day", "hour", "minute", "second")
"""A format of nothing but numbers has the first of these, and is read several times faster."""


def declared_reader(format: str, locale: str = "") -> DateReader:
    """Reads times in `format`: `iso`, `epoch`, `epoch_ms`, `excel`, or directives as `strptime` has them.

    Month names are those of `locale`, never those of the machine; a space stands for any white space.

    Raises:
        ValueError: The format cannot be used, with a sentence that says why.
    """
    match format:
        case "iso":
            return read_iso
        case "epoch":
            return read_epoch
        case "epoch_ms":
            return read_epoch_ms
        case "excel":
            return read_excel
    pattern = re.compile(_format_pattern(format), re.IGNORECASE)
    months = month_numbers(locale or "en")
    by_number = "month" in pattern.groupindex
    parts = tuple(part for part in _PARTS if part in pattern.groupindex)
    of_numbers = len(parts) == len(pattern.groupindex) and parts == _PARTS[: len(parts)]

    def read(text: str, _order: DayMonth | None) -> datetime:
        found = pattern.fullmatch(text[: LONGEST_DATE_CHARACTERS + 1])
        if not found:
            raise Unreadable(f"the format {format!r} was tried")
        month = int(found["month"]) if by_number else months.get(found["name"].casefold())
        if month is None:
            raise Unreadable(f"there is no month {found['name']!r} in the language {locale or 'en'!r}")
        return _assemble(found, month=month, day=int(found["day"]))

    def read_numbers(text: str, _order: DayMonth | None) -> datetime:
        found = pattern.fullmatch(text[: LONGEST_DATE_CHARACTERS + 1])
        if not found:
            raise Unreadable(f"the format {format!r} was tried")
        year, *others = map(int, found.group(*parts))
        return _moment(year, *others)

    return read_numbers if of_numbers else read


def _format_pattern(format: str) -> str:
    pieces: list[str] = []
    seen: set[str] = set()
    letters = iter(format)
    for letter in letters:
        if letter != "%":
            pieces.append(r"\s+" if letter.isspace() else re.escape(letter))
            continue
        directive = next(letters, "")
        piece = _DIRECTIVES.get(directive)
        if piece is None:
            raise ValueError(
                f"`%{directive}` is not known; known are {' '.join('%' + each for each in _DIRECTIVES)}"
            )
        for group in re.findall(r"\?P<(\w+)>", piece):
            if group in seen:
                raise ValueError(f"the {group} stands in it twice")
            seen.add(group)
        pieces.append(piece)
    for what, needed in (("day", {"day"}), ("month", {"month", "name"}), ("year", {"year"})):
        if not needed & seen:
            raise ValueError(f"it has no {what}")
    if "half" in seen and "hour" not in seen:
        raise ValueError("it has %p without an hour")
    return "".join(pieces)
