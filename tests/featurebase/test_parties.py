"""Who must be there first, down to the bytes, and requests that get an id when they are sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from migrator.featurebase import Directory, as_staged, of_company, part_sent, resolve, speaker, spoken_by
from migrator.model import DraftAuthor, DraftContact, PartyKind, Step, StepKind, Ticket
from tests.featurebase.conftest import make_directory
from tests.featurebase.drafts import ADA, draft, message, named, person

COMPANY = DraftContact(company_id=named("umb"), company_name=named("Umbrella"))


def resolved(directory: Directory | None = None, **changes: Any) -> Ticket:
    result = resolve(draft(**({"contact": DraftContact()} | changes)), directory or make_directory())
    assert isinstance(result, Ticket), result
    return result


def bodies(ticket: Ticket) -> list[tuple[PartyKind, dict[str, Any]]]:
    return [(party.kind, json.loads(party.body)) for party in ticket.parties]


def create_of(ticket: Ticket) -> dict[str, Any]:
    return json.loads(ticket.steps[0].body)


def test_a_requester_is_made_with_all_that_is_known_of_them():
    author = DraftAuthor(
        user_id=named("u-1"),
        email=named("Ann@Example.com"),
        name=named("Ann"),
        picture=named("https://example.com/ann.png"),
    )
    contact = DraftContact(
        named("+1 555 0100"), named("2019-03-01T10:00:00.000Z"), named("umb"), named("Umbrella")
    )
    ticket = resolved(author=author, contact=contact)
    company, party = ticket.parties
    assert bodies(ticket) == [
        (PartyKind.COMPANY, {"companyId": "umb", "name": "Umbrella"}),
        (
            PartyKind.CONTACT,
            {
                "email": "Ann@Example.com",
                "userId": "u-1",
                "name": "Ann",
                "profilePicture": "https://example.com/ann.png",
                "companies": [{"id": "umb", "name": "Umbrella"}],
                "createdAt": "2019-03-01T10:00:00.000Z",
                "phone": "+1 555 0100",
            },
        ),
    ]
    assert (party.external_id, party.email, company.external_id) == ("u-1", "ann@example.com", "umb")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"contact": None}, id="nobody-asked"),
        pytest.param({"author": person("ADA@work.example")}, id="an-admin"),
        pytest.param({"author": person("ann@example.com", id="c-1")}, id="known-by-featurebases-own-id"),
    ],
)
def test_nobody_is_made_for(changes):
    assert resolved(**changes).parties == ()


def test_what_the_api_would_refuse_is_left_out_and_counted():
    contact = DraftContact(phone=named("5" * 501), company_name=named("Nameless"))
    ticket = resolved(contact=contact)
    assert bodies(ticket) == [(PartyKind.CONTACT, {"email": "ann@example.com"})]
    assert dict(ticket.left_out) == {"phone numbers that are too long": 1, "companies without an id": 1}
    ticket = resolved(contact=DraftContact(company_id=named("5" * 501)))
    assert dict(ticket.left_out) == {"companies whose id is too long": 1}


def test_a_company_that_is_there_is_named_at_once_and_one_that_is_not_when_it_is_made():
    known = make_directory().companies[0]
    ticket = resolved(
        contact=DraftContact(company_id=named(known.external_id), company_name=named("Old name"))
    )
    assert create_of(ticket)["companyId"] == known.id
    assert bodies(ticket)[0][1]["companies"] == [{"id": known.external_id, "name": known.name}]
    ticket = resolved(contact=COMPANY)
    assert "companyId" not in create_of(ticket)
    completed = of_company(ticket.steps[0], "f" * 24)
    assert json.loads(completed.body) == {**create_of(ticket), "companyId": "f" * 24}


def test_the_tickets_own_rule_finds_a_company_by_its_name_before_another_is_made():
    known = make_directory().companies[0]
    contact = DraftContact(company_id=named("4711"), company_name=named("x"))
    ticket = resolved(contact=contact, company=named(known.name.upper()))
    assert create_of(ticket)["companyId"] == known.id
    assert [party.kind for party in ticket.parties] == [PartyKind.CONTACT]


def test_a_company_nobody_could_look_up_is_unchecked():
    ticket = resolved(Directory.unchecked(), contact=COMPANY)
    assert "company-unchecked" in {warning.code for warning in ticket.warnings}
    assert [party.kind for party in ticket.parties] == [PartyKind.CONTACT]


def test_a_message_gets_its_contacts_id_when_it_is_sent_and_only_that_changes():
    lead = DraftAuthor(user_id=named("lead-7"), name=named("Lea"), is_agent=False)
    body = '<p>"contactId":"" 1.50 é</p>'
    _, of_lead, of_ada = resolved(
        replies=(message(lead, body, "2024-05-01T08:00:00.000Z"), message(ADA)), fallback_agent=named("any")
    ).steps
    assert (speaker(of_lead), speaker(of_ada)) == ("lead-7", "")
    assert part_sent(of_lead).author_id is None
    named_now = spoken_by(of_lead, "c" * 24)
    assert part_sent(named_now).author_id == "c" * 24
    assert named_now.body == of_lead.body.replace(b'"contactId":""', b'"contactId":"' + b"c" * 24 + b'"', 1)
    assert as_staged(named_now) == of_lead
    assert as_staged(of_ada) == of_ada


def test_digits_of_numbers_survive_the_naming_of_a_company():
    step = Step(StepKind.CREATE, "POST", "/v2/tickets", b'{"title":"x","customFields":{"n":1.10}}')
    assert of_company(step, "c-1").body == b'{"title":"x","customFields":{"n":1.10},"companyId":"c-1"}'
