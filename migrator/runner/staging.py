"""Bringing a ledger up to date with its export, before anything is sent.

Everything is staged in one transaction, so that being killed here means that nothing happened. An
export, mapping and workspace that the ledger has seen already are not read again.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from migrator.errors import DiskFull, LedgerError
from migrator.featurebase import Directory
from migrator.ledger import Ledger, Stager
from migrator.mapping import DateEvidence, Mapping
from migrator.model import Rejected, Skipped, Ticket
from migrator.readers import Source
from migrator.runner import sources
from migrator.runner.control import Telling
from migrator.runner.plan import About, Plan, Tally
from migrator.runner.prepare import Prepared, prepare, survey
from migrator.runner.restore import Restorer

DISK_FACTOR = 4
"""Free disk wanted, in sizes of the export: the rows, the requests, the journal and the indexes."""
DISK_LEAST_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a run is given: an export, what to make of it, and the workspace it goes to."""

    source: Source
    mapping: Mapping
    directory: Directory
    target: str
    """The address of the API."""
    per_minute: float = 0.0
    limit: int | None = None
    typed: tuple[str, ...] = ()
    """The words that name the export and the mapping, for telling people what to type next."""


def choosing(inputs: Inputs, ledger: Ledger, select_as: Literal["id", "label"] | None) -> Inputs:
    """The same, with choices of select fields sent as asked for, else as the ledger remembers."""
    known = ledger.fact("directory")
    if select_as is None and known is not None:
        select_as = Directory.from_text(known).select_as
    return replace(inputs, directory=replace(inputs.directory, select_as=select_as or "id"))


def reason_to_stage(ledger: Ledger, inputs: Inputs) -> str:
    """Why the export must be read; empty when the ledger holds all of it already.

    Raises:
        LedgerError: The rows were rejected by another ledger than this one.
    """
    if inputs.source.ledger_id:
        if inputs.source.ledger_id != ledger.id:
            raise LedgerError(
                "these rows come from another ledger",
                hint="leave --ledger out: the right one is found by the id that the rows carry",
                at=str(ledger.path),
            )
        return "corrected rows"
    if not ledger.staged:
        return "a new migration"
    known = sources.from_text(ledger.fact("source"))
    if not sources.same_content(sources.identify(inputs.source, known), known):
        return "the export has changed since"
    if any(ledger.fact(name) != value for name, value in _mapping_facts(inputs.mapping).items()):
        return "the mapping has changed since"
    directory = ledger.fact("directory")
    if directory and Directory.from_text(directory).select_as != inputs.directory.select_as:
        return f"choices are sent by {inputs.directory.select_as} now"
    if directory != inputs.directory.to_text() and ledger.counts().rejected:
        return "the workspace has changed since, and rejected rows may fit now"
    return ""


def stage(ledger: Ledger, inputs: Inputs, telling: Telling) -> Plan:
    """Reads, maps and resolves every row, and stages it. Nothing is sent.

    Raises:
        DiskFull: There is clearly no room; nothing has been written.
        MappingComplaints, SourceError, Interrupted: As `prepare.survey` and `prepare.prepare` do.
    """
    require_room(ledger.path, inputs.source.size_bytes)
    surveyed = survey(inputs.source, inputs.mapping, telling)
    tally = Tally()
    corrected = bool(inputs.source.ledger_id)
    restoring = (Restorer(ledger),) if corrected else ()
    with ledger.staging(retry_refused=corrected) as stager:
        for prepared in prepare(surveyed, inputs.directory, telling, *restoring):
            _put(stager, prepared)
            tally.add(prepared)
        if not corrected:  # corrections leave the ledger's own source and mapping alone
            ledger.set_facts(_facts(inputs))
    return tally.plan(_about(inputs, surveyed.dates))


def dry_run(inputs: Inputs, telling: Telling) -> Plan:
    """The same road without a ledger: what `stage` would stage, counted."""
    surveyed = survey(inputs.source, inputs.mapping, telling)
    tally = Tally()
    for prepared in prepare(surveyed, inputs.directory, telling):
        tally.add(prepared)
    return tally.plan(_about(inputs, surveyed.dates))


def require_room(path: Path, source_bytes: int) -> None:
    """Refuses early what would fail late.

    Raises:
        DiskFull: Less is free than staging this export is likely to take.
    """
    wanted = DISK_LEAST_BYTES + DISK_FACTOR * source_bytes
    free = shutil.disk_usage(path.resolve().parent).free
    if free < wanted:
        raise DiskFull(
            f"about {wanted / 1e6:,.0f} MB are needed for the ledger and {free / 1e6:,.0f} MB are free",
            hint="make room, or put the ledger on another disk: --ledger FILE",
            at=str(path),
        )


def _about(inputs: Inputs, dates: tuple[DateEvidence, ...]) -> About:
    return About(
        source=", ".join(file.name for file in inputs.source.files),
        helpdesk=inputs.source.helpdesk,
        mapping=inputs.mapping.name,
        target="" if inputs.directory.offline else inputs.target,
        dates=dates,
        notices=inputs.source.notices,
        limit=inputs.limit,
        per_minute=inputs.per_minute,
    )


def _put(stager: Stager, prepared: Prepared) -> None:
    record = prepared.record
    original = record.original or json.dumps(record.values, ensure_ascii=False)
    match prepared.result:
        case Ticket() as ticket:
            stager.ticket(ticket, original, replaces=record.earlier_place)
        case Skipped() as skipped:
            stager.skipped(skipped, replaces=record.earlier_place)
        case Rejected() as rejected:
            stager.rejected(rejected, original, replaces=record.earlier_place)


def _facts(inputs: Inputs) -> dict[str, str]:
    return {
        "source": sources.to_text(sources.identify(inputs.source)),
        "source_name": ", ".join(file.name for file in inputs.source.files),
        "typed": json.dumps(inputs.typed, ensure_ascii=False),
        "reader": inputs.source.reader,
        "columns": json.dumps(inputs.source.columns, ensure_ascii=False),
        "directory": inputs.directory.to_text(),
        "base_url": inputs.target,
        "legacy_field": inputs.directory.field_id(inputs.mapping.legacy_field),
        **_mapping_facts(inputs.mapping),
    }


def _mapping_facts(mapping: Mapping) -> dict[str, str]:
    return {
        "mapping_name": mapping.name,
        "mapping_text": mapping.text,
        "mapping_tables": json.dumps(mapping.tables, ensure_ascii=False),
        "overrides": json.dumps(mapping.overrides, ensure_ascii=False),
    }
