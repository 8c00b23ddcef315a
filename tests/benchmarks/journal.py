"""The ledger alone: how many tickets a second it stages, and how many steps it begins and settles.

`python -m tests.benchmarks.journal FOLDER TICKETS` prints both, and processor time, as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from migrator.ledger import Ledger
from migrator.model import Done, SourceRef, Step, StepKind, Ticket, TicketSeen

WORKERS = 32
_BODY = json.dumps({"title": "Printer", "content": "x" * 1_300}).encode()
_ORIGINAL = ("1", "Printer", "x" * 1_300)


def main(folder: Path, count: int) -> None:
    create = Step(StepKind.CREATE, "POST", "/v2/tickets", _BODY)
    with Ledger.create(folder / "journal.ledger") as ledger:
        started = time.perf_counter()
        with ledger.staging() as stager:
            for number in range(1, count + 1):
                ticket = Ticket(f"T-{number}", SourceRef("t.csv", number), (create,), created_at_ms=number)
                stager.ticket(ticket, _ORIGINAL)
        staged = time.perf_counter()
        ledger.begin_run({})
        ledger.set_floor(0)

        def send(row: int) -> None:
            ledger.begin(row, 0, server_time_s=1_000.0)
            seen = TicketSeen(row, f"id-{row}", f"https://example.com/{row}")
            ledger.settle(row, 0, Done(seen), server_time_s=1_001.0)

        with ThreadPoolExecutor(WORKERS) as workers:
            for _ in workers.map(send, range(1, count + 1)):
                pass
        ledger.flush()
        sent = time.perf_counter()
    print(json.dumps({"staged": count / (staged - started), "sent": count / (sent - staged)}))


main(Path(sys.argv[1]), int(sys.argv[2]))
