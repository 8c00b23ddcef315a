"""Tickets that Featurebase made without a conversation, so that their messages have no place.

They fail in our own words, before a request is spent on each message; or, where the mapping says so, what
customers may see becomes part of the ticket's text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from migrator.featurebase import Directory, as_left, into_content, without_files
from migrator.ledger import Ledger
from migrator.mapping import Mapping
from migrator.model import Problem, Refused, Severity, Step, StepKind, TicketSeen

FACT = "without_conversation"
"""The ledger's fact that says what becomes of such a ticket."""
CONTENT = "content"
_NOTES = "private notes"
_FILES = "files"

NO_CONVERSATION = Refused(
    0,
    "no-conversation",
    "Featurebase made this ticket without a conversation, so that its messages have no place; with "
    "`without_conversation: content` in `replies` of the mapping they become part of its text",
)

Steps = Sequence[tuple[int, Step]]


def facts_of(mapping: Mapping) -> dict[str, str]:
    """What `Threadless` asks the ledger for."""
    replies = mapping.plan.replies
    return {FACT: CONTENT if replies and replies.in_content_if_threadless else ""}


def lacks_conversation(seen: TicketSeen) -> bool:
    """Whether an answer says that there is none; one that says nothing leaves it to be tried."""
    return seen.linked_conversations == ()


def is_for_want_of_one(refused: Refused, seen: TicketSeen | None) -> bool:
    """Whether a message was refused because its ticket has no conversation (featurebase.md section 5.4).

    Args:
        seen: The ticket, whose own word decides; where it has none, that of the refusal does. None where it
            is gone, which is why there is no conversation, and no text either to put a message into.
    """
    if seen is None:
        return False
    if seen.linked_conversations is None:
        return "conversation" in f"{refused.code} {refused.message}".lower()
    return lacks_conversation(seen)


class Threadless:
    """Puts the messages of such tickets into their text. Thread-safe."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._into_content = ledger.fact(FACT) == CONTENT

    @cached_property
    def _directory(self) -> Directory:
        known = self._ledger.fact("directory")
        return Directory.from_text(known) if known else Directory.unchecked()

    def instead(self, row: int, waiting: Steps) -> list[tuple[int, Step]] | None:
        """What is sent instead of a ticket's waiting steps, the same in the ledger; None: its row fails."""
        if not self._into_content:
            return None
        messages = [(ordinal, step) for ordinal, step in waiting if step.kind.is_message]
        public = [step for _, step in messages if step.kind is StepKind.REPLY]
        content = as_left(self._ledger.done_steps(row)).content or ""
        change = into_content(content, public, self._directory)
        ordinals = [ordinal for ordinal, _ in messages]
        left_out = _left_out([step for _, step in messages])
        self._ledger.merge(row, ordinals, change, _warning(len(public), left_out), left_out)
        others = [(ordinal, step) for ordinal, step in waiting if ordinal not in ordinals]
        return sorted([(ordinals[0], change), *others], key=lambda each: each[0])


def _left_out(messages: Sequence[Step]) -> Counter[str]:
    """Private notes, and all files: a text names and links those of a reply, and holds none."""
    plain = [instead for each in messages if (instead := without_files(each))]
    return Counter(
        {
            _NOTES: sum(each.kind is not StepKind.REPLY for each in messages),
            _FILES: sum(len(each.names) for each in plain),
        }
    )


def _warning(public: int, left_out: Counter[str]) -> Problem:
    files = left_out[_FILES]
    said = f"; {files} files are not copied, those of replies are linked" if files else ""
    return Problem(
        "thread-in-content",
        f"there is no conversation: {public} messages became part of the ticket's text, "
        f"and {left_out[_NOTES]} private notes were left out{said}",
        hint="nothing to do, unless what was left out matters: it stays in the export",
        severity=Severity.WARNING,
    )
