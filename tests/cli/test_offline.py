"""A dry run without Featurebase, against the lists that an earlier run has kept."""

from __future__ import annotations

import pytest

from tests.conftest import SIMPLE_MAPPING

OFFLINE = ("validate", "tickets.csv", "--mapping", "m.yaml", "--offline", "--json")
RUN = ("run", "tickets.csv", "--mapping", "m.yaml", "--yes", "--json")


@pytest.fixture
def cut_off(tool, sandbox, export):
    """The tool after a run, with no way to Featurebase any more."""
    export(2)
    assert tool.to(sandbox)(*RUN).exit_code == 0
    for name in ("FEATUREBASE_BASE_URL", "FEATUREBASE_API_KEY"):
        del tool.environment[name]
    return tool


def test_names_are_checked_against_the_lists_of_a_ledger(cut_off, export):
    export(3, mapping=SIMPLE_MAPPING.replace("Resolved", "Resolvd"))
    assert cut_off(*OFFLINE).exit_code == 0  # nobody has looked
    ran = cut_off(*OFFLINE, "--ledger", "tickets.ledger")
    assert (ran.exit_code, ran.json["problems"], ran.json["ready"]) == (1, {"status-unknown": 1}, 2)
    export(3)
    ran = cut_off(*OFFLINE, "--ledger", "tickets.ledger")
    assert (ran.exit_code, ran.json["problems"], ran.json["ready"]) == (0, {}, 3)


def test_a_ledger_that_was_told_to_forget_keeps_no_lists(cut_off):
    assert cut_off("forget", "tickets.ledger", "--yes").exit_code == 0
    ran = cut_off(*OFFLINE, "--ledger", "tickets.ledger")
    assert (ran.exit_code, "keeps no lists" in ran.json["error"]["message"]) == (5, True)


def test_online_the_workspace_itself_is_asked(cut_off):
    ran = cut_off("validate", "tickets.csv", "--mapping", "m.yaml", "--ledger", "tickets.ledger")
    assert (ran.exit_code, "--offline" in ran.stderr) == (2, True)


def test_what_a_trial_ticket_taught_of_the_workspace_of_the_ledger_counts_offline_too(
    tool, make_sandbox, export
):
    sandbox = make_sandbox(select_as="label")
    export(2)
    assert tool.to(sandbox)("doctor", "--probe", "--yes").exit_code == 0
    assert tool(*RUN).exit_code == 0
    taught = "choices are sent by label, as a trial ticket taught"
    assert taught in tool(*OFFLINE, "--ledger", "tickets.ledger").stderr
    assert taught not in tool(*OFFLINE).stderr
