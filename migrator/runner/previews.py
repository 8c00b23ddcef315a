"""A few tickets shown as they will be: one for every kind that an export has, beside what the source says.

The sample is stratified: the first ticket of each status and each year, one with files, one with a long
thread, and so on. What is shown is read from the very bytes that would be sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from migrator.featurebase import Directory, as_sent, part_sent
from migrator.featurebase.lookup import UNCHECKED
from migrator.model import Draft, PartKind, PartSeen, Record, Step, StepKind, Ticket, TicketSeen, Value, shown

MOST_OF_A_KIND = 4
"""Statuses, and years, that have a preview of their own."""
LONG_THREAD = 6
"""Messages from which on a thread counts as long."""
MOST_MESSAGES = 6
MOST_VALUES = 40
LONGEST_VALUE = 600
LONGEST_BODY = 20_000
"""Characters of HTML; a page shows less."""

_QUOTA = {"status": MOST_OF_A_KIND, "year": MOST_OF_A_KIND}
"""Kinds that may have several tickets; every other has one."""


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of the thread."""

    kind: PartKind
    author: str
    created_at: str
    body: str
    """The HTML that would be sent."""


@dataclass(frozen=True, slots=True)
class Preview:
    """One ticket, before and after."""

    key: str
    place: str
    why: tuple[str, ...]
    """What it is an example of: `status Resolved`, `files`."""
    source: tuple[tuple[str, str], ...]
    """What the export says: paths and values, the first `MOST_VALUES` of them."""
    source_more: int
    title: str
    facts: tuple[tuple[str, str], ...]
    """What Featurebase shows beside the text: status, author, dates, fields."""
    body: str
    """The HTML that would be sent."""
    messages: tuple[Message, ...]
    """The first `MOST_MESSAGES`."""
    messages_more: int


Picked = tuple[list[tuple[str, str]], Preview]
"""A preview and the traits, pairs of a kind and what is special, for which it was picked."""


