"""Zoho Desk: what its API answers, and the backup with one CSV a module (`Cases__1.csv`, `Threads__1.csv`).

Both have the same fields: `createdTime` in JSON is `Created Time` in a backup, so fields are found by their
letters alone. Messages are in `zoho_messages.py`. Facts: formats, section 12.
"""

from __future__ import annotations

from dataclasses import replace

from migrator.model import Problem, Record
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import (
    field,
    identified,
    letters_of,
    list_at,
    mark_description,
    oldest_first,
    person,
    text_at,
    tree_at,
    trees_at,
    without_markup,
)
from migrator.readers.helpdesks.zoho_messages import file_of, is_unsent, markup_of, message_of, party_of
from migrator.readers.mail_addresses import parseaddr
from migrator.readers.trees import Tree, TreeFile

AGENTS, CONTACTS, ACCOUNTS, DEPARTMENTS = "agents", "contacts", "accounts", "departments"
THREADS, COMMENTS = "threads", "comments"
_ENVELOPE = "data"
"""The key under which the API answers with any list."""
_TICKET_MARKS: tuple[frozenset[str], ...] = (
    frozenset(("ticketnumber", "statustype")),
    frozenset(("ticketnumber", "contactid", "departmentid")),
    frozenset(("contactid", "ticketowner", "requestid")),
    frozenset(("contactid", "ticketowner", "numberofthreads")),
    frozenset(("ticketextid", "contactextid")),
)
_MARKS: tuple[tuple[str, frozenset[str]], ...] = (
    *((TICKETS, marks) for marks in _TICKET_MARKS),
    (THREADS, frozenset(("direction", "fromemailaddress"))),
    (THREADS, frozenset(("threadstatus", "content"))),
    (COMMENTS, frozenset(("commenterid", "ispublic"))),
    (COMMENTS, frozenset(("commentedtime", "ispublic"))),
    (CONTACTS, frozenset(("isenduser", "lastname"))),
    (CONTACTS, frozenset(("accountid", "lastname"))),
    (CONTACTS, frozenset(("contactextid", "lastname"))),
    (AGENTS, frozenset(("emailid", "lastname"))),
    (AGENTS, frozenset(("agentextid", "lastname"))),
    (AGENTS, frozenset(("email", "lastname", "status"))),
    (ACCOUNTS, frozenset(("accountname", "id"))),
    (ACCOUNTS, frozenset(("accountextid",))),
    (DEPARTMENTS, frozenset(("isenabled", "name", "creatorid"))),
)
"""By which fields, in letters alone, a list is known; the more particular ones stand first."""


class ZohoDesk(Joined):
    """The files of one Zoho Desk export."""

    name = "zoho-desk"
    tables = True

    @classmethod
    def evidence(cls, sample: Tree) -> str:
        marks = _marks(sample)
        return f"tickets with {', '.join(sorted(marks))}" if marks in _TICKET_MARKS else ""

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:  # noqa: ARG002  # its fields tell
        marks = _marks(sample)
        return next((role for role, those in _MARKS if those == marks), "")

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:
        own_id = _id_of(tree)
        if own_id.isalpha():
            return "", ""  # the second line of a file in a backup, which names its fields once more
        belongs_to = {
            THREADS: ("ticketId", "requestId", "caseId"),
            COMMENTS: ("ticketId", "entityId", "requestId"),
        }
        if role == AGENTS:
            return own_id, field(tree, "email", "emailId").casefold()
        return own_id, field(tree, *belongs_to.get(role, ()))

    def key_of(self, tree: Tree) -> str:
        return _id_of(tree)

    def version_of(self, tree: Tree) -> str:
        return field(tree, "modifiedTime")

    def canonical(self, record: Record, known: Known) -> Record:
        ticket = record.values
        contact = _contact(ticket, known)
        owner_id = field(ticket, "assigneeId", "ticketOwner")
        found: dict[str, Tree] = {
            "requester": contact,
            "assignee": _agent(tree_at(ticket, "assignee"), owner_id, known),
            "company": _account(ticket, contact, known),
            "department": _department(ticket, known),
        }
        ticket.update({key: tree for key, tree in found.items() if tree})
        messages = _messages(ticket, contact, known)
        problems = _describe(ticket, messages, record)
        ticket["comments"] = list(messages)
        ticket["files"] = [file_of(each) for each in trees_at(ticket, "attachments")]
        return replace(record, problems=(*record.problems, *problems))


