"""Values to HTML, CSV, NDJSON, JSON and text: what the rest of the house found out, as people read it.

Nothing here decides anything, and nothing reads an export, a ledger or the network: plans, standings
and rows are handed in as values.

Each name is loaded when it is asked for: `status` must not wait for what only `validate` needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migrator.reports.documents import plan_document, standing_document
    from migrator.reports.inspect_document import inspection_document
    from migrator.reports.inspect_text import render_inspection
    from migrator.reports.outlook_text import render_outlook
    from migrator.reports.plan_text import render_plan, render_plan_in_short
    from migrator.reports.problems import ProblemList
    from migrator.reports.proof import proof_document, write_verification
    from migrator.reports.proof_text import render_proof
    from migrator.reports.redaction import Redactor
    from migrator.reports.rejects import write_rejects
    from migrator.reports.results import Told, write_results
    from migrator.reports.standing_text import render_standing
    from migrator.reports.validation import write_validation
    from migrator.reports.workbook import ProblemBook, Workbook, of_workbook
    from migrator.reports.workbook_choices import choices_of
    from migrator.reports.workbook_rows import Faulty, Home

_WHERE = {
    "choices_of": "workbook_choices",
    "inspection_document": "inspect_document",
    "of_workbook": "workbook",
    "plan_document": "documents",
    "proof_document": "proof",
    "render_inspection": "inspect_text",
    "render_outlook": "outlook_text",
    "render_plan": "plan_text",
    "render_plan_in_short": "plan_text",
    "render_proof": "proof_text",
    "render_standing": "standing_text",
    "standing_document": "documents",
    "write_rejects": "rejects",
    "write_results": "results",
    "write_validation": "validation",
    "write_verification": "proof",
    "Faulty": "workbook_rows",
    "Home": "workbook_rows",
    "ProblemBook": "workbook",
    "ProblemList": "problems",
    "Redactor": "redaction",
    "Told": "results",
    "Workbook": "workbook",
}

__all__ = [
    "Faulty",
    "Home",
    "ProblemBook",
    "ProblemList",
    "Redactor",
    "Told",
    "Workbook",
    "choices_of",
    "inspection_document",
    "of_workbook",
    "plan_document",
    "proof_document",
    "render_inspection",
    "render_outlook",
    "render_plan",
    "render_plan_in_short",
    "render_proof",
    "render_standing",
    "standing_document",
    "write_rejects",
    "write_results",
    "write_validation",
    "write_verification",
]


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(name)
    return getattr(import_module(f"migrator.reports.{_WHERE[name]}"), name)
