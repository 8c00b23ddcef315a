"""What became of every row: page, facts for machines, crosswalk, and a table with one line a row.

The tables are for people who open them in a spreadsheet: their cells are guarded against formulas and
they are not made to be fed back. That is what `rejects.py` writes.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.ledger import Result
from migrator.model import Problem, Status, shown
from migrator.reports.beside import Beside, Use
from migrator.reports.besides import besides
from migrator.reports.charts import ANSWERING, SENDING, bars, course
from migrator.reports.crosswalk import Crosswalk
from migrator.reports.documents import report_document
from migrator.reports.files import private_file, write_json
from migrator.reports.guard import guarded
from migrator.reports.meanings import ANSWER_MEANINGS, REASON_FORGOTTEN, STATUS_MEANINGS
from migrator.reports.pages import write_page
from migrator.reports.proof import FILE as DIFFERENCES
from migrator.reports.rejects import TABLE as REJECTED_ROWS
from migrator.reports.verdicts import Verdict, standing_verdict
from migrator.reports.words import percent
from migrator.reports.workbook import Workbook, of_workbook
from migrator.runner.history import History
from migrator.runner.standing import Standing

if TYPE_CHECKING:
    from migrator.runner.verify import Proof

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


@dataclass(frozen=True, slots=True)
class Told:
    """What a report tells besides where the rows stand."""

    history: History = field(default_factory=History)
    proof: Proof | None = None
    """What reading everything back came to; None where nobody has."""
    old_url: str = ""
    """What old addresses look like, with `{id}` in the place of the id; "" where unknown."""
    rejects: Path | None = None
    """What `write_rejects` returned."""
    workbook: Workbook | None = None
    """What `ProblemBook.finish` returned."""

    @property
    def to_correct(self) -> Path | None:
        """What people are told to correct: the workbook, except for nested records, which it only lists."""
        tables = self.rejects is not None and self.rejects.name == REJECTED_ROWS
        return self.workbook.path if tables and self.workbook else self.rejects


def write_results(
    standing: Standing,
    results: Iterable[Result],
    folder: Path,
    told: Told | None = None,
    *,
    made_at: datetime | None = None,
) -> Path:
    """Writes `report.html`, `report.json`, `results.csv` and the crosswalk into `folder`.

    `results` is gone through once, in memory that does not grow with it.

    Args:
        made_at: When the report was made, as the page says it; now, where not given.

    Returns:
        The page.

    Raises:
        DiskFull, LedgerError: A file cannot be written.
    """
    told = told or Told()
    with (
        private_file(folder / TABLE, encoding="utf-8-sig") as file,
        Crosswalk(folder, told.old_url) as crosswalk,
    ):
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for result in results:
            table.writerow(_cells(result))
            crosswalk.add(result)
    facts = report_document(standing, told.history, told.proof, crosswalk)
    write_json(folder / FACTS, facts)
    verdict = standing_verdict(standing, told.to_correct)
    return write_page(
        folder / PAGE,
        "report.html",
        made_at=made_at,
        facts=facts,
        verdict=verdict,
        statuses=[(each.value, each.value.replace("_", " "), text) for each, text in STATUS_MEANINGS.items()],
        besides=besides(standing),
        has_run=standing.this_run is not None,
        courses=(
            course("Requests sent for tickets", told.history.minutes, SENDING),
            course("Answers of Featurebase to all requests", told.history.minutes, ANSWERING),
        ),
        answers=bars("Answers of Featurebase, by HTTP status", "Status", told.history.answers),
        answer_meanings=ANSWER_MEANINGS,
        reason_forgotten=REASON_FORGOTTEN,
        seconds=told.history.seconds,
        proof=told.proof,
        fidelity=percent(told.proof.fidelity) if told.proof and told.proof.fidelity is not None else "",
        pairs=crosswalk.excerpt,
        sections=list(_sections(standing, told, verdict)),
        beside=_beside(told, crosswalk),
        table=TABLE,
        to_correct=told.to_correct.name if told.to_correct else "",
    )


def _sections(standing: Standing, told: Told, verdict: Verdict) -> Iterator[tuple[str, str]]:
    """The ids and titles that the page leads to, in its order."""
    yield "rows", "Rows"
    yield "failures", "What is not in"
    if standing.doubts:
        yield "doubts", "In doubt"
    if standing.strangers:
        yield "strangers", "Possible duplicates"
    if besides(standing):
        yield "besides", "Contacts and references"
    yield "proof", "Read back"
    yield "crosswalk", "Which became which"
    if told.history.runs:
        yield "history", "How it went"
    if verdict.advice:
        yield "next", "What to do next"


def _beside(told: Told, crosswalk: Crosswalk) -> tuple[Beside, ...]:
    files = [Beside(TABLE, "what became of every row", Use.READING), *crosswalk.files]
    if told.workbook is not None:
        files.append(of_workbook(told.workbook))
    if told.rejects is not None:
        files.append(Beside(told.rejects.name, "the rows to correct, exactly as they were", Use.FEEDING_BACK))
    if told.proof is not None:
        files.append(Beside(DIFFERENCES, "every difference that reading back has found", Use.READING))
    return (*files, Beside(FACTS, "the numbers of this page", Use.MACHINES))


def _cells(result: Result) -> tuple[str, ...]:
    return (
        guarded(result.key),
        "" if result.number is None else str(result.number),
        guarded(result.object_id or ""),
        guarded(result.url),
        result.status.value,
        guarded(_error(result)),
        guarded(_sentences(result.warnings)) if result.warnings else "",
        guarded(result.skip_reason),
        guarded(str(result.ref)),
    )


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
