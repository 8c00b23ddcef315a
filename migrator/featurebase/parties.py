"""Who must be there before a ticket is made: its author as a contact, and their company.

What makes them is written here, beside the requests that wait for their ids: a message of a contact of whom
only the external id is known, and a ticket of a company that is yet to be made. Both are staged without the
id, and get it when they are sent. Source: featurebase.md sections 5.2, 5.4, 9 and 10.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from migrator.featurebase import limits
from migrator.featurebase.directory import Directory, folded
from migrator.featurebase.encoding import encoded, exactly, exactly_read
from migrator.featurebase.entries import Company
from migrator.featurebase.findings import Findings
from migrator.featurebase.lookup import given, unchecked
from migrator.model import Draft, DraftAuthor, DraftContact, Named, Party, PartyKind, Step


@dataclass(frozen=True, slots=True)
class Employer:
    """The company that a ticket and its author belong to."""

    external_id: str
    """Empty for a company of the workspace that has none, so that no contact can be attached to it."""
    name: str
    id: str = ""
    """Featurebase's; empty for one that is yet to be made."""


def employer_of(draft: Draft, directory: Directory, findings: Findings) -> Employer | None:
    """The company that the mapping's `people` names, as the workspace has it or as it is to be made.

    None where no company is named, which leaves the ticket's own `company` to be looked up as always.
    """
    contact = draft.contact
    named = given(contact.company_id) if contact else None
    if contact is None or named is None:
        if contact and given(contact.company_name):
            findings.leave_out("companies without an id")
        return None
    if "companies" not in directory.loaded:
        return Employer(named.value, _company_name(contact, named), unchecked(named, "company", findings))
    known = _known_company(draft, named, directory)
    if known is not None:
        return Employer(known.external_id, known.name, known.id)
    if len(named.value) > limits.CONTACT_TEXT_MOST:
        findings.leave_out("companies whose id is too long")
        return None
    return Employer(named.value, _company_name(contact, named))


def parties_of(
    draft: Draft, employer: Employer | None, directory: Directory, findings: Findings
) -> tuple[Party, ...]:
    """Whom the mapping wants to be there before the ticket.

    Somebody who works in the workspace is never made a contact, nor is an author who is known by
    Featurebase's own id.
    """
    if draft.contact is None:
        return ()
    contact = _contact(draft.author, draft.contact, employer, directory, findings)
    company = _company(employer, findings) if employer and not employer.id else None
    return tuple(party for party in (company, contact) if party is not None)


def speaker(step: Step) -> str:
    """The external id of the contact whose own id a message gets when it is sent; empty for all others."""
    if not step.contact:
        return ""
    contact = json.loads(step.contact)
    return "" if "email" in contact else str(contact.get("userId", ""))


def spoken_by(step: Step, contact_id: str) -> Step:
    """A message of a contact whose id is known now."""
    return _with(step, "contactId", contact_id)


def of_company(step: Step, company_id: str) -> Step:
    """A create step whose company has been made."""
    return _with(step, "companyId", company_id)


def as_staged(step: Step) -> Step:
    """A message as it was before it was known whose it is, for comparing with one that was never sent."""
    return spoken_by(step, "") if speaker(step) else step


def _with(step: Step, name: str, value: str) -> Step:
    return replace(step, body=exactly({**exactly_read(step.body), name: value}))


def _known_company(draft: Draft, named: Named, directory: Directory) -> Company | None:
    """By the external id; else as the ticket's own rule for its company would find it."""
    index = directory.index("companies")
    found = index.find(named.value)
    if isinstance(found, Company) and named.value in (found.external_id, found.id):
        return found
    own = given(draft.company)
    found = index.find(own.value) if own else None
    return found if isinstance(found, Company) else None


def _company_name(contact: DraftContact, otherwise: Named) -> str:
    name = given(contact.company_name) or otherwise
    return name.value[: limits.CONTACT_TEXT_MOST]


def _company(employer: Employer, findings: Findings) -> Party:
    body = {"companyId": employer.external_id, "name": employer.name}
    return Party(PartyKind.COMPANY, employer.external_id, "", encoded(body, "a company", findings))


def _contact(
    author: DraftAuthor,
    said: DraftContact,
    employer: Employer | None,
    directory: Directory,
    findings: Findings,
) -> Party | None:
    email, user_id, name = given(author.email), given(author.user_id), given(author.name)
    is_admin = email is not None and directory.is_admin(email.value)
    if given(author.id) or is_admin or not (email or user_id):
        return None
    body: dict[str, object] = {}
    if email:
        body["email"] = email.value
    if user_id:
        body["userId"] = user_id.value
    if name:
        body["name"] = name.value[: limits.CONTACT_TEXT_MOST]
    picture = given(author.picture)
    if picture and limits.is_web_address(picture.value):
        body["profilePicture"] = picture.value
    if employer and employer.external_id:
        body["companies"] = [{"id": employer.external_id, "name": employer.name}]
    if moment := given(said.created_at):
        body["createdAt"] = moment.value
    if (phone := given(said.phone)) and len(phone.value) <= limits.CONTACT_TEXT_MOST:
        body["phone"] = phone.value
    elif phone:
        findings.leave_out("phone numbers that are too long")
    return Party(
        PartyKind.CONTACT,
        user_id.value if user_id else "",
        folded(email.value) if email else "",
        encoded(body, "a contact", findings),
    )
