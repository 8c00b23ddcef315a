"""The dry run as files: a page for the person who decides, and its facts for machines."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from migrator.reports.charts import Bars, bars, timeline
from migrator.reports.documents import plan_document
from migrator.reports.evidence import date_sentence
from migrator.reports.files import write_json
from migrator.reports.pages import write_page
from migrator.reports.verdicts import plan_verdict
from migrator.runner.plan import Plan

PAGE = "validation.html"
FACTS = "validation.json"


def write_validation(plan: Plan, folder: Path, *, made_at: datetime | None = None) -> Path:
    """Writes `validation.html` and `validation.json` into `folder`.

    Args:
        made_at: When the report was made, as the page says it; now, where not given.

    Returns:
        The page.

    Raises:
        DiskFull, LedgerError: A file cannot be written.
    """
    facts = plan_document(plan)
    write_json(folder / FACTS, facts)
    return write_page(
        folder / PAGE,
        "validation.html",
        made_at=made_at,
        facts=facts,
        verdict=plan_verdict(plan),
        minutes=plan.minutes,
        months=timeline(plan.by_month),
        breakdowns=_breakdowns(plan),
        date_sentences=[date_sentence(each) for each in plan.dates],
    )


def _breakdowns(plan: Plan) -> tuple[Bars, ...]:
    return (
        bars("Tickets by category", "Category", plan.by_category),
        bars("Tickets by status", "Status", plan.by_status),
        bars("Tickets by assignee", "Assignee", plan.by_assignee),
    )
