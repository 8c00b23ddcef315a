"""What a mapping's value tables make of an export: every source value, what it becomes, how often.

One record at a time, in memory that does not grow with their number. What a target means to a
workspace is not known here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from migrator.mapping.draft import messages
from migrator.mapping.plan import Plan
from migrator.mapping.rules import Orders, Row, Rule
from migrator.mapping.sources import Constant
from migrator.model import Record, SourceRef, Value, shown

MOST_VALUES = 2_000
"""Different values that are counted one by one for each table; more are counted together."""

_NO_ORDERS = Orders()
_NOWHERE = Record(SourceRef("", 0), {})


class Becomes(StrEnum):
    """How a source value comes by its target."""

    LISTED = "listed"
    """`values` lists it."""
    OTHERWISE = "otherwise"
    """`unmapped` says what values become that are not listed."""
    BLANK = "blank"
    """Nothing is written; `missing` says what becomes of that, or nothing does."""
    UNDECIDED = "undecided"
    """Nobody has said, so that its rows are held back."""
    UNUSED = "unused"
    """`values` lists it, and no row has it."""


@dataclass(frozen=True, slots=True)
class ValueUse:
    """One source value."""

    value: str
    """Passed through `shown`; "" for blank."""
    target: str
    """Empty where the value is left out, or undecided."""
    becomes: Becomes
    count: int


@dataclass(frozen=True, slots=True)
class ValueMap:
    """One rule with `values`, held against an export."""

    rule: str
    """`ticket.status`."""
    at: str
    column: str
    uses: tuple[ValueUse, ...]
    """The most frequent first; those that are listed and never used last."""
    others: int
    """Rows whose value came after `MOST_VALUES` different ones."""


class Coverage:
    """Looks at records, then tells how the tables of a mapping cover them."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._of_tickets = [_Table(rule) for rule in _ticket_rules(plan) if rule.lookup]
        self._of_replies = [_Table(rule) for rule in _reply_rules(plan) if rule.lookup]

    def look(self, record: Record) -> None:
        """Takes in one record. Records that the reader found damaged tell nothing."""
        if record.problems and any(problem.blocks for problem in record.problems):
            return
        row = Row(record, _NO_ORDERS)
        for table in self._of_tickets:
            table.look(record.values, row)
        if self._of_replies and self._plan.replies is not None:
            for item in messages(self._plan.replies, row):
                for table in self._of_replies:
                    table.look(item, row)

    def counted(self) -> list[tuple[dict[str, int], int]]:
        """What was counted so far of each table, to be added to by another process."""
        return [(dict(table.counts), table.others) for table in (*self._of_tickets, *self._of_replies)]

    def add(self, counted: list[tuple[dict[str, int], int]]) -> None:
        """Takes in what was counted of the records that follow, with the same mapping."""
        for table, (counts, others) in zip((*self._of_tickets, *self._of_replies), counted, strict=True):
            for text, count in counts.items():
                table.count(text, count)
            table.others += others

    @property
    def maps(self) -> tuple[ValueMap, ...]:
        """Every table, in the order of the mapping."""
        return tuple(table.finish() for table in (*self._of_tickets, *self._of_replies))


def as_written(rule: Rule) -> Rule:
    """The same rule without its table: yields what the source says, before anything stands in for it."""
    return replace(rule, lookup=None, unmapped=None, missing=None, join=None)


class _Table:
    """One rule's values, counted."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.before = as_written(rule)
        self.after = replace(rule, when=None, split="", match=None, replace=(), join=None)
        self.counts: Counter[str] = Counter()
        self.others = 0

    def look(self, values: dict[str, Value], row: Row) -> None:
        if self.rule.when is not None and not self.rule.when.holds(values, row):
            return
        before = self.before
        for text in before.once(lambda found: before.texts_of(found, row), values, row) or [""]:
            self.count(text)

    def count(self, text: str, count: int = 1) -> None:
        if text in self.counts or len(self.counts) < MOST_VALUES:
            self.counts[text] += count
        else:
            self.others += count

    def finish(self) -> ValueMap:
        assert self.rule.lookup is not None
        used = [self._use(text, count) for text, count in self.counts.most_common()]
        known = {text.strip().casefold() for text in self.counts}
        listed = [text for text in self.rule.lookup.listed() if text.strip().casefold() not in known]
        unused = [ValueUse(shown(text), self._target(text)[0], Becomes.UNUSED, 0) for text in listed]
        origin = self.rule.origin
        return ValueMap(self.rule.name, origin.at, origin.column, (*used, *unused), self.others)

    def _use(self, text: str, count: int) -> ValueUse:
        target, becomes = self._target(text)
        return ValueUse(shown(text), target, becomes, count)

    def _target(self, text: str) -> tuple[str, Becomes]:
        """What the rule itself makes of the value, asked once."""
        assert self.rule.lookup is not None
        aside = Row(_NOWHERE, Orders())
        made = replace(self.after, source=Constant(text)).texts({}, aside)
        target = shown(made[0]) if made else ""
        if not text:
            return target, Becomes.UNDECIDED if aside.blocked else Becomes.BLANK
        if aside.blocked:
            return "", Becomes.UNDECIDED
        try:
            self.rule.lookup[text]
        except KeyError:
            return target, Becomes.OTHERWISE
        return target, Becomes.LISTED


def rules_of(plan: Plan) -> Iterator[Rule]:
    """Every rule that makes a text of a ticket or of its messages, in the order of the mapping."""
    yield from _ticket_rules(plan)
    yield from _reply_rules(plan)


def _ticket_rules(plan: Plan) -> Iterator[Rule]:
    ticket, people = plan.ticket, plan.people
    # One rule tells the zone of many times. Those of messages, too, are told by the record.
    zones = {id(rule): rule for dated in plan.dates if (rule := dated.zone.rule) is not None}
    yield from zones.values()
    yield ticket.category
    yield ticket.title
    yield from ticket.author.rules()
    maybe = (
        ticket.content,
        ticket.created_at,
        ticket.status,
        ticket.open,
        ticket.assignee,
        ticket.company,
        ticket.linked_conversation,
        ticket.old_url,
    )
    yield from (rule for rule in maybe if rule is not None)
    yield from (rule for _, rule in ticket.fields)
    if people.make:
        about = (people.phone, people.created_at, people.company_id, people.company_name)
        yield from (rule for rule in about if rule is not None)


def _reply_rules(plan: Plan) -> Iterator[Rule]:
    if plan.replies is not None:
        yield plan.replies.body
        yield from plan.replies.author.rules()
        maybe = (plan.replies.private, plan.replies.created_at)
        yield from (rule for rule in maybe if rule is not None)
