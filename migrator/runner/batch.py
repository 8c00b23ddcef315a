"""Sending: for each step still waiting, begin, send, settle, tell.

One thread a worker, each with one ticket at a time, so that the steps of a ticket stay in order while
tickets go side by side. Pace and waiting are the client's business, durability the ledger's; what
became of a lost answer is `resolve.py`'s.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from migrator.errors import MigratorError, Unreachable
from migrator.featurebase import Client
from migrator.ledger import Ledger, Work
from migrator.model import Done, InDoubt, NotSent, Outcome, Refused, Step
from migrator.runner.control import Telling
from migrator.runner.resolve import look_into

TROUBLE_LIMIT = 25
"""Lost answers in a row, over all workers, after which the run ends: each must be looked for."""
_PATIENCE_WITH_QUEUE_S = 0.2


@dataclass(slots=True)
class Sent:
    """What a batch came to, in tickets."""

    begun: int = 0
    failed: int = 0
    in_doubt: int = 0


def send_waiting(work: Iterator[Work], ledger: Ledger, client: Client, telling: Telling) -> Sent:
    """Sends every ticket of `work`, in its order, `client.connection.workers` at a time.

    Returns when the work is done or a stop was asked for; what was in flight has been settled.

    Raises:
        MigratorError: What ended the run (a refused key, a full disk, a service in trouble), drained.
    """
    crew = _Crew(ledger, client, telling)
    threads = [
        threading.Thread(target=crew.work, name=f"worker-{number}", daemon=True)
        for number in range(client.connection.workers)
    ]
    for thread in threads:
        thread.start()
    try:
        crew.hand_out(work)
    finally:
        crew.close(len(threads))
        for thread in threads:
            thread.join()
    ledger.flush()
    if crew.error is not None:
        raise crew.error
    return crew.sent


class _Crew:
    """The workers of one batch and what they share."""

    def __init__(self, ledger: Ledger, client: Client, telling: Telling) -> None:
        self.error: BaseException | None = None
        self.sent = Sent()
        self._ledger = ledger
        self._client = client
        self._control = telling.control
        self._progress = telling.progress
        # Short, so that little is queued when a stop comes; never empty while there is work.
        self._queue: queue.Queue[Work | None] = queue.Queue(maxsize=2 * client.connection.workers)
        self._lock = threading.Lock()
        self._lost_in_a_row = 0

    def hand_out(self, work: Iterator[Work]) -> None:
        for ticket in work:
            while not self._control.stopping:
                try:
                    self._queue.put(ticket, timeout=_PATIENCE_WITH_QUEUE_S)
                    break
                except queue.Full:
                    continue
            if self._control.stopping:
                return

    def close(self, workers: int) -> None:
        for _ in range(workers):
            self._queue.put(None)

    def work(self) -> None:
        while (ticket := self._queue.get()) is not None:
            if self._control.stopping:
                continue  # drain the queue: it was never begun
            try:
                self._send(ticket)
            except BaseException as error:  # noqa: BLE001 - handed to the main thread, which raises it
                self._stop_for(error)

    def _send(self, ticket: Work) -> None:
        """Sends a ticket's steps in order, until one of them does not succeed."""
        with self._lock:
            self.sent.begun += 1
        number = ticket.number
        there = {} if number is None else look_into(self._ledger, self._client, ticket)
        for ordinal, step in ticket.steps:
            if self._control.stopping:
                return
            if ordinal in there:
                outcome = there[ordinal]
                self._ledger.begin(ticket.row, ordinal, server_time_s=self._client.server_time_s())
                self._settle(ticket, ordinal, outcome)
            else:
                outcome = self._attempt(ticket, ordinal, step, number)
            if not isinstance(outcome, Done):
                break
            number = number or outcome.seen.number
        else:
            outcome = None
        self._tell(outcome)

    def _attempt(self, ticket: Work, ordinal: int, step: Step, number: int | None) -> Outcome:
        """Begin, send, settle; a reply from somebody who is no contact yet is sent again once they are."""
        outcome = self._begin_and_send(ticket, ordinal, step, number)
        if isinstance(outcome, Refused) and outcome.http_status == 404 and step.contact:
            self._settle(ticket, ordinal, NotSent("there is no such contact yet"))
            refused = self._client.make_contact(step.contact)
            outcome = refused or self._begin_and_send(ticket, ordinal, step, number)
            if refused is not None:  # the reply itself is what cannot be sent, so it carries the reason
                self._ledger.begin(ticket.row, ordinal, server_time_s=self._client.server_time_s())
        self._settle(ticket, ordinal, outcome)
        self._count(outcome)
        return outcome

    def _begin_and_send(self, ticket: Work, ordinal: int, step: Step, number: int | None) -> Outcome:
        self._ledger.begin(ticket.row, ordinal, server_time_s=self._client.server_time_s())
        try:
            return self._client.send(step, number)
        except MigratorError as error:  # refused at the door: this run ends, and nothing was made
            self._settle(ticket, ordinal, NotSent(error.code))
            raise

    def _settle(self, ticket: Work, ordinal: int, outcome: Outcome) -> None:
        self._ledger.settle(ticket.row, ordinal, outcome, server_time_s=self._client.server_time_s())

    def _tell(self, last: Outcome | None) -> None:
        """One ticket is through; `last` is what stopped it short, if anything did."""
        with self._lock:
            self.sent.failed += isinstance(last, Refused)
            self.sent.in_doubt += isinstance(last, InDoubt)
            self._progress.note(failed=self.sent.failed, in_doubt=self.sent.in_doubt)
            self._progress.advance()

    def _count(self, outcome: Outcome) -> None:
        """Ends a run that only loses answers: each is one more thing to look for."""
        with self._lock:
            self._lost_in_a_row = self._lost_in_a_row + 1 if isinstance(outcome, InDoubt) else 0
            lost = self._lost_in_a_row
        if lost >= TROUBLE_LIMIT:
            raise Unreachable(
                f"the last {lost} requests were sent and not answered",
                hint="wait until Featurebase is well again, then run the same command: it looks first",
            )

    def _stop_for(self, error: BaseException) -> None:
        with self._lock:
            if self.error is None:
                self.error = error
        self._control.stop()
