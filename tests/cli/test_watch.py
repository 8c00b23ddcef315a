"""Following a run from a second terminal."""

from __future__ import annotations

import json

from migrator.cli.watch import Moment, told
from migrator.ledger import Ledger

NOW = Moment(at_s=60.0, there=100, rows=400, failed=0, in_doubt=0, left=900)


def test_the_line_tells_how_far_how_fast_and_how_long_still():
    earlier = Moment(at_s=0.0, there=0, rows=400, failed=0, in_doubt=0, left=1200)
    assert told(earlier, NOW) == "100 of 400 tickets in, 300 requests a minute, about 3 min left"


def test_the_last_minute_is_told_as_such():
    earlier = Moment(at_s=0.0, there=0, rows=400, failed=0, in_doubt=0, left=3600)
    now = Moment(at_s=60.0, there=399, rows=400, failed=0, in_doubt=0, left=3)
    assert told(earlier, now).endswith("3,597 requests a minute, less than a minute left")


def test_while_the_export_is_read_that_is_said():
    reading = Moment(at_s=0.0, there=0, rows=0, failed=0, in_doubt=0, left=0, staged=False)
    assert told(reading, reading) == "the export is being read; nothing is sent meanwhile"


def test_nothing_is_foretold_from_a_single_look():
    assert told(NOW, NOW) == "100 of 400 tickets in"


def test_a_run_is_followed_until_it_ends(tool, sandbox, export):
    path = export(6)
    tool.to(sandbox)
    tool("run", "tickets.csv", "--mapping", "m.yaml", "--yes", "--json", "--limit", "4")
    with Ledger.open(path.with_suffix(".ledger")):  # as a run holds it
        watching = tool.start("status", "tickets.ledger", "--watch", "--json")
        assert watching.stderr.readline() == "4 of 6 tickets in\n"
    stdout, _ = watching.communicate(timeout=60)
    assert json.loads(stdout)["created"] == 4
    assert watching.returncode == 1


def test_where_nobody_is_at_work_the_standing_is_all(tool, sandbox, export):
    export(3)
    tool.to(sandbox)
    tool("run", "tickets.csv", "--mapping", "m.yaml", "--yes", "--json")
    ran = tool("status", "tickets.ledger", "--watch", "--json")
    assert (ran.stderr, ran.json["created"]) == ("", 3)
