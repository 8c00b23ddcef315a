"""HubSpot's JSON: tickets as its CRM API gives them, with whatever else of the account lies beside them.

Joins them with contacts, companies, owners and the stages of pipelines, and with notes, calls, emails and
messages of conversations, which `hubspot_activities.py` brings into the canonical shape. Its tables need no
reader of their own. Facts: formats, section 10.
"""

from __future__ import annotations

from dataclasses import replace

from migrator.model import Record
from migrator.readers.helpdesks.hubspot_activities import (
    canonical_activity,
    canonical_message,
    full_name,
    instant,
    left_out_as,
)
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import (
    about_requester,
    identified,
    mark_description,
    oldest_first,
    person,
    take_description,
    text_at,
    tree_at,
    trees_at,
)
from migrator.readers.trees import Tree, TreeFile

CONTACTS, COMPANIES, OWNERS, STAGES, MESSAGES = "contacts", "companies", "owners", "stages", "messages"
ACTIVITIES = ("notes", "emails", "calls")
_MARKS = (  # by one of these properties an object is told
    ("notes", ("hs_note_body",)),
    ("emails", ("hs_email_direction", "hs_email_html", "hs_email_text", "hs_email_subject")),
    ("calls", ("hs_call_body", "hs_call_title", "hs_call_direction")),
    (TICKETS, ("hs_ticket_priority", "hs_ticket_category", "hs_ticket_id")),
    (CONTACTS, ("email", "firstname", "lastname", "lifecyclestage")),
    (COMPANIES, ("domain", "name")),
)
_DEFAULT_PIPELINE = "0"
_DEFAULT_STAGES = {
    "1": ("New", "OPEN"),
    "2": ("Waiting on contact", "OPEN"),
    "3": ("Waiting on us", "OPEN"),
    "4": ("Closed", "CLOSED"),
}
"""Of the pipeline that every account has, where nobody renamed them."""
_CONTACTS_WANTED = (
    "give the contacts together with the tickets, as a folder or ZIP (contacts.json): the API lists them "
    "under /crm/v3/objects/contacts"
)


class HubSpot(Joined):
    """The files of one HubSpot account."""

    name = "hubspot"

    @classmethod
    def evidence(cls, sample: Tree) -> str:
        marks = ", ".join(sorted(key for key in tree_at(sample, "properties") if key.startswith("hs_"))[:3])
        return f"objects with the properties {marks}" if _kind_of(sample) == TICKETS else ""

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:  # noqa: ARG002
        return _kind_of(sample)

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:
        id = _id_of(tree)
        if role == MESSAGES:
            return id, text_at(tree, "conversationsThreadId")
        tickets = trees_at(tree, "associations", "tickets", "results")
        return id, _id_of(tickets[0]) if tickets and role in ACTIVITIES else ""

    def key_of(self, tree: Tree) -> str:
        return _id_of(tree)

    def version_of(self, tree: Tree) -> str:
        return instant(text_at(_properties(tree), "hs_lastmodifieddate")) or text_at(tree, "updatedAt")

    def canonical(self, record: Record, known: Known) -> Record:
        values = record.values
        properties = values["properties"] = _properties(values)
        values["id"] = _id_of(values)
        values["created_at"] = instant(text_at(properties, "createdate")) or text_at(values, "createdAt")
        contact = next(iter(_associated(values, CONTACTS, known)), {})
        number = next((_id_of(each) for each in trees_at(values, "associations", CONTACTS, "results")), "")
        requester = _person(contact, "customer") if contact else person(kind="customer", id=number)
        if contact or number:
            # Who has a name and no address, as callers do, is known by their number.
            values["requester"] = identified(requester, self.name) if "name" in requester else requester
        problems = about_requester(requester, record.ref, "associations.contacts", _CONTACTS_WANTED)
        owner = known.one(OWNERS, text_at(properties, "hubspot_owner_id"))
        if owner:
            values["assignee"] = _person(owner, "agent")
        companies = _associated(values, COMPANIES, known)
        companies = companies or [
            known.one(COMPANIES, text_at(_properties(contact), "associatedcompanyid")),
        ]
        if name := text_at(_properties(companies[0]), "name"):
            values["company"] = {"id": _id_of(companies[0]), "name": name}
        _say_the_stage(values, properties, known)
        comments = _comments(values, properties, known)
        values["comments"] = list(comments)
        description = text_at(properties, "content")
        if not description:
            take_description(values, comments)
            return replace(record, problems=(*record.problems, *problems))
        values |= {"description": description, "description_format": "text"}
        public = [each for each in comments if each.get("private") == "false"]
        problems += mark_description(values, public or comments, record.ref)
        return replace(record, problems=(*record.problems, *problems))


