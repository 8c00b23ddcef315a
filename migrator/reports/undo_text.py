"""What `undo` is about to delete and what came of it, for the terminal and as a document."""

from __future__ import annotations

from migrator.reports.layout import Figure, Paint, Sheet
from migrator.reports.text_parts import put_list
from migrator.reports.words import amount, duration, listed, number
from migrator.runner.undo import Left, Undone, UndoPlan, Why

UNDO_SCHEMA = "migrator.undo/1"

AUTHORS_STAY = (
    "Contacts whom Featurebase made by itself for the authors of tickets stay: "
    "nothing says which of them were there before."
)
_REASONS = {
    Why.TOUCHED: "not as it was sent",
    Why.OTHER: "the number belongs to another ticket now",
    Why.REFUSED: "Featurebase refused",
    Why.UNSURE: "an answer was lost, so nobody knows whether this migration made them",
}


def render_undo_plan(plan: UndoPlan, *, width: int = 80) -> str:
    """The plan as lines of at most `width` columns, without a line end behind the last."""
    sheet = Sheet(width, colour=False)
    sheet.heading("About to delete")
    contacts = plan.contacts if plan.options.contacts else 0
    sheet.figures(
        [
            Figure("tickets", number(plan.tickets), "with their threads; this cannot be undone"),
            Figure("contacts", number(contacts), _contacts_note(plan)),
            Figure("requests", number(plan.requests)),
        ]
    )
    sheet.say(f"At {plan.target}.", indent=2)
    if plan.requests and plan.per_minute:
        pace = amount(round(plan.per_minute), "request")
        sheet.say(f"This takes {duration(plan.minutes)}, at {pace} a minute.", indent=2)
    if plan.options.force:
        sheet.say("WARNING: also what people have touched since (--force).", indent=2)
    else:
        sheet.say("Tickets that people have touched since are left alone, and listed.", indent=2)
    sheet.say(AUTHORS_STAY, indent=2)
    if plan.in_doubt:
        lost = amount(plan.in_doubt, "row")
        sheet.say(f"WARNING: {lost} in doubt: whether they have a ticket is for a person to say.", indent=2)
    return sheet.text()


def render_undone(undone: Undone, *, width: int = 80, colour: bool = False) -> str:
    """The end of it as lines of at most `width` columns, without a line end behind the last."""
    sheet = Sheet(width, colour=colour)
    put_list(sheet, "Left alone", map(_line, (*undone.left, *undone.contacts_left)))
    put_list(sheet, "Contacts of this migration that stay", undone.contacts_staying)
    sheet.heading("Tickets of this ledger")
    figures = [Figure("deleted", number(undone.deleted))]
    if undone.gone:
        figures.append(Figure("gone before", number(undone.gone), "somebody else had deleted them"))
    figures.append(Figure("still there", number(undone.tickets_left)))
    if undone.plan.options.contacts:
        figures.append(Figure("contacts deleted", number(undone.contacts_deleted)))
    sheet.figures(figures)
    sheet.gap()
    if undone.complete:
        sheet.say("Taken back: no ticket of this ledger is left; it can migrate again.", paint=Paint.GOOD)
    else:
        sheet.say(f"Not all taken back: {listed(_missing(undone))}.", paint=Paint.CARE)
    if any(each.why is Why.TOUCHED for each in (*undone.left, *undone.contacts_left)):
        sheet.say("Look at what was left alone; --force deletes it all the same.", indent=2)
    return sheet.text()


def undo_document(undone: Undone, ledger: str) -> dict[str, object]:
    """Every fact of an undo. `tickets = deleted + gone + tickets_left`, where nothing stopped it."""
    return {
        "schema": UNDO_SCHEMA,
        "ledger": ledger,
        "target": undone.plan.target,
        "tickets": undone.plan.tickets,
        "deleted": undone.deleted,
        "gone": undone.gone,
        "tickets_left": undone.tickets_left,
        "in_doubt": undone.in_doubt,
        "contacts_made": undone.plan.contacts,
        "contacts_deleted": undone.contacts_deleted,
        "left": [_left(each) for each in undone.left],
        "contacts_left": [_left(each) for each in undone.contacts_left],
        "contacts_staying": list(undone.contacts_staying),
        "complete": undone.complete,
    }


def _contacts_note(plan: UndoPlan) -> str:
    if plan.options.contacts or not plan.contacts:
        return ""
    return f"the {number(plan.contacts)} that were made for replies stay (--contacts deletes them)"


def _missing(undone: Undone) -> list[str]:
    missing = [
        (undone.tickets_left, f"{amount(undone.tickets_left, 'ticket')} still there"),
        (undone.in_doubt, f"{amount(undone.in_doubt, 'row')} in doubt"),
        (len(undone.contacts_left), f"{amount(len(undone.contacts_left), 'contact')} left alone"),
    ]
    return [words for count, words in missing if count] or ["it was stopped"]


def _line(left: Left) -> str:
    where = f" ({left.url or f'ticket {left.number}'})" if left.number else ""
    details = f": {listed(left.details)}" if left.details else ""
    return f"{left.what}{where}: {_REASONS[left.why]}{details}"


def _left(left: Left) -> dict[str, object]:
    return {
        "key" if left.number else "contact": left.what,
        "why": left.why.value,
        "details": list(left.details),
        "number": left.number,
        "url": left.url,
    }
