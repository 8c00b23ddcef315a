"""Values to HTML, CSV, NDJSON, JSON and text: what the rest of the house found out, as people read it.

Nothing here decides anything, and nothing reads an export, a ledger or the network: plans, standings
and rows are handed in as values.
"""

from migrator.reports.documents import plan_document, standing_document
from migrator.reports.outlook_text import render_outlook
from migrator.reports.plan_text import render_plan, render_plan_in_short
from migrator.reports.rejects import write_rejects
from migrator.reports.results import write_results
from migrator.reports.standing_text import render_standing
from migrator.reports.validation import write_validation

__all__ = [
    "plan_document",
    "render_outlook",
    "render_plan",
    "render_plan_in_short",
    "render_standing",
    "standing_document",
    "write_rejects",
    "write_results",
    "write_validation",
]
