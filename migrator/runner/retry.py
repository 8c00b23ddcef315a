"""The story of `retry`: what failed, and only that; as it was, or as a person has corrected it.

What is corrected comes in a file of rejected rows. Each of its rows is matched with the row it was, by its
source id or, where it had none, by the place that the file says it stood at. A file that brings anything
else is refused as a whole, before anything is changed.
"""

from __future__ import annotations

import json
from dataclasses import replace

from migrator.errors import SourceError
from migrator.featurebase import Client
from migrator.ledger import Ledger, forgotten
from migrator.mapping import Mapping, load_mapping_text
from migrator.model import Problem, Rejected, Status, shown
from migrator.runner.control import Telling
from migrator.runner.migrate import Agree, Ended, send
from migrator.runner.outlook import RunOptions, outlook
from migrator.runner.prepare import Prepared
from migrator.runner.staging import Inputs, stage
from migrator.runner.workspace import check_workspace

NAMED = 10
"""Rows that a refusal names."""
RETRYING = "retrying"
"""The fact that remembers what a retry was sending, so that one that was stopped goes on."""
_CANNOT_SEND = (Status.REJECTED, Status.FAILED)
_NOT_THROUGH = (Status.PENDING, Status.IN_DOUBT)
"""How rows stand that a retry was sending when it was stopped: those in doubt may turn out to be waiting."""


def mapping_of(ledger: Ledger) -> Mapping:
    """The mapping that the ledger's rows were staged with.

    Raises:
        LedgerError: The ledger was told to forget it.
    """
    if ledger.forgotten:
        raise forgotten(ledger.path)
    tables = json.loads(ledger.fact("mapping_tables") or "{}")
    return load_mapping_text(
        ledger.fact("mapping_text") or "",
        ledger.fact("mapping_name") or "mapping",
        tables={name: [(line, tuple(cells)) for line, cells in rows] for name, rows in tables.items()},
        overrides=json.loads(ledger.fact("overrides") or "[]"),
    )


def retry(ledger: Ledger, options: RunOptions, client: Client, agree: Agree, telling: Telling) -> Ended:
    """Sends again what Featurebase refused, as it was; a half-done ticket goes on where it stopped.

    Raises:
        Declined: `agree` said no; nothing has changed.
        LedgerError: The ledger was told to forget what it would send.
    """
    if ledger.forgotten:
        raise forgotten(ledger.path)
    check_workspace(ledger, client.fetch_directory(frozenset()), client)
    keys, requests = ledger.failed()
    options = replace(options, only=tuple(dict.fromkeys((*_stopped_before(ledger), *keys))))
    about = outlook(ledger, options, client)
    tickets = about.tickets + len(keys)
    notified = tickets if ledger.fact("notify") else 0
    agree(
        None,
        replace(
            about,
            tickets=tickets,
            waiting=tickets,
            requests=about.requests + requests,
            notified=notified,
            only="only what was refused before",
        ),
    )
    return _send_only(ledger, options, client, telling)


def retry_corrected(
    ledger: Ledger, inputs: Inputs, options: RunOptions, client: Client, agree: Agree, telling: Telling
) -> Ended:
    """Stages the corrected rows in place of what they were, and sends those.

    Args:
        inputs: The corrected rows as its source.

    Raises:
        SourceError: Rows that are nobody's, or that come twice; nothing has changed.
        Declined: `agree` said no; the corrected rows wait, and another retry or a run sends them.
    """
    check_workspace(ledger, inputs.directory, client)
    matching = _Matching(ledger, inputs)
    plan = stage(ledger, inputs, telling, corrections=matching)
    options = replace(options, only=tuple(matching.keys))
    about = outlook(ledger, options, client, "corrected rows")
    agree(plan, replace(about, only=f"only the corrected rows of {inputs.source.files[0].name}"))
    return replace(_send_only(ledger, options, client, telling), plan=plan)


def _send_only(ledger: Ledger, options: RunOptions, client: Client, telling: Telling) -> Ended:
    """Sends these rows, and remembers which until that is through."""
    ledger.set_facts({RETRYING: json.dumps(options.only or (), ensure_ascii=False)})
    ledger.retry_failed(options.only or ())
    ended = send(ledger, options, client, telling)
    if ended.error is None:
        ledger.set_facts({RETRYING: json.dumps(_stopped_before(ledger), ensure_ascii=False)})
    return ended


def _stopped_before(ledger: Ledger) -> tuple[str, ...]:
    """What an earlier retry was stopped from sending."""
    remembered = json.loads(ledger.fact(RETRYING) or "[]")
    return tuple(key for key in remembered if ledger.status_of(key) in _NOT_THROUGH)


class _Matching:
    """Finds the row that each corrected row was, and collects those that are nobody's."""

    def __init__(self, ledger: Ledger, inputs: Inputs) -> None:
        self.keys: list[str] = []
        """The source ids of the corrected rows."""
        self._ledger = ledger
        self._file = inputs.source.files[0].name
        self._keyless = {
            str(row.ref) for row in ledger.originals() if not row.key and row.status in _CANNOT_SEND
        }
        self._wrong: list[Problem] = []

    def look(self, prepared: Prepared) -> None:
        """Matches one row."""
        result, place = prepared.result, prepared.record.earlier_place
        twice = isinstance(result, Rejected) and any(
            problem.code == "duplicate-key" for problem in result.problems
        )
        known = bool(result.key) and self._ledger.status_of(result.key) is not None
        if twice and place not in self._keyless:
            self._refuse(prepared, "comes twice in this file")
        elif known or place in self._keyless:
            self.keys += [result.key] if result.key else []
        elif result.key:
            self._refuse(prepared, f"has the id {shown(result.key)!r}, which no row of this ledger has")
        elif not place:
            self._refuse(prepared, "has no id and does not say where it stood")

    def finish(self) -> None:
        """Refuses the file if any of its rows is nobody's.

        Raises:
            SourceError: Some are; the first of them are named.
        """
        if self._wrong:
            named = [f"  {problem.ref}: {problem.message}" for problem in self._wrong[:NAMED]]
            more = len(self._wrong) - len(named)
            lines = [f"{len(self._wrong)} rows of this file are not rows to correct:", *named]
            raise SourceError(
                "\n".join([*lines, f"  and {more} more"] if more else lines),
                hint="give the rejects file of this ledger with its ids as they were, each once; new tickets "
                "belong in an export of their own, for `migrator run`",
                at=self._file,
            )

    def _refuse(self, prepared: Prepared, message: str) -> None:
        self._wrong.append(Problem("not-to-correct", f"this row {message}", ref=prepared.record.ref))
