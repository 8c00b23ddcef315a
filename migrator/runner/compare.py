"""What was sent beside what is there, field by field. Pure.

`verify` reports the differences; `undo` and changes to a ticket ask whether a person has touched it since.
What the service is known to do with what it is given (it cleans markup, tidies white space, signs the links
of files) is a difference that is explained, not one that is hidden.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from migrator.featurebase import Directory, Field, as_left, part_sent, with_change
from migrator.ledger import Difference, DifferenceKind
from migrator.model import PartKind, PartSeen, Step, StepKind, TicketSeen, shown
from migrator.runner.matching import folded, instant
from migrator.runner.parts import echo, equal, same_place

EQUAL, EXPLAINED, DIFFERENT, MISSING = "equal", "explained", "different", "missing"
"""What reading one ticket back comes to; `explained`: only as Featurebase is known to change things."""

SHOWN = 200
"""Characters of a value that a difference shows."""

SPACES = "Featurebase tidied white space"
MARKUP = "Featurebase rewrote the markup; the words are the same"
SECONDS = "Featurebase keeps whole seconds"
SIGNED = "Featurebase shows files by links of its own, which expire"
OPTION = "Featurebase shows this choice by its other name"
NUMBER = "the same number, written otherwise"
DAY = "the same day, written otherwise"
KNOWN_PERSON = "Featurebase knew this person by another name already"

_MIDNIGHT = re.compile(r"00:00(:00(\.0+)?)?(Z|\+00:00)")

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
    carried_out: Sequence[Step], change: Step, seen: TicketSeen, directory: Directory
) -> tuple[str, ...]:
    """Fields that a change would set and that somebody has set to something else since.

    Args:
        carried_out: The steps that made the ticket what it was, the create step first.
        change: An UPDATE step that is about to be sent.
    """
    before = _as_known(carried_out)
    now = {each.field for each in changed_fields(before, seen, directory)}
    wanted = {each.field for each in changed_fields(with_change(before, change), seen, directory)}
    return tuple(sorted(now & wanted & _set_by(change, directory)))


def _as_known(carried_out: Sequence[Step]) -> TicketSeen:
    """The ticket as its requests left it, and whether it is open only where that is certain.

    Whether a message opens a ticket that was closed is not documented (featurebase.md section 14).
    """
    left = as_left(carried_out)
    closings = [at for at, step in enumerate(carried_out) if step.kind.is_change and _opens_or_closes(step)]
    unsure = closings and any(step.kind.is_message for step in carried_out[closings[-1] :])
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
        self._value("title", sent.title, seen.title, _spaces)
        self._value("content", sent.content, seen.content, _markup)
        self._value("category", sent.category_id, seen.category_id)
        self._value("author email", sent.author_email, seen.author_email, _case)
        self._value("author", sent.author_id, seen.author_id)
        self._value("author name", sent.author_name, seen.author_name, _name)
        self._value("created", sent.created_at, seen.created_at, _moment)
        self._value("status", sent.status_id, seen.status_id)
        self._value("open", _word(sent.open), _word(seen.open))
        self._optional("assignee", sent.assignee_id, seen.assignee_id)
        self._optional("company", sent.company_id, seen.company_id)
        self._value("snoozed until", sent.snoozed_until, seen.snoozed_until, _moment)
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
            if _empty(there) and not _empty(value):
                self._add(name, _text(value), "", DifferenceKind.MISSING)
            elif (explained := _explained_field(field, value, there)) != "":
                self._differ(name, _text(value), _text(there), explained or "")
        for field_id in seen.keys() - sent.keys():
            if not _empty(seen[field_id]):
                field = self._fields.get(field_id)
                self._add(field.label if field else field_id, "", _text(seen[field_id]), DifferenceKind.EXTRA)

    # --- the thread ---------------------------------------------------------------------------

    def thread(self, sent: Sequence[PartSeen], description: PartSeen, seen: Sequence[PartSeen]) -> None:
        """Every message once, of its kind, at its time, in its order; and nobody else's beside them."""
        left = [(at, part) for at, part in enumerate(seen) if part.kind is not PartKind.OTHER]
        missing, pairs = list(enumerate(sent, start=1)), []
        for alike in (equal, same_place, echo):
            missing, found = _taken(missing, left, alike)
            pairs += found
        _drop_description(description, left)
        self.compared += len(sent)
        for number, message, _, part in pairs:
            self._message(number, message, part)
        if not _in_order(pairs):
            self._add("order of the thread", "as in the source", "another", DifferenceKind.DIFFERENT)
        for number, message in missing:
            name = f"message {number} ({message.kind.value})"
            self._add(name, message.body or "", "", DifferenceKind.MISSING)
        for _, part in left:
            self._add(f"message ({part.kind.value})", "", part.body or "", DifferenceKind.EXTRA)

    def _message(self, number: int, sent: PartSeen, seen: PartSeen) -> None:
        name = f"message {number} ({sent.kind.value})"
        sent_s, seen_s = instant(sent.created_at), instant(seen.created_at)
        if sent_s is not None and seen_s is not None and int(sent_s) != int(seen_s):
            self._differ(f"{name}, created", sent.created_at or "", seen.created_at or "", "")
        if sent.author_email and seen.author_email and _case(sent.author_email, seen.author_email) is None:
            self._differ(f"{name}, author", sent.author_email, seen.author_email, "")
        if sent.author_id and seen.author_id and sent.author_id != seen.author_id:
            self._differ(f"{name}, author", sent.author_id, seen.author_id, "")
        if (sent.body or "") == (seen.body or ""):
            return
        same_words = folded(sent.body or "") == folded(seen.body or "")
        self._differ(name, sent.body or "", seen.body or "", MARKUP if same_words else "")

    # --- writing down -------------------------------------------------------------------------

    def _differ(self, field: str, sent: str, seen: str, explanation: str) -> None:
        kind = DifferenceKind.EXPLAINED if explanation else DifferenceKind.DIFFERENT
        self._add(field, sent, seen, kind, explanation)

    def _add(self, field: str, sent: str, seen: str, kind: DifferenceKind, explanation: str = "") -> None:
        self.differences.append(Difference(field, shown(sent, SHOWN), shown(seen, SHOWN), kind, explanation))


