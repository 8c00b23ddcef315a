"""The parts of the table that ask what becomes of ledgers of a million tickets."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.benchmarks.exports import write
from tests.benchmarks.measure import cost_of
from tests.benchmarks.stand_in import Behaviour, Running, running
from tests.benchmarks.tools import HERE, UNLIMITED, Row, Size, export_of, on_the_clock, run_migrator

RUN = ("--mapping", "m.yaml", "--yes", "--report", "r", *UNLIMITED)
BIG = ("run", "t.csv", "--ledger", "big.ledger", *RUN)


def staging(folder: Path, size: Size) -> Iterator[Row]:
    """Row 6: the memory of a run that takes in few rows, and many, and sends one."""
    with running() as server:
        low, high = (
            run_migrator(
                folder,
                ("run", export_of(folder, "csv", rows), "--ledger", f"s{rows}.ledger", "--limit", "1", *RUN),
                server,
            )
            for rows in (size.small, size.large)
        )
    what = f"memory, run: {size.large:,} rows staged beside {size.small:,}"
    yield Row(what, f"{high.peak_mb:.0f} MB ({high.cpu_s:.0f} s CPU)", f"{low.peak_mb:.0f} MB", "+ 20 MB")


def sent_memory(folder: Path, size: Size) -> Iterator[Row]:
    """Row 6: the memory of sending, reading back and taking back, with tickets that are really made."""
    few, many = size.sent, 5 * size.sent
    peaks: dict[str, list[float]] = {"run": [], "verify": [], "undo": []}
    for count in (few, many):
        name = f"k{count}.ledger"
        with running(Behaviour(kept=True)) as server:
            for words in (
                ("run", export_of(folder, "csv", count), "--ledger", name, *RUN),
                ("verify", name, *UNLIMITED),
                ("undo", name, "--yes", "--rate", "10000000"),
            ):
                peaks[words[0]].append(run_migrator(folder, words, server).peak_mb)
    for command, (low, high) in peaks.items():
        what = f"memory, {command}: {many:,} tickets beside {few:,}"
        yield Row(what, f"{high:.0f} MB", f"{low:.0f} MB", "+ 20 MB")


def resume(folder: Path, size: Size) -> Iterator[Row]:
    """Row 8: a ledger of many tickets, opened again."""
    with running() as server:
        _make_big(folder, size.large, server)
    took_s = median(_first_create_s(folder) for _ in range(size.rounds))
    yield Row(f"resume, {size.large:,} tickets: start to first request", f"{took_s:.2f} s", "", "2 s")
    status = [run_migrator(folder, ("status", "big.ledger")) for _ in range(size.rounds)]
    yield Row("status", on_the_clock(status), "", "0.5 s")


def results(folder: Path, size: Size) -> Iterator[Row]:
    """Row 10: the report of a whole ledger."""
    with running() as server:
        _make_big(folder, size.large, server)
    report = run_migrator(folder, ("report", "big.ledger", "--report", "r"))
    yield Row(
        f"a report of {size.large:,} results",
        f"{report.cpu_s:.0f} s, {report.peak_mb:.0f} MB",
        "",
        "60 s, flat",
    )


def _make_big(folder: Path, rows: int, server: Running) -> None:
    """A ledger of so many rows, half of them sent; `t.csv` is its export as far as a run can tell."""
    if (folder / "big.ledger").exists():
        return
    write("csv", folder / "t.csv", 10)
    run_migrator(folder, (*BIG, "--limit", "5"), server)
    cost_of(["-m", "tests.benchmarks.grow", "big.ledger", str(rows)], environment=HERE, folder=folder)


def _first_create_s(folder: Path) -> float:
    """From the start of a process that resumes to its first request that makes a ticket."""
    with running() as server:
        started_s = time.time()
        process = subprocess.Popen(
            [sys.executable, "-m", "migrator", *BIG, "--limit", "1", "--quiet"],
            cwd=folder,
            env={**os.environ, **HERE, **server.environment},
            stdout=subprocess.DEVNULL,
        )
        while not (first_s := server.counted()["first_create_s"]):
            if process.poll() is not None:
                raise RuntimeError("the run that should resume ended before its first ticket")
            time.sleep(0.05)
        time.sleep(0.5)  # settled by then; the reports are another part
        process.kill()
        process.wait()
    return first_s - started_s