def _marks(sample: Tree) -> frozenset[str]:
    """Those of a list by which it is known; empty if it is none of ours."""
    fields = {letters_of(key) for key in sample}
    return next((marks for _, marks in _MARKS if marks <= fields), frozenset())


def _id_of(tree: Tree) -> str:
    return field(tree, "id", "ticketExtId", "contactExtId", "accountExtId", "agentExtId")


# --- people -----------------------------------------------------------------------------------


def _contact(ticket: Tree, known: Known) -> Tree:
    key = field(ticket, "contactId", "contactExtId")
    own = tree_at(ticket, "contact")
    listed = known.one(CONTACTS, key)
    party = {**party_of(listed), **party_of(own)}
    found = person(
        kind="customer",
        id=key or text_at(party, "id"),
        email=text_at(party, "email") or field(ticket, "email"),
        name=text_at(party, "name"),
    )
    return identified(found, "zoho-desk")


def _agent(own: Tree, key: str, known: Known) -> Tree:
    """An agent by id; a list on screen has their name in the same place."""
    party = {**party_of(known.one(AGENTS, key)), **party_of(own)}
    name = text_at(party, "name") or (key if key and not key.isdecimal() else "")
    found = person(id=text_at(party, "id") or key, email=text_at(party, "email"), name=name)
    return {**found, "kind": "agent"} if found else {}


def _account(ticket: Tree, contact: Tree, known: Known) -> Tree:
    own = tree_at(ticket, "contact", "account")
    of_contact = field(known.one(CONTACTS, text_at(contact, "id")), "accountId")
    key = field(ticket, "accountId", "accountExtId") or of_contact
    name = field(own, "accountName") or field(known.one(ACCOUNTS, key), "accountName", "name")
    return {"id": field(own, "id") or key, "name": name} if name else {}


def _department(ticket: Tree, known: Known) -> Tree:
    own, key = tree_at(ticket, "department"), field(ticket, "departmentId", "department")
    name = field(own, "name") or field(known.one(DEPARTMENTS, key), "name", "departmentName")
    return {"id": field(own, "id") or key, "name": name} if name else {}


# --- messages ---------------------------------------------------------------------------------


def _messages(ticket: Tree, contact: Tree, known: Known) -> list[Tree]:
    """Threads and comments, from the ticket itself and from files beside it, oldest first."""
    key = _id_of(ticket)
    inside = [
        each
        for name in ("threads", "conversations", "comments")
        for each in (
            trees_at(ticket, name, _ENVELOPE) or [e for e in list_at(ticket, name) if isinstance(e, dict)]
        )
    ]
    there = {field(each, "id") for each in inside} - {""}
    beside = [*known.of(THREADS, key), *known.of(COMMENTS, key)]
    made: list[Tree] = []
    for each in (*inside, *(each for each in beside if field(each, "id") not in there)):
        if is_unsent(each):
            known.left_out("drafts and unsent messages")
        else:
            made.append(message_of(each, contact, _writer(each, known)))
    return oldest_first(made)


def _writer(message: Tree, known: Known) -> Tree:
    """The agent who wrote: named by a comment, or known by the address that a mail came from."""
    if own_id := field(message, "commenterId", "commentedBy"):
        return _agent({}, own_id, known)
    _, email = parseaddr(field(message, "fromEmailAddress"))
    listed = known.alias(AGENTS, email.casefold())
    return _agent(listed, _id_of(listed), known) if listed else {}


def _describe(ticket: Tree, messages: list[Tree], record: Record) -> list[Problem]:
    """Says which message is the text of the ticket: those by mail often have no description of their own."""
    body = field(ticket, "description")
    markup = markup_of(body)
    first = messages[0] if messages else {}
    by_customer = text_at(first, "author", "kind") == "customer"  # nobody else's words may stand there
    if not body and by_customer and first.get("private") == "false":
        first["kind"] = "description"
        body, markup = text_at(first, "body"), text_at(first, "body_format")
        ticket["attachments"] = first["files"]
    if not body:
        return []
    words: Tree = {"description": without_markup(body) if markup == "html" else body}
    problems = mark_description(words, messages, record.ref)
    if "description" in words:
        ticket.update({"description": body, **({"description_html": body} if markup == "html" else {})})
    else:
        ticket.pop("description", None)
    return problems
