"""One look at every record before anything is mapped: what only the whole source can tell.

Which comes first in `03/04/2025`, whether times need a zone, whether a path of a nested source leads
anywhere. Memory is flat: counts, extremes and a few examples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from migrator.errors import Complaint, MappingComplaints
from migrator.mapping.clock import is_bare_date
from migrator.mapping.columns import some_of
from migrator.mapping.dates import DayMonth, Unreadable, numeric_parts
from migrator.mapping.draft import messages
from migrator.mapping.locate import Document
from migrator.mapping.plan import Plan, Reference
from migrator.mapping.rules import Orders, Row, Rule
from migrator.model import Record, Value, shown

MOST_NAMES_REMEMBERED = 300


@dataclass(frozen=True, slots=True)
class DateEvidence:
    """What the values of one date rule say together."""

    rule: str
    """`ticket.createdAt`."""
    at: str
    """The mapping line: `m.yaml, line 12, ticket.createdAt`."""
    column: str
    order: DayMonth | None
    """How all-numeric dates are read; None where there are none, or the mapping declares the form."""
    example: str
    """The value that decided the order, else the first one."""
    earliest: str
    """As the source wrote it; "" where nothing could be read."""
    latest: str
    count: int
    """Values that are not blank."""
    unreadable: int
    zone: str
    """IANA name for times without an offset; a column's name where each row says; "" where none is needed."""


class Survey:
    """Looks at records, then decides."""

    def __init__(self, plan: Plan, document: Document) -> None:
        self._plan = plan
        self._document = document
        self._columns = [_DateColumn(rule) for rule in plan.dates]
        self._of_tickets = [each for each in self._columns if not _of_replies(each.rule)]
        self._of_replies = [each for each in self._columns if _of_replies(each.rule)]
        self._unseen = [_Unseen(reference) for reference in plan.references if not reference.of_replies]
        self._unseen_in_replies = [
            _Unseen(reference) for reference in plan.references if reference.of_replies
        ]
        dotted = [r for r in plan.references if not r.of_replies and any("." in c.name for c in r.columns)]
        self._dotted = [(reference, column) for reference in dotted for column in reference.columns]
        self._twofold: dict[str, Complaint] = {}
        self._records = 0

    def look(self, record: Record) -> None:
        """Takes in one record. Records that the reader found damaged tell nothing."""
        if record.problems and any(problem.blocks for problem in record.problems):
            return
        self._records += 1
        row = Row(record, Orders())
        for column in self._of_tickets:
            column.look(record.values, row)
        for reference, name in self._dotted:
            if name.is_twofold(record.values) and name.name not in self._twofold:
                message = f"{name.name!r} is a column of {record.ref}, and also a path into it"
                hint = "rename one of the two in the source"
                self._twofold[name.name] = self._document.complaint(reference.path, message, hint)
        if self._unseen:
            self._unseen = [each for each in self._unseen if not each.seen_in(record.values)]
        if self._plan.replies is not None and (self._of_replies or self._unseen_in_replies):
            for item in messages(self._plan.replies, row):
                for column in self._of_replies:
                    column.look(item, row)
                self._unseen_in_replies = [each for each in self._unseen_in_replies if not each.seen_in(item)]

    def is_idle(self, columns: Sequence[str]) -> bool:
        """Whether nothing that the rows of a table can say changes how they are mapped.

        So they may be mapped while they are looked at. Certain where every date declares its form and has a
        zone, and the header names every column; `columns` is that of a table whose rows have nothing else.
        """
        zoned = [rule.zone.fixed is not None or rule.zone.rule is not None for rule in self._plan.dates]
        declared = [rule.declared for rule in self._plan.dates]
        named = [
            reference.optional or any(column.among(columns) for column in reference.columns)
            for reference in self._plan.references
        ]
        return all((*zoned, *declared, *named)) and not self._dotted and self._plan.replies is None

    def decide(self) -> Orders:
        """The order of day and month of every date rule.

        Raises:
            MappingComplaints: Everything that only a person can decide.
        """
        complaints = list(self._twofold.values())
        for unseen in (*self._unseen, *self._unseen_in_replies):
            complaints += unseen.complaints(self._document)
        for column in self._columns:
            complaints += column.complaints()
        if complaints:
            raise MappingComplaints(complaints)
        orders = {column.rule.name: column.order for column in self._columns}
        return Orders({name: order for name, order in orders.items() if order is not None})

    @property
    def evidence(self) -> tuple[DateEvidence, ...]:
        """What was seen of every date rule that had a value."""
        return tuple(column.evidence() for column in self._columns if column.count)


def _of_replies(rule: Rule) -> bool:
    return rule.name.startswith("replies.")


# --- dates ------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Extremes:
    """The earliest and the latest value, as written."""

    first: datetime | None = None
    last: datetime | None = None
    earliest: str = ""
    latest: str = ""

    def take(self, shown_time: datetime, text: str) -> None:
        if self.first is None or shown_time < self.first:
            self.first, self.earliest = shown_time, text
        if self.last is None or shown_time > self.last:
            self.last, self.latest = shown_time, text


