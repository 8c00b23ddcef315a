"""Small tickets and answers, so that a test says only what it is about."""

from __future__ import annotations

from pathlib import Path

from migrator.ledger import Ledger, Stager
from migrator.model import Done, Outcome, SourceRef, Step, StepKind, Ticket, TicketSeen

LATER = (StepKind.REPLY, StepKind.NOTE, StepKind.NOTE, StepKind.UPDATE)


def ticket(
    key: str, row: int = 2, *, body: str = "", created_at_ms: int | None = None, steps: int = 1
) -> Ticket:
    """A ticket whose bytes depend on key and body; behind its create come a reply, notes and an update."""
    create = Step(StepKind.CREATE, "POST", "/v2/tickets", f'{{"title":"{key}{body}"}}'.encode())
    later = (
        Step(kind, "POST", "/v2/tickets/{number}/reply", b'{"body":"%d"}' % ordinal)
        for ordinal, kind in enumerate(LATER[: steps - 1], start=1)
    )
    return Ticket(key, SourceRef("t.csv", row), (create, *later), created_at_ms=created_at_ms)


def seen(number: int) -> TicketSeen:
    return TicketSeen(number, f"id-{number}", f"https://example.com/{number}")


def done(number: int) -> Done:
    return Done(seen(number))


def stage(ledger: Ledger, *tickets: Ticket) -> None:
    with ledger.staging() as stager:
        put(stager, *tickets)


def put(stager: Stager, *tickets: Ticket) -> None:
    for each in tickets:
        stager.ticket(each, (each.key, "original"))


def ready(path: Path, *tickets: Ticket) -> Ledger:
    """A new ledger with these tickets, in its first run: rows are numbered from 1."""
    ledger = Ledger.create(path)
    stage(ledger, *tickets)
    ledger.begin_run({})
    ledger.set_floor(100)
    return ledger


def send(ledger: Ledger, row: int, outcome: Outcome, *, ordinal: int = 0) -> None:
    ledger.begin(row, ordinal, server_time_s=1_000.0)
    ledger.settle(row, ordinal, outcome, server_time_s=1_001.0)


def copy_as_killed(ledger: Ledger, to: Path) -> Path:
    """What the disk would hold if the process died now: the file and its journal, without the lock."""
    for suffix in ("", "-wal"):
        source = ledger.path.with_name(ledger.path.name + suffix)
        to.with_name(to.name + suffix).write_bytes(source.read_bytes())
    return to
