"""The parts of the table: each runs the tool as a person does, beside a bare loop where there is one."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from tests.benchmarks.measure import Cost, cost_of, interleaved, middle
from tests.benchmarks.stand_in import Behaviour, running
from tests.benchmarks.tools import (
    HERE,
    KEY_LIMIT,
    ROOT,
    UNLIMITED,
    WORKSPACE_LIMIT,
    Row,
    Size,
    export_of,
    microseconds,
    ratio,
    run_bare,
    run_migrator,
)


def validate(folder: Path, size: Size) -> Iterator[Row]:
    """Row 5 of issue 7: processor time of a row in a dry run, with one process and with one for each core."""
    few, many = size.large // 8, size.large
    with running() as server:

        def ours(jobs: int, count: int) -> Cost:
            name = export_of(folder, "csv", count)
            said = ("validate", name, "--mapping", "m.yaml", "--report", "r", "--jobs", str(jobs))
            return run_migrator(folder, said, server)

        def bare(count: int) -> Cost:
            return run_bare(folder, "validate", export_of(folder, "csv", count))

        subjects = (bare, partial(ours, 1), partial(ours, os.cpu_count() or 1))
        taken = interleaved(
            *(partial(who, count) for who in subjects for count in (few, many)), rounds=size.rounds
        )
    cpu = _slope(taken[:2], few, many)
    for how, costs in (("one process", taken[2:4]), ("all cores", taken[4:])):
        mine = _slope(costs, few, many)
        what = f"validate, {size.large:,} CSV rows, {how}: CPU a row"
        yield Row(what, f"{microseconds(mine, 1)} ({ratio(mine, cpu)})", microseconds(cpu, 1), "2.50 x")
    alone, together = (middle(costs, lambda cost: cost.wall_s) for costs in (taken[3], taken[5]))
    yield Row("the same, on the clock: all cores beside one", f"{together:.1f} s", f"{alone:.1f} s")


def _slope(costs: Sequence[list[Cost]], few: int, many: int) -> float:
    """Seconds of processor time for one more, between two sizes, so that starting does not count."""
    first, second = (middle(each, lambda cost: cost.cpu_s) for each in costs)
    return (second - first) / (many - few)


def sending(folder: Path, size: Size) -> Iterator[Row]:
    """Row 4: processor time of a created ticket."""
    few, many = size.sent // 8, size.sent
    with running() as server:

        def ours(count: int) -> Cost:
            (folder / "l.ledger").unlink(missing_ok=True)
            name = export_of(folder, "csv", count)
            said = ("run", name, "--mapping", "m.yaml", "--yes", "--ledger", "l.ledger", "--report", "r")
            return run_migrator(folder, (*said, *UNLIMITED), server)

        def bare(count: int) -> Cost:
            for old in folder.glob("bare.db*"):
                old.unlink()
            said = (export_of(folder, "csv", count), "bare.db", server.url, server.keys[0], "16")
            return run_bare(folder, "send", *said)

        ours(few)  # makes the ticket that the stand-in repeats
        taken = interleaved(
            *(partial(who, count) for who in (ours, bare) for count in (few, many)), rounds=size.rounds
        )
    mine, theirs = _slope(taken[:2], few, many), _slope(taken[2:], few, many)
    yield Row(
        "run: CPU a created ticket",
        f"{mine * 1e6:,.0f} us ({ratio(mine, theirs)})",
        f"{theirs * 1e6:,.0f} us",
        "1.50 x",
    )


def pace(folder: Path, size: Size) -> Iterator[Row]:
    """Rows 1 and 2: the share of the allowance that is used over whole windows, of a minute each."""
    cases = (
        ("one key, headers", 1, True, "100%", "98 %"),
        ("two keys, headers", 2, True, "100%", "98 %"),
        ("one key, no headers, --rate", 1, False, str(KEY_LIMIT), "97 %"),
        ("one key, no headers, nothing known", 1, False, "100%", "85 %"),
    )
    for what, keys, headers, rate, wanted in cases:
        allowed = min(KEY_LIMIT * keys, WORKSPACE_LIMIT)
        behaviour = Behaviour(0.2, keys, KEY_LIMIT, WORKSPACE_LIMIT, headers=headers)
        with running(behaviour) as server:
            (folder / "p.ledger").unlink(missing_ok=True)
            name = export_of(folder, "csv", int(allowed * (size.windows + 1.5)))
            said = ("run", name, "--mapping", "m.yaml", "--yes", "--ledger", "p.ledger", "--report", "r")
            run_migrator(folder, (*said, "--rate", rate, "--workers", "32"), server)
            counted = server.counted()
        whole = [count for _, count in sorted(counted["created"].items())][1 : size.windows + 1]
        share = sum(whole) / (allowed * len(whole))
        refused = sum(counted["refused"].values()) / max(1, sum(counted["created"].values()))
        yield Row(
            f"pace, {len(whole)} whole windows: {what}",
            f"{share:.1%}, {100 * refused:.1f} refused/100",
            "",
            wanted,
        )


def latency(folder: Path, size: Size) -> Iterator[Row]:
    """Row 3: what is created in a second where only latency limits."""
    for workers, latency_s, wanted in ((16, 0.2, "95 %"), (32, 0.05, "85 %")):
        ideal = workers / latency_s
        count = int(ideal * 20) if size.rounds > 1 else int(ideal * 5)
        with running(Behaviour(latency_s, window_s=1.0)) as server:
            (folder / "p.ledger").unlink(missing_ok=True)
            name = export_of(folder, "csv", count)
            said = ("run", name, "--mapping", "m.yaml", "--yes", "--ledger", "p.ledger", "--report", "r")
            run_migrator(folder, (*said, *UNLIMITED, "--workers", str(workers)), server)
            seconds = [made for _, made in sorted(server.counted()["created"].items())][1:-2]
        yield Row(
            f"{workers} workers at {latency_s * 1000:.0f} ms, no limit: created a second",
            f"{sum(seconds) / len(seconds):,.0f} ({sum(seconds) / len(seconds) / ideal:.0%})",
            f"{ideal:,.0f}",
            wanted,
        )


def memory(folder: Path, size: Size) -> Iterator[Row]:
    """Row 6: the highest memory of all processes together, with few rows and with many."""
    for kind in ("csv", "ndjson", "json", "xml", "xlsx", "zip"):
        names = [export_of(folder, kind, count) for count in (size.small, size.large)]
        for how in (("--jobs", "1"), ()):
            said = [
                ("validate", name, "--mapping", "m.yaml", "--offline", "--report", "r", *how)
                for name in names
            ]
            low, high = (run_migrator(folder, words) for words in said)
            yield Row(
                f"memory, validate {kind}, {'one process' if how else 'all cores'}",
                f"{high.peak_mb:.0f} MB",
                f"{low.peak_mb:.0f} MB",
                "+ 20 MB",
            )
        if kind != "csv":
            for name in names:
                (folder / name).unlink()


def excel(folder: Path, size: Size) -> Iterator[Row]:
    """Row 7: reading a workbook."""
    name = export_of(folder, "xlsx", size.workbook)
    bare, ours, fast = interleaved(
        partial(run_bare, folder, "read_workbook", name),
        partial(run_bare, folder, "read_as_we_do", name, ""),
        partial(run_bare, folder, "read_as_we_do", name, "fast"),
        rounds=size.rounds,
    )
    cpu, mine, quick = (middle(costs, lambda cost: cost.cpu_s) for costs in (bare, ours, fast))
    what = f"reading an xlsx of {size.workbook:,} rows"
    yield Row(what, f"{mine:.1f} s ({ratio(mine, cpu)})", f"{cpu:.1f} s", "1.30 x")
    yield Row(f"{what}, --fast-excel", f"{quick:.1f} s ({mine / quick:.1f} x faster)", f"{mine:.1f} s", "8 x")


def help_text(folder: Path, size: Size) -> Iterator[Row]:
    """Row 9."""
    ours, bare = interleaved(
        partial(cost_of, ["-m", "migrator", "--help"], folder=ROOT),
        partial(cost_of, ["-c", "import click"], folder=ROOT),
        rounds=4 * size.rounds + 1,
    )
    mine, theirs = (middle(costs, lambda cost: cost.cpu_s) for costs in (ours, bare))
    yield Row(
        "--help beside `import click`",
        f"{mine * 1e3:.0f} ms ({ratio(mine, theirs)})",
        f"{theirs * 1e3:.0f} ms",
        "3.00 x",
    )


def reports(folder: Path, size: Size) -> Iterator[Row]:
    """Row 10: the page of a dry run with a problem in every row, and the report of a whole ledger."""
    name = export_of(folder, "csv", size.problems)
    said = ("validate", name, "--mapping", "m.yaml", "--offline", "--report", "r", "--jobs", "1")
    clean = run_migrator(folder, said)
    broken = run_migrator(folder, (*said, "--set", "ticket.title.from=reopens"))
    if json.loads(broken.stdout)["rejected"] != size.problems:
        raise RuntimeError("the rows of this part should all be rejected")
    yield Row(
        f"a report of {size.problems:,} problems: beside none",
        f"{broken.cpu_s - clean.cpu_s:.1f} s",
        "",
        "10 s",
    )


def ledger(folder: Path, size: Size) -> Iterator[Row]:
    """The ledger alone."""
    costs = [
        cost_of(
            ["-m", "tests.benchmarks.journal", tempfile.mkdtemp(dir=folder), str(5 * size.sent)],
            environment=HERE,
        )
        for _ in range(size.rounds)
    ]
    speeds = [json.loads(cost.stdout) for cost in costs]
    staged, sent = (median(each[name] for each in speeds) for name in ("staged", "sent"))
    yield Row("ledger: tickets staged a second", f"{staged:,.0f}")
    yield Row("ledger: steps begun and settled a second, 32 workers", f"{sent:,.0f}")
