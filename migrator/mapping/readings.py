"""How the values of a column can be read as times, before any mapping says how.

Every form that `dates.py` reads undeclared is tried, and counts since 1970 where they fall into our time. The
order of day and month is weighed as `survey.py` does it; nothing is decided here.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from migrator.mapping.dates import (
    DayMonth,
    Unreadable,
    numeric_parts,
    read_epoch,
    read_epoch_ms,
    read_excel,
    read_undeclared,
)
from migrator.model import shown

_TRIED_BEFORE_GIVING_UP = 50
_LIKELY_YEARS = range(1995, 2050)
_SERIAL = re.compile(r"[345]\d{4}(?:[.,]\d+)?")
_SERIAL_WITH_TIME = re.compile(r"\d{5}[.,]\d{3,}")
"""Three decimals tell hours and minutes from an amount of money; whole numbers alone may be anything."""


class TimeForm(StrEnum):
    """How a time is written."""

    ISO = "iso"
    NUMERIC = "numeric"
    """`03/04/2025`: the order of day and month is in question."""
    WRITTEN = "written"
    """Year first with other marks, or with the name of a month."""
    EPOCH = "epoch"
    EPOCH_MS = "epoch_ms"
    EXCEL = "excel"
    """`45123.5`: the number of a day and its time, as spreadsheets count them."""


_EPOCH_DIGITS = {9: TimeForm.EPOCH, 10: TimeForm.EPOCH, 12: TimeForm.EPOCH_MS, 13: TimeForm.EPOCH_MS}


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a column's all-numeric dates, or the only one there is."""

    order: DayMonth | None
    """None where the order of day and month is in no question."""
    earliest: str
    """ISO 8601, on the clock of the export."""
    latest: str


@dataclass(frozen=True, slots=True)
class Times:
    """What the values of a column are, read as times."""

    forms: dict[TimeForm, int]
    readings: tuple[Reading, ...]
    """Two where nothing tells the day from the month; the ways that no value contradicts."""
    contradiction: tuple[str, str] | None
    """A value that has the day first and one that has the month first, where a column has both."""
    undecided: str
    """A value that can be two days; "" where every one can be only one."""
    without_zone: int
    """Values with a time of day and without an offset, or days that are read as midnight."""
    unreadable: int
    example: str

    @property
    def is_ambiguous(self) -> bool:
        return len(self.readings) > 1

    @property
    def is_epoch(self) -> bool:
        """Whether they are numbers, that only could be counts of time."""
        return bool(self.forms.keys() & {TimeForm.EPOCH, TimeForm.EPOCH_MS, TimeForm.EXCEL})


@dataclass(slots=True)
class _Extremes:
    first: datetime | None = None
    last: datetime | None = None

    def take(self, moment: datetime) -> None:
        clock = moment.replace(tzinfo=UTC)
        self.first = clock if self.first is None or clock < self.first else self.first
        self.last = clock if self.last is None or clock > self.last else self.last


