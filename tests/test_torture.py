"""Never twice, never lost: whatever is killed, whenever."""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import legacy_ids
from tests.torture import SandboxProcess, Torture

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a matter of POSIX")


def test_everything_is_there_exactly_once_and_can_be_taken_back(tmp_path):
    """A slice of the story that the soak tells whole."""
    with Torture(tmp_path, tickets=12, seed=1, kills=1, keys=2) as torture:
        torture.begin()
        torture.bring_newer()
        torture.hold_to_the_law()
        torture.take_back()
    assert torture.killed.total() >= 2  # it was attacked


@pytest.mark.soak
def test_the_whole_story_ends_well(tmp_path):
    with Torture(tmp_path, tickets=20, seed=1, kills=1, keys=2) as torture:
        torture.story()
    assert torture.killed.total() >= 5


@pytest.mark.soak
def test_twins_are_there_exactly_once_though_nothing_but_the_ledger_tells_whose_they_are(tmp_path):
    with Torture(tmp_path, tickets=20, seed=2, kills=1, recognisable=False) as torture:
        torture.begin()
        torture.bring_newer()
        torture.retry()
        torture.hold_to_the_law()
    assert torture.killed.total() >= 2


def test_a_kill_in_the_middle_of_two_thousand_tickets_leaves_exactly_two_thousand(tmp_path, tool, export):
    sandbox = SandboxProcess(tmp_path)
    sandbox.start()
    try:
        export(2000)
        tool.environment |= {"FEATUREBASE_BASE_URL": sandbox.url, "FEATUREBASE_API_KEY": sandbox.key}
        words = ("run", "tickets.csv", "--mapping", "m.yaml", "--yes", "--settle", "2", "--rate", "100000")
        with tool.start(*words) as first:
            while highest_number(sandbox) < 500:
                time.sleep(0.05)
            first.kill()
            first.communicate()
        begun = tool("status", "tickets.ledger", "--json").json
        assert 0 < begun["created"] < 2000
        assert tool(*words).exit_code == 0
        found = legacy_ids(sandbox.desk.listed())
        assert found.total() == len(found) == 2000
    finally:
        sandbox.kill()


def highest_number(sandbox: SandboxProcess) -> int:
    newest = sandbox.desk.ask("GET", "/v2/tickets?limit=1&sortBy=ticketNumber&sortOrder=desc")["data"]
    return int(newest[0]["ticketNumber"]) if newest else 0


def any_torture(folder: Path, seed: int) -> Torture:
    rng = random.Random(seed)
    return Torture(
        folder,
        tickets=rng.choice([15, 60, 150]),
        seed=seed,
        kills=rng.choice([2, 4, 6]),
        recognisable=rng.random() < 0.7,
        keys=rng.choice([1, 3]),
        workers=rng.choice([1, 4, 16]),
        crowded=rng.random() < 0.8,
    )


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 140))
def test_soak(tmp_path, seed):
    with any_torture(tmp_path, seed) as torture:
        torture.story()
