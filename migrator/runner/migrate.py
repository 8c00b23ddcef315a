"""The story of `run`: stage everything, ask, look for what is there already, send, look again.

The same call begins a migration and resumes one; the ledger tells which it is.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice

from migrator.errors import Interrupted, MigratorError
from migrator.featurebase import Client, Directory
from migrator.ledger import Ledger
from migrator.runner import references
from migrator.runner.adopt import adopt_known, remember_strangers, remember_undecidable
from migrator.runner.batch import Manners, send_waiting
from migrator.runner.control import Telling
from migrator.runner.noting import Noting
from migrator.runner.outlook import Outlook, RunOptions, outlook, rows_to_send, to_send, work_of
from migrator.runner.patience import settle_doubts, wait_until_ripe
from migrator.runner.people import make_people
from migrator.runner.pilot import pilot_keys
from migrator.runner.plan import Plan
from migrator.runner.resolve import Look, look
from migrator.runner.staging import Inputs, reason_to_stage, stage
from migrator.runner.standing import Standing, ThisRun, read_standing
from migrator.runner.uploads import Uploads, uploads_of
from migrator.runner.workspace import check_workspace

Agree = Callable[[Plan | None, Outlook], None]
"""Shows what is about to happen and raises `Declined` when it must not. The plan is there when the
export was read for it."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended; `error` is what stopped it before its end."""

    standing: Standing
    plan: Plan | None
    error: MigratorError | None = None


def migrate(
    ledger: Ledger, inputs: Inputs, options: RunOptions, client: Client, agree: Agree, telling: Telling
) -> Ended:
    """Brings the ledger up to date with its export, then sends what is waiting.

    An error that ends the run comes back in `Ended`, beside the facts; nothing is lost by it.

    Raises:
        Declined: `agree` said no; nothing was sent.
        MigratorError: Nothing could be staged: the export, the mapping, the workspace or the disk.
    """
    check_workspace(ledger, inputs.directory, client)
    because = reason_to_stage(ledger, inputs)
    if because:  # what may be on its way keeps its bytes, so a newer version of it could not be staged
        settle_doubts(ledger, client, settle_s=options.settle_s, telling=telling)
    plan = stage(ledger, inputs, telling) if because else None
    if options.pilot is not None:
        options = replace(options, only=pilot_keys(ledger, options.pilot))
    agree(plan, outlook(ledger, options, client, because))
    return replace(send(ledger, options, client, telling), plan=plan)


def send(ledger: Ledger, options: RunOptions, client: Client, telling: Telling) -> Ended:
    """Sends what is waiting, after looking for what may be there already.

    Returns:
        With the error that ended the run, if one did: nothing is lost by it.

    Raises:
        MappingError: A secret for fetching files stands in no variable of the environment.
    """
    uploads = uploads_of(ledger, os.environ, telling.control.wait)
    ledger.set_facts({"base_url": client.connection.base_url})
    started = time.monotonic()
    run = ledger.begin_run({"target": client.connection.base_url})
    noting = Noting(ledger, client, telling.progress)
    with uploads:
        error = _Run(ledger, options, client, replace(telling, progress=noting), uploads).through()
    seconds = time.monotonic() - started
    error = noting.end_run(run, error)
    this_run = ThisRun.of(ledger.run_counts(run), client.stats, seconds)
    return Ended(read_standing(ledger, this_run), None, error)


class _Run:
    """One invocation, from the first request to the last."""

    def __init__(
        self, ledger: Ledger, options: RunOptions, client: Client, telling: Telling, uploads: Uploads
    ) -> None:
        self._ledger = ledger
        self._options = options
        self._client = client
        self._telling = telling
        self._legacy_field = ledger.fact("legacy_field") or ""
        self._left = options.limit
        directory = ledger.fact("directory")
        guard = Directory.from_text(directory) if directory and not options.force else None
        self._manners = Manners(uploads, options.in_order, guard)
        self._doubted = False

    def through(self) -> MigratorError | None:
        """Runs to the end or to what stops it, which is returned; the ledger is settled either way."""
        error: MigratorError | None = None
        try:
            self._send_everything()
            self._ledger.flush()
            if self._telling.control.stopping:
                error = Interrupted(
                    "stopped; what was in flight is settled or in doubt, and the ledger knows which",
                    hint="run the same command to go on",
                )
        except MigratorError as stopped:
            error = stopped
        return error

    def _send_everything(self) -> None:
        highest = max(self._client.highest_number(), self._ledger.highest_owned())
        adopt_known(self._ledger, self._client, highest, self._legacy_field, self._telling.progress)
        self._ledger.set_floor(highest)
        self._send_what_waits()
        if self._options.limit is None and self._options.only is None and references.is_due(self._ledger):
            self._rewrite_references()
        if self._doubted and not self._telling.control.stopping:
            # Only a doubt can have left a ticket that nobody owns; without one there is nothing to sweep.
            remember_strangers(self._ledger, self._client, highest, self._legacy_field)

    def _rewrite_references(self) -> None:
        noted, in_messages = references.note_rewriting(self._ledger, self._telling)
        if noted:
            self._send_what_waits()
        self._ledger.flush()
        if not self._telling.control.stopping:
            references.end_rewriting(self._ledger, in_messages)

    def _send_what_waits(self) -> None:
        while not self._telling.control.stopping:
            looked = self._look()
            # In order means that a ticket which may be there already comes before all that wait.
            held_up = self._options.in_order and looked.look_again_s is not None
            sent = 0 if held_up else self._send()
            if not sent and not wait_until_ripe(looked, self._telling):
                break

    def _look(self) -> Look:
        looked = look(
            self._ledger,
            self._client,
            settle_s=self._options.settle_s,
            legacy_field=self._legacy_field,
            progress=self._telling.progress,
        )
        self._doubted = self._doubted or looked != Look()
        remember_undecidable(self._ledger, looked)
        return looked

    def _send(self) -> int:
        """Sends what is waiting, within the limit; returns how many tickets were begun."""
        waiting, _ = to_send(self._ledger, self._options.only)
        total = waiting if self._left is None else min(waiting, self._left)
        people_of = rows_to_send(self._ledger, self._options, total)
        make_people(self._ledger, self._client, self._telling, people_of)
        if not total or self._telling.control.stopping:
            return 0
        self._telling.progress.start("sending", total, "ticket")
        work = islice(work_of(self._ledger, self._options), total)
        sent = send_waiting(work, self._ledger, self._client, self._telling, self._manners)
        self._telling.progress.done()
        self._doubted = self._doubted or sent.in_doubt > 0
        if self._left is not None:
            self._left -= sent.begun
        return sent.begun
