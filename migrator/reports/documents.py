"""The facts of a plan and of a standing as JSON documents, versioned by their `schema`.

The pages are drawn from the same documents, so that both say the same numbers. Keys may be added
within a version; none is renamed or removed.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from migrator.ledger import Minute
from migrator.model import UNANSWERED, Problem
from migrator.reports.crosswalk import Crosswalk
from migrator.reports.meanings import meaning
from migrator.reports.proof import proof_document
from migrator.runner.standing import FailureGroup, OpenDoubt, Standing, ThisRun

if TYPE_CHECKING:
    from migrator.runner.contents import Contents, Nameless, Twin
    from migrator.runner.history import History, PastRun
    from migrator.runner.plan import Plan, ProblemGroup
    from migrator.runner.verify import Proof

PLAN_SCHEMA = "migrator.validate/1"
STANDING_SCHEMA = "migrator.status/1"
REPORT_SCHEMA = "migrator.report/1"


def plan_document(plan: Plan) -> dict[str, object]:
    """Every fact of a plan. `rows = ready + skipped + rejected`."""
    return {
        "schema": PLAN_SCHEMA,
        "rows": plan.rows,
        "ready": plan.ready,
        "skipped": plan.skipped,
        "rejected": plan.rejected,
        "warnings": plan.warnings,
        "problems": {group.code: group.count for group in plan.problems},
        "source": plan.source,
        "helpdesk": plan.helpdesk,
        "mapping": plan.mapping,
        "target": plan.target,
        "limit": plan.limit,
        "tickets_to_send": plan.tickets_to_send,
        "requests": plan.requests,
        "replies": plan.replies,
        "notes": plan.notes,
        "updates": plan.updates,
        "contacts_to_make": plan.contacts_to_make,
        "companies_to_make": plan.companies_to_make,
        "references": plan.references,
        "references_in_messages": plan.references_in_messages,
        "per_minute": plan.per_minute,
        "minutes": plan.minutes,
        "notified": plan.notified,
        "rows_with_warnings": plan.rows_with_warnings,
        "skipped_by": dict(plan.skipped_by),
        "left_out": dict(plan.left_out),
        "unread": dict(plan.unread),
        "problem_groups": [_group(group) for group in plan.problems],
        "unmapped": [asdict(each) for each in plan.unmapped],
        "by_category": dict(plan.by_category),
        "by_status": dict(plan.by_status),
        "by_assignee": dict(plan.by_assignee),
        "by_month": dict(plan.by_month),
        "earliest": plan.earliest,
        "latest": plan.latest,
        "dates": [asdict(each) for each in plan.dates],
        "notices": [asdict(each) for each in plan.notices],
        "unchecked": list(plan.unchecked),
        "contents": _contents(plan.contents),
        "categories": [asdict(each) for each in plan.categories],
        "statuses": [asdict(each) for each in plan.statuses],
        "assignees": [asdict(each) for each in plan.assignees],
        "value_maps": [
            {**asdict(each), "uses": [asdict(use) for use in each.uses]} for each in plan.value_maps
        ],
        "clock_changes": dict(plan.clock_changes),
    }


def standing_document(standing: Standing) -> dict[str, object]:
    """Every fact of a standing; the eight counts add up to `rows`. Without a run, `this_run` is all zeros."""
    counts = standing.counts
    return {
        "schema": STANDING_SCHEMA,
        "rows": counts.rows,
        **asdict(counts),
        "replies_created": standing.replies,
        "replies": standing.replies,
        "notes": standing.notes,
        "this_run": asdict(standing.this_run or ThisRun()),
        "ledger": standing.ledger,
        "ledger_id": standing.ledger_id,
        "source": standing.source,
        "mapping": standing.mapping,
        "typed": list(standing.typed),
        "target": standing.target,
        "staged": standing.staged,
        "running": standing.running,
        "forgotten": standing.forgotten,
        "taken_back": standing.taken_back,
        "proven": standing.proven,
        "complete": standing.staged and counts.complete,
        "adopted": standing.adopted,
        "skipped_by": dict(standing.skipped_by),
        "left_out": dict(standing.left_out),
        "unread": dict(standing.unread),
        "failures": [_failure(each) for each in standing.failures],
        "doubts": [_doubt(each) for each in standing.doubts],
        "strangers": list(standing.strangers),
        "contacts": asdict(standing.contacts),
        "companies": asdict(standing.companies),
        "refusals": list(standing.refusals),
        "references": asdict(standing.references),
    }


def report_document(
    standing: Standing, history: History, proof: Proof | None, crosswalk: Crosswalk
) -> dict[str, object]:
    """What `report.json` holds: a standing, and how it came to be. `schemas/report-1.json` describes it."""
    return {
        **standing_document(standing),
        "schema": REPORT_SCHEMA,
        "requests": history.requests,
        "refused_429": history.refused_429,
        "retried": history.retried,
        "seconds": round(history.seconds, 1),
        "answers": dict(history.answers),
        "runs": [_run(each) for each in history.runs],
        "minutes": [_minute(each) for each in history.minutes],
        "verification": proof_document(proof) if proof else None,
        "crosswalk": {
            "tickets": crosswalk.count,
            "files": [each.name for each in crosswalk.files],
            "without_redirect": crosswalk.unsafe,
        },
    }


def _run(run: PastRun) -> dict[str, object]:
    return {
        "number": run.number,
        "started": _utc(run.started_s),
        "ended": None if run.ended_s is None else _utc(run.ended_s),
        "exit_code": run.exit_code,
        "requests": run.requests,
        "refused_429": run.refused_429,
        "retried": run.retried,
        "answers": dict(run.answers),
    }


def _minute(minute: Minute) -> dict[str, object]:
    return {
        "began": _utc(minute.began_s),
        "sent": minute.sent,
        "done": minute.done,
        "refused": minute.refused,
        "in_doubt": minute.in_doubt,
        "answers": {str(status): count for status, count in minute.answers.items() if status != UNANSWERED},
        "unanswered": minute.answers.get(UNANSWERED, 0),
    }


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _contents(contents: Contents) -> dict[str, object]:
    def place(each: Nameless | Twin) -> dict[str, object]:
        return {**asdict(each), "ref": str(each.ref)}

    return {
        **asdict(contents),
        "nameless": [place(each) for each in contents.nameless],
        "twin_examples": [place(each) for each in contents.twin_examples],
    }


def _group(group: ProblemGroup) -> dict[str, object]:
    first = group.examples[0] if group.examples else None
    return {
        "code": group.code,
        "severity": group.severity.value,
        "count": group.count,
        "rows": group.rows,
        "meaning": meaning(group.code, first.message if first else group.code),
        "examples": [_example(problem) for problem in group.examples],
    }


def _example(problem: Problem) -> dict[str, object]:
    return {
        "place": str(problem.ref) if problem.ref else "",
        "file": problem.ref.file if problem.ref else "",
        "sheet": problem.ref.sheet if problem.ref else "",
        "row": problem.ref.row if problem.ref else None,
        "column": problem.column,
        "value": problem.value,
        "message": problem.message,
        "hint": problem.hint,
        "at": problem.at,
    }


def _failure(group: FailureGroup) -> dict[str, object]:
    return {**asdict(group), "keys": list(group.keys), "meaning": meaning(group.code, group.message)}


def _doubt(doubt: OpenDoubt) -> dict[str, object]:
    return {
        "key": doubt.key,
        "reason": doubt.reason,
        "since": _utc(doubt.since_s),
        "candidates": list(doubt.candidates),
    }
