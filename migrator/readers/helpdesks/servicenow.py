"""ServiceNow: XML unloads, and JSON as the REST API or the old JSON service answers.

Joins incidents (or records of any other task table) with their journal, users and attachments. A field is a
plain text, or has two sides: `{"value", "display_value"}`; XML is brought into that shape, so that a mapping
reads both alike. Lists as CSV and Excel are read in `servicenow_table.py`. Facts: formats, section 13.

Whoever writes into a journal and is not the caller counts as one of the helpdesk's own people: nothing in an
export says more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from migrator.model import Record, Value
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.servicenow_journal import BOTH, COMMENTS, WORK_NOTES, entries_in, message_of
from migrator.readers.helpdesks.shapes import file as file_of
from migrator.readers.helpdesks.shapes import identified, oldest_first, person, text_at
from migrator.readers.trees import Tree, TreeFile

JOURNAL, ATTACHMENTS, USERS, COMPANIES = "sys_journal_field", "sys_attachment", "sys_user", "core_company"
_COMPANIONS = (JOURNAL, ATTACHMENTS, USERS, COMPANIES)
_MARKS_OF_LISTS: tuple[tuple[str, frozenset[str]], ...] = (
    (JOURNAL, frozenset(("element", "element_id", "value"))),
    (ATTACHMENTS, frozenset(("file_name", "table_sys_id"))),
    (TICKETS, frozenset(("number", "short_description"))),
    (TICKETS, frozenset(("number", "sys_id", "opened_at"))),
    (USERS, frozenset(("user_name", "sys_id"))),
)
_CALLERS = ("caller_id", "contact", "requested_for", "opened_by")
"""Who a record is about, the first that is filled: incident, case, request, anything."""


class ServiceNow(Joined):
    """The files of one ServiceNow export."""

    name = "servicenow"
    tables = True

    @classmethod
    def recognise(cls, files: Sequence[TreeFile]) -> str:
        for file in files:
            for key, records in file.samples.items():
                sample = _record(records[0]) if records else {}
                if _role(file, key, sample) == TICKETS:
                    marks = [each for each in ("sys_id", "number", "short_description") if each in sample]
                    return f"{file.name} holds records with {', '.join(marks)}"
        return ""

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:
        return _role(file, key, _record(sample))

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:
        inside = _record(tree)
        belongs_to = {JOURNAL: "element_id", ATTACHMENTS: "table_sys_id", USERS: "user_name"}
        return value_at(inside, "sys_id"), value_at(inside, belongs_to[role]) if role in belongs_to else ""

    def key_of(self, tree: Tree) -> str:
        inside = _record(tree)
        return value_at(inside, "sys_id") or value_at(inside, "number")

    def version_of(self, tree: Tree) -> str:
        return value_at(_record(tree), "sys_updated_on")

    def canonical(self, record: Record, known: Known) -> Record:
        fields = _record(record.values)
        ticket = {key: each for key, value in fields.items() if (each := _two_sided(value))}
        caller = next((key for key in _CALLERS if _names(ticket, key)), "")
        requester = _person(ticket, caller, "customer", known) if caller else {}
        assignee = _person(ticket, "assigned_to", "agent", known)
        found: dict[str, Tree] = {
            "requester": requester,
            "assignee": assignee,
            "organization": _company(ticket, known),
        }
        ticket.update({key: tree for key, tree in found.items() if tree})
        ticket["comments"] = list(oldest_first(_comments(ticket, fields, (requester, assignee), known)))
        key = value_at(ticket, "sys_id")
        ticket["files"] = [_file(_record(each)) for each in known.of(ATTACHMENTS, key)]
        return replace(record, values=ticket)


# --- fields with two sides --------------------------------------------------------------------


def value_at(tree: Tree, key: str) -> str:
    """What the database holds: an id, a code, a time in UTC. An id may stand at the end of a link only."""
    found = tree.get(key)
    if isinstance(found, str):
        return found
    return text_at(found, "value") or text_at(found, "#text") or text_at(found, "link").rpartition("/")[2]


def shown_at(tree: Tree, key: str) -> str:
    """What a person sees: a name, a label, a time of their own zone."""
    found = tree.get(key)
    sides = (text_at(found, "display_value"), text_at(found, "@display_value"))
    return next(filter(None, sides), "") or value_at(tree, key)


def _two_sided(value: Value) -> Value:
    """A field of XML as JSON has it, where `display_value` is an attribute; empty where both sides are."""
    if not isinstance(value, dict):
        return value
    sides = {side: text_at(value, side) for side in ("display_value", "@display_value", "value", "#text")}
    if not any(sides.values()):
        return "" if any(side in value for side in sides) else value
    if "@display_value" in value:
        return {"value": sides["#text"], "display_value": sides["@display_value"]}
    return sides["#text"] if "#text" in value else value


def _record(tree: Tree) -> Tree:
    """The record itself; the REST API wraps a single one in `result`."""
    inside = tree.get("result")
    return inside if len(tree) == 1 and isinstance(inside, dict) else tree


def _role(file: TreeFile, key: str, sample: Tree) -> str:
    """What a list holds: by the name of its table, which XML says, else by its columns or the file's name."""
    stem = file.name.rpartition("/")[2].partition(".")[0]
    table = next((name for name in (key, stem) if name in _COMPANIONS), "")
    keys = sample.keys()
    return table or next((role for role, marks in _MARKS_OF_LISTS if marks <= keys), "")


