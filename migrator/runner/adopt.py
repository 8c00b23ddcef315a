"""Finding again what a ledger does not know: tickets that carry its source ids.

A ledger that was lost, restored from a backup or begun anew in another folder knows less than the
workspace does. Before anything is sent, the tickets above the highest one it owns are listed, and
those that carry one of its legacy ids become its own. Without a legacy-id field nothing can be
recognised; the plan says so.
"""

from __future__ import annotations

import json

from migrator.featurebase import Client, as_sent
from migrator.ledger import Ledger
from migrator.model import Progress, TicketSeen
from migrator.runner.matching import Sought, Verdict, compare, instant
from migrator.runner.resolve import Look


def adopt_known(ledger: Ledger, client: Client, highest: int, legacy_field: str, progress: Progress) -> int:
    """Claims every unowned ticket that carries a legacy id of a row which has no ticket yet.

    One request per hundred tickets that the ledger does not know: none when it knows them all. One more for
    each that looks like one of its rows while the list does not show the field.

    Args:
        highest: The highest ticket number in the workspace.
        legacy_field: Id of the custom field; empty where none is mapped, and nothing is claimed.

    Returns:
        How many were claimed.
    """
    floor = ledger.highest_owned()
    if not legacy_field or highest <= floor:
        return 0
    adopted, reached = 0, highest
    progress.start("looking for tickets brought earlier", highest - floor, "ticket")
    for seen in client.tickets_above(floor, fill_gaps=False):  # nothing is proven by what is not found
        adopted += ledger.owner_of(seen.object_id) is None and _adopt(ledger, client, seen, legacy_field)
        progress.advance(max(0, reached - seen.number))
        reached = min(reached, seen.number)
    progress.done()
    ledger.flush()
    if adopted:
        ledger.event("adopted", count=adopted)
    return adopted


def remember_strangers(ledger: Ledger, client: Client, floor: int, legacy_field: str) -> None:
    """The closing sweep: notes tickets above `floor` that look like ours and that no row owns."""
    strangers = [
        seen.url or f"ticket {seen.number}"
        for seen in client.tickets_above(floor, fill_gaps=False)
        if ledger.owner_of(seen.object_id) is None and _looks_like_ours(ledger, seen, legacy_field)
    ]
    ledger.set_facts({"strangers": json.dumps(strangers)})


def remember_undecidable(ledger: Ledger, looked: Look) -> None:
    """Keeps the likely tickets of what only a person can decide, for `status` and the report."""
    if looked.undecidable or ledger.fact("undecidable"):
        ledger.set_facts({"undecidable": json.dumps(dict(looked.undecidable))})


def _adopt(ledger: Ledger, client: Client, seen: TicketSeen, legacy_field: str) -> bool:
    """Claims a ticket for the row whose legacy id it carries; False where there is none without a ticket."""
    if _carried(seen, legacy_field) is None and _may_be_a_row(ledger, seen):
        seen = client.ticket(seen.number) or seen  # a list may say less than the ticket itself
    row = _row_of(ledger, seen, legacy_field)
    return row is not None and ledger.adopt(row, seen)


def _carried(seen: TicketSeen, legacy_field: str) -> object:
    return (seen.custom_fields or {}).get(legacy_field)


def _row_of(ledger: Ledger, seen: TicketSeen, legacy_field: str) -> int | None:
    carried = _carried(seen, legacy_field)
    return ledger.row_with_legacy_id(carried) if isinstance(carried, str) and carried else None


def _looks_like_ours(ledger: Ledger, seen: TicketSeen, legacy_field: str) -> bool:
    if legacy_field and _row_of(ledger, seen, legacy_field) is not None:
        return True
    return _like_a_row(ledger, seen) is Verdict.YES


def _may_be_a_row(ledger: Ledger, seen: TicketSeen) -> bool:
    if seen.custom_fields is None and ledger.has_undated():
        return True
    return _like_a_row(ledger, seen) is not Verdict.NO


def _like_a_row(ledger: Ledger, seen: TicketSeen) -> Verdict:
    """How much a ticket is like the row that it is most like, of those with its date."""
    made = instant(seen.created_at)
    if made is None:
        return Verdict.MAYBE
    likeness = (
        compare(Sought(as_sent(step), floor=0, begun_s=0.0, until_s=0.0), seen)
        for step in ledger.creates_dated(round(made * 1000))
    )
    return max(likeness, key=lambda verdict: verdict.value, default=Verdict.NO)
