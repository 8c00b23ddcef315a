"""`python -m tests.benchmarks`: one table of what we cost beside what the plainest code costs.

`--quick` shrinks everything to some minutes; `--only NAME` runs one part. Figures of one run are comparable with
each other, and hardly with those of another machine or hour.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks import exports, parts, scale
from tests.benchmarks.tools import Row, Size

PARTS: dict[str, Callable[[Path, Size], Iterator[Row]]] = {
    "pace": parts.pace,
    "latency": parts.latency,
    "sending": parts.sending,
    "validate": parts.validate,
    "memory": parts.memory,
    "staging": scale.staging,
    "sent": scale.sent_memory,
    "excel": parts.excel,
    "resume": scale.resume,
    "results": scale.results,
    "help": parts.help_text,
    "reports": parts.reports,
    "ledger": parts.ledger,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--quick", action="store_true", help="a hundredth of the rows, one window")
    parser.add_argument("--rows", type=int, help="rows of the large exports; 1,000,000 without --quick")
    given = parser.parse_args()
    size = Size.quick() if given.quick else Size()
    if given.rows:
        size = size.of(given.rows)
    folder = Path(tempfile.mkdtemp(prefix="migrator-benchmarks-"))
    try:
        (folder / "m.yaml").write_text(exports.MAPPING)
        print(f"| {'part':8} | {'what':64} | {'ours':>22} | {'beside':>22} | {'wanted':>12} |", flush=True)
        for name in given.only or PARTS:
            for row in PARTS[name](folder, size):
                print(
                    f"| {name:8} | {row.what:64} | {row.ours:>22} | {row.beside:>22} | {row.wanted:>12} |",
                    flush=True,
                )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
