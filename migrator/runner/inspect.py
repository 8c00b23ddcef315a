"""The story of `inspect`: what an export holds, and what of it a person will have to decide.

Every record is looked at once. What is shown of it, and what is masked, is decided by the reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from migrator.mapping import (
    ColumnFacts,
    Coverage,
    Mapping,
    Suggestion,
    Times,
    TimesLook,
    ValueMap,
    is_left_out,
    names_a_key,
    suggest,
)
from migrator.model import Notice
from migrator.readers import ColumnProfile, Profile, Profiler, Shape, Source, SourceFile, group_records
from migrator.runner.control import Telling
from migrator.runner.decisions import Decision, decisions
from migrator.runner.fitting import Fit, LoadShipped, fitting
from migrator.runner.prepare import watched
from migrator.runner.threads import Threads, ThreadsTally


@dataclass(frozen=True, slots=True)
class SeenColumn:
    """A column, or a path into nested records, and what it is taken for."""

    profile: ColumnProfile
    times: Times | None
    """How its values are read as times; None where they are none."""
    suggestion: Suggestion | None

    @property
    def path(self) -> str:
        return self.profile.path


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file of the export, and what it holds."""

    file: SourceFile
    role: str
    """`tickets`, `users`; "" where it is not read."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What is in an export."""

    reader: str
    helpdesk: str
    """Empty where nothing tells."""
    why: str
    files: tuple[SeenFile, ...]
    size_bytes: int
    is_table: bool
    group_by: str
    """The column by which the rows of a message-level export become tickets; "" where each row is one."""
    profile: Profile
    columns: tuple[SeenColumn, ...]
    threads: Threads
    notices: tuple[Notice, ...]
    mapping: Mapping | None
    """The shipped mapping that fits; None where there is none."""
    value_maps: tuple[ValueMap, ...]
    """What the value tables of that mapping make of the export."""
    decisions: tuple[Decision, ...]

    @property
    def tickets(self) -> int:
        return self.profile.records


def inspect(source: Source, names: Sequence[str], load: LoadShipped, telling: Telling) -> Inspection:
    """Reads the whole export and counts.

    Args:
        names: Of the shipped mappings.

    Raises:
        SourceError: The export cannot be read to its end.
        Interrupted: A stop was asked for.
    """
    mapping = fitting(source, names, load)
    group_by = mapping.group_by if mapping else ""
    coverage = Coverage(mapping.plan) if mapping else None
    fit = Fit(mapping) if mapping else None
    threads = ThreadsTally()
    read = source.records()
    records = group_records(read, group_by) if group_by else read
    with Profiler(TimesLook, names_a_key, source.columns) as profiler:
        for record in watched(records, source, "looking", telling):
            profiler.look(record)
            threads.look(record)
            if mapping and coverage and fit and not is_left_out(record, mapping):
                coverage.look(record)
                fit.look(record)
        profile = profiler.finish()
    columns = _columns(profile)
    said = threads.finish()
    value_maps = coverage.maps if coverage else ()
    return Inspection(
        reader=source.reader,
        helpdesk=source.helpdesk,
        why=source.why,
        files=tuple(map(SeenFile, source.files, source.roles)),
        size_bytes=source.size_bytes,
        is_table=bool(source.columns),
        group_by=group_by,
        profile=profile,
        columns=columns,
        threads=said,
        notices=source.notices,
        mapping=mapping,
        value_maps=value_maps,
        decisions=decisions(profile, columns, value_maps, said, fit),
    )


def _columns(profile: Profile) -> tuple[SeenColumn, ...]:
    times = {each.path: each.look.finish() for each in profile.columns if isinstance(each.look, TimesLook)}
    facts = [facts_of(each, times.get(each.path), profile) for each in profile.columns]
    meanings = suggest(facts)
    return tuple(SeenColumn(each, times.get(each.path), meanings.get(each.path)) for each in profile.columns)


def facts_of(column: ColumnProfile, times: Times | None, profile: Profile) -> ColumnFacts:
    """What the mapping's side may know of a column, to suggest what it is for."""
    return ColumnFacts(
        name=column.path,
        in_list=column.is_list,
        filled=column.filled,
        records=profile.records - profile.damaged,
        distinct=column.distinct,
        is_complete=column.is_complete,
        repeated=column.repeated,
        longest_characters=column.longest_characters,
        is_times=times is not None,
        is_epoch=times is not None and times.is_epoch,
        is_email=column.mostly(Shape.EMAIL, 0.5),  # people without one often say so: "n/a", "unknown"
        is_url=column.mostly(Shape.URL),
        is_markup=column.mostly(Shape.MARKUP),
    )
