"""What `run` and `report` leave behind: the report, the results and the rows to correct."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migrator.ledger import Ledger
    from migrator.runner.standing import Standing


@dataclass(frozen=True, slots=True)
class Written:
    """What lies in the report folder now."""

    page: Path
    rejects: Path | None
    """The rows to correct; None where there are none."""


def write_reports(ledger: Ledger, standing: Standing, folder: Path) -> Written:
    """Writes report.html, report.json, results.csv and, where rows are to be corrected, a rejects file."""
    from migrator.reports import write_rejects, write_results

    rejects = write_rejects(
        ledger.originals(),
        columns=tuple(json.loads(ledger.fact("columns") or "[]")),
        ledger_id=ledger.id,
        ledger_name=ledger.path.name,
        reader=ledger.fact("reader") or "",
        folder=folder,
    )
    return Written(write_results(standing, ledger.results(), folder, rejects=rejects), rejects)
