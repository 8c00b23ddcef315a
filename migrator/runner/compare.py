"""What was sent beside what is there, field by field. Pure.

`verify` reports the differences; `undo` and changes to a ticket ask whether a person has touched it since.
What the service is known to do with what it is given (it cleans markup, tidies white space, signs the links
of files) is a difference that is explained, not one that is hidden: `compare_values.py` says which. Which
message is which is found in `compare_threads.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from migrator.featurebase import Directory, as_left, part_sent, with_change
from migrator.ledger import Difference, DifferenceKind
from migrator.model import PartSeen, Step, StepKind, TicketSeen, shown
from migrator.runner import compare_values
from migrator.runner.compare_threads import match
from migrator.runner.compare_values import as_text, case, is_empty
from migrator.runner.matching import folded, instant

SHOWN = 200
"""Characters of a value that a difference shows."""

_NAMES = {
    "title": "title",
    "content": "content",
    "statusId": "status",
    "open": "open",
    "assigneeId": "assignee",
    "companyId": "company",
    "snoozedUntil": "snoozed until",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing one ticket came to."""

    compared: int
    """Values that were sent and could be compared, each message of the thread being one."""
    differences: tuple[Difference, ...]

    @property
    def changed(self) -> tuple[Difference, ...]:
        """The differences that nothing explains."""
        return tuple(each for each in self.differences if each.kind is not DifferenceKind.EXPLAINED)


GONE = Comparison(1, (Difference("ticket", "there", "deleted", DifferenceKind.MISSING),))


def compare_ticket(steps: Sequence[Step], seen: TicketSeen | None, directory: Directory) -> Comparison:
    """Compares a ticket with the requests that made it.

    Args:
        steps: Those that were carried out, in their order, the create step first.
        seen: The ticket; None where it is gone. Without its parts the thread is not compared.
    """
    if seen is None:
        return GONE
    comparing = _Comparing(directory)
    comparing.ticket(as_left(steps), seen)
    if seen.parts is not None:
        messages = [part_sent(step) for step in steps if step.kind in (StepKind.REPLY, StepKind.NOTE)]
        comparing.thread(messages, part_sent(steps[0]), seen.parts)
    return Comparison(comparing.compared, tuple(comparing.differences))


def changed_fields(expected: TicketSeen, seen: TicketSeen, directory: Directory) -> tuple[Difference, ...]:
    """Unexplained differences of a ticket's own fields, its thread aside."""
    comparing = _Comparing(directory)
    comparing.ticket(expected, seen)
    return Comparison(0, tuple(comparing.differences)).changed


def overwritten(
    carried_out: Sequence[Step],
    change: Step,
    seen: TicketSeen,
    directory: Directory,
    *,
    reopened_after: int = 0,
) -> tuple[str, ...]:
    """Fields that a change would set and that somebody has set to something else since.

    Args:
        carried_out: The steps that made the ticket what it was, the create step first.
        change: An UPDATE step that is about to be sent.
        reopened_after: After how many of them a person was found to have opened the ticket; 0: never.
    """
    before = _as_known(carried_out, reopened_after)
    now = {each.field for each in changed_fields(before, seen, directory)}
    wanted = {each.field for each in changed_fields(with_change(before, change), seen, directory)}
    return tuple(sorted(now & wanted & _set_by(change, directory)))


def is_reopened(carried_out: Sequence[Step], seen: TicketSeen) -> bool:
    """Whether a person, and none of these requests, has opened a ticket that they closed."""
    return _as_known(carried_out).open is False and seen.open is True


def _as_known(carried_out: Sequence[Step], reopened_after: int = 0) -> TicketSeen:
    """The ticket as its requests left it, and whether it is open only where that is certain.

    Whether a message opens a ticket that was closed is not documented (featurebase.md section 14). Where a
    person was found to have opened it before such a message was sent, it is theirs.
    """
    left = as_left(carried_out)
    closings = [at for at, step in enumerate(carried_out) if step.kind.is_change and _opens_or_closes(step)]
    last = closings[-1] if closings else len(carried_out)
    unsure = reopened_after <= last and any(step.kind.is_message for step in carried_out[last:])
    return replace(left, open=None) if unsure else left


def _opens_or_closes(change: Step) -> bool:
    return "open" in json.loads(change.body)


def _set_by(change: Step, directory: Directory) -> set[str]:
    """The fields that an UPDATE step sets, by the names that differences have."""
    body = json.loads(change.body)
    labels = {field.id: field.label for field in directory.fields}
    own = {_NAMES[name] for name in body if name in _NAMES}
    return own | {labels.get(field, field) for field in body.get("customFields", {})}