class _DateColumn:
    """What the values of one date rule have said so far."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.may_be_day = rule.name.startswith("ticket.fields.")
        self.count = 0
        self.unreadable = 0
        self.numeric = 0
        self.first = ""
        self.undecided = ""
        self.decisive: dict[DayMonth, str] = {}
        self.naive = ""
        self.extremes = {order: _Extremes() for order in DayMonth}

    def look(self, values: dict[str, Value], row: Row) -> None:
        for text in self.rule.texts(values, row):
            self._take(text.strip())

    def _take(self, text: str) -> None:
        self.count += 1
        self.first = self.first or text
        numbers = None if self.rule.declared else numeric_parts(text)
        if numbers is not None:
            self._weigh(numbers, text)
        readable = False
        for order in DayMonth if numbers is not None else (DayMonth.DAY_FIRST,):
            try:
                moment = self._read(text, order)
            except Unreadable:
                continue
            readable = True
            if not self.naive and moment.tzinfo is None:
                self.naive = "" if self.may_be_day and is_bare_date(moment, text) else text
            # Reports need days, not instants: clocks with and without an offset are compared as they show.
            shown_time = moment if moment.tzinfo is None else moment.replace(tzinfo=None)
            self.extremes[order].take(shown_time, text)
            if numbers is None:
                self.extremes[DayMonth.MONTH_FIRST].take(shown_time, text)
        self.unreadable += not readable

    def _read(self, text: str, order: DayMonth | None) -> datetime:
        assert self.rule.read_date is not None, "compile.py gives every datetime rule a reader"
        return self.rule.read_date(text, order)

    def _weigh(self, numbers: tuple[int, int], text: str) -> None:
        self.numeric += 1
        first, second = numbers
        if first > 12 >= second:
            self.decisive.setdefault(DayMonth.DAY_FIRST, text)
        elif second > 12 >= first:
            self.decisive.setdefault(DayMonth.MONTH_FIRST, text)
        elif first != second and first <= 12 and not self.undecided:
            self.undecided = text

    @property
    def order(self) -> DayMonth | None:
        return next(iter(self.decisive)) if len(self.decisive) == 1 else None

    def complaints(self) -> list[Complaint]:
        at = self.rule.origin.at
        found: list[Complaint] = []
        if len(self.decisive) > 1:
            day_first, month_first = (shown(self.decisive[order]) for order in DayMonth)
            message = (
                f"{self._name()} holds dates in both orders: {day_first!r} has the day first, "
                f"{month_first!r} the month"
            )
            hint = "correct the source, so that all dates of the column are written alike"
            found.append(Complaint(at, message, hint))
        elif self.undecided and not self.decisive:
            found.append(Complaint(at, self._two_readings(), _DECLARE))
        if self.naive and self.rule.zone.fixed is None and self.rule.zone.rule is None:
            example = shown(self.naive)
            message = f"{self._name()} has times without an offset ({example!r}), and no time zone is given"
            hint = (
                "add `timezone: Europe/Berlin` (or whatever the export's zone is) at the top of the mapping"
            )
            found.append(Complaint(at, message, hint))
        return found

    def _name(self) -> str:
        return repr(self.rule.origin.column) if self.rule.origin.column else self.rule.name

    def _two_readings(self) -> str:
        text = self.undecided
        readings = [_day(self._read(text, order)) for order in DayMonth]
        return (
            f"nothing in {self._name()} tells whether the day or the month comes first: "
            f"{shown(text)!r} can be {readings[0]} or {readings[1]}"
        )

    def evidence(self) -> DateEvidence:
        extremes = self.extremes[self.order or DayMonth.DAY_FIRST]
        zone = self.rule.zone
        return DateEvidence(
            rule=self.rule.name,
            at=self.rule.origin.at,
            column=self.rule.origin.column,
            order=self.order,
            example=shown(self.decisive[self.order] if self.order else self.first),
            earliest=shown(extremes.earliest),
            latest=shown(extremes.latest),
            count=self.count,
            unreadable=self.unreadable,
            zone="" if not self.naive else str(zone.fixed or (zone.rule.origin.column if zone.rule else "")),
        )


_DECLARE = (
    'declare the form: `format: "%d/%m/%Y %H:%M"` or `format: "%m/%d/%Y %H:%M"`, as the values are written'
)


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B} {moment.year}"


# --- paths that lead nowhere ------------------------------------------------------------------


class _Unseen:
    """Columns that the mapping names and no record has had so far, with what stood there instead."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self.instead: dict[str, dict[str, None]] = {}
        """The names that stood where a path broke off, by the path up to there."""

    def seen_in(self, values: dict[str, Value]) -> bool:
        if self.reference.optional or any(
            column.find(values) is not None for column in self.reference.columns
        ):
            return True
        for column in self.reference.columns:
            broken, names = column.breaks_off(values)
            known = self.instead.setdefault(broken, {})
            if len(known) < MOST_NAMES_REMEMBERED:
                known.update(dict.fromkeys(names))
        return False

    def complaints(self, document: Document) -> list[Complaint]:
        """A path of which only the last step is missing may be one that JSON leaves out where it is
        null; it is worth a complaint only where the name looks like a misspelling."""
        wanted = [column.name for column in self.reference.columns]
        meant = [better for name in wanted for better in self._meant(name)]
        only_last = all(name in self.instead and "." in name for name in wanted)
        if not self.instead or (only_last and not meant):
            return []
        known = some_of(list(self.instead[max(self.instead, key=len)])) or "no keys at all"
        hint = f"did you mean {meant[0]!r}?" if meant else f"the records have: {known}"
        message = f"no record has {' or '.join(map(repr, wanted))}"
        return [document.complaint(self.reference.path, message, f"{hint} (or add `optional: true`)")]

    def _meant(self, name: str) -> list[str]:
        """`name` with the step at which it breaks off spelt as the records spell it."""
        better: list[str] = []
        for broken, names in self.instead.items():
            if name == broken or name.startswith(f"{broken}."):
                leaves = {each.rpartition(".")[2]: each for each in names}
                close = get_close_matches(broken.rpartition(".")[2], leaves, 1, 0.75)
                better += [leaves[leaf] + name.removeprefix(broken) for leaf in close]
        return better
