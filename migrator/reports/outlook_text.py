"""What `run` is about to do, for the terminal: the last thing to read before saying yes."""

from __future__ import annotations

from migrator.ledger import Order
from migrator.reports.layout import Figure, Sheet
from migrator.reports.words import amount, duration, number
from migrator.runner.outlook import Outlook


def render_outlook(outlook: Outlook, *, width: int = 80, colour: bool = False) -> str:
    """The outlook as lines of at most `width` columns, without a line end behind the last."""
    sheet = Sheet(width, colour=colour)
    sheet.heading("About to do")
    of_all = f"of {number(outlook.waiting)} that are waiting" if outlook.tickets < outlook.waiting else ""
    first = "made before the tickets, unless they are there already"
    people = [Figure("contacts and companies", number(outlook.people), first)] if outlook.people else []
    sheet.figures(
        [
            Figure("tickets to send", number(outlook.tickets), of_all),
            *people,
            Figure("requests", number(outlook.requests), ""),
            Figure("notifications", number(outlook.notified), _notified(outlook)),
        ]
    )
    if outlook.only:
        none = "" if outlook.tickets else "; none of that is waiting to be sent"
        sheet.say(f"{outlook.only[:1].upper()}{outlook.only[1:]}{none}.", indent=2)
    if outlook.in_doubt:
        lost = amount(outlook.in_doubt, "ticket")
        sheet.say(f"First, {lost} will be looked for: sent earlier, and the answer was lost.", indent=2)
    sheet.say(f"To {outlook.target}.", indent=2)
    if outlook.requests and outlook.per_minute:
        pace = amount(round(outlook.per_minute), "request")
        sheet.say(f"Sending takes {duration(outlook.minutes)}, at {pace} a minute.", indent=2)
    if outlook.tickets > 1 and outlook.order is not Order.SOURCE:
        first = "oldest" if outlook.order is Order.OLDEST else "newest"
        sheet.say(f"The {first} go first. {_shuffled(outlook)}", indent=2)
    if outlook.read_because:
        sheet.say(f"The export was read: {outlook.read_because}.", indent=2)
    if outlook.other_address:
        sheet.say(f"WARNING: this ledger's tickets went to {outlook.other_address} before.", indent=2)
    if not outlook.legacy_field:
        sheet.say(
            "WARNING: no field of this workspace carries the old ticket id (legacy_id: true in the mapping). "
            "If this ledger is ever lost, its tickets cannot be recognised, and running again would make "
            "them twice.",
            indent=2,
        )
    return sheet.text()


def _shuffled(outlook: Outlook) -> str:
    if outlook.side_by_side == 1:
        return "Their numbers are in that order exactly."
    places = number(outlook.side_by_side)
    return (
        f"{places} are on their way at once, so neighbours may change places by up to {places} numbers; "
        "--strict-order prevents that and is slower."
    )


def _notified(outlook: Outlook) -> str:
    return "WARNING: people will be notified" if outlook.notified else "nobody is notified"
