"""Settling by hand what nothing else can: a request whose answer was lost, and that left no clear trace."""

from __future__ import annotations

from dataclasses import dataclass

from migrator.errors import LedgerError, MigratorError
from migrator.featurebase import Client, as_sent
from migrator.ledger import Doubt, Ledger, forgotten
from migrator.model import StepKind, TicketSeen, shown
from migrator.runner.matching import Sought, Verdict, compare


@dataclass(frozen=True, slots=True)
class Claim:
    """A ticket that a person says is the one that a lost answer was about."""

    seen: TicketSeen
    likeness: Verdict
    """How much it is like what was sent."""


def doubt_of(ledger: Ledger, key: str) -> Doubt:
    """The one request in doubt of a row.

    Raises:
        LedgerError: The row is not in doubt, or there is none with this id.
    """
    if ledger.forgotten:
        raise forgotten(ledger.path)
    if doubts := ledger.doubts(only=key):
        return doubts[0]
    status = ledger.status_of(key)
    is_what = f"is {status.value.replace('_', ' ')}" if status else "is not in this ledger"
    raise LedgerError(
        f"nothing is in doubt about {shown(key)!r}: it {is_what}",
        hint="`migrator resolve LEDGER` without an id lists what is in doubt",
        at=str(ledger.path),
    )


def claim(ledger: Ledger, client: Client, doubt: Doubt, number: int) -> Claim:
    """The ticket that a person names for a lost creation, held against what was sent.

    Raises:
        MigratorError: There is no such ticket, another row owns it, or it was there before.
    """
    if doubt.step.kind is not StepKind.CREATE:
        raise MigratorError(
            f"the ticket of {shown(doubt.key)!r} is known: a later {doubt.step.kind.value} of it is in doubt",
            hint="look into its thread, then say --arrived or --absent",
        )
    seen = client.ticket(number)
    if seen is None:
        raise MigratorError(f"there is no ticket {number}", hint="check the number in Featurebase")
    if ledger.owner_of(seen.object_id) is not None:
        raise MigratorError(
            f"ticket {number} belongs to another row of this ledger", hint="check the number in Featurebase"
        )
    sought = Sought(as_sent(doubt.step), doubt.floor, doubt.begun_server_s, client.server_time_s())
    return Claim(seen, compare(sought, seen))
