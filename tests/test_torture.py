"""Never twice, never lost: whatever is killed, whenever."""

from __future__ import annotations

import sys
import time

import pytest

from tests.conftest import legacy_ids
from tests.threads import assert_each_once
from tests.torture import SandboxProcess, Torture

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a matter of POSIX")

EVERYTHING = "lost=0.04,late=0.02,5xx-before=0.03,5xx-after=0.03,429=0.03,slow=0.01,reset=0.02,truncated=0.02"


@pytest.mark.parametrize("seed", [1, 2])
def test_everything_is_there_exactly_once_after_kills_and_faults(tmp_path, seed):
    torture = Torture(tmp_path, tickets=60, kills=5, faults=EVERYTHING, seed=seed)
    assert_each_once(torture.run(), 60)
    assert torture.killed.total() >= 4  # it was attacked


def test_a_kill_in_the_middle_of_two_thousand_tickets_leaves_exactly_two_thousand(tmp_path, tool, export):
    sandbox = SandboxProcess(tmp_path)
    sandbox.start()
    try:
        export(2000)
        tool.environment |= {"FEATUREBASE_BASE_URL": sandbox.url, "FEATUREBASE_API_KEY": sandbox.key}
        words = ("run", "tickets.csv", "--mapping", "m.yaml", "--yes", "--settle", "2", "--rate", "100000")
        with tool.start(*words) as first:
            time.sleep(4)
            first.kill()
            first.communicate()
        begun = tool("status", "tickets.ledger", "--json").json
        assert 0 < begun["created"] < 2000
        assert tool(*words).exit_code == 0
        found = legacy_ids(sandbox.listed())
        assert found.total() == len(found) == 2000
    finally:
        sandbox.kill()


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10, 40))
def test_soak(tmp_path, seed):
    torture = Torture(tmp_path, tickets=200, kills=15, faults=EVERYTHING, seed=seed)
    assert_each_once(torture.run(), 200)
