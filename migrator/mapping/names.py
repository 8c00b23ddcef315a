"""The names of a workspace that a mapping itself says, so that they can be checked without an export.

What comes from the rows is not known here; what a name that is not there means is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from migrator.mapping.plan import Plan
from migrator.mapping.rules import Literal, Rule
from migrator.mapping.sources import Constant
from migrator.model import Named


@dataclass(frozen=True, slots=True)
class SaidName:
    """A name that the mapping says, and where the workspace should have it."""

    among: str
    """`categories`, `statuses`, `fields`, `admins`, `companies`, or `options` of a field."""
    named: Named
    """Its `fallback` says, as ever, what happens where the workspace does not know it."""
    field: str = ""
    """Of options: the label or id of their field."""
    optional: bool = False
    """Of fields: left out where the workspace has none like it."""


def said_names(plan: Plan) -> tuple[SaidName, ...]:
    """Every such name of a mapping, in the mapping's order, each once in its place."""
    return tuple(dict.fromkeys(_names(plan)))


def _names(plan: Plan) -> Iterator[SaidName]:
    ticket = plan.ticket
    for among, rule in (
        ("categories", ticket.category),
        ("statuses", ticket.status),
        ("admins", ticket.assignee),
        ("companies", ticket.company),
    ):
        for named in _constants(rule) if rule else ():
            yield SaidName(among, named)
    for label, rule in ticket.fields:
        yield SaidName("fields", Named(label, rule.origin), optional=rule.optional)
        for named in _constants(rule):
            yield SaidName("options", named, field=label)
    if plan.replies and plan.replies.fallback_agent:
        yield SaidName("admins", plan.replies.fallback_agent)


def _constants(rule: Rule) -> Iterator[Named]:
    """The texts that a rule can yield whatever the row says; what it falls back on must be there itself."""
    texts: list[str] = []
    if isinstance(rule.source, Constant):
        texts.append(rule.source.text)
    if rule.lookup is not None and rule.join is None:
        texts += rule.lookup.targets()
    # Without a table `unmapped` speaks of the workspace, and is the rule's fallback already.
    texts += [
        instead.text
        for instead in (rule.unmapped if rule.lookup else None, rule.missing)
        if isinstance(instead, Literal)
    ]
    named = Named("", rule.origin, rule.matched_by, rule.fallback)
    for text in texts:
        if text.strip():
            yield replace(named, value=text.strip())
    if rule.fallback:
        yield replace(named, value=rule.fallback, fallback=None)
