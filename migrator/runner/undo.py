"""The story of `undo`: find out what is in doubt, say what would go, ask, delete it, the newest first.

Only tickets that the ledger owns are deleted, and of these only those that are still as they were sent: each
is fetched, its object id compared, and its content. The ledger knows of each deletion before it leaves, so
that undo can be stopped anywhere and gone on with by the same command; when it is through, the same ledger
can migrate again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain, islice

from migrator.errors import Interrupted, LedgerError, MigratorError
from migrator.featurebase import Client, Directory
from migrator.ledger import Contact, DifferenceKind, Ledger, Owned, Sent, StepState
from migrator.model import Refused, Step, TicketSeen
from migrator.runner.compare import compare_ticket
from migrator.runner.control import Telling
from migrator.runner.crew import Crew
from migrator.runner.noting import Noting
from migrator.runner.patience import settle_doubts
from migrator.runner.workspace import check_workspace

REQUESTS_EACH = 2
"""One to look, one to delete."""
STAYING_MOST = 1_000
"""Contacts who stay and are named."""


@dataclass(frozen=True, slots=True)
class UndoOptions:
    """How much to take back."""

    force: bool = False
    """Delete what people have touched since as well."""
    contacts: bool = False
    """Delete the contacts whom the migration made as well."""
    settle_s: float = 60.0
    """How long a lost request may still take effect, in seconds."""


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What undo is about to do."""

    target: str
    tickets: int
    """Tickets that the ledger owns."""
    contacts: int
    """Contacts whom the migration made so that replies could be theirs."""
    in_doubt: int
    """Rows of which even now nobody knows whether they have a ticket: these are not deleted."""
    options: UndoOptions
    per_minute: float

    @property
    def requests(self) -> int:
        return REQUESTS_EACH * (self.tickets + (self.contacts if self.options.contacts else 0))

    @property
    def minutes(self) -> float:
        return self.requests / self.per_minute if self.per_minute else 0.0


class Why(StrEnum):
    """Why something was not deleted."""

    TOUCHED = "touched"
    """People have worked with it since."""
    OTHER = "other"
    """Its number belongs to another ticket now."""
    REFUSED = "refused"
    """Featurebase would not."""
    UNSURE = "unsure"
    """Nobody knows whether this migration made them: the answer was lost."""


@dataclass(frozen=True, slots=True)
class Left:
    """A ticket or a contact that was not deleted."""

    what: str
    """The source id of the ticket; or the address of the contact, else their id."""
    why: Why
    details: tuple[str, ...]
    """What is not as it was sent, or what Featurebase said."""
    number: int | None = None
    """None for a contact."""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Undone:
    """How undo ended; `error` is what stopped it before its end."""

    plan: UndoPlan
    deleted: int
    gone: int
    """Tickets that somebody else had deleted before."""
    left: tuple[Left, ...]
    contacts_deleted: int
    contacts_left: tuple[Left, ...]
    contacts_staying: tuple[str, ...]
    """The first of those whom this migration made, or may have made, and whom nobody asked to delete."""
    tickets_left: int
    """Tickets that the ledger still owns."""
    in_doubt: int
    error: MigratorError | None = None

    @property
    def complete(self) -> bool:
        """Whether everything that was asked for is gone."""
        return not (self.tickets_left or self.in_doubt or self.contacts_left or self.error)


Agree = Callable[[UndoPlan], None]
"""Shows what is about to be deleted and raises `Declined` when it must not."""