class _Comparing:
    """Collects what is different between one ticket and its requests."""

    def __init__(self, directory: Directory) -> None:
        self.compared = 0
        self.differences: list[Difference] = []
        self._fields = {field.id: field for field in directory.fields}

    # --- the ticket itself --------------------------------------------------------------------

    def ticket(self, sent: TicketSeen, seen: TicketSeen) -> None:
        self._value("title", sent.title, seen.title, compare_values.spaces)
        self._value("content", sent.content, seen.content, compare_values.markup)
        self._value("category", sent.category_id, seen.category_id)
        self._value("author email", sent.author_email, seen.author_email, compare_values.case)
        self._value("author", sent.author_id, seen.author_id)
        self._value("author name", sent.author_name, seen.author_name, compare_values.name)
        self._value("created", sent.created_at, seen.created_at, compare_values.moment)
        self._value("status", sent.status_id, seen.status_id)
        self._value("open", compare_values.as_word(sent.open), compare_values.as_word(seen.open))
        self._optional("assignee", sent.assignee_id, seen.assignee_id)
        self._optional("company", sent.company_id, seen.company_id)
        self._value("snoozed until", sent.snoozed_until, seen.snoozed_until, compare_values.moment)
        if seen.custom_fields is not None:
            self._custom_fields(sent.custom_fields or {}, seen.custom_fields)

    def _value(
        self,
        field: str,
        sent: str | None,
        seen: str | None,
        explain: Callable[[str, str], str | None] | None = None,
    ) -> None:
        """One value; what was not sent, or what the answer does not show, is not compared."""
        if sent is None or seen is None:
            return
        self.compared += 1
        if sent == seen:
            return
        explained = explain(sent, seen) if explain else None
        if explained != "":
            self._differ(field, sent, seen, explained or "")

    def _optional(self, field: str, sent: str | None, seen: str | None) -> None:
        """A value that a ticket may lack, so that its absence in an answer means something."""
        if sent is not None and seen is None:
            self.compared += 1
            self._add(field, sent, "", DifferenceKind.MISSING)
        elif sent is None and seen is not None:
            self._add(field, "", seen, DifferenceKind.EXTRA)
        else:
            self._value(field, sent, seen)

    def _custom_fields(self, sent: dict[str, object], seen: dict[str, object]) -> None:
        for field_id, value in sent.items():
            self.compared += value is not None
            field = self._fields.get(field_id)
            name = field.label if field else field_id
            there = seen.get(field_id)
            if is_empty(there) and not is_empty(value):
                self._add(name, as_text(value), "", DifferenceKind.MISSING)
            elif (explained := compare_values.custom_field(field, value, there)) != "":
                self._differ(name, as_text(value), as_text(there), explained or "")
        for field_id in seen.keys() - sent.keys():
            if not is_empty(seen[field_id]):
                field = self._fields.get(field_id)
                self._add(
                    field.label if field else field_id,
                    "",
                    as_text(seen[field_id]),
                    DifferenceKind.EXTRA,
                )

    # --- the thread ---------------------------------------------------------------------------

    def thread(self, sent: Sequence[PartSeen], description: PartSeen, seen: Sequence[PartSeen]) -> None:
        """Every message once, of its kind, at its time, in its order; and nobody else's beside them."""
        matched = match(sent, description, seen)
        self.compared += len(sent)
        for pair in matched.pairs:
            self._message(pair.number, pair.sent, pair.seen)
        if not matched.in_order:
            explanation = compare_values.NEWEST_FIRST if matched.newest_first else ""
            self._differ("order of the thread", "as in the source", "another", explanation)
        for number, message in matched.missing:
            name = f"message {number} ({message.kind.value})"
            self._add(name, message.body or "", "", DifferenceKind.MISSING)
        for part in matched.extra:
            self._add(f"message ({part.kind.value})", "", part.body or "", DifferenceKind.EXTRA)

    def _message(self, number: int, sent: PartSeen, seen: PartSeen) -> None:
        name = f"message {number} ({sent.kind.value})"
        sent_s, seen_s = instant(sent.created_at), instant(seen.created_at)
        if sent_s is not None and seen_s is not None and int(sent_s) != int(seen_s):
            self._differ(f"{name}, created", sent.created_at or "", seen.created_at or "", "")
        if sent.author_email and seen.author_email and case(sent.author_email, seen.author_email) is None:
            self._differ(f"{name}, author", sent.author_email, seen.author_email, "")
        if sent.author_id and seen.author_id and sent.author_id != seen.author_id:
            self._differ(f"{name}, author", sent.author_id, seen.author_id, "")
        if (sent.body or "") == (seen.body or ""):
            return
        same_words = folded(sent.body or "") == folded(seen.body or "")
        self._differ(name, sent.body or "", seen.body or "", compare_values.MARKUP if same_words else "")

    # --- writing down -------------------------------------------------------------------------

    def _differ(self, field: str, sent: str, seen: str, explanation: str) -> None:
        kind = DifferenceKind.EXPLAINED if explanation else DifferenceKind.DIFFERENT
        self._add(field, sent, seen, kind, explanation)

    def _add(self, field: str, sent: str, seen: str, kind: DifferenceKind, explanation: str = "") -> None:
        self.differences.append(Difference(field, shown(sent, SHOWN), shown(seen, SHOWN), kind, explanation))
