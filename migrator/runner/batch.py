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
from migrator.model import Done, InDoubt, NotSent, Outcome, Refused
from migrator.runner.control import Telling

TROUBLE_LIMIT = 25
"""Lost answers in a row, over all workers, after which the run ends: each must be looked for."""
_PATIENCE_WITH_QUEUE_S = 0.2


@dataclass(slots=True)
class Sent:
    """What a batch came to, in tickets."""

    begun: int = 0
    created: int = 0
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
        number = ticket.number
        with self._lock:
            self.sent.begun += 1
        for ordinal, step in ticket.steps:
            if self._control.stopping:
                return
            self._ledger.begin(ticket.row, ordinal, server_time_s=self._client.server_time_s())
            try:
                outcome = self._client.send(step, number)
            except MigratorError as error:  # refused at the door: this run ends, and nothing was made
                self._settle(ticket, ordinal, NotSent(error.code))
                raise
            self._settle(ticket, ordinal, outcome)
            self._tell(outcome)
            if not isinstance(outcome, Done):
                return
            number = outcome.seen.number

    def _settle(self, ticket: Work, ordinal: int, outcome: Outcome) -> None:
        self._ledger.settle(ticket.row, ordinal, outcome, server_time_s=self._client.server_time_s())

    def _tell(self, outcome: Outcome) -> None:
        with self._lock:
            match outcome:
                case Done():
                    self.sent.created += 1
                    self._lost_in_a_row = 0
                case Refused():
                    self.sent.failed += 1
                    self._lost_in_a_row = 0
                case InDoubt():
                    self.sent.in_doubt += 1
                    self._lost_in_a_row += 1
            self._progress.note(failed=self.sent.failed, in_doubt=self.sent.in_doubt)
            self._progress.advance()
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