def undo(ledger: Ledger, options: UndoOptions, client: Client, agree: Agree, telling: Telling) -> Undone:
    """Deletes every ticket that the ledger owns, and nothing else.

    An error that ends it comes back in `Undone`, beside the facts; nothing is lost by it.

    Raises:
        Declined: `agree` said no; nothing was deleted.
        LedgerError: The ledger was told to forget, so that it cannot tell what people have touched.
        OtherWorkspace: The ledger's tickets are not in this workspace.
        FeaturebaseError: Featurebase cannot be used.
    """
    if ledger.forgotten and not options.force:
        raise LedgerError(
            "this ledger was told to forget, so it cannot tell which tickets people have touched since",
            hint="--force deletes them all, touched or not",
            at=str(ledger.path),
        )
    check_workspace(ledger, client.fetch_directory(frozenset()), client)
    settle_doubts(ledger, client, settle_s=options.settle_s, telling=telling)
    plan = UndoPlan(
        target=client.connection.base_url,
        tickets=ledger.count_owned(),
        contacts=sum(1 for _ in ledger.contacts_made()),
        in_doubt=ledger.counts().in_doubt,
        options=options,
        per_minute=client.per_minute,
    )
    noting = Noting(ledger, client, telling.progress)
    undoing = _Undoing(ledger, plan, client, replace(telling, progress=noting))
    if telling.control.stopping:
        return undoing.result(_stopped())
    agree(plan)
    run = ledger.begin_run({"target": plan.target, "command": "undo"})
    return undoing.result(noting.end_run(run, undoing.through()))


def _stopped() -> Interrupted:
    return Interrupted(
        "stopped; what was deleted until then stays deleted, and the ledger knows it",
        hint="run the same command to go on",
    )


def _ways(sent: Sent) -> Iterator[list[Step]]:
    """The requests of a row that may have been carried out: all messages, and ever more of the changes."""
    open_changes = [
        each.ordinal for each in sent.steps if each.state is not StepState.DONE and each.step.kind.is_change
    ]
    for made in range(len(open_changes) + 1):
        yield [each.step for each in sent.steps if each.ordinal not in open_changes[made:]]


