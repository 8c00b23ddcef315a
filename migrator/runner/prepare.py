"""From an export to the exact bytes of every request: the one road that `validate` and `run` share.

That both walk it is promise 4: what a dry run shows is what a run sends. Nothing here sends or stores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from migrator.errors import Interrupted
from migrator.featurebase import Directory, resolve
from migrator.mapping import DateEvidence, Mapping, Orders, apply
from migrator.model import Draft, Problem, Record, Rejected, Skipped, Ticket
from migrator.readers import SeenKeys, Source, group_records
from migrator.runner.control import Telling

_TELL_EVERY = 200
"""Records between two words to the progress bar; telling more often would cost more than reading."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """One row at the end of the road, beside the record it came from."""

    record: Record
    result: Ticket | Skipped | Rejected
    draft: Draft | None = None
    """The ticket in names, for a plan to count by; None where the row is skipped or rejected."""


@dataclass(frozen=True, slots=True)
class Surveyed:
    """An export and its mapping, after one look at every row: ready to be prepared."""

    source: Source
    mapping: Mapping
    orders: Orders
    dates: tuple[DateEvidence, ...]


def survey(source: Source, mapping: Mapping, telling: Telling) -> Surveyed:
    """Looks at every row once, so that no date is read in an order that a later row contradicts.

    Raises:
        MappingComplaints: A column that is not there, an ambiguous date column, a missing time zone.
        SourceError: The export cannot be read to its end.
        Interrupted: A stop was asked for.
    """
    if source.columns:
        mapping.check_columns(source.columns)
    looking = mapping.survey()
    for record in _records(source, mapping, "looking", telling):
        looking.look(record)
    orders = looking.decide()
    return Surveyed(source, mapping, orders, looking.evidence)


def _as_it_is(record: Record) -> Record:
    return record


def prepare(
    surveyed: Surveyed,
    directory: Directory,
    telling: Telling,
    restore: Callable[[Record], Record] = _as_it_is,
) -> Iterator[Prepared]:
    """Every row of the export in source order: ready to send, skipped or rejected.

    A source id that was met before makes its row a rejected one: which of the two is right is not for
    us to say, and the first keeps its place.

    Args:
        restore: Undoes what happened to a row that was given back, before anything is made of it.
    """
    mapping = surveyed.mapping
    records = _records(surveyed.source, mapping, "checking", telling)
    with SeenKeys() as seen:
        for record in map(restore, records):
            mapped = apply(record, mapping, surveyed.orders)
            earlier = seen.first_row(mapped.key, record.ref.row) if mapped.key else None
            if earlier is not None:
                yield Prepared(record, _repeated(record, mapped, earlier))
            elif isinstance(mapped, Draft):
                resolved = resolve(mapped, directory)
                yield Prepared(record, resolved, mapped if isinstance(resolved, Ticket) else None)
            else:
                yield Prepared(record, mapped)


def _repeated(record: Record, mapped: Draft | Skipped | Rejected, earlier: int) -> Rejected | Skipped:
    if isinstance(mapped, Skipped):
        return Skipped("", mapped.ref, mapped.reason)  # left out anyway; its id belongs to the first
    problem = Problem(
        "duplicate-key",
        f"row {earlier} has the same id; that one is kept",
        hint="give this row an id of its own, or delete the row that is out of date",
        ref=record.ref,
        value=mapped.key,
    )
    others = mapped.problems if isinstance(mapped, Rejected) else ()
    return Rejected("", record.ref, (problem, *others))


def _records(source: Source, mapping: Mapping, what: str, telling: Telling) -> Iterator[Record]:
    progress = telling.progress
    progress.start(what, source.size_bytes, "B")
    read = source.records()
    records = group_records(read, mapping.group_by) if mapping.group_by else read
    told = 0
    for number, record in enumerate(records):
        if number % _TELL_EVERY == 0:
            if telling.control.stopping:
                raise Interrupted("stopped while reading", hint="nothing has been sent")
            progress.advance(source.read_bytes - told)
            told = source.read_bytes
        yield record
    progress.advance(source.size_bytes - told)
    progress.done()
