"""Zendesk's old XML in the words of its API: hyphens, numbers for statuses, a comment's text as `value`.

Rails style, as `tickets.xml`, `users.xml`, `organizations.xml` and `groups.xml` of an account export. Codes:
formats, section 5.
"""

from __future__ import annotations

from migrator.readers.helpdesks.shapes import text_at, trees_at, underscored
from migrator.readers.trees import Tree

MARKS = frozenset(
    (
        *("nice-id", "status-id", "priority-id", "ticket-type-id", "via-id", "requester-id", "submitter-id"),
        *("current-tags", "ticket-field-entries", "updated-by-type-id", "original-recipient-address"),
    )
)

_STATUSES = {
    "0": "new",
    "1": "open",
    "2": "pending",
    "3": "solved",
    "4": "closed",
    "5": "deleted",
    "6": "hold",
}
_PRIORITIES = {"1": "low", "2": "normal", "3": "high", "4": "urgent"}
_TYPES = {"1": "question", "2": "incident", "3": "problem", "4": "task"}
_ROLES = {"0": "end-user", "2": "admin", "4": "agent"}


def is_xml(tree: Tree) -> bool:
    """Whether a ticket or a companion has the names of the XML."""
    return any("-" in key for key in tree) or "roles" in tree


def ticket_of_xml(ticket: Tree) -> Tree:
    """A ticket as the API has it; numbers that no table knows stay numbers, for the mapping to complain."""
    plain = underscored(ticket)
    if number := text_at(plain, "nice_id"):
        plain["id"] = number
    for ours, theirs, words in (
        ("status", "status_id", _STATUSES),
        ("priority", "priority_id", _PRIORITIES),
        ("type", "ticket_type_id", _TYPES),
    ):
        code = text_at(plain, theirs)
        if code and (ours == "status" or code != "0"):  # of priority and type, 0 is none
            plain.setdefault(ours, words.get(code, code))
    if tags := text_at(plain, "current_tags").split():
        plain["tags"] = list(tags)
    if due := text_at(plain, "due_date"):
        plain["due_at"] = due
    if entries := trees_at(plain, "ticket_field_entries"):
        plain["custom_fields"] = [
            {"id": text_at(entry, "ticket_field_id"), "value": entry.get("value", "")} for entry in entries
        ]
    if "comments" in plain:
        plain["comments"] = [_comment(comment) for comment in trees_at(plain, "comments")]
    return plain


def companion_of_xml(companion: Tree) -> Tree:
    """A user, an organisation or a group as the API has it."""
    plain = underscored(companion)
    if role := _ROLES.get(text_at(plain, "roles")):
        plain["role"] = role
    return plain


def _comment(comment: Tree) -> Tree:
    plain: Tree = dict(comment)
    if "value" in plain:
        plain["body"] = plain.pop("value")
    if "is_public" in plain:
        plain["public"] = plain.pop("is_public")
    if attachments := trees_at(plain, "attachments"):
        plain["attachments"] = [
            {**each, "file_name": text_at(each, "filename"), "content_url": text_at(each, "url")}
            for each in attachments
        ]
    return plain
