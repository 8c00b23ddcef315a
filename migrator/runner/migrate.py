"""The story of `run`: stage everything, ask, look for what is there already, send, look again.

The same call begins a migration and resumes one; the ledger tells which it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from migrator.errors import Interrupted, LedgerError, MigratorError, OtherWorkspace
from migrator.featurebase import Client, Directory
from migrator.ledger import Ledger, Order
from migrator.runner.adopt import adopt_known, remember_strangers, remember_undecidable
from migrator.runner.batch import send_waiting
from migrator.runner.control import Telling
from migrator.runner.plan import Plan
from migrator.runner.resolve import Look, look
from migrator.runner.staging import Inputs, reason_to_stage, stage
from migrator.runner.standing import Standing, ThisRun, read_standing

OWNED_TO_CHECK = 3
"""Tickets of a ledger that are fetched to see that the workspace is still the same."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to send; nothing here changes what is sent."""

    order: Order = Order.OLDEST
    limit: int | None = None
    """Send at most so many tickets this time; every row is read and staged all the same."""
    only: str | None = None
    """Send only the ticket with this source id."""
    settle_s: float = 60.0
    """How long a lost request may still take effect, in seconds."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What this invocation is about to do, whether or not the export was read for it."""

    tickets: int
    """Tickets that will be sent."""
    waiting: int
    """Tickets that could be sent; more than `tickets` under a limit."""
    requests: int
    per_minute: float
    target: str
    other_address: str
    """Where this ledger's tickets went before, if that was another address; else empty."""
    in_doubt: int
    legacy_field: str
    """Id of the field that carries the source's id; empty where none is mapped, or the workspace lacks it:
    then a lost ledger cannot be made good."""
    notified: int
    """Tickets whose people will be notified: 0 unless the mapping says `notify: true`."""
    read_because: str
    """Why the export was read; empty when the ledger had it already."""
    only: str = ""
    """The one source id that was asked for; empty when all were."""

    @property
    def minutes(self) -> float:
        return self.requests / self.per_minute if self.per_minute else 0.0


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
    """Sends what is waiting, after looking for what may be there already.

    An error that ends the run comes back in `Ended`, beside the facts; nothing is lost by it.

    Raises:
        Declined: `agree` said no; nothing was sent.
        MigratorError: Nothing could be staged: the export, the mapping, the workspace or the disk.
    """
    check_workspace(ledger, inputs.directory, client)
    because = reason_to_stage(ledger, inputs)
    plan = stage(ledger, inputs, telling) if because else None
    agree(plan, _outlook(ledger, inputs, options, because))
    ledger.set_facts({"base_url": inputs.target})
    started = time.monotonic()
    run = ledger.begin_run({"target": inputs.target})
    error = _Run(ledger, options, client, telling).through()
    seconds = time.monotonic() - started
    try:
        ledger.end_run(run, exit_code=error.exit_code if error else 0, requests=client.stats.requests)
    except LedgerError as full:  # the disk: what was sent is known, or in doubt when the ledger opens again
        error = error or full
    this_run = ThisRun.of(ledger.run_counts(run), client.stats, seconds)
    return Ended(read_standing(ledger, this_run), plan, error)


def _outlook(ledger: Ledger, inputs: Inputs, options: RunOptions, because: str) -> Outlook:
    waiting, requests = ledger.to_send(only=options.only)
    tickets = waiting if options.limit is None else min(waiting, options.limit)
    before = ledger.fact("base_url") or inputs.target
    return Outlook(
        tickets=tickets,
        waiting=waiting,
        requests=round(requests * tickets / waiting) if waiting else 0,
        per_minute=inputs.per_minute,
        target=inputs.target,
        other_address=before if before != inputs.target else "",
        in_doubt=ledger.counts().in_doubt,
        legacy_field=ledger.fact("legacy_field") or "",
        notified=tickets if inputs.mapping.notify else 0,
        read_because=because,
        only=options.only or "",
    )


def check_workspace(ledger: Ledger, directory: Directory, client: Client) -> None:
    """Makes sure that the workspace is the one this ledger was made for.

    Raises:
        OtherWorkspace: The ledger's categories and statuses are not there, or its ticket numbers belong
            to other tickets: sending would mix two migrations.
    """
    known = ledger.fact("directory")
    if known is None:
        return
    if not Directory.from_text(known).workspace & directory.workspace:
        raise OtherWorkspace(
            "this ledger belongs to another workspace: none of its categories and statuses are here",
            hint="use the key of the first run, or start another migration: --ledger NEW.ledger",
            at=str(ledger.path),
        )
    for number, object_id in ledger.newest_owned(OWNED_TO_CHECK):
        seen = client.ticket(number)
        if seen is not None and seen.object_id != object_id:
            raise OtherWorkspace(
                f"ticket {number} here is not the ticket {number} that this ledger made",
                hint="use the address and key of the first run, or begin anew: --ledger NEW.ledger",
                at=str(ledger.path),
            )


class _Run:
    """One invocation, from the first request to the last."""

    def __init__(self, ledger: Ledger, options: RunOptions, client: Client, telling: Telling) -> None:
        self._ledger = ledger
        self._options = options
        self._client = client
        self._telling = telling
        self._legacy_field = ledger.fact("legacy_field") or ""
        self._left = options.limit
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
        while not self._telling.control.stopping:
            looked = self._look()
            sent = self._send()
            if not sent and not self._wait_until_ripe(looked):
                break
        if self._doubted and not self._telling.control.stopping:
            # Only a doubt can have left a ticket that nobody owns; without one there is nothing to sweep.
            remember_strangers(self._ledger, self._client, highest, self._legacy_field)

    def _look(self) -> Look:
        looked = look(
            self._ledger, self._client, settle_s=self._options.settle_s, legacy_field=self._legacy_field
        )
        self._doubted = self._doubted or looked != Look()
        remember_undecidable(self._ledger, looked)
        return looked

    def _send(self) -> int:
        """Sends what is waiting, within the limit; returns how many tickets were begun."""
        waiting, _ = self._ledger.to_send(only=self._options.only)
        total = waiting if self._left is None else min(waiting, self._left)
        if not total:
            return 0
        self._telling.progress.start("sending", total, "ticket")
        work = self._ledger.waiting(order=self._options.order, limit=total, only=self._options.only)
        sent = send_waiting(work, self._ledger, self._client, self._telling)
        self._telling.progress.done()
        self._doubted = self._doubted or sent.in_doubt > 0
        if self._left is not None:
            self._left -= sent.begun
        return sent.begun

    def _wait_until_ripe(self, looked: Look) -> bool:
        """Waits until the next doubt can be decided; False when there is none, or a stop was asked for."""
        if looked.look_again_s is None:
            return False
        progress, control = self._telling.progress, self._telling.control
        left_s = looked.look_again_s
        progress.start(f"waiting to look again for {looked.early} lost answers", ceil(left_s), "s")
        while left_s > 0 and control.wait(min(1.0, left_s)):
            left_s -= 1.0
            progress.advance()
        progress.done()
        return not control.stopping