def _kind_of(sample: Tree) -> str:
    """What an object is, by its properties or its own shape; empty where nothing tells."""
    if properties := tree_at(sample, "properties"):
        if "hs_pipeline_stage" in properties and ("subject" in properties or "content" in properties):
            return TICKETS
        return next((role for role, marks in _MARKS if any(mark in properties for mark in marks)), "")
    if "stages" in sample and "label" in sample:
        return STAGES
    if "conversationsThreadId" in sample:
        return MESSAGES
    return OWNERS if "email" in sample and ("userId" in sample or "firstName" in sample) else ""


def _id_of(tree: Tree) -> str:
    names = ("id", "objectId")
    found = next((found for name in names if (found := text_at(tree, name))), "")
    return found or text_at(_properties(tree), "hs_object_id")


def _properties(tree: Tree) -> Tree:
    """Properties by name; the first version of the API has `{value, timestamp, source}` in place of texts."""
    return {
        name: text_at(said, "value") if isinstance(said, dict) else said
        for name, said in tree_at(tree, "properties").items()
    }


def _associated(values: Tree, role: str, known: Known) -> list[Tree]:
    """What a ticket is associated with: by its own list, and by theirs."""
    listed = [_id_of(each) for each in trees_at(values, "associations", role, "results")]
    found = [known.one(role, id) for id in dict.fromkeys(listed)]
    theirs = [each for each in known.of(role, text_at(values, "id")) if _id_of(each) not in listed]
    return [each for each in (*found, *theirs) if each]


def _person(tree: Tree, kind: str) -> Tree:
    properties = _properties(tree) or tree
    return person(kind=kind, id=_id_of(tree), email=text_at(properties, "email"), name=full_name(properties))


def _say_the_stage(values: Tree, properties: Tree, known: Known) -> None:
    """The stage by its words (`status`), whether it means that the ticket is closed (`state`), the pipeline.

    Stages without a list of pipelines stay numbers, because the same number means another stage elsewhere.
    """
    pipeline, stage = text_at(properties, "hs_pipeline"), text_at(properties, "hs_pipeline_stage")
    listed = known.one(STAGES, pipeline)
    of_all = {text_at(each, "id"): each for each in trees_at(listed, "stages")}
    status, state = stage, ""
    if found := of_all.get(stage):
        status = text_at(found, "label")
        closed = {"true": "CLOSED", "false": "OPEN"}.get(text_at(found, "metadata", "isClosed"), "")
        state = text_at(found, "metadata", "ticketState") or closed
    elif not listed and pipeline in ("", _DEFAULT_PIPELINE):
        status, state = _DEFAULT_STAGES.get(stage, (stage, ""))
    values["status"] = status
    values["pipeline"] = text_at(listed, "label") or pipeline
    if state:
        values["state"] = state


def _comments(values: Tree, properties: Tree, known: Known) -> list[Tree]:
    """Notes, calls, emails and messages, oldest first."""
    customer = text_at(values, "requester", "email")
    comments: list[Tree] = []
    for role in ACTIVITIES:
        for each in _associated(values, role, known):
            said = _properties(each)
            if reason := left_out_as(said):
                known.left_out(reason)
                continue
            owner = known.one(OWNERS, text_at(said, "hubspot_owner_id"))
            comments.append(
                canonical_activity(
                    role, _id_of(each), said, _person(owner, "agent") if owner else {}, customer
                )
            )
    for thread in text_at(properties, "hs_conversations_originating_thread_id").split(";"):
        for message in known.of(MESSAGES, thread.strip()):
            if text_at(message, "type") in ("MESSAGE", "COMMENT"):
                comments.append(canonical_message(message))
            else:
                known.left_out("events of conversations (assignments, changes of their state and the like)")
    return oldest_first(comments)
