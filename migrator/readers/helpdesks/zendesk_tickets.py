"""Zendesk's tickets in the canonical shape, whatever file they came from.

Tickets with the keys of its API are joined with people, organisations, groups, comments, metrics and the
titles of fields. Other forms of export bring their tickets, and what is beside them, to these keys first.
Facts: formats, section 5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from migrator.model import Problem, Record, SourceRef, Value
from migrator.readers.faults import fault
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import (
    about_requester,
    by_title,
    identified,
    list_at,
    mark_description,
    text_at,
    tree_at,
    trees_at,
)
from migrator.readers.helpdesks.zendesk_comments import canonical_comments
from migrator.readers.trees import Tree

USERS, ORGANIZATIONS, GROUPS = "users", "organizations", "groups"
COMMENTS, METRICS, FIELDS = "comments", "metric_sets", "ticket_fields"
EVENTS = "ticket_events"

_ROLES = {"end-user": "customer", "agent": "agent", "admin": "agent"}
_CHOICES = "custom_field_options"
_USERS_WANTED = (
    "give the users together with the tickets, as a folder or ZIP: Zendesk exports them apart (users.json), "
    "and its API lists them under /api/v2/users.json; of people who were deleted there nothing is left"
)


def canonical_ticket(record: Record, known: Known) -> Record:
    """The ticket with its people, in the canonical shape; its own keys stay beside."""
    values = record.values
    key = text_at(values, "id")
    people = {
        name: person
        for name in ("submitter", "requester", "assignee")  # the later one tells what it is, for comments
        if (person := _person(values.get(name), text_at(values, f"{name}_id"), known))
    }
    problems: list[Problem] = []
    if "requester" not in people and "submitter" in people:
        people["requester"] = dict(people["submitter"])  # all that an abridged export says
        problems += _about_submitter(people, record.ref)
    if "requester" in people:
        people["requester"].setdefault("kind", "customer")
    if "assignee" in people:
        people["assignee"].setdefault("kind", "agent")
    _say_who_mailed(values, people)
    problems += about_requester(people.get("requester", {}), record.ref, "requester_id", _USERS_WANTED)
    people = {name: _identified(person) for name, person in people.items()}
    values.update(people)
    for name, role in (("organization", ORGANIZATIONS), ("group", GROUPS)):
        if thing := _thing(values.get(name), role, text_at(values, f"{name}_id"), known):
            values[name] = thing
    if "metric_set" not in values and (metrics := known.of(METRICS, key)):
        values["metric_set"] = metrics[-1]
    if titles := known.all_of(FIELDS):
        values["named_fields"] = by_title(_titled(values, titles))
    # In the ticket; as the API's answer as it came; in a list beside; in the events of an incremental export.
    comments: list[Value] = list_at(values, "comments") or list_at(values, "comments", "comments")
    comments = comments or [*known.of(COMMENTS, key)] or [*_comments_of_events(known.of(EVENTS, key))]
    if comments:
        canonical = canonical_comments(comments, _authors(people, known))
        problems += mark_description(values, canonical, record.ref)
        values["comments"] = list(canonical)
    return replace(record, problems=(*record.problems, *problems))


def _about_submitter(people: dict[str, Tree], ref: SourceRef) -> Iterator[Problem]:
    """What to know where an agent entered a ticket, and nothing says who asked: perhaps somebody else."""
    number = text_at(people["submitter"], "id")
    works_on_it = number and number == text_at(people.get("assignee", {}), "id")
    if works_on_it or text_at(people["submitter"], "kind") == "agent":
        yield fault("requester-is-agent", ref, column="submitter_id", value=number)


def _say_who_mailed(ticket: Tree, people: dict[str, Tree]) -> None:
    """The requester's address, if no list of users tells it and the ticket is a mail of their own."""
    sender = tree_at(ticket, "via", "source", "from")
    asked = text_at(ticket, "requester_id")
    by_mail = text_at(ticket, "via", "channel") == "email" and asked == text_at(ticket, "submitter_id")
    requester = people.get("requester", {})
    if by_mail and not text_at(requester, "email") and (address := text_at(sender, "address")):
        people["requester"] = {"name": text_at(sender, "name"), **requester, "email": address}


def _identified(someone: Tree) -> Tree:
    """Who has a name and no address, as callers do, is known by their number in Zendesk."""
    return identified(someone, "zendesk") if text_at(someone, "name") else someone


def _comments_of_events(events: list[Tree]) -> Iterator[Tree]:
    """The comments that incremental exports of events hold (`include=comment_events`), each in its event."""
    for event in events:
        told: Tree = {"created_at": text_at(event, "created_at"), "author_id": text_at(event, "updater_id")}
        for child in trees_at(event, "child_events"):
            if text_at(child, "event_type") == "Comment":
                yield {**told, **child}


def _titled(ticket: Tree, titles: dict[str, Tree]) -> Iterator[tuple[str, str, Value]]:
    """The custom fields that are filled: title, number, and value, of a choice what people see of it."""
    for each in trees_at(ticket, "custom_fields"):
        number, value = text_at(each, "id"), each.get("value", "")
        field = titles.get(number, {})
        if title := text_at(field, "title") if value else "":
            choices = {text_at(one, "value"): text_at(one, "name") for one in trees_at(field, _CHOICES)}
            seen: Value = (
                [_shown(one, choices) for one in value] if isinstance(value, list) else _shown(value, choices)
            )
            yield title, number, seen


def _shown(value: Value, choices: dict[str, str]) -> Value:
    return choices.get(value, value) if isinstance(value, str) else value


def _authors(people: dict[str, Tree], known: Known) -> Callable[[str, Value | None], Tree]:
    """Finds the author of a comment, who is often one of the people of the ticket."""
    beside = {text_at(person, "id"): person for person in people.values()}

    def author(key: str, own: Value | None) -> Tree:
        return _identified({**(beside.get(key, {}) if key else {}), **_person(own, key, known)})

    return author


def _thing(own: Value | None, role: str, key: str, known: Known) -> Tree:
    if isinstance(own, dict):
        return own
    facts: Tree = {name: value for name, value in known.one(role, key).items() if isinstance(value, str)}
    return facts or ({"id": key} if key else {})


def _person(own: Value | None, key: str, known: Known) -> Tree:
    person = dict(own) if isinstance(own, dict) else _thing(None, USERS, key, known)
    if kind := _ROLES.get(text_at(person, "role")):
        person["kind"] = kind
    return person
