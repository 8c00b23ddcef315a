"""From an export to the exact bytes of every request: the one road that `validate` and `run` share.

That both walk it is promise 4: what a dry run shows is what a run sends. Nothing here sends or stores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice

from migrator.errors import Interrupted, SourceError
from migrator.featurebase import Directory, resolve
from migrator.mapping import DateEvidence, Mapping, Orders, Survey, apply
from migrator.model import Draft, Problem, Record, Rejected, Skipped, Ticket, quickly_made
from migrator.readers import LocalFile, LocalFiles, SeenKeys, Source, group_records
from migrator.runner.control import Telling
from migrator.runner.local_files import with_files

FirstRows = Callable[[Sequence[tuple[str, int]]], list[int | None]]
"""For each source id and row, in turn: the row that had the same id before, if there was one."""
_PLAIN_TABLES = ("delimited", "workbook")
"""Readers whose records hold what the header names, and nothing else."""
_DEAL = 256
"""Records that are prepared, or handed over, together."""
_TELL_EVERY = 200
"""Records between two words to the progress bar; telling more often would cost more than reading."""


@quickly_made
@dataclass(frozen=True, slots=True)
class Prepared:
    """One row at the end of the road, beside the record it came from."""

    record: Record
    result: Ticket | Skipped | Rejected
    draft: Draft | None = None
    """The ticket in names, for a plan to count by; None where the row is skipped or rejected."""


@dataclass(frozen=True, slots=True)
class Surveyed:
    """An export and its mapping, ready to be prepared: what only the whole export can tell is decided."""

    source: Source
    mapping: Mapping
    orders: Orders
    looking: Survey
    beside: bool = False
    """Nothing had to be decided, so every row is looked at only while it is prepared."""

    @property
    def dates(self) -> tuple[DateEvidence, ...]:
        """What was seen of the rows that were looked at so far."""
        return self.looking.evidence


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Rules:
    """All that decides what becomes of a record. It can be pickled if its files can."""

    mapping: Mapping
    orders: Orders
    directory: Directory
    local_files: LocalFiles | None = None
    now: str = field(default_factory=_now)
    """UTC, as the API writes it."""

    def local_file(self, path: str) -> LocalFile | None:
        return self.local_files.find(path) if self.local_files else None


def survey(source: Source, mapping: Mapping, telling: Telling) -> Surveyed:
    """Looks at every row once, so that no date is read in an order that a later row contradicts.

    Where no row can say anything of the kind, they are not read for it.

    Raises:
        MappingComplaints: A column that is not there, an ambiguous date column, a missing time zone.
        SourceError: The export cannot be read to its end, or holds no ticket at all: that is no success.
        Interrupted: A stop was asked for.
    """
    if source.columns:
        mapping.check_columns(source.columns, source.added)
    looking = mapping.survey()
    if source.reader in _PLAIN_TABLES and not mapping.group_by and looking.is_idle(source.columns):
        return Surveyed(source, mapping, Orders(), looking, beside=True)
    empty = True
    for record in _records(source, mapping, "looking", telling):
        looking.look(record)
        empty = False
    if empty:
        raise _no_tickets(source)
    return Surveyed(source, mapping, looking.decide(), looking)


def _no_tickets(source: Source) -> SourceError:
    """Says what was seen instead, because a wrong file is the likeliest reason."""
    seen = "; ".join(dict.fromkeys(notice.message for notice in source.notices))
    return SourceError(
        f"the export holds no tickets{f' ({seen})' if seen else ''}",
        hint="check that it is the right file, whole; `migrator inspect` says what is in it",
        at=", ".join(file.name for file in source.files[:3]),
    )


def prepare(
    surveyed: Surveyed,
    directory: Directory,
    telling: Telling,
    restore: Callable[[Record], Record] | None = None,
) -> Iterator[Prepared]:
    """Every row of the export in source order: ready to send, skipped or rejected.

    A source id that was met before makes its row a rejected one: which of the two is right is not for
    us to say, and the first keeps its place.

    Args:
        restore: Undoes what happened to a row that was given back, before anything is made of it.
    """
    rules = Rules(surveyed.mapping, surveyed.orders, directory, surveyed.source.local_files)
    with SeenKeys() as seen:
        for deal in deals(surveyed, telling):
            records = deal if restore is None else list(map(restore, deal))
            yield from prepare_deal(records, rules, seen.first_rows)


def deals(surveyed: Surveyed, telling: Telling) -> Iterator[list[Record]]:
    """The records that are to be prepared, some neighbours at a time.

    Raises:
        SourceError: The export cannot be read to its end, or holds no ticket.
        Interrupted: A stop was asked for.
    """
    records = _records(surveyed.source, surveyed.mapping, "checking", telling)
    empty = True
    while deal := list(islice(records, _DEAL)):
        empty = False
        for record in deal if surveyed.beside else ():
            surveyed.looking.look(record)
        yield deal
    if empty:
        raise _no_tickets(surveyed.source)


def prepare_deal(records: Sequence[Record], rules: Rules, first_rows: FirstRows) -> Iterator[Prepared]:
    """Some rows of the export, to the end of the road.

    Args:
        first_rows: Is asked once, about all that have an id.
    """
    mapped = [apply(record, rules.mapping, rules.orders) for record in records]
    keys = [(each.key, record.ref.row) for each, record in zip(mapped, records, strict=True) if each.key]
    earlier = iter(first_rows(keys))
    for record, each in zip(records, mapped, strict=True):
        yield _finished(record, each, next(earlier) if each.key else None, rules)


def _finished(
    record: Record, mapped: Draft | Skipped | Rejected, earlier: int | None, rules: Rules
) -> Prepared:
    if earlier is not None:
        return Prepared(record, _repeated(record, mapped, earlier))
    if not isinstance(mapped, Draft):
        return Prepared(record, mapped)
    draft = with_files(_awake(mapped, rules.now), rules.local_file)
    resolved = resolve(draft, rules.directory)
    return Prepared(record, resolved, draft if isinstance(resolved, Ticket) else None)


def _awake(draft: Draft, now: str) -> Draft:
    """A draft whose snooze is over without it: the service takes none of the past."""
    until = draft.snoozed_until
    return replace(draft, snoozed_until=None) if until is not None and until.value <= now else draft


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
    read = source.records()
    records = group_records(read, mapping.group_by) if mapping.group_by else read
    return watched(records, source, what, telling)


def watched(records: Iterator[Record], source: Source, what: str, telling: Telling) -> Iterator[Record]:
    """The records that are made of a source, with a word to the progress bar now and then.

    Raises:
        Interrupted: A stop was asked for.
    """

    def go_on() -> None:
        if telling.control.stopping:
            raise Interrupted("stopped while reading", hint="nothing has been sent")

    source.pulse = go_on  # an export that is joined or grouped is read whole before its first record comes
    progress = telling.progress
    progress.start(what, source.size_bytes, "B")
    told = 0
    for number, record in enumerate(records):
        if number % _TELL_EVERY == 0:
            go_on()
            progress.advance(source.read_bytes - told)
            told = source.read_bytes
        yield record
    progress.advance(source.size_bytes - told)
    progress.done()