class Sample:
    """Picks tickets to preview while an export goes by."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._taken: Counter[str] = Counter()
        self._seen: set[tuple[str, str]] = set()
        self._previews: list[Picked] = []

    def take(self, record: Record, draft: Draft, ticket: Ticket, *, warned: bool) -> None:
        """Keeps the ticket if it is the first of a kind that still has room.

        Args:
            warned: Something about the ticket should be known.
        """
        traits = (*_traits(draft, ticket), *((("warnings", "warnings"),) if warned else ()))
        fresh = [trait for trait in traits if trait not in self._seen and self._wants(*trait)]
        if fresh:
            self._previews.append((fresh, _preview(record, draft, ticket, self._directory)))

    def counted(self) -> list[Picked]:
        """What was picked so far, to be added to by another process."""
        return self._previews

    def add(self, picked: list[Picked]) -> None:
        """Takes in what was picked of the tickets that follow, as far as there is still room for its kind."""
        for traits, preview in picked:
            fresh = [(kind, trait) for kind, trait in traits if self._wants(kind, trait)]
            if fresh:
                self._previews.append((fresh, preview))

    def finish(self) -> tuple[Preview, ...]:
        return tuple(replace(preview, why=_why(traits)) for traits, preview in self._previews)

    def _wants(self, kind: str, trait: str) -> bool:
        if (kind, trait) in self._seen or self._taken[kind] >= _QUOTA.get(kind, 1):
            return False
        self._seen.add((kind, trait))
        self._taken[kind] += 1
        return True


def _why(traits: list[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{kind} {shown(trait)}" if kind in _QUOTA else trait for kind, trait in traits)


def _traits(draft: Draft, ticket: Ticket) -> Iterator[tuple[str, str]]:
    """What makes a ticket worth a look: pairs of a kind and what is special."""
    if draft.status is not None:
        yield "status", draft.status.value
    if draft.created_at is not None:
        yield "year", draft.created_at.value[:4]
    if draft.files or any(field.files for field in draft.fields) or any(each.files for each in draft.replies):
        yield "files", "files"
    if any(reply.private for reply in draft.replies):
        yield "notes", "private notes"
    if len(draft.replies) >= LONG_THREAD:
        yield "thread", "a long thread"
    if draft.images:
        yield "images", "pictures in the text"
    if ticket.left_out:
        yield "left out", "something is left out"


# --- one preview ------------------------------------------------------------------------------


def _preview(record: Record, draft: Draft, ticket: Ticket, directory: Directory) -> Preview:
    """Without what it is an example of, which the whole sample decides."""
    values = list(_flat(record.values))
    sent = as_sent(ticket.steps[0])
    steps = [step for step in ticket.steps if step.kind in (StepKind.REPLY, StepKind.NOTE)]
    return Preview(
        key=shown(draft.key),
        place=str(record.ref),
        why=(),
        source=tuple(values[:MOST_VALUES]),
        source_more=max(0, len(values) - MOST_VALUES),
        title=shown(sent.title or "", LONGEST_VALUE),
        facts=tuple((name, shown(text, LONGEST_VALUE)) for name, text in _facts(sent, ticket, directory)),
        body=(sent.content or "")[:LONGEST_BODY],
        messages=tuple(_message(step, draft, directory) for step in steps[:MOST_MESSAGES]),
        messages_more=max(0, len(steps) - MOST_MESSAGES),
    )


def _flat(value: Value, path: str = "") -> Iterator[tuple[str, str]]:
    """Everything that a record says, as paths and texts; what is blank is left out."""
    match value:
        case str():
            if value.strip():
                yield path, value[:LONGEST_VALUE] + ("…" if len(value) > LONGEST_VALUE else "")
        case list():
            for position, each in enumerate(value):
                yield from _flat(each, f"{path}.{position}" if path else str(position))
        case dict():
            for name, each in value.items():
                yield from _flat(each, f"{path}.{shown(name)}" if path else shown(name))


def _facts(sent: TicketSeen, ticket: Ticket, directory: Directory) -> Iterator[tuple[str, str]]:
    closes = any(step.kind is StepKind.UPDATE for step in ticket.steps)
    yield "Status", _name(sent.status_id, "statuses", directory) or "the workspace's default"
    yield "Open", "no: closed after its thread" if closes else "yes"
    yield "Category", _name(sent.category_id, "categories", directory)
    author = " ".join(filter(None, (sent.author_name, f"<{sent.author_email}>" if sent.author_email else "")))
    yield "Author", author or (sent.author_id or "")
    yield "Created", sent.created_at or "when it is sent"
    yield "Assignee", _name(sent.assignee_id, "admins", directory) or "nobody"
    if sent.company_id:
        yield "Company", _name(sent.company_id, "companies", directory)
    for field_id, value in (sent.custom_fields or {}).items():
        yield _name(field_id, "fields", directory), _field_text(field_id, value, directory)


def _name(entry_id: str | None, list_name: str, directory: Directory) -> str:
    """The workspace's name for an id; for one that nobody looked up, the name that was asked for."""
    if not entry_id:
        return ""
    if entry_id.startswith(UNCHECKED):
        return entry_id.removeprefix(UNCHECKED)
    return next((each.title for each in getattr(directory, list_name) if each.id == entry_id), entry_id)


def _field_text(field_id: str, value: object, directory: Directory) -> str:
    field = next((each for each in directory.fields if each.id == field_id), None)
    labels = {option.id: option.label for option in field.options} if field else {}
    parts = value if isinstance(value, list) else [value]
    return ", ".join(_part_text(part, labels) for part in parts)


def _part_text(part: object, labels: dict[str, str]) -> str:
    match part:
        case {"name": str(name)}:
            return name
        case {"url": str(url)}:
            return url
        case bool():
            return "yes" if part else "no"
        case _:
            return labels.get(str(part), str(part))


def _message(step: Step, draft: Draft, directory: Directory) -> Message:
    part = part_sent(step)
    body = (part.body or "")[:LONGEST_BODY]
    return Message(part.kind, shown(_speaker(part, draft, directory)), part.created_at or "", body)


def _speaker(part: PartSeen, draft: Draft, directory: Directory) -> str:
    if part.author_email:
        return part.author_email
    if part.kind is PartKind.CONTACT:
        return draft.author.name.value if draft.author.name else "the customer"
    return _name(part.author_id, "admins", directory)
