"""What a process costs: processor time, time on the clock, and memory at its highest.

Linux only, as it reads /proc: memory is that of a process and of all its children together.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

_LOOK_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one process and its children, from start to end."""

    cpu_s: float
    wall_s: float
    peak_bytes: int
    stdout: str = ""
    exit_code: int = 0

    @property
    def peak_mb(self) -> float:
        return self.peak_bytes / 1e6


def cost_of(
    words: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    accepted: Sequence[int] = (0, 1),
) -> Cost:
    """Runs Python with these words and waits for its end.

    Raises:
        RuntimeError: It ended with another exit code than the accepted ones.
    """
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *words],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=folder,
            env={**os.environ, **(environment or {})},
        )
        peak = 0
        while True:
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            peak = max(peak, sum(_highest_bytes(each) for each in _family(process.pid)))
            time.sleep(_LOOK_EVERY_S)
        wall_s = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode not in accepted:
            raise RuntimeError(f"{' '.join(words)} ended with {process.returncode}:\n{err.read()[-2000:]}")
        cpu_s = usage.ru_utime + usage.ru_stime
        return Cost(cpu_s, wall_s, peak, out.read(), process.returncode)


def _family(pid: int) -> list[int]:
    """A process and its descendants, as far as they are still there."""
    found, waiting = [], [pid]
    while waiting:
        each = waiting.pop()
        found.append(each)
        for children in Path(f"/proc/{each}/task").glob("*/children"):
            try:
                waiting += map(int, children.read_text().split())
            except OSError:
                continue
    return found


def _highest_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


def middle(costs: Sequence[Cost], of: Callable[[Cost], float]) -> float:
    return median(of(each) for each in costs)


def interleaved(*subjects: Callable[[], Cost], rounds: int) -> list[list[Cost]]:
    """Every subject in turn, so that a noisy minute hits them all; the costs of each."""
    taken: list[list[Cost]] = [[] for _ in subjects]
    for _ in range(rounds):
        for subject, costs in zip(subjects, taken, strict=True):
            costs.append(subject())
    return taken
