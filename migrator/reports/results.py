"""What became of every row: the page, its facts for machines, and a table with one line a row.

The table is for people who open it in a spreadsheet: its cells are guarded against formulas and it
is not made to be fed back. That is what `rejects.py` writes.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from migrator.ledger import Result
from migrator.model import Problem, Status, shown
from migrator.reports.documents import standing_document
from migrator.reports.files import private_file, write_json
from migrator.reports.guard import guarded
from migrator.reports.meanings import STATUS_MEANINGS
from migrator.reports.pages import write_page
from migrator.reports.verdicts import standing_verdict
from migrator.runner.standing import Standing

PAGE = "report.html"
FACTS = "report.json"
TABLE = "results.csv"
COLUMNS = (
    "source_id",
    "ticket_number",
    "ticket_id",
    "url",
    "status",
    "error",
    "warnings",
    "skipped_by",
    "source_place",
)
LONGEST_ERROR = 1_000
"""Characters; a service may answer with a page."""


def write_results(
    standing: Standing,
    results: Iterable[Result],
    folder: Path,
    *,
    rejects: Path | None = None,
    made_at: datetime | None = None,
) -> Path:
    """Writes `report.html`, `report.json` and `results.csv` into `folder`.

    `results` is gone through once, in memory that does not grow with it.

    Args:
        rejects: What `write_rejects` returned, so that the page leads there.
        made_at: When the report was made, as the page says it; now, where not given.

    Returns:
        The page.

    Raises:
        DiskFull, LedgerError: A file cannot be written.
    """
    with private_file(folder / TABLE, encoding="utf-8-sig") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        table.writerows(map(_cells, results))
    facts = standing_document(standing)
    write_json(folder / FACTS, facts)
    return write_page(
        folder / PAGE,
        "report.html",
        made_at=made_at,
        facts=facts,
        verdict=standing_verdict(standing, rejects),
        statuses=[(each.value, each.value.replace("_", " "), text) for each, text in STATUS_MEANINGS.items()],
        has_run=standing.this_run is not None,
        table=TABLE,
        rejects=rejects.name if rejects else "",
    )


def _cells(result: Result) -> tuple[str, ...]:
    cells = (
        result.key,
        "" if result.number is None else str(result.number),
        result.object_id or "",
        result.url,
        result.status.value,
        _error(result),
        _sentences(result.warnings),
        result.skip_reason,
        str(result.ref),
    )
    return tuple(map(guarded, cells))


def _error(result: Result) -> str:
    """Why a row is not in; empty where it is."""
    match result.status:
        case Status.FAILED:
            answer = f"{result.http_status} " if result.http_status else ""
            return shown(f"{answer}{result.code}: {result.message}".strip(" :"), LONGEST_ERROR)
        case Status.REJECTED:
            return _sentences(result.problems)
        case Status.IN_DOUBT | Status.PENDING:
            return shown(result.message, LONGEST_ERROR)
        case _:
            return ""


def _sentences(problems: tuple[Problem, ...]) -> str:
    text = "; ".join(f"{each.code}: {each.message}" for each in problems)
    return shown(text, LONGEST_ERROR) if text else ""
