"""The second pass: texts that speak of other tickets by their old numbers get the new ones.

Only the text of a ticket can be changed (featurebase.md section 5.3), so references in messages are counted
and stay. A change is written down as a step of its row like any other, is not sent where people have changed
the text meanwhile, and always begins with what the source says, never with what an earlier pass made of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import lru_cache

from migrator.ledger import Ledger, Sent
from migrator.mapping import Mapping, References, Rewriter, Target
from migrator.model import Status, Step, StepKind
from migrator.runner.control import Telling
from migrator.runner.references_seen import SEEN

FACT = "references"
"""The ledger's fact with the patterns to look for; empty where references stay as they are."""

_COMPLETE = (Status.CREATED, Status.UPDATED, Status.UNCHANGED)
_TARGETS_KEPT = 50_000
_TELL_EVERY = 200


def facts_of(mapping: Mapping) -> dict[str, str]:
    """What the pass asks the ledger for."""
    return {FACT: mapping.plan.rewriting.to_text()}


def is_due(ledger: Ledger) -> bool:
    """Whether all tickets are in, and some of them since the last pass."""
    counts = ledger.counts()
    wanted = ledger.fact(FACT) and not (counts.pending or counts.in_doubt)
    return bool(wanted) and json.loads(ledger.fact(SEEN) or "{}").get("of") != _state(ledger)


def note_rewriting(ledger: Ledger, telling: Telling) -> tuple[int, int]:
    """Writes down the changes that are needed, to be sent like any other step.

    Returns:
        How many tickets wait for one, and how many references stand in messages.
    """
    rewriter = References.from_text(ledger.fact(FACT) or "").rewriter()
    find = _finder(ledger)
    noted = in_messages = 0
    telling.progress.start("looking for references", ledger.count_owned(), "ticket")
    for number, owned in enumerate(ledger.owned(), start=1):
        if telling.control.stopping:
            break
        sent = ledger.sent(owned.row)
        if sent is not None and sent.status in _COMPLETE and sent.done:
            change = _change(sent, rewriter, find)
            if change is not None:
                ledger.append_step(sent.row, change)
                noted += 1
            in_messages += _in_messages(sent.done, rewriter, find)
        if number % _TELL_EVERY == 0:
            telling.progress.advance(_TELL_EVERY)
    telling.progress.done()
    return noted, in_messages


def end_rewriting(ledger: Ledger, in_messages: int) -> None:
    """Lets tickets be whose text could not be changed, and remembers what was found."""
    left = ledger.give_up_rewriting()
    ledger.set_facts({SEEN: json.dumps({"of": _state(ledger), "left": left, "in_messages": in_messages})})


def _state(ledger: Ledger) -> str:
    """Changes when tickets come, go, or are read anew."""
    counts = ledger.counts()
    complete = counts.created + counts.updated + counts.unchanged
    return f"{ledger.fact('staging')}/{complete}/{ledger.highest_owned()}"


def _finder(ledger: Ledger) -> Callable[[str], Target | None]:
    @lru_cache(maxsize=_TARGETS_KEPT)
    def find(key: str) -> Target | None:
        found = ledger.ticket_of(key)
        return Target(*found) if found else None

    return find


def _change(sent: Sent, rewriter: Rewriter, find: Callable[[str], Target | None]) -> Step | None:
    there = _content(sent.done)
    wanted = rewriter.rewritten(_content([s for s in sent.done if s.kind is not StepKind.REWRITE]), find)
    if wanted == there:
        return None
    body = json.dumps({"content": wanted, "skipNotifications": True}, ensure_ascii=False)
    return Step(StepKind.REWRITE, "PATCH", "/v2/tickets/{number}", body.encode())


def _content(steps: Sequence[Step]) -> str:
    """What the last of these steps to speak of it made of the text."""
    bodies = (json.loads(step.body) for step in reversed(steps) if not step.kind.is_message)
    return str(next((body["content"] for body in bodies if "content" in body), ""))


def _in_messages(steps: Sequence[Step], rewriter: Rewriter, find: Callable[[str], Target | None]) -> int:
    texts = (str(json.loads(step.body)["body"]) for step in steps if step.kind.is_message)
    return sum(find(id_) is not None for text in texts for id_ in rewriter.ids(text))
