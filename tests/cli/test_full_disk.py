"""A disk that fills while tickets are sent: a real one, small enough to be full."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Tool, legacy_ids

ROWS = 60
RUN = "run tickets.csv --mapping m.yaml --yes --settle 0.5 --json"
STORY = f"""
mount -t tmpfs -o size=64m small disk && cp tickets.csv m.yaml disk && cd disk || exit 99
"$0" -m migrator {RUN} --limit 2 > ../first.json
cat /dev/zero > full 2> /dev/null; truncate -s -160K full
"$0" -m migrator {RUN} > ../second.json; second=$?
rm full
"$0" -m migrator {RUN} > ../third.json; third=$?
echo $second $third
"""
"""In a mount namespace of its own, so that nothing is left and no rights are needed."""


def can_mount() -> bool:
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return False
    words = ["unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def in_full_disk(tool: Tool) -> list[int]:
    (tool.folder / "disk").mkdir()
    ran = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", STORY, sys.executable],
        cwd=tool.folder,
        env=tool.environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return [int(code) for code in ran.stdout.split()]


@pytest.mark.skipif(not can_mount(), reason="no small disk can be mounted here")
def test_a_run_on_a_full_disk_says_so_and_brings_everything_once_when_there_is_room(
    tool, sandbox, export, tmp_path: Path
):
    export(ROWS)
    assert in_full_disk(tool.to(sandbox)) == [5, 0]
    second, third = ((tmp_path / name).read_text() for name in ("second.json", "third.json"))
    assert '"code": "disk-full"' in second
    assert "nothing is lost and nothing is sent twice" in second
    assert f'"created": {ROWS}' in third
    assert len(sandbox.tickets()) == ROWS
    assert set(legacy_ids(sandbox.tickets()).values()) == {1}
