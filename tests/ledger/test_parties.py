"""Contacts and companies in the ledger: each once, whatever comes again, and none forgotten by a kill."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from migrator.ledger import Contact, Ledger, PartyState, RefusedParty, Staged
from migrator.model import ContactSeen, Party, PartyKind, Refused
from tests.ledger.support import copy_as_killed, done, ready, send, ticket

CONTACT, COMPANY = PartyKind.CONTACT, PartyKind.COMPANY


def contact(external_id: str = "", email: str = "", body: bytes = b"{}") -> Party:
    return Party(CONTACT, external_id, email, body)


def company(external_id: str) -> Party:
    return Party(COMPANY, external_id, "", b"{}")


def needing(key: str, *parties: Party, **changes: object):
    return replace(ticket(key, **changes), parties=parties)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.ledger"


def restage(ledger: Ledger, *tickets, update: bool = False) -> list[Staged]:
    with ledger.staging(update_people=update) as stager:
        return [stager.ticket(each, "original") for each in tickets]


def bodies(ledger: Ledger) -> list[bytes]:
    return [party.body for party in ledger.parties_waiting()]


def test_one_party_of_many_tickets_waits_once_and_companies_come_first(path):
    with ready(
        path,
        needing("a", contact("1", "a@x.example"), company("umb")),
        needing("b", contact("1"), company("umb")),
        needing("c", contact("", "a@x.example")),
        needing("d", contact("2", "a@x.example")),
        needing("e", contact("3", "e@x.example")),
    ) as ledger:
        waiting = list(ledger.parties_waiting())
        assert [(party.kind, party.row) for party in waiting] == [(COMPANY, 1), (CONTACT, 1), (CONTACT, 5)]
        assert ledger.count_parties_waiting() == {CONTACT: 2, COMPANY: 1}
        assert [party.row for party in ledger.parties_waiting([3, 4])] == [3]
        assert ledger.count_parties_waiting([5]) == {CONTACT: 1, COMPANY: 0}


def test_who_is_there_already_does_not_wait_and_is_known_by_either_name(path):
    with ready(
        path,
        needing("a", contact("1", "a@x.example")),
        needing("b", contact("2", "b@x.example")),
        needing("c", contact("3", "c@x.example")),
    ) as ledger:
        ledger.know_contacts(
            [ContactSeen("x", "A@X.example"), ContactSeen("y", None, external_id="2"), ContactSeen("z")]
        )
        assert [party.row for party in ledger.parties_waiting()] == [3]
        assert ledger.parties() == {(CONTACT, PartyState.KNOWN): 2, (CONTACT, PartyState.WAITING): 1}
        assert ledger.party_id(CONTACT, "1") == "x"
        assert ledger.party_id(CONTACT, "3") == ""


def test_what_became_of_them_is_told_and_survives_a_kill(path, tmp_path):
    with ready(
        path, needing("a", contact("1"), company("umb")), needing("b", contact("", "b@x.example"))
    ) as ledger:
        umb, one, two = ledger.parties_waiting()
        ledger.settle_party(umb.seq, PartyState.DONE, id_="c-9")
        ledger.settle_party(one.seq, PartyState.KNOWN, id_="u-1")
        ledger.settle_party(two.seq, PartyState.REFUSED, message="400 no")
        ledger.flush()
        copy = copy_as_killed(ledger, tmp_path / "copy.ledger")
    with Ledger.open(copy) as ledger:
        assert ledger.count_parties_waiting() == {CONTACT: 0, COMPANY: 0}
        assert (ledger.company_of(1), ledger.company_of(2), ledger.party_id(CONTACT, "1")) == (
            "c-9",
            "",
            "u-1",
        )
        assert ledger.parties_refused() == [RefusedParty(CONTACT, "b@x.example", "400 no")]


@pytest.mark.parametrize(
    ("state", "update", "waits"),
    [
        (PartyState.WAITING, False, True),
        (PartyState.DONE, False, False),
        (PartyState.KNOWN, False, False),
        (PartyState.REFUSED, False, True),
        (PartyState.DONE, True, True),
        (PartyState.KNOWN, True, True),
    ],
)
def test_a_party_of_whom_more_is_known_later_waits_again_if_that_is_wanted(path, state, update, waits):
    with ready(path, needing("a", contact("1"))) as ledger:
        (party,) = ledger.parties_waiting()
        ledger.settle_party(party.seq, state, id_="u-1")
        assert restage(ledger, needing("a", contact("1")), update=update) == [Staged.UNCHANGED]
        assert len(bodies(ledger)) == (state is PartyState.WAITING)
        restage(
            ledger,
            needing("a", contact("1", body=b"more")),
            needing("b", contact("1", body=b"other")),
            update=update,
        )
        assert bodies(ledger) == ([b"more"] if waits else [])


def test_a_party_whom_no_row_needs_any_more_is_not_made(path):
    with ready(path, needing("a", contact("1")), needing("b", company("umb"))) as ledger:
        restage(ledger, ticket("a"), needing("b", body="changed"))
        assert bodies(ledger) == []
        assert ledger.parties() == {}


def test_a_party_who_spoke_before_anybody_asked_is_named_and_not_counted(path):
    with ready(path, needing("a", contact("1"))) as ledger:
        ledger.name_party(contact("1"), "u-1")
        ledger.name_party(contact("2"), "u-2")
        ledger.name_party(contact("2"), "u-3")
        assert (ledger.party_id(CONTACT, "1"), ledger.party_id(CONTACT, "2")) == ("u-1", "u-3")
        assert sum(ledger.parties().values()) == 1
        assert len(bodies(ledger)) == 1


def test_a_contact_who_was_taken_back_has_to_be_made_again(path):
    with ready(path, needing("a", contact("1", "a@x.example"))) as ledger:
        (party,) = ledger.parties_waiting()
        ledger.settle_contact("a@x.example", Contact("u-1", "a@x.example", party.row))
        ledger.settle_party(party.seq, PartyState.DONE, id_="u-1")
        ledger.forget_contact("u-1")
        assert ledger.party_id(CONTACT, "1") == ""
        assert len(bodies(ledger)) == 1


def test_a_waiting_step_is_completed_and_no_other(path):
    with ready(path, ticket("a", steps=2)) as ledger:
        ledger.complete(1, 1, b"whole")
        send(ledger, 1, Refused(400, "no", "no"))
        with pytest.raises(ValueError, match="not waiting"):
            ledger.complete(1, 0, b"late")
        ledger.retry_failed(["a"])
        (work,) = ledger.waiting()
        assert [step.body for _, step in work.steps] == [b'{"title":"a"}', b"whole"]


def test_forgetting_leaves_no_trace_of_anybody(path):
    secret = "somebody@secret.example"
    with ready(path, ticket("a")) as ledger:
        ledger.name_party(contact("ext-secret", secret, secret.encode()), "u-1")
        send(ledger, 1, done(7))
        ledger.flush()
        ledger.forget({})
    assert secret.encode() not in path.read_bytes()
    assert b"ext-secret" not in path.read_bytes()
