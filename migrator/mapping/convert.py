"""What the texts of a rule mean: times, yes or no, files, people. What they say is `written.py`'s business.

Each function asks a rule for one row and answers with a finished part of a draft, or with nothing
after noting on the row what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from migrator.mapping.clock import LocalTime, OutOfRange, day_text, is_bare_date, to_utc, zone_named
from migrator.mapping.dates import UndecidedOrder, Unreadable
from migrator.mapping.rules import Fault, Kind, Row, Rule, is_blank
from migrator.mapping.transforms import as_address, as_boolean, as_file, as_number
from migrator.model import DraftAuthor, DraftField, FileRef, Named, Origin, Value, shown

Values = dict[str, Value]


def named(rule: Rule | None, values: Values, row: Row) -> Named | None:
    """A name, id or address, with its origin; outer blanks never belong to one."""
    return rule.once(lambda found: _named(rule, found, row), values, row) if rule else None


def _named(rule: Rule, found: Value | None, row: Row) -> Named | None:
    text = rule.text_of(found, row)
    return None if text is None else Named(text.strip(), rule.origin, rule.matched_by, rule.fallback)


# --- times and flags --------------------------------------------------------------------------


def moment(rule: Rule | None, values: Values, row: Row) -> Named | None:
    """A time as the API takes it."""
    text = rule.text(values, row) if rule else None
    if rule is None or text is None:
        return None
    written = moment_text(rule, text, row)
    return Named(written, rule.origin) if written else None


def moment_text(rule: Rule, text: str, row: Row, *, may_be_day: bool = False) -> str | None:
    """`2025-01-15T10:30:00.000Z` for what the source wrote.

    Args:
        may_be_day: A day without a time stays one (`2025-01-15`), and needs no zone.
    """
    assert rule.read_date is not None, "compile.py gives every datetime rule a reader"
    try:
        when = rule.read_date(text.strip(), row.orders.of(rule.name))
        if may_be_day and is_bare_date(when, text):
            return day_text(when)
        zone = None if when.tzinfo else zone_of(rule, row)
        written, seen = to_utc(when, zone)
    except UndecidedOrder as fault:
        hint = 'declare the form: `format: "%d/%m/%Y"` or `format: "%m/%d/%Y"`'
        row.note(rule, Fault("date-ambiguous", f"this can be two days: {fault}", hint, text))
    except Unreadable as fault:
        hint = "declare its form with `format`, or correct the cell"
        row.note(rule, Fault("date-unreadable", f"this is not a time that can be read: {fault}", hint, text))
    except OutOfRange as fault:
        hint = "correct the cell; a wrong `format` (`epoch` for `epoch_ms`) does this too"
        row.note(
            rule, Fault("date-out-of-range", f"the year {fault.year} is not in 1970 to 2100", hint, text)
        )
    except Fault as fault:
        row.note(rule, fault)
    else:
        if seen is not LocalTime.PLAIN:
            row.warn(rule, _CLOCK_CHANGES[seen](text))
        return written
    return None


_CLOCK_CHANGES: dict[LocalTime, Callable[[str], Fault]] = {
    LocalTime.AMBIGUOUS: lambda text: Fault(
        "time-ambiguous",
        "the clocks were put back, so this time was shown twice; the earlier one is taken",
        "nothing to do, unless the hour matters: write the offset behind the time",
        text,
    ),
    LocalTime.NONEXISTENT: lambda text: Fault(
        "time-nonexistent",
        "the clocks were put forward over this time; it is moved forward as they were",
        "check that `timezone` is the zone of the export",
        text,
    ),
}


def zone_of(rule: Rule, row: Row) -> tzinfo:
    """The zone of a time that has no offset.

    Raises:
        Fault: Nobody said which, or it is no zone.
    """
    if rule.zone.fixed is not None:
        return rule.zone.fixed
    hint = "set `timezone: Europe/Berlin` (the zone of the export) at the top of the mapping"
    if rule.zone.rule is None:
        raise Fault("timezone-missing", "the time has no offset, and the mapping no `timezone`", hint)
    name = rule.zone.rule.text(row.record.values, row)
    if name is None:
        raise Fault(
            "timezone-missing", "the time has no offset, and the row does not say where its clock stood", hint
        )
    zone = zone_named(name.strip())
    if zone is None:
        hint = "write an IANA name such as Europe/Berlin, or translate with `values`"
        raise Fault("timezone-unknown", f"there is no time zone {shown(name)!r}", hint, name)
    return zone


def flag(rule: Rule | None, values: Values, row: Row) -> bool | None:
    """Yes or no; None where nothing is said."""
    return rule.once(lambda found: _flag(rule, found, row), values, row) if rule else None


def _flag(rule: Rule, found: Value | None, row: Row) -> bool | None:
    text = rule.text_of(found, row)
    if text is None:
        return None
    answer = as_boolean(text)
    if answer is None:
        row.note(rule, _unclear_flag(text))
    return answer


def _unclear_flag(text: str) -> Fault:
    hint = f"say what it means: `values: {{{shown(text, 20)}: true}}`"
    return Fault("boolean-unreadable", "this is neither yes nor no", hint, text)


# --- files ------------------------------------------------------------------------------------


def files(rule: Rule | None, values: Values, row: Row) -> tuple[FileRef, ...]:
    """Files by address, from a list of objects, a list of addresses, or one text to split."""
    if rule is None:
        return ()
    found = rule.found(values, row)
    if found is None or is_blank(found):
        items: list[Value] = list(rule.texts_of(found, row))
    elif isinstance(found, dict):
        items = [found]
    elif isinstance(found, list) and any(isinstance(each, dict) for each in found):
        items = [each for each in found if not is_blank(each)]
    else:
        items = list(rule.texts_of(found, row))
    refs = [as_file(item) for item in items]
    lost = refs.count(None)
    if lost:
        hint = "map their web address, or their path in the export"
        example = next(item for item, ref in zip(items, refs, strict=True) if ref is None)
        name = example.get("name", "") if isinstance(example, dict) else example
        message = f"{lost} files have no address and no name, and are left out"
        row.warn(rule, Fault("file-without-address", message, hint, name))
    return tuple(ref for ref in refs if ref is not None)


# --- people -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Person:
    """How an author is made: a rule for each thing known, or one for all (`whole`)."""

    origin: Origin
    whole: Rule | None = None
    id: Rule | None = None
    user_id: Rule | None = None
    email: Rule | None = None
    name: Rule | None = None
    picture: Rule | None = None

    def rules(self) -> tuple[Rule, ...]:
        parts = (self.whole, self.id, self.user_id, self.email, self.name, self.picture)
        return tuple(part for part in parts if part is not None)


def author(person: Person, values: Values, row: Row) -> DraftAuthor:
    """Who it is from; without any identity where the source has none."""
    if person.whole is not None:
        return _author_from_whole(person.whole, values, row)
    spelled = person.email.text(values, row) if person.email else None
    email, spelled_name = _mail_and_name(person.email, spelled)
    return DraftAuthor(
        id=named(person.id, values, row),
        user_id=named(person.user_id, values, row),
        email=email,
        name=named(person.name, values, row) or spelled_name,
        picture=named(person.picture, values, row),
    )


def has_identity(who: DraftAuthor) -> bool:
    return who.id is not None or who.user_id is not None or who.email is not None


_OUR_OWN = {"agent": True, "bot": True, "customer": False}
"""By the canonical kind of a person; a bot speaks for the helpdesk, never as a contact."""


def _author_from_whole(rule: Rule, values: Values, row: Row) -> DraftAuthor:
    found = rule.found(values, row)
    if not isinstance(found, dict) or not found:
        email, name = _mail_and_name(rule, rule.text_of(found, row))
        return DraftAuthor(email=email, name=name)

    def part(key: str) -> Named | None:
        text = found.get(key)
        if not isinstance(text, str) or is_blank(text):
            return None
        return Named(rule.without_surrogates(text.strip(), row), rule.origin)

    # The helpdesk's own id is no identity in Featurebase, so it is not taken for one.
    return DraftAuthor(
        user_id=part("external_id"),
        email=part("email"),
        name=part("name"),
        is_agent=_OUR_OWN.get(str(found.get("kind"))),
    )


def _mail_and_name(rule: Rule | None, text: str | None) -> tuple[Named | None, Named | None]:
    if rule is None or text is None:
        return None, None
    address = as_address(text)
    email = Named(address.email, rule.origin) if address.email else None
    name = Named(address.name, rule.origin) if address.name else None
    return email, name


# --- custom fields ----------------------------------------------------------------------------


def custom_field(label: str, rule: Rule, values: Values, row: Row) -> DraftField | None:
    """A custom field with its values as text; None where there is nothing to put in it."""
    if rule.kind is Kind.FILES:
        attached = files(rule, values, row)
        return DraftField(label, (), rule.origin, attached, rule.optional) if attached else None
    if rule.kind is Kind.DATETIME:  # what it means may depend on the row, which may say where its clock stood
        return _custom_field(label, rule, rule.found(values, row), row)
    return rule.once(lambda found: _custom_field(label, rule, found, row), values, row)


def _custom_field(label: str, rule: Rule, found: Value | None, row: Row) -> DraftField | None:
    texts = [_field_text(rule, text, row) for text in rule.texts_of(found, row)]
    kept = tuple(text for text in texts if text is not None)
    if not kept:
        return None
    return DraftField(label, kept, rule.origin, (), rule.optional, rule.legacy_id, rule.fallback)


def _field_text(rule: Rule, text: str, row: Row) -> str | None:
    match rule.kind:
        case Kind.DATETIME:
            return moment_text(rule, text, row, may_be_day=True)
        case Kind.NUMBER:
            number = as_number(text, rule.locale)
            if number is None:
                hint = "write 1234.5, or declare the language of the numbers: `locale: de`"
                row.note(
                    rule, Fault("number-unreadable", "this is not a number that can be read", hint, text)
                )
            return number
        case Kind.BOOLEAN:
            answer = as_boolean(text)
            if answer is None:
                row.note(rule, _unclear_flag(text))
                return None
            return "true" if answer else "false"
        case _:
            return text
