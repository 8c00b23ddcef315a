"""HubSpot's tables of tickets with those of contacts and companies beside them, joined by their ids.

A ticket's row may name its contact without an address; the table of contacts has it. Tickets alone are a
table like any other. Facts: formats, section 10.
"""

from __future__ import annotations

from collections.abc import Sequence

from migrator.model import Record
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import person, text_at
from migrator.readers.trees import Tree, TreeFile

CONTACTS, COMPANIES = "contacts", "companies"
_COLUMNS_OF = {
    TICKETS: {"ticket name", "ticket status"},
    CONTACTS: {"email", "first name", "last name"},
    COMPANIES: {"company name"},
}
_IDS = ("record id", "ticket id", "contact id", "company id")


class HubSpotTables(Joined):
    """One export of several objects, each a table (or several, where it was split)."""

    name = "hubspot-csv"
    product = "hubspot"
    tables = True

    @classmethod
    def recognise(cls, files: Sequence[TreeFile]) -> str:
        roles = {
            role: file.name for file in files for objects in file.samples.values() if (role := _role(objects))
        }
        if TICKETS not in roles or len(roles) == 1:
            return ""
        beside = ", ".join(sorted(role for role in roles if role != TICKETS))
        return f"{roles[TICKETS]} has the columns Ticket name and Ticket status, with {beside} beside it"

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:  # noqa: ARG002
        return _role([sample])

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:  # noqa: ARG002
        return _cell(_folded(tree), *_IDS), ""

    def key_of(self, tree: Tree) -> str:
        return _cell(_folded(tree), *_IDS)

    def version_of(self, tree: Tree) -> str:
        return _cell(_folded(tree), "last modified date", "last activity date")

    def canonical(self, record: Record, known: Known) -> Record:
        values = record.values
        said = _folded(values)
        contact = _folded(known.one(CONTACTS, _first(_cell(said, "associated contact ids"))))
        if contact:
            values["requester"] = person(
                kind="customer",
                id=_cell(contact, *_IDS),
                email=_cell(contact, "email"),
                name=f"{_cell(contact, 'first name')} {_cell(contact, 'last name')}".strip(),
            )
        company = _folded(known.one(COMPANIES, _first(_cell(said, "associated company ids"))))
        if company:
            values["company"] = {"id": _cell(company, *_IDS), "name": _cell(company, "company name")}
        return record


def _role(objects: Sequence[Tree]) -> str:
    columns = _folded(objects[0]).keys() if objects else set()
    return next((role for role, wanted in _COLUMNS_OF.items() if wanted <= columns), "")


def _folded(row: Tree) -> Tree:
    """The row by headers without case."""
    return {column.casefold(): value for column, value in row.items()}


def _cell(row: Tree, *names: str) -> str:
    """The first of the named cells that is not blank."""
    return next((found for name in names if (found := text_at(row, name))), "")


def _first(ids: str) -> str:
    """Of several ids in one cell: they stand in the order of the names."""
    return ids.partition(";")[0].strip()