@dataclass(slots=True)
class TimesLook:
    """Looks at the values of one column; `finish` says whether they are times."""

    _forms: Counter[TimeForm] = field(default_factory=Counter)
    _unreadable: int = 0
    _without_zone: int = 0
    _example: str = ""
    _undecided: str = ""
    _decisive: dict[DayMonth, str] = field(default_factory=dict)
    _extremes: dict[DayMonth, _Extremes] = field(
        default_factory=lambda: {order: _Extremes() for order in DayMonth}
    )
    _gave_up: bool = False
    _shows_serials: bool = False
    """One of the values is certainly no plain number, if they are days as spreadsheets count them."""

    def take(self, text: str, count: int) -> None:
        """Takes in a value that stands in `count` records."""
        if self._gave_up:
            return
        stripped = text.strip()
        if not self._read(stripped, count):
            self._unreadable += count
            self._gave_up = self._unreadable > max(_TRIED_BEFORE_GIVING_UP, self._forms.total())
        elif not self._example:
            self._example = stripped

    def finish(self) -> Times | None:
        """What the values are as times; None where most of them are none."""
        if self._gave_up or self._forms.total() <= 9 * self._unreadable or not self._forms:
            return None
        if self._forms[TimeForm.EXCEL] and not self._shows_serials:
            return None
        return Times(
            forms=dict(self._forms.most_common()),
            readings=self._readings(),
            contradiction=(
                (shown(self._decisive[DayMonth.DAY_FIRST]), shown(self._decisive[DayMonth.MONTH_FIRST]))
                if len(self._decisive) > 1
                else None
            ),
            undecided=shown(self._undecided),
            without_zone=self._without_zone,
            unreadable=self._unreadable,
            example=shown(self._example),
        )

    def _readings(self) -> tuple[Reading, ...]:
        if not self._forms[TimeForm.NUMERIC]:
            return (self._reading(DayMonth.DAY_FIRST, None),)
        if len(self._decisive) == 1:
            order = next(iter(self._decisive))
            return (self._reading(order, order),)
        if self._decisive or self._undecided:
            return tuple(self._reading(order, order) for order in DayMonth)
        return (self._reading(DayMonth.DAY_FIRST, None),)  # 05/05/2025 is one day either way

    def _reading(self, order: DayMonth, said: DayMonth | None) -> Reading:
        extremes = self._extremes[order]
        return Reading(
            said,
            *(
                each.replace(tzinfo=None).isoformat(timespec="seconds") if each else ""
                for each in (extremes.first, extremes.last)
            ),
        )

    def _read(self, text: str, count: int) -> bool:
        numbers = numeric_parts(text)
        if numbers is None:
            return self._read_plain(text, count)
        moments = {}
        for order in DayMonth:
            try:
                moments[order] = read_undeclared(text, order)
            except Unreadable:
                continue
        if not moments:
            return False
        first, second = numbers
        if first > 12 >= second:
            self._decisive.setdefault(DayMonth.DAY_FIRST, text)
        elif second > 12 >= first:
            self._decisive.setdefault(DayMonth.MONTH_FIRST, text)
        elif first != second and not self._undecided:
            self._undecided = text
        for order, moment in moments.items():
            self._extremes[order].take(moment)
        self._note(TimeForm.NUMERIC, next(iter(moments.values())), count)
        return True

    def _read_plain(self, text: str, count: int) -> bool:
        found = _epoch(text) or _undeclared(text)
        if found is None:
            return False
        form, moment = found
        self._shows_serials |= _SERIAL_WITH_TIME.fullmatch(text) is not None
        for extremes in self._extremes.values():
            extremes.take(moment)
        self._note(form, moment, count)
        return True

    def _note(self, form: TimeForm, moment: datetime, count: int) -> None:
        self._forms[form] += count
        self._without_zone += count if moment.tzinfo is None else 0


def _undeclared(text: str) -> tuple[TimeForm, datetime] | None:
    if not text[:1].isalnum() or text.isdecimal():  # `20250131` is more often a number than a day
        return None
    try:
        moment = read_undeclared(text, None)
    except Unreadable:
        return None
    return TimeForm.ISO if text[4:5] == "-" else TimeForm.WRITTEN, moment


def _epoch(text: str) -> tuple[TimeForm, datetime] | None:
    if _SERIAL.fullmatch(text):
        moment = read_excel(text)
        return (TimeForm.EXCEL, moment) if moment.year in _LIKELY_YEARS else None
    whole = text.partition(".")[0]
    if not (whole.isascii() and whole.isdecimal()):
        return None
    form = _EPOCH_DIGITS.get(len(whole))
    if form is None:
        return None
    try:
        moment = read_epoch_ms(text) if form is TimeForm.EPOCH_MS else read_epoch(text)
    except Unreadable:
        return None
    return (form, moment) if moment.year in _LIKELY_YEARS else None
