"""Which columns of an export take only values that somebody knows, for drop-down lists.

Known are the values that the mapping's table lists or, where it has no table, the names that the workspace
has. A list of names that nobody fetched offers nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from migrator.featurebase import Directory
from migrator.mapping import Mapping
from migrator.mapping.coverage import rules_of
from migrator.mapping.plan import TicketPlan
from migrator.mapping.rules import Kind, Rule
from migrator.mapping.sources import columns_of

MOST_VALUES = 5_000
"""Of one list; nobody looks for a name among more."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What may stand in the column of one rule, and what may become of it."""

    rule: str
    """`ticket.status`."""
    at: str
    """As problems say it: `m.yaml, line 4, ticket.status`."""
    columns: tuple[str, ...]
    """Source columns whose whole cell the rule reads; none where it takes a cell apart."""
    values: tuple[str, ...]
    """What may stand there; empty where nobody knows."""
    only: bool
    """Another value is a problem."""
    targets: tuple[str, ...]
    """What a value may become; empty where nobody knows."""
    targets_only: bool
    """The workspace takes nothing else."""
    has_table: bool
    """The mapping lists the values, so that more can be added to it."""


def choices_of(mapping: Mapping, directory: Directory) -> tuple[Choice, ...]:
    """Every rule whose values can be known, in the order of the mapping."""
    names = _names(mapping.plan.ticket, directory)
    rules = rules_of(mapping.plan)
    return tuple(
        _choice(rule, names.get(rule.name, ())) for rule in rules if rule.lookup or names.get(rule.name)
    )


def key_columns_of(mapping: Mapping) -> tuple[str, ...]:
    """The columns that hold the source's own id; none where the mapping puts it together."""
    return tuple(column.name for column in columns_of(mapping.plan.key.source))


def _choice(rule: Rule, names: tuple[str, ...]) -> Choice:
    listed = rule.lookup.listed() if rule.lookup else names
    targets = names or (rule.lookup.targets() if rule.lookup else ())
    whole = not (rule.split or rule.match or rule.replace)
    read = columns_of(rule.source) if whole else ()
    flag = rule.kind is Kind.BOOLEAN
    return Choice(
        rule=rule.name,
        at=rule.origin.at,
        columns=tuple(column.name for column in read),
        values=tuple(dict.fromkeys(value for value in listed if value.strip()))[:MOST_VALUES],
        only=rule.unmapped is None if rule.lookup else rule.fallback is None,
        targets=("true", "false") if flag else tuple(filter(str.strip, targets)),
        targets_only=flag or bool(names),
        has_table=rule.lookup is not None,
    )


def _names(ticket: TicketPlan, directory: Directory) -> dict[str, tuple[str, ...]]:
    """The names that the workspace has, by the rule that says one."""
    names = {
        ticket.category.name: tuple(each.name for each in directory.categories),
        ticket.status.name if ticket.status else "": tuple(each.name for each in directory.statuses),
        ticket.assignee.name if ticket.assignee else "": tuple(
            each.email or each.title for each in directory.admins
        ),
    }
    options = {each.id: tuple(option.label for option in each.options) for each in directory.fields}
    for label, rule in ticket.fields:
        names[rule.name] = options.get(directory.field_id(label), ())
    return names
