"""Bringing a ledger up to date with its export, before anything is sent.

Everything is staged in one transaction, so that being killed here means that nothing happened. An
export, mapping and workspace that the ledger has seen already are not read again.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal, Protocol

from migrator.errors import DiskFull, LedgerError
from migrator.featurebase import Directory
from migrator.ledger import Ledger, Staged, Stager, StepState
from migrator.mapping import DateEvidence, Mapping
from migrator.model import Problem, Rejected, Severity, Skipped, Ticket
from migrator.readers import ReadOptions, Source
from migrator.runner import people, references, sources, threadless
from migrator.runner.control import Telling
from migrator.runner.delta import Delta, delta
from migrator.runner.hands import tally_on_cores
from migrator.runner.memory import Taught, as_known
from migrator.runner.plan import Plan
from migrator.runner.prepare import Prepared, prepare, survey
from migrator.runner.restore import Restorer, restorer_beside
from migrator.runner.tally import About, Tally
from migrator.runner.uploads import facts_of, fetch_rules
from migrator.runner.url_check import UrlCheck

DISK_FACTOR = 4
"""Free disk wanted, in sizes of the export: the rows, the requests, the journal and the indexes."""
DISK_LEAST_BYTES = 50_000_000
DOUBTED = "doubted"
"""The fact that rows were in doubt when the export was read: they kept their bytes, so it is read again."""
UNREAD = "unread"
"""The fact that says what of the export no rule of the mapping reads."""


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
    update: bool = False
    """Change tickets that are in Featurebase already where the export says something else now."""
    read: ReadOptions = field(default_factory=ReadOptions)
    """What was said about how to read the export."""
    typed: tuple[str, ...] = ()
    """The words that name the export and the mapping, for telling people what to type next."""
    jobs: int = 1
    """Processes that check rows in a dry run; how many makes no difference to what comes of it."""
    witness: Callable[[Prepared], None] | None = None
    """Is shown, in order, every row of which something is wrong, for reports that need them all; it may be
    shown others."""


def choosing(
    inputs: Inputs, ledger: Ledger, select_as: Literal["id", "label"] | None, taught: Taught
) -> Inputs:
    """The same for a workspace of which is known what was asked for, taught, or is in the ledger."""
    text = ledger.fact("directory")
    before = Directory.from_text(text) if text is not None else None
    asked = select_as or inputs.mapping.select_as
    return replace(inputs, directory=as_known(inputs.directory, asked, taught, before))


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
    if _is_read_anew(ledger, inputs):
        return "it is to be read in another way"
    if _is_newer(ledger, inputs):
        return "the export has changed since"
    if any(ledger.fact(name) != value for name, value in _mapping_facts(inputs.mapping).items()):
        return "the mapping has changed since"
    if ledger.fact(DOUBTED):
        return "some tickets were in doubt when it was read last"
    if inputs.update and not ledger.fact("updated"):
        return "tickets that are there already are to be changed too"
    directory = ledger.fact("directory")
    before = Directory.from_text(directory) if directory else inputs.directory
    if before.select_as != inputs.directory.select_as:
        return f"choices are sent by {inputs.directory.select_as} now"
    if before.unnamed_fields is not inputs.directory.unnamed_fields:
        return "what a change does to fields that it does not name is known now"
    if directory != inputs.directory.to_text() and ledger.counts().rejected:
        return "the workspace has changed since, and rejected rows may fit now"
    return ""


class Corrections(Protocol):
    """Decides whether rows that are given back are rows of this ledger."""

    def look(self, prepared: Prepared) -> None:
        """Takes note of one row."""

    def finish(self) -> None:
        """Raises if any of them is not: then nothing is staged."""


def stage(
    ledger: Ledger, inputs: Inputs, telling: Telling, *, corrections: Corrections | None = None
) -> Plan:
    """Reads, maps and resolves every row, and stages it. Nothing is sent.

    Args:
        corrections: For a source of corrected rows, which says nothing about rows that it does not hold.

    Raises:
        DiskFull: There is clearly no room; nothing has been written.
        MappingComplaints, SourceError, Interrupted: As `prepare.survey` and `prepare.prepare` do.
        MappingError: As `Tally.require_own_legacy_ids` does.
    """
    require_room(ledger.path, inputs.source.size_bytes)
    fetch_rules(inputs.mapping.files, os.environ)
    surveyed = survey(inputs.source, inputs.mapping, telling)
    corrected = bool(inputs.source.ledger_id) or corrections is not None
    restoring = (Restorer(ledger),) if corrected else ()
    newer = not corrected and ledger.staged and (_is_newer(ledger, inputs) or _is_read_anew(ledger, inputs))
    doubted = ledger.counts().in_doubt > 0
    with Tally(inputs.mapping, inputs.directory) as tally:
        with ledger.staging(
            retry_refused=corrected, newer=newer, update_people=inputs.mapping.people.update
        ) as stager:
            rows = 0
            for each in prepare(surveyed, inputs.directory, telling, *restoring):
                rows += 1
                if corrections is not None:
                    corrections.look(each)
                prepared = _put(stager, each, inputs)
                tally.add(prepared)
                if inputs.witness is not None:
                    inputs.witness(prepared)
            if corrections is not None:
                corrections.finish()
            tally.require_own_legacy_ids()
            stager.require(rows)
            plan = tally.plan(_about(inputs, surveyed.dates))
            if not corrected:  # corrections leave the ledger's own source and mapping alone
                facts = {DOUBTED: "yes" if doubted else "", UNREAD: json.dumps(plan.unread)}
                ledger.set_facts({**_facts(inputs), **facts})
        return plan


def dry_run(inputs: Inputs, telling: Telling, urls: UrlCheck | None = None) -> Plan:
    """The same road without a ledger: what `stage` would stage, counted.

    Args:
        urls: Looks whether files are still at their addresses.
    """
    fetch_rules(inputs.mapping.files, os.environ)
    surveyed = survey(inputs.source, inputs.mapping, telling)
    restorer = restorer_beside(inputs.source)
    restoring = (restorer,) if restorer is not None else ()
    with Tally(inputs.mapping, inputs.directory) as tally:
        if inputs.jobs > 1 and urls is None and not restoring:
            tally_on_cores(surveyed, inputs.directory, telling, tally, inputs.witness, inputs.jobs)
        else:
            rows = prepare(surveyed, inputs.directory, telling, *restoring)
            for prepared in urls.through(rows) if urls else rows:
                tally.add(prepared)
                if inputs.witness is not None:
                    inputs.witness(prepared)
        tally.require_own_legacy_ids()
        if urls is not None and urls.unchecked:
            message = f"files that were not looked at, for want of time or for their number: {urls.unchecked}"
            inputs.source.notice("urls-unchecked", message, count=urls.unchecked)
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
        typed=inputs.typed,
    )


def _is_newer(ledger: Ledger, inputs: Inputs) -> bool:
    known = sources.from_text(ledger.fact("source"))
    return not sources.same_content(sources.identify(inputs.source, known), known)


def _is_read_anew(ledger: Ledger, inputs: Inputs) -> bool:
    """Whether other rows may be made of the same files than the ledger holds."""
    return sources.reading_of(ledger) not in (None, inputs.read)


def _put(stager: Stager, prepared: Prepared, inputs: Inputs) -> Prepared:
    """Stages one row; returns it with what is to be known of it beside that."""
    record = prepared.record
    original = record.original or json.dumps(record.values, ensure_ascii=False)
    match prepared.result:
        case Ticket() as ticket:
            if stager.ticket(ticket, original, replaces=record.earlier_place) is Staged.SENT:
                return replace(prepared, result=_renew(stager, ticket, original, inputs))
        case Skipped() as skipped:
            stager.skipped(skipped, replaces=record.earlier_place)
        case Rejected() as rejected:
            stager.rejected(rejected, original, replaces=record.earlier_place)
    return prepared


def _renew(stager: Stager, ticket: Ticket, original: tuple[str, ...] | str, inputs: Inputs) -> Ticket:
    """Stages what a newer version has more than was sent; returns it with what cannot be brought."""
    sent = stager.sent(ticket.key)
    if sent is None or not sent.steps:
        return ticket  # it may be on its way: its bytes stay, and so does the row
    carried_out = [each.step for each in sent.steps if each.state in (StepState.DONE, StepState.IN_DOUBT)]
    finished = len(carried_out) == len(sent.steps)
    unnamed = inputs.directory.unnamed_fields
    more = delta(carried_out, ticket, update=inputs.update, finished=finished, unnamed=unnamed)
    ticket = replace(ticket, warnings=(*ticket.warnings, *_left_as_it_is(ticket, more)))
    stager.renew(sent.row, ticket, more.steps, original, whole=more.whole)
    return ticket


def _left_as_it_is(ticket: Ticket, more: Delta) -> Iterator[Problem]:
    """What the newer version says and Featurebase will not: told, never passed over."""
    if more.not_asked:
        yield Problem(
            "not-updated",
            f"changed in the source, and left as it is in Featurebase: {', '.join(more.not_asked)}",
            hint="run with --update to change it there too",
            severity=Severity.WARNING,
            ref=ticket.ref,
        )
    if more.impossible:
        yield Problem(
            "cannot-update",
            f"changed in the source, and Featurebase cannot change it: {', '.join(more.impossible)}",
            hint="change it in Featurebase by hand, where it matters",
            severity=Severity.WARNING,
            ref=ticket.ref,
        )


def _facts(inputs: Inputs) -> dict[str, str]:
    return {
        "source": sources.to_text(sources.identify(inputs.source)),
        "source_name": ", ".join(file.name for file in inputs.source.files),
        "reading": json.dumps(asdict(inputs.read), ensure_ascii=False),
        "typed": json.dumps(inputs.typed, ensure_ascii=False),
        "reader": inputs.source.reader,
        "columns": json.dumps(inputs.source.columns, ensure_ascii=False),
        "directory": inputs.directory.to_text(),
        "base_url": inputs.target,
        "updated": "yes" if inputs.update else "",
        "notify": "yes" if inputs.mapping.notify else "",
        "legacy_field": inputs.directory.field_id(inputs.mapping.legacy_field),
        **_mapping_facts(inputs.mapping),
        **facts_of(inputs.mapping.files),
        **people.facts_of(inputs.mapping.people),
        **threadless.facts_of(inputs.mapping),
        **references.facts_of(inputs.mapping),
    }


def _mapping_facts(mapping: Mapping) -> dict[str, str]:
    return {
        "mapping_name": mapping.name,
        "mapping_text": mapping.text,
        "mapping_tables": json.dumps(mapping.tables, ensure_ascii=False),
        "overrides": json.dumps(mapping.overrides, ensure_ascii=False),
    }
