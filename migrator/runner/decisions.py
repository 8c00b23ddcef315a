"""What of an export a person will have to decide or know before it is migrated: the findings of `inspect`.

Each says what was found, how often, and the way out. Examples are no part of it: they may be personal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from migrator.mapping import Becomes, Meaning, Suggestion, Times, ValueMap
from migrator.model import shown
from migrator.readers import ColumnProfile, Profile
from migrator.runner.fitting import Fit
from migrator.runner.threads import Threads

_NAMED = 8
"""Columns and values that are named one by one."""
_IMPERSONAL = ("category", "ticket.status", "ticket.open")
"""Rules whose values name no person."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing to decide, or to know."""

    code: str
    """Stable, for machines: `date-ambiguous`."""
    message: str
    hint: str
    columns: tuple[str, ...] = ()
    count: int = 0
    """Rows or values it is about; 0 where it is about the export as a whole."""


class Column(Protocol):
    """What has to be known of a column here."""

    @property
    def profile(self) -> ColumnProfile: ...
    @property
    def times(self) -> Times | None: ...
    @property
    def suggestion(self) -> Suggestion | None: ...


def decisions(
    profile: Profile,
    columns: Sequence[Column],
    value_maps: Sequence[ValueMap],
    threads: Threads,
    fit: Fit | None,
) -> tuple[Decision, ...]:
    """Everything to decide, what stops a migration first.

    Args:
        fit: The shipped mapping that fits; only what it reads and leaves open has to be decided.
    """
    return (
        *_about_keys(profile, columns),
        *_about_dates(columns, fit),
        *_about_values(value_maps),
        *(_about_authors(fit) if fit else _about_people(profile, columns)),
        *_about_privacy(threads),
        *_about_rows(profile),
    )


def _about_keys(profile: Profile, columns: Sequence[Column]) -> Iterator[Decision]:
    key = _column_for(Meaning.KEY, columns)
    if key is None:
        if profile.records:
            message = "no column was found that holds an id of its own for every ticket"
            yield Decision("key-unknown", message, "name it in the mapping: `key: COLUMN`")
        return
    path, clean = key.profile.path, profile.records - profile.damaged
    if key.profile.repeated:
        yield Decision(
            "key-repeated",
            f"rows whose id an earlier row had, in {shown(path)!r}: {key.profile.repeated:,}",
            "of rows with one id the first is migrated; name another key, or remove the copies",
            (path,),
            key.profile.repeated,
        )
    if blank := clean - key.profile.filled:
        message = f"rows without an id in {shown(path)!r}: {blank:,}"
        yield Decision("key-missing", message, "rows without an id are held back: fill it in", (path,), blank)


def _about_dates(columns: Sequence[Column], fit: Fit | None) -> Iterator[Decision]:
    dated = [
        (each.profile, each.times)
        for each in columns
        if each.times is not None and (fit is None or fit.reads_as_time(each.profile.path))
    ]
    for column, times in dated:
        if times.contradiction:
            day_first, month_first = times.contradiction
            yield Decision(
                "date-contradictory",
                f"{shown(column.path)!r} holds dates in both orders: {day_first!r} has the day first, "
                f"{month_first!r} the month",
                "correct the source, so that all dates of the column are written alike",
                (column.path,),
                column.values,
            )
        elif times.is_ambiguous:
            yield Decision(
                "date-ambiguous",
                f"nothing in {shown(column.path)!r} tells whether the day or the month comes first: "
                f"{times.undecided!r} can be two days",
                'declare it in the mapping: `format: "%d/%m/%Y %H:%M"` or `format: "%m/%d/%Y %H:%M"`',
                (column.path,),
                column.values,
            )
    zoneless = [column.path for column, times in dated if times.without_zone]
    if zoneless and fit is None:
        yield Decision(
            "zone-unknown",
            f"times without a zone: {_some(zoneless)}",
            "say in the mapping whose clock they show: `timezone: Europe/Berlin`",
            tuple(zoneless),
        )
    elif zoneless and fit and fit.mapping.timezone:  # else each row says it
        zone = fit.mapping.timezone
        yield Decision(
            "zone-assumed",
            f"times without a zone, which the shipped mapping takes as {zone}: {_some(zoneless)}",
            "if they show another clock, copy the mapping and say so: `timezone: Europe/Berlin`",
            tuple(zoneless),
        )


def _about_values(value_maps: Sequence[ValueMap]) -> Iterator[Decision]:
    for table in value_maps:
        unknown = [use for use in table.uses if use.becomes is Becomes.UNDECIDED and use.value]
        if unknown:
            count = sum(use.count for use in unknown)
            told = (
                _some([use.value for use in unknown])
                if table.rule in _IMPERSONAL
                else f"{len(unknown)} values"
            )
            yield Decision(
                "value-unmapped",
                f"{table.rule}: the shipped mapping does not know {told}",
                "copy the mapping and add them to `values`",
                (table.column,),
                count,
            )


def _about_people(profile: Profile, columns: Sequence[Column]) -> Iterator[Decision]:
    email = _column_for(Meaning.EMAIL, columns)
    clean = profile.records - profile.damaged
    if not clean:
        return
    if email is None:
        message = "no column of customers' addresses was found"
        hint = "a ticket needs an author: name the column, or one address for all, in the mapping"
        yield Decision("author-unknown", message, hint, count=clean)
    elif without := clean - email.profile.filled:
        message = f"tickets without an address in {shown(email.profile.path)!r}: {without:,}"
        hint = "without an author they are held back: fill it in, or say in the mapping what stands instead"
        yield Decision("author-missing", message, hint, (email.profile.path,), without)


def _about_authors(fit: Fit) -> Iterator[Decision]:
    if fit.nobodys:
        message = f"tickets of which nothing says who wrote them: {fit.nobodys:,}"
        hint = "they are held back: correct the export, or say in the mapping who stands in for those"
        yield Decision("author-missing", message, hint, fit.authors, fit.nobodys)


def _about_privacy(threads: Threads) -> Iterator[Decision]:
    if threads.unknown:
        message = f"messages that do not say whether they are private: {threads.unknown:,}"
        yield Decision("privacy-unknown", message, "they become private notes", count=threads.unknown)


def _about_rows(profile: Profile) -> Iterator[Decision]:
    for code, count in sorted(profile.problems.items(), key=lambda pair: -pair[1]):
        yield Decision(
            code,
            f"rows with the fault `{code}`: {count:,}",
            "`migrator validate` lists every row, and says which are held back",
            count=count,
        )


def _column_for(meaning: Meaning, columns: Sequence[Column]) -> Column | None:
    return next((each for each in columns if each.suggestion and each.suggestion.meaning is meaning), None)


def _some(names: Sequence[str]) -> str:
    listed = ", ".join(shown(name) for name in names[:_NAMED])
    return f"{listed} and {len(names) - _NAMED:,} more" if len(names) > _NAMED else listed
