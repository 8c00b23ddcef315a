"""The dry run as files: a page for who decides, a table of problems, and the facts for machines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from migrator.mapping import Becomes
from migrator.reports.beside import Beside, Use
from migrator.reports.charts import Bars, FlowChart, bars, flow_chart, timeline
from migrator.reports.documents import plan_document
from migrator.reports.files import write_json
from migrator.reports.pages import write_page
from migrator.reports.problems import ProblemList
from migrator.reports.verdicts import Verdict, plan_verdict
from migrator.runner.plan import Plan

PAGE = "validation.html"
FACTS = "validation.json"

_WITHOUT_AUTHOR = frozenset({"author-missing", "author-email-invalid"})
"""Why rows are held back for want of somebody who wrote them; a row has one of these at most."""

_BECOMES = {
    Becomes.LISTED: "the table lists it",
    Becomes.OTHERWISE: "the table does not list it, and the mapping says what then",
    Becomes.BLANK: "nothing is written",
    Becomes.UNDECIDED: "the table does not list it",
    Becomes.UNUSED: "the table lists it, and no row has it",
}


def write_validation(
    plan: Plan,
    folder: Path,
    problems: ProblemList | None = None,
    *,
    beside: tuple[Beside, ...] = (),
    is_redacted: bool = False,
    made_at: datetime | None = None,
) -> Path:
    """Writes `validation.html` and `validation.json` into `folder`, and completes `problems.csv`.

    Their names begin with the prefix of `problems`.

    Args:
        problems: Every problem of the plan, taken in while the export went by; without it the page
            shows the examples only.
        beside: Further files that lie in the folder, for the page to name.
        is_redacted: Plan and problems have no personal data left.
        made_at: When the report was made, as the page says it; now, where not given.

    Returns:
        The page.

    Raises:
        DiskFull, LedgerError: A file cannot be written.
    """
    facts = plan_document(plan)
    prefix = problems.prefix if problems is not None else ""
    of_facts = Beside(prefix + FACTS, "the numbers of this page", Use.MACHINES)
    write_json(folder / of_facts.name, facts)
    table = problems.finish() if problems is not None else None
    verdict = plan_verdict(plan)
    return write_page(
        folder / (prefix + PAGE),
        "validation.html",
        made_at=made_at,
        script="problems.js" if table else "",
        facts=facts,
        verdict=verdict,
        minutes=plan.minutes,
        held_back_for_authors=sum(each.rows for each in plan.problems if each.code in _WITHOUT_AUTHOR),
        months=timeline(plan.by_month),
        flows=_flows(plan),
        becomes=_BECOMES,
        files=_files(plan),
        images=bars("Pictures by host", "Host", plan.contents.images.by_host)
        if plan.contents.images.count
        else None,
        previews=plan.previews,
        sections=list(_sections(plan, verdict)),
        problem_list=problems if table else None,
        problem_table=table.name if table else "",
        is_redacted=is_redacted,
        beside=(*_of_problems(table), *beside, of_facts),
    )


def _of_problems(table: Path | None) -> tuple[Beside, ...]:
    return (Beside(table.name, "every problem, a line each", Use.READING),) if table else ()


def _flows(plan: Plan) -> tuple[FlowChart, ...]:
    return (
        flow_chart("Tickets by category", "Category", plan.categories),
        flow_chart("Tickets by status", "Status", plan.statuses),
        flow_chart("Tickets by assignee", "Assignee", plan.assignees),
    )


def _files(plan: Plan) -> tuple[Bars, ...]:
    files = plan.contents.files
    if not files.count:
        return ()
    return (
        bars("Files by host", "Host", files.by_host),
        bars("Files by kind", "Kind", files.by_kind),
        bars("Files by size", "Size", files.by_size),
    )


def _sections(plan: Plan, verdict: Verdict) -> Iterator[tuple[str, str]]:
    """The ids and titles that the page leads to, in its order."""
    contents = plan.contents
    yield "effects", "What would happen"
    yield "rows", "Rows"
    yield "problems", "Problems"
    if plan.unmapped:
        yield "unmapped", "Unknown values"
    yield "shape", "Tickets"
    if plan.value_maps:
        yield "values", "What values become"
    if plan.dates:
        yield "dates", "Dates"
    yield "people", "People"
    if contents.files.count or contents.images.count:
        yield "files-seen", "Files"
    yield "duplicates", "Duplicates"
    if plan.previews:
        yield "previews", "Previews"
    if plan.notices or plan.unchecked:
        yield "notices", "Good to know"
    if verdict.advice:
        yield "next", "What to do next"
