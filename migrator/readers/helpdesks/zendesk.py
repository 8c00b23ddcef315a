"""Zendesk's nested exports: the full JSON export (one ticket a line), API pages and incremental exports with
side-loads, and the old XML.

Tickets are joined with users, organisations, groups, comments, metrics and the titles of custom fields from
companion files or side-loads. Facts: formats, section 5.
"""

from __future__ import annotations

from dataclasses import replace

from migrator.model import Record
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import text_at
from migrator.readers.helpdesks.zendesk_tickets import (
    COMMENTS,
    EVENTS,
    FIELDS,
    GROUPS,
    METRICS,
    ORGANIZATIONS,
    USERS,
    canonical_ticket,
)
from migrator.readers.helpdesks.zendesk_xml import MARKS, companion_of_xml, is_xml, ticket_of_xml
from migrator.readers.trees import Tree, TreeFile

_LISTS = (TICKETS, USERS, ORGANIZATIONS, GROUPS, COMMENTS, METRICS, FIELDS, EVENTS)
_TICKET_MARKS = frozenset(
    (
        *("raw_subject", "via", "satisfaction_rating", "requester_id", "submitter_id", "assignee_id"),
        *("brand_id", "ticket_form_id", "allow_channelback", "has_incidents", "followup_ids"),
        *("sharing_agreement_ids", "email_cc_ids", "problem_id", "organization_id", "group_id"),
    )
)
_MARKS_WANTED = 4
_ADDRESS = "/api/v2/tickets/"
"""Of a ticket at the API, which tells even where most other keys are null."""
_MARKS_OF_A_SHORT_ONE = frozenset(("subject", "description", "status", "created_at", "requester_id"))
"""What scripts keep of a ticket that keep only the most important; its status must be a word of Zendesk's."""
_STATUSES = ("new", "open", "pending", "hold", "solved", "closed", "deleted")


class Zendesk(Joined):
    """The files of one Zendesk export."""

    name = "zendesk"

    @classmethod
    def evidence(cls, sample: Tree) -> str:
        marks = _marks(sample)
        return f"tickets with {', '.join(marks[:3])}" if marks else ""

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:  # noqa: ARG002
        if plural := next((each for each in _LISTS if key and each in (key, f"{key}s")), ""):
            # Comments as the API lists them do not say which ticket they belong to.
            return "" if plural == COMMENTS and "ticket_id" not in sample else plural
        if _marks(sample):
            return TICKETS
        url = text_at(sample, "url")
        if text_at(sample, "role") in ("end-user", "agent", "admin"):
            return USERS
        if "domain_names" in sample or "/organizations/" in url:
            return ORGANIZATIONS
        if "/ticket_fields/" in url:
            return FIELDS
        if "child_events" in sample:
            return EVENTS
        if "ticket_id" in sample:
            return COMMENTS if "public" in sample else METRICS if "reopens" in sample else ""
        return GROUPS if "/groups/" in url else ""

    def kept_as(self, role: str, tree: Tree) -> Tree:  # noqa: ARG002
        return companion_of_xml(tree) if is_xml(tree) else _with_id(tree)

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:
        parent = text_at(tree, "ticket_id") if role in (COMMENTS, METRICS, EVENTS) else ""
        return text_at(tree, "id"), parent

    def key_of(self, tree: Tree) -> str:
        return text_at(tree, "nice-id") or text_at(_with_id(tree), "id")

    def version_of(self, tree: Tree) -> str:
        return text_at(tree, "updated_at") or text_at(tree, "updated-at")

    def canonical(self, record: Record, known: Known) -> Record:
        ticket = ticket_of_xml(record.values) if is_xml(record.values) else _with_id(record.values)
        return canonical_ticket(replace(record, values=ticket), known)


def _with_id(tree: Tree) -> Tree:
    """What went through a document database has its id as `_id`."""
    return {**tree, "id": tree["_id"]} if "_id" in tree and "id" not in tree else tree


def _marks(sample: Tree) -> list[str]:
    """The keys that only a ticket of Zendesk has; none where there are too few of them."""
    if "role" in sample:
        return []
    for marks in (_TICKET_MARKS, MARKS):
        if len(found := sorted(marks & sample.keys())) >= _MARKS_WANTED:
            return found
    if _ADDRESS in text_at(sample, "url") and "status" in sample:
        return [f"an address below {_ADDRESS}"]
    short = sample.keys() >= _MARKS_OF_A_SHORT_ONE and text_at(sample, "status") in _STATUSES
    return sorted(_MARKS_OF_A_SHORT_ONE) if short else []
