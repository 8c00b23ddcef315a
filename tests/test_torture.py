"""Never twice, never lost: whatever is killed, whenever."""

from __future__ import annotations

import sys

import pytest

from tests.torture import Torture, legacy_ids

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a matter of POSIX")

EVERYTHING = "lost=0.04,late=0.02,5xx-before=0.03,5xx-after=0.03,429=0.03,slow=0.01,reset=0.02,truncated=0.02"


def assert_each_once(torture: Torture) -> None:
    found = legacy_ids(torture.run())
    expected = {f"T-{number:05}" for number in range(1, torture.tickets + 1)}
    assert set(found) == expected
    assert [key for key, times in found.items() if times > 1] == []


@pytest.mark.parametrize("seed", [1, 2])
def test_every_ticket_is_there_exactly_once_after_kills_and_faults(tmp_path, seed):
    assert_each_once(Torture(tmp_path, tickets=250, kills=5, faults=EVERYTHING, seed=seed))


def test_a_kill_in_the_middle_of_two_thousand_tickets_leaves_exactly_two_thousand(tmp_path):
    torture = Torture(tmp_path, tickets=2000, kills=1, faults="", seed=3, kill_sandbox=False)
    assert_each_once(torture)
    assert torture.killed["tool"] == 1


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10, 40))
def test_soak(tmp_path, seed):
    assert_each_once(Torture(tmp_path, tickets=600, kills=15, faults=EVERYTHING, seed=seed))
