"""Contacts: whom we made is known until they are gone, and whom we may have made is never forgotten."""

from __future__ import annotations

import pytest

from migrator.ledger import Contact, Ledger
from tests.ledger.support import copy_as_killed, ready, ticket

ADA, NAMELESS = Contact("c-1", "ada@example.com", 1), Contact("c-2", "", 1)


@pytest.fixture
def ledger(tmp_path):
    with ready(tmp_path / "t.ledger", ticket("a"), ticket("b", 3)) as made:
        yield made


def test_contacts_we_made_are_remembered_once_until_they_are_gone(ledger):
    for made in (ADA, NAMELESS, Contact(ADA.id, ADA.email, 2)):
        ledger.begin_contact(made.email or "u-2", made.row)
        ledger.settle_contact(made.email or "u-2", made)
    assert list(ledger.contacts_made()) == [ADA, NAMELESS]
    assert list(ledger.contacts_unsure()) == []
    ledger.forget_contact(ADA.id)
    assert list(ledger.contacts_made()) == [NAMELESS]


def test_whether_a_contact_is_ours_is_in_doubt_from_before_the_request_until_its_answer(ledger, tmp_path):
    ledger.begin_contact("ada@example.com", 1)
    with Ledger.open(copy_as_killed(ledger, tmp_path / "killed.ledger")) as killed:
        assert (list(killed.contacts_unsure()), list(killed.contacts_made())) == (["ada@example.com"], [])
        assert killed.begin_contact("ada@example.com", 2)  # begun before, by whoever was killed
        assert not killed.begin_contact("ben@example.com", 2)
    ledger.settle_contact("ada@example.com", None)
    assert (list(ledger.contacts_unsure()), list(ledger.contacts_made())) == ([], [])
