"""Sending: for each step still waiting, begin, send, settle, tell.

One thread a worker, each with one ticket at a time, so that the steps of a ticket stay in order while
tickets go side by side. Pace and waiting are the client's business, durability the ledger's; what
became of a lost answer is `resolve.py`'s.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from migrator.errors import MigratorError, Unreachable
from migrator.featurebase import Client, Directory, as_left, without_files
from migrator.ledger import Ledger, Work
from migrator.model import Done, InDoubt, NotSent, Outcome, Refused, Step, StepKind
from migrator.runner.control import Telling
from migrator.runner.crew import Crew
from migrator.runner.people import Completing
from migrator.runner.resolve import look_into
from migrator.runner.threadless import (
    NO_CONVERSATION,
    Threadless,
    is_for_want_of_one,
    lacks_conversation,
)
from migrator.runner.uploads import Uploads, left_behind

TROUBLE_LIMIT = 25
"""Lost answers in a row, over all workers, after which the run ends: each must be looked for."""


@dataclass(slots=True)
class Sent:
    """What a batch came to, in tickets."""

    begun: int = 0
    failed: int = 0
    in_doubt: int = 0


@dataclass(frozen=True, slots=True)
class Manners:
    """How a batch is sent."""

    uploads: Uploads
    """The files that steps bring along."""
    in_order: bool = False
    """No ticket is made before the one ahead of it; their threads still go side by side."""
    guard: Directory | None = None
    """As in `resolve.look_into`: changes that people made since are not overwritten."""


def send_waiting(
    work: Iterator[Work], ledger: Ledger, client: Client, telling: Telling, manners: Manners
) -> Sent:
    """Sends every ticket of `work`, in its order, `client.connection.workers` at a time.

    Returns when the work is done or a stop was asked for; what was in flight has been settled.

    Raises:
        MigratorError: What ended the run (a refused key, a full disk, a service in trouble), drained.
    """
    batch = _Batch(ledger, client, telling, manners)
    try:
        batch.crew.through(work)
    finally:
        ledger.flush()
    return batch.sent


class _Batch:
    """What the workers of one batch share."""

    def __init__(self, ledger: Ledger, client: Client, telling: Telling, manners: Manners) -> None:
        self.sent = Sent()
        self.crew = Crew(self._send, client.connection.workers, telling.control, in_turn=manners.in_order)
        self._ledger = ledger
        self._client = client
        self._control = telling.control
        self._progress = telling.progress
        self._lock = threading.Lock()
        self._lost_in_a_row = 0
        self._uploads = manners.uploads
        self._guard = manners.guard
        self._completing = Completing(ledger, client)
        self._threadless = Threadless(ledger)
        self._in_order = manners.in_order

    def _send(self, ticket: Work, made: Callable[[], None]) -> None:
        """Sends a ticket's steps in order, until one of them does not succeed.

        Args:
            made: Called once it is known whether there is a ticket, so that the next may be made.
        """
        with self._lock:
            self.sent.begun += 1
        number = ticket.number
        if number is None:
            there: dict[int, Outcome] = {}
        else:
            made()
            there = look_into(self._ledger, self._client, ticket, guard=self._guard)
        waiting = list(ticket.steps)
        outcome: Outcome | None = None
        while waiting:
            if self._control.stopping:
                return
            ordinal, step = waiting.pop(0)
            if there.get(ordinal) is NO_CONVERSATION:
                instead = self._threadless.instead(ticket.row, [(ordinal, step), *waiting])
                if instead is not None:
                    del there[ordinal]
                    waiting = instead
                    continue
            if ordinal in there:
                outcome = there[ordinal]
                self._ledger.begin(ticket.row, ordinal, server_time_s=self._client.server_time_s())
                self._settle(ticket, ordinal, outcome)
            else:
                outcome = self._attempt(ticket, ordinal, step, number)
                if outcome is NO_CONVERSATION:  # it waits again, for what is sent instead
                    there[ordinal] = outcome
                    waiting.insert(0, (ordinal, step))
                    continue
            if number is None:
                # A lost answer may be a ticket yet to come: nothing may be made before that is known.
                if self._in_order and isinstance(outcome, InDoubt):
                    self.crew.break_off()
                made()
            if not isinstance(outcome, Done):
                break
            number = number or outcome.seen.number
            if step.kind is StepKind.CREATE and lacks_conversation(outcome.seen):
                there |= _no_place(waiting)
        self._tell(outcome)

    def _attempt(self, ticket: Work, ordinal: int, step: Step, number: int | None) -> Outcome:
        """Begin, send, settle; what the service refuses for a reason that can be removed is sent again."""
        step, outcome = self._with_contact(ticket, ordinal, step, number)
        if isinstance(outcome, Refused) and self._uploads.may_go_without(outcome):
            outcome = self._without_files(ticket, ordinal, step, number, outcome)
        if isinstance(outcome, Refused) and outcome.http_status and step.kind.is_message:
            outcome = self._reason(ticket, ordinal, number, outcome)
            if outcome is NO_CONVERSATION:
                return outcome
        self._settle(ticket, ordinal, outcome)
        if isinstance(outcome, Done):
            self._uploads.forget(step, f"{ticket.row}-{ordinal}")
        self._count(outcome)
        return outcome

    def _reason(self, ticket: Work, ordinal: int, number: int | None, refused: Refused) -> Refused:
        """Why a message was refused: a first one may have met the want of a conversation, and then waits."""
        if number is None or any(step.kind.is_message for step in self._ledger.done_steps(ticket.row)):
            return refused
        self._settle(ticket, ordinal, NotSent("looking whether there is a conversation"))
        if is_for_want_of_one(refused, self._client.ticket(number)):
            return NO_CONVERSATION
        self._ledger.begin(ticket.row, ordinal, server_time_s=self._client.server_time_s())
        return refused

    def _without_files(
        self, ticket: Work, ordinal: int, step: Step, number: int | None, refused: Refused
    ) -> Outcome:
        """Once more with words in the place of files; if they were not to blame, the step stays as it was."""
        content = as_left(self._ledger.done_steps(ticket.row)).content or "" if step.kind.is_change else None
        instead = without_files(step, content)
        if instead is None:
            return refused
        warning = left_behind(instead.names, refused)
        row, count = ticket.row, len(instead.names)
        self._settle(ticket, ordinal, NotSent("its files are refused"))
        self._ledger.exchange(row, ordinal, instead.step, warning, files=count)
        _, outcome = self._with_contact(ticket, ordinal, instead.step, number)
        if isinstance(outcome, Refused):
            self._settle(ticket, ordinal, NotSent("its files are not to blame"))
            self._ledger.exchange(row, ordinal, step, warning, files=count, back=True)
            self._ledger.begin(row, ordinal, server_time_s=self._client.server_time_s())
        return outcome

    def _with_contact(
        self, ticket: Work, ordinal: int, step: Step, number: int | None
    ) -> tuple[Step, Outcome]:
        """A reply from somebody who is no contact yet is sent again once they are; returns what was sent."""
        ready = self._completing.completed(ticket.row, ordinal, step)
        outcome = self._begin_and_send(ticket, ordinal, ready, number)
        if isinstance(ready, Refused):
            return step, outcome
        if isinstance(outcome, Refused) and outcome.http_status == 404 and ready.contact:
            self._settle(ticket, ordinal, NotSent("there is no such contact yet"))
            again = self._completing.made_anew(ticket.row, ordinal, ready)
            outcome = self._begin_and_send(ticket, ordinal, again, number)
            ready = ready if isinstance(again, Refused) else again
        return ready, outcome

    def _begin_and_send(
        self, ticket: Work, ordinal: int, step: Step | Refused, number: int | None
    ) -> Outcome:
        """Sends a step; one that cannot be sent carries the reason as if it had been refused."""
        place = f"{ticket.row}-{ordinal}"
        ready = step if isinstance(step, Refused) else self._uploads.at_hand(step, place)
        self._ledger.begin(ticket.row, ordinal, server_time_s=self._client.server_time_s())
        if isinstance(ready, Refused):
            return ready
        try:
            return self._client.send(ready, number, open_upload=self._uploads.open)
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


def _no_place(waiting: Sequence[tuple[int, Step]]) -> dict[int, Outcome]:
    """The first message of a ticket that has just been made without a conversation, if it has any."""
    messages = (ordinal for ordinal, step in waiting if step.kind.is_message)
    return dict.fromkeys(islice(messages, 1), NO_CONVERSATION)
