"""A mapping in the form in which it runs: every rule compiled, in the place where it is used."""

from __future__ import annotations

from dataclasses import dataclass

from migrator.mapping.columns import Column
from migrator.mapping.convert import Person
from migrator.mapping.file_rules import FilesPlan
from migrator.mapping.locate import Path
from migrator.mapping.people_rules import PeoplePlan
from migrator.mapping.references import References
from migrator.mapping.rules import Condition, Rule
from migrator.model import CustomersWords, Named


@dataclass(frozen=True, slots=True)
class Reference:
    """A part of a mapping that names columns, of which one at least should exist."""

    path: Path
    """The place of the name in the mapping."""
    columns: tuple[Column, ...]
    of_replies: bool
    """The names are those of a message, not of the record."""
    optional: bool


@dataclass(frozen=True, slots=True)
class TicketPlan:
    """The rules of a ticket."""

    category: Rule
    title: Rule
    author: Person
    content: Rule | None
    created_at: Rule | None
    status: Rule | None
    open: Rule | None
    assignee: Rule | None
    company: Rule | None
    snoozed_until: Rule | None
    linked_conversation: Rule | None
    fields: tuple[tuple[str, Rule], ...]
    files: Rule | None
    """Files of the ticket itself for which there is no custom field."""
    old_url: Rule | None


@dataclass(frozen=True, slots=True)
class RepliesPlan:
    """The rules of a thread; they look into one item of `each`."""

    each: Column
    when: Condition | None
    body: Rule
    author: Person
    private: Rule | None
    created_at: Rule | None
    files: Rule | None
    fallback_agent: Named | None
    """Who stands in for agents whom the workspace does not know."""
    in_content_if_threadless: bool
    """Messages of a ticket that is made without a conversation become part of its text; else it fails."""
    in_notes_only: CustomersWords


@dataclass(frozen=True, slots=True)
class Plan:
    """All rules of a mapping."""

    key: Rule
    skip: tuple[tuple[str, Condition], ...]
    ticket: TicketPlan
    replies: RepliesPlan | None
    files: FilesPlan
    people: PeoplePlan
    rewriting: References
    references: tuple[Reference, ...]
    dates: tuple[Rule, ...]
    """Every rule that reads a time, those of replies too (`replies.createdAt`)."""
