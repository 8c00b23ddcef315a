"""Contacts and companies before their tickets, and customers of whom only an external id is known."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from migrator.errors import Interrupted
from migrator.featurebase import Client, Connection, Rate
from migrator.ledger import Ledger
from migrator.model import ContactSeen, Silent, Status
from migrator.runner.control import Control, Telling
from migrator.runner.migrate import migrate
from migrator.runner.open import open_ledger
from migrator.runner.outlook import RunOptions
from migrator.runner.standing import Parties
from migrator.runner.undo import UndoOptions, undo
from migrator.sandbox import FaultPlan
from tests.recorder import Recorder
from tests.runner.test_migrate import QUICK, given, migrated, yes
from tests.sandbox.support import judge, mock_request
from tests.threads import MAPPING, parts_of, ticket, write_tickets

PEOPLE = """\
people:
  make: true
  phone: {from: phone, optional: true}
  createdAt: {from: joined, as: datetime, optional: true}
  company:
    id: {from: organization.id, optional: true}
    name: {from: organization.name, optional: true}
"""
AUTHOR = "author: {email: {from: email}}"
KNOWN_BY = """author:
    email: {from: email, optional: true}
    userId: {from: external_id, optional: true}
    name: {from: name, optional: true}"""
MAKING = MAPPING.replace(AUTHOR, KNOWN_BY) + PEOPLE


@pytest.fixture
def export(tmp_path):
    def write(*tickets: dict[str, Any], mapping: str = MAKING):
        return write_tickets(tmp_path, tickets, mapping)

    return write


def person(number: int, **changes: Any) -> dict[str, Any]:
    """A ticket without a thread, by a person of its own."""
    who = {"email": f"person{number}@example.com", "name": f"Person {number}", "comments": [], "open": "true"}
    return ticket(number, **(who | changes))


def contacts_of(sandbox) -> dict[str, dict[str, Any]]:
    """Every contact as the API shows it, by address or external id."""
    asking = urllib.request.Request(
        f"{sandbox.url}/v2/contacts?contactType=all&limit=100",
        headers={"Authorization": f"Bearer {sandbox.key}"},
    )
    with urllib.request.urlopen(asking) as answer:
        return {each["email"] or each["userId"]: each for each in json.load(answer)["data"]}


def make_contact(sandbox, body: bytes) -> str:
    connection = Connection(sandbox.url, sandbox.keys, rate=Rate(per_minute=600_000))
    with Client(connection) as client:
        return client.make_contact(body).id


def asked(sandbox, method: str, path: str) -> int:
    return sum(count for (verb, at, _), count in sandbox.requests().items() if (verb, at) == (method, path))


def test_requesters_become_contacts_with_all_that_is_known_of_them(sandbox, export):
    known = {
        "external_id": "u-1",
        "phone": "+44 20 7946 0000",
        "joined": "2019-03-01T10:00:00Z",
        "organization": {"id": "acme", "name": "Acme Inc"},
    }
    ended = migrated(sandbox, export(person(1, **known), person(2), person(3, email="PERSON2@example.com")))
    assert (ended.plan.contacts_to_make, ended.plan.companies_to_make) == (2, 0)
    assert ended.plan.requests == 3 + 2
    assert ended.standing.contacts == Parties(made=2)
    one = contacts_of(sandbox)["person1@example.com"]
    assert (
        one
        | {
            "userId": "u-1",
            "name": "Person 1",
            "phone": "+44 20 7946 0000",
            "createdAt": "2019-03-01T10:00:00.000Z",
            "companies": [{"id": "acme", "name": "Acme Inc"}],
        }
        == one
    )
    assert asked(sandbox, "POST", "/v2/contacts") == 2


@pytest.mark.parametrize("by", ["email", "userId"])
def test_contacts_who_are_there_already_are_left_as_they_are(sandbox, export, by):
    body = {
        "email": b'{"email":"Person1@example.com","name":"As it was"}',
        "userId": b'{"userId":"u-1","name":"As it was"}',
    }
    make_contact(sandbox, body[by])
    ended = migrated(sandbox, export(person(1, external_id="u-1"), person(2)))
    assert ended.standing.contacts == Parties(made=1, there=1)
    assert "As it was" in {each["name"] for each in contacts_of(sandbox).values()}


def test_contacts_who_are_there_get_what_the_export_says_where_that_is_asked_for(sandbox, export):
    make_contact(sandbox, b'{"email":"person1@example.com","name":"As it was"}')
    ended = migrated(
        sandbox, export(person(1), mapping=MAKING.replace("make: true", "make: true\n  update: true"))
    )
    assert ended.standing.contacts == Parties(there=1)
    assert contacts_of(sandbox)["person1@example.com"]["name"] == "Person 1"


def test_a_newer_export_updates_a_contact_whose_ticket_has_not_changed(sandbox, export):
    mapping = MAKING.replace("make: true", "make: true\n  update: true")
    migrated(sandbox, export(person(1, phone="1"), mapping=mapping))
    migrated(sandbox, export(person(1, phone="2"), mapping=mapping))
    assert contacts_of(sandbox)["person1@example.com"]["phone"] == "2"
    assert len(sandbox.tickets()) == 1


def test_somebody_who_works_in_the_workspace_is_never_made_a_contact(sandbox, export):
    ended = migrated(sandbox, export(person(1, email="ADA@sandbox.example")))
    assert ended.plan.contacts_to_make == 0
    assert [group.code for group in ended.plan.problems] == ["author-is-admin"]
    assert asked(sandbox, "POST", "/v2/contacts") == 0


def test_only_the_people_of_the_tickets_that_are_sent_are_made(sandbox, export):
    path = export(*(person(number) for number in range(1, 6)))
    first = migrated(sandbox, path, options=RunOptions(limit=2, settle_s=0.3))
    assert first.standing.contacts == Parties(made=2, waiting=3)
    one = migrated(sandbox, path, options=RunOptions(only=("N-5",), settle_s=0.3))
    assert one.standing.contacts == Parties(made=3, waiting=2)
    rest = migrated(sandbox, path)
    assert rest.standing.contacts == Parties(made=5)


def test_what_is_about_to_be_done_counts_the_people_of_these_tickets_only(sandbox, export):
    seen = []
    path = export(*(person(number) for number in range(1, 6)))
    options = RunOptions(limit=2, settle_s=0.3)
    migrated(sandbox, path, options=options, agree=lambda _, outlook: seen.append(outlook))
    assert [(each.people, each.requests) for each in seen] == [(2, 4)]


@pytest.mark.parametrize("fault", ["lost", "5xx-before", "5xx-after", "reset"])
def test_nobody_is_made_twice_when_answers_are_lost(make_sandbox, export, fault):
    sandbox = make_sandbox(faults=FaultPlan.parse(f"{fault}=0.25", seed=5))
    ended = migrated(sandbox, export(*(person(number) for number in range(8))))
    assert ended.standing.counts.created == 8
    assert len(contacts_of(sandbox)) == 8
    assert ended.standing.contacts.made + ended.standing.contacts.there == 8


class StopWhileMaking(Silent):
    """Asks for a stop once some contacts were made."""

    def __init__(self, control: Control, after: int) -> None:
        super().__init__()
        self.control, self.left, self.making = control, after, False

    def start(self, what: str, total: int | None, unit: str) -> None:
        self.making = what == "making contacts"

    def advance(self, amount: int = 1) -> None:
        self.left -= self.making
        if self.left == 0:
            self.control.stop()


def test_stopped_while_contacts_are_made_the_next_run_goes_on(sandbox, export):
    path = export(*(person(number) for number in range(30)))
    control = Control()
    ended = migrated(sandbox, path, telling=Telling(StopWhileMaking(control, 5), control))
    assert isinstance(ended.error, Interrupted)
    assert sandbox.tickets() == []
    assert 0 < ended.standing.contacts.made < 30
    again = migrated(sandbox, path)
    assert again.standing.counts.created == 30
    assert again.standing.contacts == Parties(made=30)


def test_a_refused_contact_costs_no_ticket_and_is_told(sandbox, export):
    make_contact(sandbox, b'{"email":"old@example.com","userId":"u-1"}')
    make_contact(sandbox, b'{"email":"person1@example.com","userId":"u-2"}')
    mapping = MAKING.replace("make: true", "make: true\n  update: true")
    ended = migrated(sandbox, export(person(1, external_id="u-1"), person(2), mapping=mapping))
    assert ended.standing.counts.created == 2
    assert ended.standing.contacts == Parties(made=1, refused=1)
    assert ended.standing.refusals == (
        "person1@example.com: 400 invalid_request: another contact has this email (email)",
    )


# --- companies ----------------------------------------------------------------------------------


def companies_of(sandbox) -> dict[str, str]:
    connection = Connection(sandbox.url, sandbox.keys, rate=Rate(per_minute=600_000))
    with Client(connection) as client:
        return {
            each.external_id: each.id for each in client.fetch_directory(frozenset({"companies"})).companies
        }


def test_a_company_that_is_lacking_is_made_first_and_the_tickets_belong_to_it(sandbox, export):
    umbrella = {"organization": {"id": "umb", "name": "Umbrella"}}
    acme = {"organization": {"id": "acme", "name": "Renamed since"}}
    ended = migrated(
        sandbox, export(person(1, **umbrella), person(2, **umbrella), person(3, **acme), person(4))
    )
    assert (ended.plan.companies_to_make, ended.standing.companies) == (1, Parties(made=1))
    companies = companies_of(sandbox)
    there = {
        each["customFields"][next(iter(each["customFields"]))]: each["companyId"]
        for each in sandbox.tickets()
    }
    assert there == {"N-1": companies["umb"], "N-2": companies["umb"], "N-3": companies["acme"], "N-4": None}
    assert contacts_of(sandbox)["person3@example.com"]["companies"] == [{"id": "acme", "name": "Acme Inc"}]
    with Ledger.look(Path(ended.standing.ledger)) as ledger:
        assert companies["umb"] in ledger.sent(1).done[0].body.decode()


def test_a_newer_export_sees_no_change_in_a_company_that_was_made(sandbox, export):
    umbrella = {"organization": {"id": "umb", "name": "Umbrella"}}
    migrated(sandbox, export(person(1, **umbrella)))
    ended = migrated(sandbox, export(person(1, **umbrella), person(2, **umbrella)))
    assert (ended.standing.counts.unchanged, ended.standing.counts.created) == (1, 1)
    assert ended.plan.problems == ()


def test_a_company_known_by_its_name_is_not_made_again(sandbox, export):
    mapping = MAKING.replace(
        "  createdAt: {from: created",
        "  company: {from: organization.name, optional: true}\n  createdAt: {from: created",
        1,
    )
    ended = migrated(
        sandbox, export(person(1, organization={"id": "4711", "name": "globex"}), mapping=mapping)
    )
    assert ended.plan.companies_to_make == 0
    assert sandbox.tickets()[0]["companyId"] == companies_of(sandbox)["globex"]
    assert contacts_of(sandbox)["person1@example.com"]["companies"] == [{"id": "globex", "name": "Globex"}]


# --- people without an address ------------------------------------------------------------------

PLACEHOLDER = """\
people:
  without_email: placeholder
  placeholder: unknown@customers.invalid
