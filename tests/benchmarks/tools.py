"""What every part of the table needs: how much of everything, how the tool is run, how figures are worded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.benchmarks.exports import write
from tests.benchmarks.measure import Cost, cost_of, middle
from tests.benchmarks.stand_in import Running

ROOT = Path(__file__).parents[2]
KEY_LIMIT, WORKSPACE_LIMIT = 2_000, 3_000
"""Requests in a window of a minute, as documented."""
UNLIMITED = ("--rate", "10000000", "--workspace-rate", "10000000")
HERE = {"PYTHONPATH": str(ROOT)}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    ours: str
    beside: str = ""
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything."""

    large: int = 1_000_000
    small: int = 10_000
    sent: int = 4_000
    workbook: int = 200_000
    problems: int = 100_000
    windows: int = 3
    rounds: int = 3

    @classmethod
    def quick(cls) -> Size:
        return cls(10_000, 1_000, 1_000, 5_000, 5_000, 1, 1)

    def of(self, rows: int) -> Size:
        return replace(self, large=rows, small=max(1_000, rows // 100))


def run_migrator(folder: Path, words: Sequence[str], server: Running | None = None) -> Cost:
    cost = cost_of(
        ["-m", "migrator", *words, "--quiet", "--json"],
        environment={**HERE, **(server.environment if server else {})},
        folder=folder,
    )
    if error := json.loads(cost.stdout).get("error"):  # 1 also ends a command that found something wrong
        raise RuntimeError(f"migrator {' '.join(words)}: {error}")
    return cost


def run_bare(folder: Path, *words: str) -> Cost:
    return cost_of(["-m", "tests.benchmarks.bare", *words], environment=HERE, folder=folder)


def export_of(folder: Path, kind: str, count: int) -> str:
    path = folder / f"{kind}-{count}.{'csv' if kind == 'csv' else kind}"
    if not path.exists():
        write(kind, path, count)
    return path.name


def ratio(ours: float, bare: float) -> str:
    return f"{ours / bare:.2f} x"


def on_the_clock(costs: list[Cost]) -> str:
    """What a person waits; on a busy machine the processor time tells more."""
    wall_s, cpu_s = (middle(costs, of) for of in (lambda cost: cost.wall_s, lambda cost: cost.cpu_s))
    return f"{wall_s:.2f} s ({cpu_s:.2f} s CPU)"


def microseconds(cpu_s: float, count: int) -> str:
    return f"{cpu_s / count * 1e6:,.0f} us"
