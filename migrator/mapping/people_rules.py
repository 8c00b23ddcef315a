"""The `people` section of a mapping: who becomes a contact, and who stands in for people without address."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from migrator.mapping import convert, spec
from migrator.mapping.locate import Path
from migrator.mapping.rules import Row, Rule
from migrator.model import DraftContact, Named, shown

AT: Path = ("people",)
_ADDRESS = re.compile(r"[A-Za-z0-9._+-]+@(?P<domain>(?:[A-Za-z0-9-]+\.)*[A-Za-z0-9-]+)")
_RESERVED = re.compile(r"(?:.+\.)?(?:test|invalid|localhost|example(?:\.(?:com|net|org))?)")
"""Domains that nobody can ever have (RFC 2606), so that no stranger gets mail."""


@dataclass(frozen=True, slots=True)
class PeoplePlan:
    """The section, ready to run."""

    make: bool
    update: bool
    """Contacts who are there already get what the export says."""
    placeholder: Named | None
    """The address that stands for requesters whom nothing identifies; None rejects their tickets."""
    phone: Rule | None
    created_at: Rule | None
    company_id: Rule | None
    company_name: Rule | None

    def contact(self, row: Row) -> DraftContact | None:
        """What a row says of its requester beside what the ticket does; None where none are to be made."""
        if not self.make:
            return None
        values = row.record.values
        return DraftContact(
            phone=convert.named(self.phone, values, row),
            created_at=convert.moment(self.created_at, values, row),
            company_id=convert.named(self.company_id, values, row),
            company_name=convert.named(self.company_name, values, row),
        )


Complain = Callable[[Path, str, str], None]


def placeholder_of(said: spec.People, complain: Complain) -> str:
    """The address that stands for people without one; empty where there is none."""
    if said.without_email == "reject":
        if said.placeholder is not None:
            hint = "add `without_email: placeholder`, or remove this line"
            complain((*AT, "placeholder"), "nothing asks for the placeholder", hint)
        return ""
    if said.placeholder is None:
        hint = "add `placeholder: unknown@customers.invalid`"
        complain((*AT, "without_email"), "there is no `placeholder` to stand in", hint)
        return ""
    address = _ADDRESS.fullmatch(said.placeholder)
    if address is None or not _RESERVED.fullmatch(address["domain"].lower()):
        hint = "such as unknown@customers.invalid: a domain that nobody can have, so that nobody gets mail"
        message = f"{shown(said.placeholder)!r} is no address at a reserved domain"
        complain((*AT, "placeholder"), message, hint)
    return said.placeholder


def refuse_idle(said: spec.People, complain: Complain) -> None:
    """Complains about what is said of contacts when none are made."""
    if said.make:
        return
    for name in ("update", "phone", "created_at", "company"):
        if getattr(said, name):
            key = spec.People.model_fields[name].alias or name
            complain((*AT, key), f"`{key}` has no meaning where no contacts are made", "add `make: true`")
