"""Help Scout's JSON: conversations of its Mailbox API, version 2 (HAL) and 1, and as warehouses copy them.

Joins them with customers, users and threads from companion files. What a thread becomes is in
`helpscout_threads.py`. Facts: formats, section 9.
"""

from __future__ import annotations

from collections.abc import Sequence

from migrator.model import Record
from migrator.readers.helpdesks.helpscout_threads import (
    canonical_thread,
    either,
    find_person,
    left_out_as,
)
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import oldest_first, take_description, text_at, tree_at, trees_at
from migrator.readers.trees import Tree, TreeFile

CUSTOMERS, USERS, THREADS = "customers", "users", "threads"
_CONVERSATION_MARKS = frozenset(
    (
        *("primaryCustomer", "mailboxId", "folderId", "customerWaitingSince", "userUpdatedAt"),
        *("closedByUser", "threadCount", "isDraft", "mailbox", "userModifiedAt"),
        *("primary_customer", "mailbox_id", "folder_id", "customer_waiting_since", "user_updated_at"),
    )
)
_MARKS_WANTED = 3


class HelpScout(Joined):
    """The files of one Help Scout export."""

    name = "helpscout"

    @classmethod
    def evidence(cls, sample: Tree) -> str:
        marks = ", ".join(sorted(_CONVERSATION_MARKS & sample.keys())[:3])
        return f"conversations with {marks}" if _is_conversation(sample) else ""

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:  # noqa: ARG002
        if not sample:
            return {"conversations": TICKETS, "items": TICKETS}.get(key, "")
        if _is_conversation(sample):
            return TICKETS
        if "type" in sample and (either(sample, "conversationId") or key == THREADS):
            return THREADS if _conversation_of(sample) else ""
        if either(sample, "firstName"):
            return USERS if "role" in sample or text_at(sample, "type") in ("user", "team") else CUSTOMERS
        return ""

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:
        return text_at(tree, "id"), _conversation_of(tree) if role == THREADS else ""

    def version_of(self, tree: Tree) -> str:
        names = ("userUpdatedAt", "modifiedAt", "userModifiedAt", "createdAt")
        return next((found for name in names if (found := either(tree, name))), "")

    def canonical(self, record: Record, known: Known) -> Record:
        values = record.values
        threads = _threads(values, known)
        customer = tree_at(values, "primaryCustomer") or tree_at(values, "primary_customer")
        customer = customer or tree_at(values, "customer")
        listed = known.one(CUSTOMERS, text_at(customer, "id"))
        mentioned = [{"type": "customer", **customer}, *_makers(values)]
        for thread in threads:
            mentioned += [{"type": "customer", **tree_at(thread, "customer")}, *_makers(thread)]
        if requester := find_person(customer, listed, mentioned, "customer"):
            values["requester"] = requester
        owner = tree_at(values, "assignee") or tree_at(values, "owner")
        if assignee := find_person(owner, known.one(USERS, text_at(owner, "id")), mentioned, "agent"):
            values["assignee"] = assignee
        if company := text_at(customer, "organization") or text_at(listed, "organization"):
            values["company"] = {"name": company}
        if fields := _fields(values):
            values["fields"] = fields
        comments = _comments(threads, mentioned, known)
        take_description(values, comments)
        values["comments"] = list(comments)
        return record


def _makers(tree: Tree) -> list[Tree]:
    """Who made it and who has it, each of whom says of which type they are."""
    return [tree_at(tree, name) for name in ("createdBy", "created_by", "assignedTo", "assigned_to")]


def _is_conversation(sample: Tree) -> bool:
    return "number" in sample and len(_CONVERSATION_MARKS & sample.keys()) >= _MARKS_WANTED


def _conversation_of(thread: Tree) -> str:
    """The id of the conversation that a thread belongs to, where it was saved beside it."""
    return either(thread, "conversationId") or text_at(thread, "conversation", "id")


def _threads(values: Tree, known: Known) -> list[Tree]:
    """Embedded, in the conversation itself, or from a file beside it; version 2 has the newest first."""
    threads = trees_at(values, "_embedded", "threads") or trees_at(values, "threads")
    threads = threads or known.of(THREADS, text_at(values, "id"))
    if not threads:
        known.left_out("threads of conversations (fetch them with embed=threads)")
    if len(threads) > 1 and either(threads[0], "createdAt") > either(threads[-1], "createdAt"):
        threads.reverse()  # so that threads of the same second stay in their order
    return threads


def _fields(values: Tree) -> Tree:
    """Custom fields by name; of a choice its words, which version 2 gives beside the number."""
    fields: Tree = {}
    for field in trees_at(values, "customFields") or trees_at(values, "custom_fields"):
        if name := text_at(field, "name"):
            fields[name] = text_at(field, "text") or text_at(field, "value")
    return fields


def _comments(threads: Sequence[Tree], mentioned: Sequence[Tree], known: Known) -> list[Tree]:
    """What was really sent, oldest first."""
    comments: list[Tree] = []
    for thread in threads:
        if reason := left_out_as(thread):
            known.left_out(reason)
        else:
            comments.append(canonical_thread(thread, mentioned))
    return oldest_first(comments)
