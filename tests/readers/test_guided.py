"""A bounded run of the fuzzer that is led by coverage; `guided.py` says how to run it for longer."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="there is no Atheris for this system"
)

ROOT = Path(__file__).parents[2]


def guided(folder: Path, runs: int, seconds: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.readers.guided", str(runs), str(seconds), str(folder / "corpus")]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_inputs_that_reach_new_lines_end_in_rows_or_a_clear_error(tmp_path):
    ran = guided(tmp_path, 60, 30)
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert "Done" in ran.stderr


@pytest.mark.soak
def test_so_do_those_of_a_long_search(tmp_path):
    minutes = float(os.environ.get("MUTATION_MINUTES", "5"))
    ran = guided(tmp_path, -1, int(60 * minutes))
    assert ran.returncode == 0, ran.stderr[-3000:]
