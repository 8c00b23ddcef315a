"""Which facts stay when a migration is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.errors import Declined
from migrator.featurebase import Directory
from migrator.ledger import Ledger
from migrator.runner.forget import forget
from migrator.runner.standing import read_standing
from tests.runner.test_migrate import migrated


@pytest.fixture
def ledger(sandbox, export):
    path: Path = export(4)
    migrated(sandbox, path)
    with Ledger.open(path.with_suffix(".ledger")) as opened:
        yield opened


def yes() -> None: ...


def test_the_workspace_is_still_known_but_nobody_in_it(ledger):
    before = Directory.from_text(ledger.fact("directory"))
    forget(ledger, yes)
    after = Directory.from_text(ledger.fact("directory"))
    assert after.workspace == before.workspace
    assert after.admins == after.companies == after.fields == ()
    assert {each.name for each in (*after.categories, *after.statuses)} == {""}


def test_the_standing_says_what_it_said_before(ledger):
    before = read_standing(ledger)
    forget(ledger, yes)
    after = read_standing(ledger)
    assert (after.counts, after.staged, after.source) == (before.counts, True, "tickets.csv")
    assert (after.target, after.mapping) == (before.target, "m.yaml")
    assert after.typed == ()


def test_declining_drops_nothing(ledger):
    def no() -> None:
        raise Declined("no")

    facts = ledger.facts()
    with pytest.raises(Declined):
        forget(ledger, no)
    assert ledger.facts() == facts
    assert not ledger.forgotten


def test_what_was_agreed_to_before_is_not_asked_again(ledger):
    def never() -> None:
        pytest.fail("it was asked again")

    forget(ledger, yes)
    forget(ledger, never)
    assert ledger.forgotten
