"""The parts of the table: each runs the tool as a person does, beside a bare loop where there is one."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median

from tests.benchmarks.exports import write
from tests.benchmarks.measure import Cost, cost_of, interleaved, middle
from tests.benchmarks.stand_in import Behaviour, Running, running

ROOT = Path(__file__).parents[2]
UNLIMITED = ("--rate", "10000000", "--workspace-rate", "10000000")


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
    window_s: float = 60.0
    rounds: int = 3

    @classmethod
    def quick(cls) -> Size:
        return cls(10_000, 1_000, 1_000, 5_000, 5_000, 6.0, 1)

    def of(self, rows: int) -> Size:
        return replace(self, large=rows, small=max(1_000, rows // 100))


def _migrator(folder: Path, words: Sequence[str], server: Running | None = None) -> Cost:
    cost = cost_of(
        ["-m", "migrator", *words, "--quiet", "--json"],
        environment={"PYTHONPATH": str(ROOT), **(server.environment if server else {})},
        folder=folder,
    )
    if error := json.loads(cost.stdout).get("error"):  # 1 also ends a command that found something wrong
        raise RuntimeError(f"migrator {' '.join(words)}: {error}")
    return cost


def _bare(folder: Path, *words: str) -> Cost:
    return cost_of(
        ["-m", "tests.benchmarks.bare", *words], environment={"PYTHONPATH": str(ROOT)}, folder=folder
    )


def _export(folder: Path, kind: str, count: int) -> str:
    path = folder / f"{kind}-{count}.{'csv' if kind == 'csv' else kind}"
    if not path.exists():
        write(kind, path, count)
    return path.name


def _times(ours: float, bare: float) -> str:
    return f"{ours / bare:.2f} x"


def _clock(costs: list[Cost]) -> str:
    """What a person waits; on a busy machine the processor time tells more."""
    wall_s, cpu_s = (middle(costs, of) for of in (lambda cost: cost.wall_s, lambda cost: cost.cpu_s))
    return f"{wall_s:.2f} s ({cpu_s:.2f} s CPU)"


def _us(cpu_s: float, count: int) -> str:
    return f"{cpu_s / count * 1e6:,.0f} us"


# --- the parts --------------------------------------------------------------------------------


def validate(folder: Path, size: Size) -> Iterator[Row]:
    """Row 5 of issue 7: processor time of a dry run, with one process and with one for each core."""
    name = _export(folder, "csv", size.large)
    with running() as server:
        said = ("validate", name, "--mapping", "m.yaml", "--report", "r")
        bare, alone, together = interleaved(
            partial(_bare, folder, "validate", name),
            partial(_migrator, folder, (*said, "--jobs", "1"), server),
            partial(_migrator, folder, said, server),
            rounds=size.rounds,
        )
    cpu = middle(bare, lambda cost: cost.cpu_s)
    for how, costs in (("one process", alone), ("all cores", together)):
        ours = middle(costs, lambda cost: cost.cpu_s)
        what = f"validate, {size.large:,} CSV rows, {how}: CPU a row"
        yield Row(what, f"{_us(ours, size.large)} ({_times(ours, cpu)})", _us(cpu, size.large), "2.50 x")
    clocks = [middle(costs, lambda cost: cost.wall_s) for costs in (alone, together)]
    yield Row("the same, on the clock: all cores beside one", f"{clocks[1]:.1f} s", f"{clocks[0]:.1f} s")


def sending(folder: Path, size: Size) -> Iterator[Row]:
    """Row 4: processor time of a created ticket. The slope between two sizes, so that starting does not count."""
    few, many = size.sent // 8, size.sent

    def cpu(costs: list[list[Cost]]) -> float:
        first, second = (middle(each, lambda cost: cost.cpu_s) for each in costs)
        return (second - first) / (many - few)

    with running() as server:

        def ours(count: int) -> Cost:
            (folder / "l.ledger").unlink(missing_ok=True)
            name = _export(folder, "csv", count)
            said = ("run", name, "--mapping", "m.yaml", "--yes", "--ledger", "l.ledger", "--report", "r")
            return _migrator(folder, (*said, *UNLIMITED), server)

        def bare(count: int) -> Cost:
            for old in folder.glob("bare.db*"):
                old.unlink()
            said = (_export(folder, "csv", count), "bare.db", server.url, server.keys[0], "16")
            return _bare(folder, "send", *said)

        ours(few)  # makes the ticket that the stand-in repeats
        taken = interleaved(
            *(partial(who, count) for who in (ours, bare) for count in (few, many)), rounds=size.rounds
        )
    mine, theirs = cpu(taken[:2]), cpu(taken[2:])
    yield Row(
        "run: CPU a created ticket",
        f"{mine * 1e6:,.0f} us ({_times(mine, theirs)})",
        f"{theirs * 1e6:,.0f} us",
        "1.50 x",
    )


def pace(folder: Path, size: Size) -> Iterator[Row]:
    """Rows 1 and 2: the share of the allowance that is used over three whole windows."""
    limit = int(2000 * size.window_s / 60)
    shared = int(3000 * size.window_s / 60)
    cases = (
        ("one key, headers", 1, True, "100%", "98 %"),
        ("two keys, headers", 2, True, "100%", "98 %"),
        ("one key, no headers, --rate", 1, False, str(2000), "97 %"),
        ("one key, no headers, nothing known", 1, False, "100%", "85 %"),
    )
    for what, keys, headers, rate, wanted in cases:
        allowed = min(limit * keys, shared)
        behaviour = Behaviour(0.2, keys, limit, shared, size.window_s, headers)
        with running(behaviour) as server:
            (folder / "p.ledger").unlink(missing_ok=True)
            name = _export(folder, "csv", int(allowed * 4.5))
            said = ("run", name, "--mapping", "m.yaml", "--yes", "--ledger", "p.ledger", "--report", "r")
            _migrator(folder, (*said, "--rate", rate, "--workers", "32"), server)
            counted = server.counted()
        whole = [count for _, count in sorted(counted["created"].items())][1:4]
        share = sum(whole) / (allowed * len(whole))
        refused = sum(counted["refused"].values()) / max(1, sum(counted["created"].values()))
        yield Row(
            f"pace, {len(whole)} windows of {size.window_s:.0f} s: {what}",
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
            name = _export(folder, "csv", count)
            said = ("run", name, "--mapping", "m.yaml", "--yes", "--ledger", "p.ledger", "--report", "r")
            _migrator(folder, (*said, *UNLIMITED, "--workers", str(workers)), server)
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
        names = [_export(folder, kind, count) for count in (size.small, size.large)]
        for how in (("--jobs", "1"), ()):
            said = [
                ("validate", name, "--mapping", "m.yaml", "--offline", "--report", "r", *how)
                for name in names
            ]
            low, high = (_migrator(folder, words) for words in said)
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
    name = _export(folder, "xlsx", size.workbook)
    bare, ours, fast = interleaved(
        partial(_bare, folder, "read_workbook", name),
        partial(_bare, folder, "read_as_we_do", name, ""),
        partial(_bare, folder, "read_as_we_do", name, "fast"),
        rounds=size.rounds,
    )
    cpu, mine, quick = (middle(costs, lambda cost: cost.cpu_s) for costs in (bare, ours, fast))
    what = f"reading an xlsx of {size.workbook:,} rows"
    yield Row(what, f"{mine:.1f} s ({_times(mine, cpu)})", f"{cpu:.1f} s", "1.30 x")
    yield Row(f"{what}, --fast-excel", f"{quick:.1f} s ({mine / quick:.1f} x faster)", f"{mine:.1f} s", "8 x")


def resume(folder: Path, size: Size) -> Iterator[Row]:
    """Row 8: a ledger of many tickets, opened again."""
    name = _export(folder, "csv", size.large)
    with running() as server:
        said = (
            "run",
            name,
            "--mapping",
            "m.yaml",
            "--yes",
            "--ledger",
            "big.ledger",
            "--report",
            "r",
            *UNLIMITED,
        )
        staging = _migrator(folder, (*said, "--limit", "1"), server)
        yield Row(
            f"staging {size.large:,} CSV rows, and sending one",
            f"{staging.cpu_s:.0f} s CPU, {staging.peak_mb:.0f} MB",
        )
        again = [_migrator(folder, (*said, "--limit", "1"), server) for _ in range(size.rounds)]
        yield Row("resume, one ticket sent: start to end", _clock(again), "", "2 s")
        status = [_migrator(folder, ("status", "big.ledger")) for _ in range(size.rounds)]
        yield Row("status", _clock(status), "", "0.5 s")


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
        f"{mine * 1e3:.0f} ms ({_times(mine, theirs)})",
        f"{theirs * 1e3:.0f} ms",
        "3.00 x",
    )


def reports(folder: Path, size: Size) -> Iterator[Row]:
    """Row 10: the page of a dry run with a problem in every row, and the report of a whole ledger."""
    name = _export(folder, "csv", size.problems)
    said = ("validate", name, "--mapping", "m.yaml", "--offline", "--report", "r", "--jobs", "1")
    clean = _migrator(folder, said)
    broken = _migrator(folder, (*said, "--set", "ticket.title.from=reopens"))
    if json.loads(broken.stdout)["rejected"] != size.problems:
        raise RuntimeError("the rows of this part should all be rejected")
    yield Row(
        f"a report of {size.problems:,} problems: beside none",
        f"{broken.cpu_s - clean.cpu_s:.1f} s",
        "",
        "10 s",
    )
    if (folder / "big.ledger").exists():
        report = _migrator(folder, ("report", "big.ledger", "--report", "r"))
        yield Row(
            f"a report of {size.large:,} results",
            f"{report.cpu_s:.0f} s, {report.peak_mb:.0f} MB",
            "",
            "60 s, flat",
        )


def ledger(folder: Path, size: Size) -> Iterator[Row]:
    """The ledger alone."""
    costs = [
        cost_of(
            ["-m", "tests.benchmarks.journal", tempfile.mkdtemp(dir=folder), str(5 * size.sent)],
            environment={"PYTHONPATH": str(ROOT)},
        )
        for _ in range(size.rounds)
    ]
    speeds = [json.loads(cost.stdout) for cost in costs]
    staged, sent = (median(each[name] for each in speeds) for name in ("staged", "sent"))
    yield Row("ledger: tickets staged a second", f"{staged:,.0f}")
    yield Row("ledger: steps begun and settled a second, 32 workers", f"{sent:,.0f}")
