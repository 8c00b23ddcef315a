"""Zendesk's tickets in the canonical shape, whatever file they came from.

Tickets with the keys of its API are joined with users, organisations, groups, comments and metrics. The other
forms of export bring their tickets, companions included, to these keys first. Facts: formats, section 5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from migrator.model import Record, Value
from migrator.readers.helpdesks.joined import Known
from migrator.readers.helpdesks.shapes import mark_description, text_at, tree_at
from migrator.readers.helpdesks.zendesk_comments import canonical_comments
from migrator.readers.trees import Tree

USERS, ORGANIZATIONS, GROUPS = "users", "organizations", "groups"
COMMENTS, METRICS = "comments", "metric_sets"

_ROLES = {"end-user": "customer", "agent": "agent", "admin": "agent"}


def canonical_ticket(record: Record, known: Known) -> Record:
    """The ticket with its people, in the canonical shape; its own keys stay beside."""
    values = record.values
    key = text_at(values, "id")
    people = {
        name: person
        for name in ("submitter", "requester", "assignee")  # the later one tells what it is, for comments
        if (person := _person(values.get(name), text_at(values, f"{name}_id"), known))
    }
    if "requester" in people:
        people["requester"].setdefault("kind", "customer")
    if "assignee" in people:
        people["assignee"].setdefault("kind", "agent")
    _say_who_mailed(values, people)
    values.update(people)
    for name, role in (("organization", ORGANIZATIONS), ("group", GROUPS)):
        if thing := _thing(values.get(name), role, text_at(values, f"{name}_id"), known):
            values[name] = thing
    if "metric_set" not in values and (metrics := known.of(METRICS, key)):
        values["metric_set"] = metrics[-1]
    comments = values.get("comments")
    if isinstance(comments, dict):
        comments = comments.get("comments")  # the API's answer as it came
    if not isinstance(comments, list):
        comments = list(known.of(COMMENTS, key))
        if not comments:
            return record
    canonical = canonical_comments(comments, _authors(people, known))
    problems = mark_description(values, canonical, record.ref)
    values["comments"] = list(canonical)
    return replace(record, problems=(*record.problems, *problems))


def _say_who_mailed(ticket: Tree, people: dict[str, Tree]) -> None:
    """The requester's address, if no list of users tells it and the ticket is a mail of their own."""
    sender = tree_at(ticket, "via", "source", "from")
    asked = text_at(ticket, "requester_id")
    by_mail = text_at(ticket, "via", "channel") == "email" and asked == text_at(ticket, "submitter_id")
    requester = people.get("requester", {})
    if by_mail and not text_at(requester, "email") and (address := text_at(sender, "address")):
        people["requester"] = {"name": text_at(sender, "name"), **requester, "email": address}


def _authors(people: dict[str, Tree], known: Known) -> Callable[[str, Value | None], Tree]:
    """Finds the author of a comment, who is often one of the people of the ticket."""
    beside = {text_at(person, "id"): person for person in people.values()}

    def author(key: str, own: Value | None) -> Tree:
        return {**(beside.get(key, {}) if key else {}), **_person(own, key, known)}

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
