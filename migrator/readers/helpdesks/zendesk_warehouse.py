"""Zendesk's data as a warehouse keeps it: one table each for tickets, comments, users, tags and the rest.

Tables as connectors write them, exported as CSV or workbooks under any file name. They are brought to the
keys of Zendesk's API: column names in small letters, truth values as `true` and `false`, blank cells absent.
Facts: formats, section 24.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from migrator.model import Record, Value
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import text_at
from migrator.readers.helpdesks.zendesk_tickets import (
    COMMENTS,
    GROUPS,
    ORGANIZATIONS,
    USERS,
    canonical_ticket,
)
from migrator.readers.json_text import JsonParser
from migrator.readers.trees import Tree, TreeFile

TAGS = "ticket_tags"

_COLUMNS = (  # the first table that has all of these is that list; the more particular stand first
    (COMMENTS, frozenset(("ticket_id", "body", "public"))),
    (TAGS, frozenset(("ticket_id", "tag"))),
    (TICKETS, frozenset(("id", "subject", "status", "requester_id", "created_at"))),
    (USERS, frozenset(("id", "name", "email", "role"))),
    (ORGANIZATIONS, frozenset(("id", "name", "shared_tickets"))),
    (ORGANIZATIONS, frozenset(("id", "name", "details"))),
    (GROUPS, frozenset(("id", "name", "url"))),
)
_NOTHING = ("", "null", "none", "nan", "\\n")
_SAID_OTHERWISE = {
    "TRUE": "true",
    "True": "true",
    "t": "true",
    "FALSE": "false",
    "False": "false",
    "f": "false",
}
_JSON = ("tags", "custom_fields", "attachments", "via", "metadata")
"""Columns in which some connectors leave what the API said as it was."""
_UTC = re.compile(r"(?<=\d\d:\d\d) UTC$|(?<=\d\d:\d\d\.\d{3}) UTC$|(?<=\d\d:\d\d\.\d{6}) UTC$")
_DELETED = ("_fivetran_deleted", "_sdc_deleted", "_airbyte_deleted")


class ZendeskWarehouse(Joined):
    """The tables of one warehouse."""

    name = "zendesk-warehouse"
    product = "zendesk"
    tables = True

    @classmethod
    def recognise(cls, files: Sequence[TreeFile]) -> str:
        roles = {_role(file.samples[""][0]): file.name for file in files if file.samples.get("")}
        if TICKETS in roles and COMMENTS in roles:
            return f"{roles[TICKETS]} and {roles[COMMENTS]} are the tables of a warehouse"
        return ""

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:  # noqa: ARG002
        return _role(sample)

    def kept_as(self, role: str, tree: Tree) -> Tree:
        plain = _plain(tree)
        if role == COMMENTS:
            return plain | _renamed(plain, created="created_at", user_id="author_id")
        return plain

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:
        ticket = text_at(tree, "ticket_id")
        if role == TAGS:  # these have no id of their own, and stand there once for every load
            return f"{ticket} {text_at(tree, 'tag')}", ticket
        return text_at(tree, "id"), ticket

    def key_of(self, tree: Tree) -> str:
        return text_at(_plain(tree), "id")

    def version_of(self, tree: Tree) -> str:
        return text_at(_plain(tree), "updated_at")

    def canonical(self, record: Record, known: Known) -> Record:
        values = _plain(record.values)
        if tags := known.of(TAGS, text_at(values, "id")):
            values["tags"] = [text_at(tag, "tag") for tag in tags]
        if any(text_at(values, column) == "true" for column in _DELETED):
            values["status"] = "deleted"  # what the connector keeps of a ticket that is gone
        return canonical_ticket(replace(record, values=values), known)


def _role(sample: Tree) -> str:
    columns = {column.casefold() for column in sample}
    return next((role for role, wanted in _COLUMNS if wanted <= columns), "")


def _plain(row: Tree) -> Tree:
    """A row with the keys of the API; what a cell does not say is absent."""
    plain: Tree = {}
    for column, cell in row.items():
        if not isinstance(cell, str):
            plain[column.casefold()] = cell
        elif cell.strip().casefold() not in _NOTHING:
            held = _from_json(cell) if column.casefold() in _JSON else None
            told = _SAID_OTHERWISE.get(cell) or _UTC.sub("+00:00", cell)
            plain[column.casefold()] = told if held is None else held
    return plain


def _from_json(cell: str) -> Value | None:
    """The list or object that a cell holds as JSON; None where it holds none."""
    try:
        found, end = JsonParser().decode(cell.strip())
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list | dict) and not cell.strip()[end:] else None


def _renamed(row: Tree, **names: str) -> Tree:
    return {ours: row[theirs] for theirs, ours in names.items() if theirs in row and ours not in row}