# --- people, journal, files -------------------------------------------------------------------


def _person(ticket: Tree, key: str, kind: str, known: Known) -> Tree:
    """Somebody whom a field names; queries can fetch their address beside it, as `caller_id.email`."""
    own_id, name = value_at(ticket, key), shown_at(ticket, key)
    if not _names(ticket, key) and not name:
        return {}
    user = _record(known.one(USERS, own_id))
    found = person(
        kind=kind,
        id=own_id,
        email=value_at(user, "email") or value_at(ticket, f"{key}.email"),
        name=value_at(user, "name") or value_at(ticket, f"{key}.name") or (name if name != own_id else ""),
    )
    return identified(found, "servicenow")


def _names(ticket: Tree, key: str) -> bool:
    """Whether a field names somebody, itself or through what was fetched beside it."""
    return any(value_at(ticket, each) for each in (key, f"{key}.email", f"{key}.name"))


def _company(ticket: Tree, known: Known) -> Tree:
    own_id, name = value_at(ticket, "company"), shown_at(ticket, "company")
    company = _record(known.one(COMPANIES, own_id))
    name = value_at(company, "name") or (name if name != own_id else "")
    return {"id": own_id, "name": name} if name else {}


def _comments(ticket: Tree, fields: Tree, people: Sequence[Tree], known: Known) -> Iterator[Tree]:
    """The journal: its own records where the export has them, else the texts in the fields.

    Args:
        fields: Those of the ticket as the export has them, blank ones too.
    """
    records = [_record(each) for each in known.of(JOURNAL, value_at(ticket, "sys_id"))]
    for each in records:
        keys = {"id": "sys_id", "element": "element", "created_at": "sys_created_on", "body": "value"}
        entry: Tree = {ours: value_at(each, theirs) for ours, theirs in keys.items()}
        yield message_of(entry, _author(ticket, value_at(each, "sys_created_by"), people[0], known))
    if not records:
        columns = (BOTH, COMMENTS, WORK_NOTES)
        yield from messages_in({each: shown_at(fields, each) for each in columns if each in fields}, people)


def messages_in(texts: dict[str, str], people: Sequence[Tree]) -> Iterator[Tree]:
    """The messages of journal texts by the name of their field.

    Args:
        people: Those of the record, the caller first: texts know them by their names only.
    """
    for entry in _entries(texts):
        who = text_at(entry, "who")
        known = next((each for each in people if who and text_at(each, "name") == who), None)
        yield message_of(entry, known or person(kind="agent" if who else "", name=who))


def _entries(texts: dict[str, str]) -> Iterator[Tree]:
    """The entries of every journal once: of the text of both, those that no text of its own has."""
    apart = {COMMENTS, WORK_NOTES} <= texts.keys() and any(texts[each] for each in (COMMENTS, WORK_NOTES))
    both = "" if apart else texts.get(BOTH, "")
    if not both:
        for column in (COMMENTS, WORK_NOTES):
            yield from entries_in(texts.get(column, ""), column)
        return
    comments = list(entries_in(texts.get(COMMENTS, ""), COMMENTS))
    yield from comments
    for entry in entries_in(both, ""):
        same: Tree = {**entry, "element": COMMENTS}
        if entry.get("element") == WORK_NOTES or COMMENTS not in texts:
            yield entry
        elif same in comments:
            comments.remove(same)
        else:
            yield {key: value for key, value in entry.items() if key != "element"}


def _author(ticket: Tree, user_name: str, requester: Tree, known: Known) -> Tree:
    """Who wrote a journal entry: found by their login, which is all it says."""
    user = _record(known.alias(USERS, user_name))
    caller_id = text_at(requester, "id")
    opened_it = user_name and user_name == value_at(ticket, "sys_created_by")
    if (
        value_at(user, "sys_id") == caller_id
        if user
        else opened_it and value_at(ticket, "opened_by") == caller_id
    ):
        return requester
    return person(
        kind="agent",
        id=value_at(user, "sys_id"),
        email=value_at(user, "email"),
        name=value_at(user, "name") or user_name,
    )


def _file(attachment: Tree) -> Tree:
    """An attachment; its link needs a login, and an XML unload has none."""
    return file_of(
        name=value_at(attachment, "file_name"),
        url=value_at(attachment, "download_link"),
        size=value_at(attachment, "size_bytes"),
        type=value_at(attachment, "content_type"),
    )