class _Undoing:
    """One invocation, from the first deletion to the last."""

    def __init__(self, ledger: Ledger, plan: UndoPlan, client: Client, telling: Telling) -> None:
        self._ledger = ledger
        self._plan = plan
        self._client = client
        self._control = telling.control
        self._progress = telling.progress
        known = ledger.fact("directory")
        self._directory = Directory.from_text(known) if known else Directory()
        self._begun = {owned.row for owned in ledger.deleting()}
        self._lock = threading.Lock()
        self._deleted = self._gone = self._contacts_deleted = 0
        self._left: list[Left] = []
        self._contacts_left: list[Left] = []

    def through(self) -> MigratorError | None:
        """Runs to the end or to what stops it, which is returned; the ledger is settled either way."""
        workers = self._client.connection.workers
        try:
            if self._plan.tickets:
                self._progress.start("deleting", self._plan.tickets, "ticket")
                Crew(self._take_back, workers, self._control).through(self._ledger.owned_newest_first())
                self._progress.done()
            # They belong to tickets: as long as one is there, its people stay.
            if self._plan.options.contacts and not self._ledger.count_owned():
                if self._plan.contacts:
                    self._progress.start("deleting", self._plan.contacts, "contact")
                    Crew(self._remove, workers, self._control).through(self._ledger.contacts_made())
                    self._progress.done()
                self._look_for_unsure()
            self._ledger.flush()
        except MigratorError as stopped:
            return stopped
        return _stopped() if self._control.stopping else None

    def result(self, error: MigratorError | None) -> Undone:
        return Undone(
            plan=self._plan,
            deleted=self._deleted,
            gone=self._gone,
            left=tuple(sorted(self._left, key=lambda each: each.number or 0)),
            contacts_deleted=self._contacts_deleted,
            contacts_left=tuple(self._contacts_left),
            contacts_staying=() if self._plan.options.contacts else self._staying(),
            tickets_left=self._ledger.count_owned(),
            in_doubt=self._ledger.counts().in_doubt,
            error=error,
        )

    def _staying(self) -> tuple[str, ...]:
        ours = (each.email or each.id for each in self._ledger.contacts_made())
        return tuple(islice(chain(ours, self._ledger.contacts_unsure()), STAYING_MOST))

    # --- tickets ------------------------------------------------------------------------------

    def _take_back(self, owned: Owned, _next: Callable[[], None]) -> None:
        """Looks at one ticket, and deletes it if it is ours and as we left it."""
        seen = self._client.ticket(owned.number)
        if seen is None:
            self._ledger.settle_delete(owned.row, gone=True)
            self._count(deleted=owned.row in self._begun)
        elif seen.object_id != owned.object_id:
            self._leave(owned, Why.OTHER, ())
        elif not self._plan.options.force and (touched := self._touched(owned, seen)):
            self._leave(owned, Why.TOUCHED, touched)
        elif not self._control.stopping:
            self._delete(owned, seen)

    def _delete(self, owned: Owned, seen: TicketSeen) -> None:
        self._ledger.begin_delete(owned.row)
        deletion = self._client.delete_ticket(owned.number, owned.object_id, seen=seen)
        if isinstance(deletion, Refused):
            self._ledger.settle_delete(owned.row, gone=False)
            self._leave(owned, Why.REFUSED, (f"{deletion.http_status} {deletion.message}",))
        else:
            self._ledger.settle_delete(owned.row, gone=True)
            self._count(deleted=True)

    def _touched(self, owned: Owned, seen: TicketSeen) -> tuple[str, ...]:
        """What is not as it was sent.

        Of a row that is not complete the ledger may know less than was done: a change whose answer was lost
        waits to be made again, and what another ledger sent is not in this one. So each way that its
        requests can have gone explains what is there.
        """
        sent = self._ledger.sent(owned.row)
        if sent is None:
            return ()
        told = [self._changed(steps, seen, len(sent.done)) for steps in _ways(sent)]
        return () if () in told else told[0]

    def _changed(self, steps: Sequence[Step], seen: TicketSeen, done: int) -> tuple[str, ...]:
        changed = compare_ticket(steps, seen, self._directory).changed
        if len(steps) > done:  # what may not have been sent is not missed
            changed = tuple(each for each in changed if each.kind is not DifferenceKind.MISSING)
        return tuple(each.field for each in changed)

    def _count(self, *, deleted: bool) -> None:
        with self._lock:
            self._deleted += deleted
            self._gone += not deleted
            self._progress.advance()

    def _leave(self, owned: Owned, why: Why, details: tuple[str, ...]) -> None:
        with self._lock:
            self._left.append(Left(owned.key, why, details, owned.number, owned.url))
            self._progress.note(left=len(self._left))
            self._progress.advance()

    # --- contacts -----------------------------------------------------------------------------

    def _remove(self, contact: Contact, _next: Callable[[], None]) -> None:
        """Looks at one contact, and deletes them if they are as we made them."""
        seen = self._client.contact(contact.id)
        if seen is not None:
            active = seen.posts or seen.comments
            renamed = contact.email and seen.email and contact.email.casefold() != seen.email.casefold()
            if not self._plan.options.force and (active or renamed):
                self._keep(contact, Why.TOUCHED, "posts or comments" if active else "email")
                return
            refused = self._client.delete_contact(contact.id)
            if refused is not None:
                self._keep(contact, Why.REFUSED, f"{refused.http_status} {refused.message}")
                return
        self._ledger.forget_contact(contact.id)
        with self._lock:
            self._contacts_deleted += 1
            self._progress.advance()

    def _look_for_unsure(self) -> None:
        """Names those who may be ours and are there; those who are not there are nobody's."""
        unsure = set(self._ledger.contacts_unsure())
        there: set[str] = set()
        for page in self._client.contacts() if unsure else ():
            there.update(name for each in page for name in (each.email, each.external_id) if name in unsure)
        for name in sorted(unsure):
            if name in there:
                self._contacts_left.append(Left(name, Why.UNSURE, ()))
            else:
                self._ledger.settle_contact(name, None)

    def _keep(self, contact: Contact, why: Why, detail: str) -> None:
        with self._lock:
            self._contacts_left.append(Left(contact.email or contact.id, why, (detail,)))
            self._progress.advance()
