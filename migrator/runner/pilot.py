"""A first few tickets that stand for all: one of every status, year and kind, before the rest follow.

Chosen once and remembered, so that the same command goes on with the same tickets.
"""

from __future__ import annotations

import hashlib
import json
from bisect import insort
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from migrator.ledger import Ledger, Order, Work
from migrator.model import Status, StepKind

WARNED = 5
"""Tickets looked for with each kind of warning."""
LONG_THREADS = (1, 4, 11, 31)
"""Where a thread begins to count as another length."""

Traits = frozenset[tuple[str, str]]


@dataclass(slots=True)
class _Kind:
    """Tickets that are alike in everything that is looked at."""

    traits: Traits
    size: int = 0
    few: list[tuple[str, str]] = field(default_factory=list)
    """Those that would be taken, in an order that depends on their ids alone."""


def pilot_keys(ledger: Ledger, wanted: int) -> tuple[str, ...]:
    """The source ids of the pilot, chosen now or remembered from the last time so many were wanted."""
    remembered = json.loads(ledger.fact("pilot") or "{}")
    if remembered.get("wanted") == wanted:
        return tuple(remembered["keys"])
    chosen = tuple(_choose(_kinds(ledger, wanted), wanted))
    ledger.set_facts({"pilot": json.dumps({"wanted": wanted, "keys": chosen}, ensure_ascii=False)})
    return chosen


def _kinds(ledger: Ledger, wanted: int) -> list[_Kind]:
    warned = _warned(ledger)
    kinds: dict[Traits, _Kind] = {}
    for work in ledger.waiting(order=Order.SOURCE):
        traits = _traits(work, warned.get(work.key, ()))
        kind = kinds.setdefault(traits, _Kind(traits))
        kind.size += 1
        insort(kind.few, (hashlib.sha256(work.key.encode("utf-8", "surrogatepass")).hexdigest(), work.key))
        del kind.few[wanted:]
    return list(kinds.values())


def _warned(ledger: Ledger) -> dict[str, tuple[str, ...]]:
    """A few waiting tickets for each kind of warning."""
    found: dict[str, tuple[str, ...]] = {}
    seen: Counter[str] = Counter()
    for result in ledger.results(status=Status.PENDING):
        codes = {problem.code for problem in result.warnings}
        if any(seen[code] < WARNED for code in codes):
            seen.update(codes)
            found[result.key] = tuple(sorted(codes))
    return found


def _traits(work: Work, warnings: Iterable[str]) -> Traits:
    create = json.loads(work.steps[0][1].body)
    steps = [step for _, step in work.steps]
    messages = sum(step.kind is not StepKind.UPDATE for step in steps) - 1
    length = sum(messages >= limit for limit in LONG_THREADS)
    traits = {
        ("category", str(create.get("ticketCategoryId", ""))),
        ("status", str(create.get("statusId", ""))),
        ("year", str(create.get("createdAt", ""))[:4]),
        ("assigned", str("assigneeId" in create)),
        ("thread", str(length)),
        ("notes", str(any(step.kind is StepKind.NOTE for step in steps))),
        ("files", str(any(step.uploads or b'"attachmentUrls"' in step.body for step in steps))),
        ("closed", str(steps[-1].kind is StepKind.UPDATE)),
    }
    return frozenset(traits | {("warning", code) for code in warnings})


def _choose(kinds: list[_Kind], wanted: int) -> Iterator[str]:
    """Always of the kind that shows most that was not shown yet; then of the one that is shown too little."""
    shown: Counter[tuple[str, str]] = Counter()
    taken: Counter[Traits] = Counter()

    def worth(kind: _Kind) -> tuple[int, float]:
        return sum(not shown[trait] for trait in kind.traits), kind.size / (1 + taken[kind.traits])

    left = [kind for kind in kinds if kind.few]
    for _ in range(wanted):
        if not left:
            return
        best = max(left, key=worth)
        yield best.few.pop(0)[1]
        shown.update(best.traits)
        taken[best.traits] += 1
        if not best.few:
            left.remove(best)
