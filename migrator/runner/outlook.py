"""What an invocation is asked to send, and what that would come to: which tickets, how many requests.

Nothing here sends; `migrate.py` and `retry.py` do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from migrator.featurebase import Client
from migrator.ledger import Ledger, Order, Work
from migrator.model import shown


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to send; nothing here changes what is sent."""

    order: Order = Order.OLDEST
    limit: int | None = None
    """Send at most so many tickets this time; every row is read and staged all the same."""
    only: tuple[str, ...] | None = None
    """Send only the tickets with these source ids."""
    settle_s: float = 60.0
    """How long a lost request may still take effect, in seconds."""
    in_order: bool = False
    """Make every ticket after the one before it, so that their numbers are in order without exception."""
    force: bool = False
    """Overwrite what people have changed in Featurebase since a ticket was brought."""
    pilot: int | None = None
    """Send only so many tickets that stand for all (`pilot.py`)."""


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
    """What was asked for, where that is not everything: `only the ticket with the id 17`."""
    side_by_side: int = 1
    """Tickets on their way at once: neighbours may change places by so many numbers."""
    order: Order = Order.OLDEST
    people: int = 0
    """Contacts and companies that are made before the tickets, unless they are there already."""

    @property
    def minutes(self) -> float:
        return self.requests / self.per_minute if self.per_minute else 0.0


def outlook(ledger: Ledger, options: RunOptions, client: Client, because: str = "") -> Outlook:
    """What `send` would do with these options.

    Args:
        because: Why the export was read just now; empty where it was not.
    """
    waiting, requests = to_send(ledger, options.only)
    tickets = waiting if options.limit is None else min(waiting, options.limit)
    target = client.connection.base_url
    before = ledger.fact("base_url") or target
    people = _people_to_make(ledger, options, tickets)
    return Outlook(
        tickets=tickets,
        waiting=waiting,
        requests=people + (round(requests * tickets / waiting) if waiting else 0),
        per_minute=client.per_minute,
        target=target,
        other_address=before if before != target else "",
        in_doubt=ledger.counts().in_doubt,
        legacy_field=ledger.fact("legacy_field") or "",
        notified=tickets if ledger.fact("notify") else 0,
        read_because=because,
        only=_asked_for(options),
        side_by_side=1 if options.in_order else client.connection.workers,
        order=options.order,
        people=people,
    )


def _asked_for(options: RunOptions) -> str:
    if options.pilot is not None:
        return f"only the pilot: {len(options.only or ())} tickets that stand for all"
    if options.only is None:
        return ""
    if len(options.only) == 1:
        return f"only the ticket with the id {shown(options.only[0])}"
    return f"only the {len(options.only)} tickets that were asked for"


def _people_to_make(ledger: Ledger, options: RunOptions, tickets: int) -> int:
    if not any(ledger.count_parties_waiting().values()):
        return 0
    return sum(ledger.count_parties_waiting(rows_to_send(ledger, options, tickets)).values())


def rows_to_send(ledger: Ledger, options: RunOptions, tickets: int) -> Iterator[int] | None:
    """The rows of the tickets that come first; None where all are sent."""
    if options.limit is None and options.only is None:
        return None
    return (work.row for work in islice(work_of(ledger, options), tickets))


def work_of(ledger: Ledger, options: RunOptions) -> Iterator[Work]:
    """What waits, in the order asked for; of a list of ids in its order."""
    if options.only is None:
        return ledger.waiting(order=options.order)
    return chain.from_iterable(ledger.waiting(order=options.order, only=key) for key in options.only)


def to_send(ledger: Ledger, only: Sequence[str] | None) -> tuple[int, int]:
    """How many tickets wait, and how many requests they need; of these source ids, or of all."""
    if only is None:
        return ledger.to_send()
    each = [ledger.to_send(only=key) for key in only]
    return sum(tickets for tickets, _ in each), sum(requests for _, requests in each)