"""


def test_a_placeholder_stands_for_people_whom_nothing_identifies_and_the_text_names_them(sandbox, export):
    path = export(
        person(1, email="", name="Cy <Coyote>"),
        person(2, email="", name=""),
        mapping=MAPPING.replace(AUTHOR, KNOWN_BY) + PLACEHOLDER,
    )
    ended = migrated(sandbox, path)
    assert [(group.code, group.count) for group in ended.plan.problems] == [("author-placeholder", 2)]
    first, second = sorted(sandbox.tickets(), key=lambda each: each["title"])
    assert first["author"]["email"] == second["author"]["email"] == "unknown@customers.invalid"
    assert first["content"] == "<p><b>Cy &lt;Coyote&gt;</b> wrote:</p><p>How?</p>"
    assert second["content"] == "<p>How?</p>"


LEAD = {"kind": "customer", "external_id": "lead-7", "name": "Lea Dahl"}
OTHER = {"kind": "customer", "external_id": "lead-8", "name": "Otto Berg"}


def chat(number: int) -> dict[str, Any]:
    at = f"2024-05-01T08:{number:02}"
    said = [(LEAD, "one"), (OTHER, "two"), (LEAD, "three")]
    return person(
        number,
        email="",
        external_id="lead-7",
        comments=[
            {"body": words, "author": who, "private": "false", "created_at": f"{at}:{second:02}Z"}
            for second, (who, words) in enumerate(said, start=10)
        ],
    )


@pytest.mark.parametrize("people", ["", PEOPLE], ids=["left-to-featurebase", "made-first"])
@pytest.mark.parametrize("faults", ["", "lost=0.2,5xx-before=0.1"], ids=["calm", "answers-lost"])
def test_customers_known_by_an_external_id_alone_speak_for_themselves(make_sandbox, export, people, faults):
    sandbox = make_sandbox(faults=FaultPlan.parse(faults, seed=2))
    ended = migrated(
        sandbox, export(*map(chat, range(4)), mapping=MAPPING.replace(AUTHOR, KNOWN_BY) + people)
    )
    assert ended.standing.counts.created == 4
    assert ended.plan.problems == ()
    contacts = contacts_of(sandbox)
    assert set(contacts) == {"lead-7", "lead-8"}
    assert contacts["lead-8"]["name"] == "Otto Berg"
    for each in sandbox.tickets():
        assert parts_of(each) == [("user_msg", "one"), ("user_msg", "two"), ("user_msg", "three")]
        authors = [part["author"]["id"] for part in each["conversationParts"][-3:]]
        assert authors == [contacts[who]["id"] for who in ("lead-7", "lead-8", "lead-7")]
    with Ledger.look(Path(ended.standing.ledger)) as ledger:
        assert contacts["lead-8"]["id"] in ledger.sent(1).done[2].body.decode()


def test_a_newer_export_knows_their_messages_again(sandbox, export):
    mapping = MAPPING.replace(AUTHOR, KNOWN_BY)
    migrated(sandbox, export(chat(1), mapping=mapping))
    ended = migrated(sandbox, export(chat(1), chat(2), mapping=mapping))
    assert ended.plan.problems == ()
    assert (ended.standing.counts.unchanged, ended.standing.counts.created) == (1, 1)
    assert all(len(parts_of(each)) == 3 for each in sandbox.tickets())


def test_a_contact_who_was_deleted_meanwhile_is_made_again(sandbox, export):
    path = export(chat(1), chat(2), mapping=MAPPING.replace(AUTHOR, KNOWN_BY))
    migrated(sandbox, path, options=RunOptions(limit=1, settle_s=0.3))
    connection = Connection(sandbox.url, sandbox.keys, rate=Rate(per_minute=600_000))
    with Client(connection) as client:
        gone = client.contact_by_external_id("lead-8")
        client.delete_contact(gone.id)
        assert isinstance(gone, ContactSeen)
    ended = migrated(sandbox, path)
    assert ended.standing.counts.created == 2


def test_undo_takes_back_the_contacts_that_were_made_and_a_run_makes_them_again(sandbox, export, tmp_path):
    make_contact(sandbox, b'{"email":"person2@example.com"}')
    path = export(person(1), person(2), chat(3))
    ended = migrated(sandbox, path)
    with given(sandbox, path) as (client, _), Ledger.open(Path(ended.standing.ledger)) as ledger:
        undone = undo(
            ledger,
            UndoOptions(contacts=True, settle_s=0.3),
            client,
            lambda _: None,
            Telling(Silent(), Control()),
        )
        assert undone.complete
        assert set(contacts_of(sandbox)) == {"person2@example.com"}
    again = migrated(sandbox, path, options=QUICK)
    assert again.standing.counts.created == 3
    assert set(contacts_of(sandbox)) == {"person1@example.com", "person2@example.com", "lead-7", "lead-8"}
    with Ledger.look(Path(ended.standing.ledger)) as ledger:
        assert ledger.status_of("N-3") is Status.CREATED


def test_every_request_is_allowed_by_the_description(sandbox, export):
    mapping = MAKING + "references: {rewrite: true}\n"
    umbrella = {
        "organization": {"id": "umb", "name": "Umbrella"},
        "phone": "1",
        "joined": "2019-03-01T10:00:00Z",
    }
    path = export(person(1, **umbrella), chat(2), person(3, body="as in #N-1"), mapping=mapping)
    with (
        Recorder(sandbox.url) as tap,
        given(sandbox, path, url=tap.url) as (client, inputs),
        open_ledger(path.with_suffix(".ledger"), inputs.source, [path]) as ledger,
    ):
        ended = migrate(ledger, inputs, QUICK, client, yes, Telling(Silent(), Control()))
    assert (ended.standing.counts.created, ended.standing.references.tickets) == (3, 1)
    for each in tap.exchanges:
        judge().validate_request(mock_request(each.method, each.path, each.body or None))
    asked = {(each.method, each.path.partition("?")[0]) for each in tap.exchanges}
    assert asked >= {("POST", "/v2/companies"), ("POST", "/v2/contacts"), ("GET", "/v2/contacts")}
