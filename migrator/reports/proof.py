"""What reading everything back came to, as a document for machines and as a table of every difference."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.ledger import Verified
from migrator.reports.files import private_file
from migrator.reports.guard import guarded

if TYPE_CHECKING:
    from migrator.runner.verify import Proof

PROOF_SCHEMA = "migrator.verify/1"
FILE = "verification.csv"
COLUMNS = ("source id", "ticket", "address", "verdict", "field", "kind", "sent", "there", "explanation")


def proof_document(proof: Proof) -> dict[str, object]:
    """Every figure of a proof. `read = equal + explained + different + missing`."""
    return {
        "schema": PROOF_SCHEMA,
        "ledger": proof.ledger,
        "target": proof.target,
        "ended": proof.ended,
        "complete": proof.complete,
        "tickets": proof.tickets,
        "read": proof.read,
        "equal": proof.equal,
        "explained": proof.explained,
        "different": proof.different,
        "missing": proof.missing,
        "values": proof.values,
        "values_explained": proof.values_explained,
        "values_wrong": proof.values_wrong,
        "fidelity": proof.fidelity,
        "rows": {**asdict(proof.counts), "rows": proof.counts.rows},
        "by_field": [{"field": field, "kind": kind, "count": count} for field, kind, count in proof.by_field],
    }


def write_verification(verified: Iterable[Verified], folder: Path) -> Path:
    """Writes every difference, a line each, into `verification.csv`: for people, so guarded for spreadsheets.

    Raises:
        DiskFull, LedgerError: The file cannot be written.
    """
    path = folder / FILE
    with private_file(path, encoding="utf-8-sig") as file:
        lines = csv.writer(file)
        lines.writerow(COLUMNS)
        for each in verified:
            of_ticket = (guarded(each.key), each.number or "", guarded(each.url), each.verdict)
            for found in each.differences:
                values = (found.expected, found.actual, found.explanation)
                lines.writerow((*of_ticket, guarded(found.field), found.kind.value, *map(guarded, values)))
    return path
