"""`migrator forget` as a user runs it."""

from __future__ import annotations

from tests.conftest import SIMPLE_MAPPING

RUN = ("run", "tickets.csv", "--mapping", "m.yaml", "--yes", "--json")
SAID = b"Line one of"
"""Stands in the text of every ticket."""


def test_nothing_that_was_said_is_left_and_status_report_and_undo_still_work(tool, sandbox, export):
    path = export(8)
    ledger = path.with_suffix(".ledger")
    tool.to(sandbox)
    tool(*RUN)
    assert tool("forget", "tickets.ledger").exit_code == 2  # nobody is there to say yes
    assert SAID in ledger.read_bytes()
    ran = tool("forget", "tickets.ledger", "--yes")
    assert ran.exit_code == 0, ran.stderr
    assert ran.stdout == "Forgotten. tickets.ledger holds ids, numbers and counts, and nobody's words.\n"
    assert "tickets-report" in ran.stderr
    for private in (SAID, b"person1@example.com", b"Question 1"):
        assert private not in ledger.read_bytes()
    status = tool("status", "tickets.ledger", "--json")
    assert (status.exit_code, status.json["created"], status.json["complete"]) == (0, 8, True)
    assert tool("report", "tickets.ledger").exit_code == 0
    assert tool("undo", "tickets.ledger", "--yes", "--force").exit_code == 0
    assert sandbox.tickets() == []


def test_what_needs_the_text_refuses_with_a_word(tool, sandbox, export):
    export(3)
    tool.to(sandbox)
    tool(*RUN)
    tool("forget", "tickets.ledger", "--yes")
    for words in (
        RUN,
        ("verify", "tickets.ledger", "--json"),
        ("retry", "tickets.ledger", "--json", "--yes"),
    ):
        ran = tool(*words)
        assert ran.exit_code == 5, (words, ran.stdout)
        assert "was told to forget" in ran.json["error"]["message"]
    assert len(sandbox.tickets()) == 3


def test_a_migration_that_is_not_over_keeps_what_it_needs(tool, sandbox, export):
    export(6, mapping=SIMPLE_MAPPING.replace("closed: Resolved", "closed: Resolvd"))
    tool.to(sandbox)
    tool(*RUN)
    ran = tool("forget", "tickets.ledger", "--yes", "--json")
    assert ran.exit_code == 5
    assert ran.json["error"]["message"] == "this migration is not over: 2 rejected"
    assert "--rejected-too" in ran.json["error"]["hint"]
    assert tool("forget", "tickets.ledger", "--yes", "--rejected-too").exit_code == 0
    told = tool("report", "tickets.ledger", "--json")
    assert (told.exit_code, told.json["created"], told.json["rejected"]) == (1, 4, 2)
