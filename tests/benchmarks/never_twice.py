"""The figures behind «never twice, never lost»: `python -m tests.benchmarks.never_twice`.

Three measurements against a sandbox on this machine: duplicates and losses over many kills; requests spent on
finding out what became of a lost answer; seconds from the start of the program to its first request, and to
its first ticket, when a migration of 100,000 tickets is resumed.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from migrator.sandbox import FaultPlan, Sandbox, SandboxOptions
from tests.conftest import SIMPLE_MAPPING, Tool, write_export
from tests.threads import breaches, ticket, write_tickets
from tests.torture import Torture

TICKETS = 60
KILLS_EACH = 20
HASTE = ("--yes", "--json", "--rate", "1000000", "--workspace-rate", "1000000")
DUPLICATES = ("twice", "message twice", "unknown")


@dataclass(frozen=True)
class Spent:
    """What finding lost answers cost."""

    doubts: int
    requests: int


def kills(wanted: int) -> tuple[Counter[str], Counter[str], int]:
    """Migrates again and again under kills and faults.

    Returns:
        What was killed, how often; what broke the law, by kind; messages and tickets that were to arrive.
    """
    killed: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    things = 0
    seed = 1
    while killed["tool"] < wanted:
        with tempfile.TemporaryDirectory() as folder:
            torture = Torture(Path(folder), TICKETS, seed, KILLS_EACH, recognisable=seed % 3 > 0)
            with torture:
                torture.migrate()
                broken.update(breach.kind for breach in torture.breaches())
            things += sum(1 + len(source["comments"]) for source in torture.sources)
            killed.update(torture.killed)
            seed += 1
            print(f"  {killed['tool']} kills, broken so far: {dict(broken) or 'nothing'}", flush=True)
    return killed, broken, things


def spent(count: int, faults: str) -> Spent:
    """Migrates tickets, some of whose answers are lost after the deed, and counts what it takes more."""
    requests = []
    for plan in (FaultPlan(), FaultPlan.parse(faults, seed=1)):
        with tempfile.TemporaryDirectory() as name, Sandbox(SandboxOptions(rate_limit=None)) as sandbox:
            folder = Path(name)
            sandbox.set_faults(plan)
            write_tickets(folder, map(ticket, range(count)))
            words = ("run", "tickets.ndjson", "--mapping", "m.yaml", "--settle", "1", *HASTE)
            ended = Tool(folder).to(sandbox)(*words)
            assert breaches(sandbox.tickets(), map(ticket, range(count))) == [], ended.stdout
            requests.append(sum(sandbox.requests().values()))
            doubts = sum(times for (_, _, status), times in sandbox.requests().items() if status == 0)
    return Spent(doubts, requests[1] - requests[0])


def resume(count: int) -> tuple[float, float]:
    """Stages many tickets, stops, and resumes. Seconds to the first request, and to the first ticket made."""
    with tempfile.TemporaryDirectory() as name, Sandbox(SandboxOptions(rate_limit=None)) as sandbox:
        folder = Path(name)
        write_export(folder / "tickets.csv", count)
        (folder / "m.yaml").write_text(SIMPLE_MAPPING, encoding="utf-8")
        tool = Tool(folder).to(sandbox)
        words = ("run", "tickets.csv", "--mapping", "m.yaml", *HASTE)
        tool(*words, "--limit", "100", patience_s=3600)
        before, made = sum(sandbox.requests().values()), len(sandbox.tickets())
        started = time.monotonic()
        first_request_s = 0.0
        with tool.start(*words) as process:
            while made_now(sandbox) == made and process.poll() is None:
                if not first_request_s and sum(sandbox.requests().values()) > before:
                    first_request_s = time.monotonic() - started
                time.sleep(0.005)
            first_ticket_s = time.monotonic() - started
            process.send_signal(signal.SIGKILL)
            process.communicate()
    return first_request_s, first_ticket_s


def made_now(sandbox: Sandbox) -> int:
    return sandbox.requests().get(("POST", "/v2/tickets", 201), 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="of the tool; 0 leaves this out")
    parser.add_argument("--tickets", type=int, default=100_000, help="to resume; 0 leaves this out")
    parser.add_argument(
        "--doubts", type=int, default=1_000, help="tickets of the second measurement; 0 likewise"
    )
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    if asked.kills:
        killed, broken, things = kills(asked.kills)
        twice = sum(broken[kind] for kind in DUPLICATES)
        print(
            f"kills: {killed['tool']} of the tool, {killed['sandbox']} of the service; {things} things to bring"
        )
        print(f"duplicates: {twice}; losses and other faults: {broken.total() - twice}")
    if asked.doubts:
        for faults, what in (("lost=0.05", "5 % of all answers lost"), ("lost=0.2", "20 % lost")):
            found = spent(asked.doubts, faults)
            print(f"{what}: {found.doubts} in doubt, {found.requests} requests more, "
                  f"{found.requests / max(1, found.doubts):.2f} for each")  # fmt: skip
    if asked.tickets:
        first_request_s, first_ticket_s = resume(asked.tickets)
        print(f"resuming at {asked.tickets:,} tickets: first request after {first_request_s:.1f} s, "
              f"first ticket after {first_ticket_s:.1f} s")  # fmt: skip


if __name__ == "__main__":
    main()
