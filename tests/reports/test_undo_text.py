"""What `undo` says before and after."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.reports.undo_text import render_undo_plan, render_undone, undo_document
from migrator.runner.undo import Left, Undone, UndoOptions, UndoPlan, Why

PLAN = UndoPlan("https://api.example.com", 12_400, 31, 0, UndoOptions(), 1_800)
TOUCHED = Left("ZD-7", Why.TOUCHED, ("title", "message (admin)"), 107, "https://example.com/107")
DONE = Undone(PLAN, 12_398, 2, (), 0, (), (), 0, 0)

PLAIN = """
About to delete
  tickets   12,400   with their threads; this cannot be undone
  contacts       0   the 31 that were made for replies stay (--contacts deletes
                     them)
  requests  24,800
  At https://api.example.com.
  This takes about 14 minutes, at 1,800 requests a minute.
  Tickets that people have touched since are left alone, and listed.
  Contacts whom Featurebase made by itself for the authors of tickets stay:
  nothing says which of them were there before."""


def test_the_plan_says_what_goes_what_stays_and_how_long_it_takes():
    assert render_undo_plan(PLAN) == PLAIN


def test_the_plan_warns_of_force_and_of_doubt():
    options = UndoOptions(force=True, contacts=True)
    text = render_undo_plan(replace(PLAN, options=options, in_doubt=3))
    assert "WARNING: also what people have touched since (--force)." in text
    assert "WARNING: 3 rows in doubt" in text
    assert "contacts      31" in text
    assert "requests  24,862" in text


def test_a_complete_undo_says_so():
    assert render_undone(DONE) == (
        "\nTickets of this ledger\n"
        "  deleted      12,398\n"
        "  gone before       2   somebody else had deleted them\n"
        "  still there       0\n"
        "\n"
        "Taken back: no ticket of this ledger is left; it can migrate again."
    )


REASONS = [
    pytest.param(TOUCHED, "not as it was sent: title and message (admin)", id="touched"),
    pytest.param(replace(TOUCHED, why=Why.OTHER, details=()), "belongs to another ticket now", id="other"),
    pytest.param(replace(TOUCHED, why=Why.REFUSED, details=("400 No",)), "refused: 400 No", id="refused"),
]


@pytest.mark.parametrize(("left", "words"), REASONS)
def test_what_was_left_is_named_with_its_address_and_the_reason(left, words):
    text = render_undone(replace(DONE, left=(left,), tickets_left=1), width=200)
    assert f"- ZD-7 (https://example.com/107): {'the number ' if left.why is Why.OTHER else ''}" in text
    assert words in text
    assert "Not all taken back: 1 ticket still there." in text
    assert ("--force" in text) is (left.why is Why.TOUCHED)


def test_of_many_that_were_left_ten_are_named_and_all_are_counted():
    left = tuple(replace(TOUCHED, number=number, url="") for number in range(1, 26))
    text = render_undone(replace(DONE, left=left, tickets_left=25))
    assert text.count("- ZD-7") == 10
    assert "and 15 more" in text


def test_the_document_names_them_all():
    contact = Left("ada@example.com", Why.TOUCHED, ("email",))
    undone = replace(DONE, left=(TOUCHED,), contacts_left=(contact,), tickets_left=1)
    document = undo_document(undone, "t.ledger")
    assert document["schema"] == "migrator.undo/1"
    assert (document["tickets"], document["deleted"], document["gone"]) == (12_400, 12_398, 2)
    assert document["left"] == [
        {
            "key": "ZD-7",
            "why": "touched",
            "details": ["title", "message (admin)"],
            "number": 107,
            "url": "https://example.com/107",
        }
    ]
    assert document["contacts_left"][0]["contact"] == "ada@example.com"
    assert document["complete"] is False


def test_hostile_ids_cannot_steer_the_terminal():
    left = replace(TOUCHED, what="\x1b[2Jgone", url="")
    assert "\x1b" not in render_undone(replace(DONE, left=(left,), tickets_left=1))


def test_contacts_that_stay_are_named():
    undone = replace(DONE, contacts_staying=("ann@example.com", "bob@example.com"))
    assert (
        "Contacts of this migration that stay\n  - ann@example.com\n  - bob@example.com\n"
        in render_undone(undone)
    )
    assert undo_document(undone, "t.ledger")["contacts_staying"] == ["ann@example.com", "bob@example.com"]


def test_a_contact_that_may_be_somebody_else_s_is_left_with_the_reason():
    left = Left("ann@example.com", Why.UNSURE, ())
    text = render_undone(replace(DONE, contacts_left=(left,)))
    assert "an answer was lost, so nobody knows whether" in text
    assert "Not all taken back: 1 contact left alone." in text
