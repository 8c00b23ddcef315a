"""`migrator resolve`: a person decides what nothing else can."""

from __future__ import annotations

import pytest

from migrator.ledger import Ledger
from tests.conftest import write_csv
from tests.runner.test_migrate import NO_LEGACY, Control, Telling, Twin, migrated

KEY = "A1"


@pytest.fixture
def doubtful(tool, sandbox, tmp_path):
    """One ticket whose answer was lost, beside one that somebody made just like it."""
    row = {"id": KEY, "subject": "Disk full", "body": "alarm", "email": "alarm@example.com",
           "created": "2024-03-01T08:00:00", "status": "open"}  # fmt: skip
    path = write_csv(tmp_path / "tickets.csv", [row])
    path.with_name("m.yaml").write_text(NO_LEGACY, encoding="utf-8")
    sandbox.script("lost")
    migrated(sandbox, path, telling=Telling(Twin(sandbox), Control()))
    tool.to(sandbox)
    return path


def test_what_is_in_doubt_is_listed_with_the_tickets_it_may_be(tool, doubtful):
    ran = tool("resolve", "tickets.ledger", "--json")
    assert (ran.exit_code, ran.json["in_doubt"]) == (1, 1)
    assert len(ran.json["doubts"][0]["candidates"]) == 2


def test_a_ticket_that_a_person_names_is_claimed(tool, sandbox, doubtful):
    ran = tool("resolve", "tickets.ledger", KEY, "--created", "1", "--yes", "--json")
    assert (ran.exit_code, ran.json["in_doubt"]) == (0, 0), ran.stderr
    with Ledger.look(doubtful.with_suffix(".ledger")) as ledger:
        assert ledger.newest_owned(1)[0][0] == 1
    assert len(sandbox.tickets()) == 2


def test_what_never_happened_is_sent_by_the_next_run(tool, sandbox, doubtful):
    assert tool("resolve", "tickets.ledger", KEY, "--absent", "--yes", "--json").exit_code == 0
    ran = tool("run", "tickets.csv", "--mapping", "m.yaml", "--yes", "--json", "--settle", "0.3")
    assert (ran.json["created"], ran.json["in_doubt"]) == (1, 0), ran.stderr
    assert len(sandbox.tickets()) == 3


REFUSED = [
    pytest.param((KEY, "--created", "99"), 1, "no ticket 99", id="no-such-ticket"),
    pytest.param(("B2", "--absent"), 5, "not in this ledger", id="no-such-row"),
    pytest.param((KEY, "--arrived"), 1, "which ticket", id="arrived-where"),
    pytest.param((KEY,), 2, "say one of", id="nothing-said"),
    pytest.param((KEY, "--absent", "--arrived"), 2, "say one of", id="both-said"),
]


@pytest.mark.parametrize(("words", "code", "told"), REFUSED)
def test_a_decision_that_makes_no_sense_is_refused(tool, doubtful, words, code, told):
    ran = tool("resolve", "tickets.ledger", *words, "--yes", "--json")
    assert (ran.exit_code, told in ran.json["error"]["message"]) == (code, True), ran.stdout
    assert tool("resolve", "tickets.ledger", "--json").json["in_doubt"] == 1