# --- what explains a difference: a sentence, "" for none at all, None for no explanation -----------


def _spaces(sent: str, seen: str) -> str | None:
    return SPACES if " ".join(sent.split()) == " ".join(seen.split()) else None


def _markup(sent: str, seen: str) -> str | None:
    return MARKUP if folded(sent) == folded(seen) else None


def _case(sent: str, seen: str) -> str | None:
    return "" if sent.casefold() == seen.casefold() else None


def _name(_sent: str, _seen: str) -> str | None:
    return KNOWN_PERSON


def _moment(sent: str, seen: str) -> str | None:
    sent_s, seen_s = instant(sent), instant(seen)
    if sent_s is None or seen_s is None:
        return None
    if sent_s == seen_s:
        return ""
    return SECONDS if int(sent_s) == int(seen_s) else None


def _explained_field(field: Field | None, sent: object, seen: object) -> str | None:
    if _same_value(sent, seen):
        return ""
    if field and field.type == "file":
        return SIGNED if sorted(_file_names(sent)) == sorted(_file_names(seen)) else None
    if field and field.options and _options(field, sent) == _options(field, seen):
        return OPTION
    if _number(sent) is not None and _number(sent) == _number(seen):
        return NUMBER
    if isinstance(sent, str) and isinstance(seen, str):
        if field and field.type == "date" and _day(sent) == _day(seen) is not None:
            return DAY
        same_moment = _moment(sent, seen)
        return _spaces(sent, seen) if same_moment is None else same_moment
    return None


def _day(text: str) -> str | None:
    """The day that a date names, with or without the midnight (UTC) at which it begins."""
    day, _, time = text.partition("T")
    return day if not time or _MIDNIGHT.fullmatch(time) else None


def _options(field: Field, value: object) -> list[str]:
    """Choices as ids, whichever way they are written; in no order."""
    ids = {option.label: option.id for option in field.options}
    chosen = [
        str(each.get("id") or each.get("label")) if isinstance(each, dict) else str(each)
        for each in (value if isinstance(value, list) else [value])
    ]
    return sorted(ids.get(each, each) for each in chosen)


def _file_names(value: object) -> list[str]:
    """The names of files, from a request (`{url, name}`) or an answer (JSON text of `{key, name, url}`)."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return [str(value)]
    files = value if isinstance(value, list) else [value]
    return [_file_name(each) for each in files]


def _file_name(file: object) -> str:
    if isinstance(file, str):
        return next(iter(_file_names(file)), "") if file.startswith("{") else file
    if not isinstance(file, dict):
        return ""
    return str(file.get("name") or str(file.get("url", "")).partition("?")[0].rpartition("/")[2])


def _same_value(sent: object, seen: object) -> bool:
    if sent == seen and isinstance(sent, bool) == isinstance(seen, bool):
        return True
    return sent is None and _empty(seen)


def _empty(value: object) -> bool:
    return value is None or value is False or value in ("", [], {})


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _word(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


# --- matching messages ------------------------------------------------------------------------

_Numbered = tuple[int, PartSeen]
"""A message and its number in the thread, from 1."""
_Pair = tuple[int, PartSeen, int, PartSeen]
"""The same, with the place and the entry where it was found."""


def _taken(
    messages: Sequence[_Numbered],
    left: list[tuple[int, PartSeen]],
    alike: Callable[[PartSeen, PartSeen], bool],
) -> tuple[list[_Numbered], list[_Pair]]:
    """Takes an entry out of `left` for each message that is like one: those without, and the pairs."""
    missing: list[_Numbered] = []
    found: list[_Pair] = []
    for number, message in messages:
        index = next((i for i, (_, part) in enumerate(left) if alike(message, part)), None)
        if index is None:
            missing.append((number, message))
        else:
            found.append((number, message, *left.pop(index)))
    return missing, found


def _in_order(pairs: Sequence[_Pair]) -> bool:
    """Whether messages of different seconds stand in the order of time."""
    dated = sorted((instant(sent.created_at) or 0.0, number, at) for number, sent, at, _ in pairs)
    return all(
        earlier[2] < later[2] or int(earlier[0]) == int(later[0]) for earlier, later in pairwise(dated)
    )


def _drop_description(description: PartSeen, left: list[tuple[int, PartSeen]]) -> None:
    """Some workspaces show the ticket's own text as the first message; that is no message of anybody's."""
    for index, (_, part) in enumerate(left):
        if part.kind is not PartKind.NOTE and folded(part.body or "") == folded(description.body or ""):
            del left[index]
            return
