"""A plan for the terminal: what `validate` prints, and what `run` shows before it asks.

A page is read from its top, a terminal from its bottom: the details come first, and the numbers, the
verdict and what to do next stand last, where the eye is when the text has scrolled by.
"""

from __future__ import annotations

from migrator.model import Problem, Severity
from migrator.reports.evidence import date_sentence
from migrator.reports.layout import Figure, Paint, Sheet
from migrator.reports.meanings import meaning
from migrator.reports.text_parts import (
    UNREAD,
    notice_line,
    put_advice,
    put_counts,
    put_counts_in_short,
    put_list,
    put_names,
    put_verdict,
)
from migrator.reports.verdicts import plan_verdict
from migrator.reports.words import amount, duration, number
from migrator.runner.plan import Plan, ProblemGroup, Unmapped

EXAMPLES = 3
"""Places named for each kind of problem that blocks; the page names more."""
EXAMPLES_OF_WARNINGS = 1
KINDS = 5
"""Kinds of problems that the short form names."""


def render_plan(plan: Plan, *, width: int = 80, colour: bool = False) -> str:
    """The plan as lines of at most `width` columns, without a line end behind the last.

    Args:
        colour: Use ANSI colours; the words alone say the same.
    """
    sheet = Sheet(width, colour=colour)
    verdict = plan_verdict(plan)
    _put_circumstances(sheet, plan)
    for group in plan.problems:
        _put_problem(sheet, group, first=group is plan.problems[0])
    put_list(sheet, "Values that the mapping does not know", map(_undecided, plan.unmapped))
    put_list(sheet, "How dates were read", map(date_sentence, plan.dates))
    put_list(sheet, "About the export", map(notice_line, plan.notices))
    put_list(sheet, "Not checked, because nothing was asked of Featurebase", plan.unchecked)
    put_counts(sheet, "What does not come over", plan.left_out)
    put_names(sheet, UNREAD, plan.unread)
    _put_rows(sheet, plan)
    _put_effects(sheet, plan)
    sheet.gap()
    put_verdict(sheet, verdict)
    put_advice(sheet, verdict)
    return sheet.text()


def render_plan_in_short(plan: Plan, *, width: int = 80, colour: bool = False) -> str:
    """The plan in a few lines: what kinds of problems there are, and the verdict.

    For `run`, which asks below it: verdict, numbers and question stand on one screen of 24 lines.
    """
    sheet = Sheet(width, colour=colour)
    for position, group in enumerate(plan.problems[:KINDS]):
        _put_kind(sheet, group, first=position == 0)
    if len(plan.problems) > KINDS:
        sheet.say(f"and {amount(len(plan.problems) - KINDS, 'other kind')}", indent=2)
    put_counts_in_short(sheet, "Does not come over", plan.left_out)
    if plan.problems or plan.left_out:
        sheet.gap()
    put_verdict(sheet, plan_verdict(plan))
    return sheet.text()


def _put_circumstances(sheet: Sheet, plan: Plan) -> None:
    sheet.facts(
        {
            "from": f"{plan.source} ({plan.helpdesk})" if plan.helpdesk else plan.source,
            "mapping": plan.mapping,
            "to": plan.target or "nowhere yet: checked offline",
        }
    )


def _thread(plan: Plan, note: str) -> list[Figure]:
    counts = (("replies", plan.replies), ("private notes", plan.notes), ("tickets to close", plan.updates))
    return [Figure(name, number(count), note) for name, count in counts if count]


def _people(plan: Plan, note: str) -> list[Figure]:
    counts = (("contacts", plan.contacts_to_make), ("companies", plan.companies_to_make))
    note = note or "made first, unless they are there already"
    return [Figure(name, number(count), note) for name, count in counts if count]


def _references(plan: Plan) -> list[Figure]:
    counts = (
        ("references", plan.references, "rewritten at the end, where the ticket is among these"),
        ("in messages", plan.references_in_messages, "references that cannot be rewritten"),
    )
    return [Figure(name, number(count), note) for name, count, note in counts if count]


def _put_effects(sheet: Sheet, plan: Plan) -> None:
    limited = plan.limit is not None and plan.tickets_to_send < plan.ready
    of_all = f"for all {amount(plan.ready, 'ticket')}" if limited else ""
    sheet.heading("What would happen")
    figures = [
        Figure(
            "tickets",
            number(plan.tickets_to_send),
            f"the first of {number(plan.ready)} that are ready (--limit)" if limited else "",
        ),
        *_thread(plan, of_all),
        *_people(plan, of_all),
        *_references(plan),
        Figure("requests", number(plan.requests), of_all),
        Figure(
            "notifications",
            number(plan.notified),
            "WARNING: people would be notified" if plan.notified else "nobody is notified",
        ),
    ]
    sheet.figures(figures)
    if plan.minutes is not None:
        pace = amount(round(plan.per_minute), "request")
        sheet.say(f"Sending takes {duration(plan.minutes)}, at {pace} a minute.", indent=2)
    if plan.earliest:
        sheet.say(
            f"The oldest ticket is of {plan.earliest[:10]}, the newest of {plan.latest[:10]}.", indent=2
        )


def _put_rows(sheet: Sheet, plan: Plan) -> None:
    sheet.heading("Rows of the export")
    figures = [Figure("ready", number(plan.ready), _with_warnings(plan))]
    figures.append(Figure("left out by your rules", number(plan.skipped)))
    figures += [Figure(f"  {reason}", number(count)) for reason, count in plan.skipped_by.items()]
    figures.append(Figure("rejected", number(plan.rejected)))
    figures.append(Figure("together", number(plan.rows)))
    sheet.figures(figures)


def _with_warnings(plan: Plan) -> str:
    if not plan.warnings:
        return ""
    return f"{amount(plan.warnings, 'warning')} in {amount(plan.rows_with_warnings, 'row')}"


def _put_kind(sheet: Sheet, group: ProblemGroup, *, first: bool) -> None:
    if first:
        sheet.heading("Problems")
    blocks = "blocks" if group.severity is Severity.ERROR else "warning"
    rows = f" in {amount(group.rows, 'row')}" if group.rows != group.count else ""
    paint = Paint.BAD if group.severity is Severity.ERROR else Paint.CARE
    sheet.say(f"{number(group.count)} x {group.code} ({blocks}){rows}", indent=2, hang=2, paint=paint)


def _put_problem(sheet: Sheet, group: ProblemGroup, *, first: bool) -> None:
    _put_kind(sheet, group, first=first)
    examples = group.examples[: EXAMPLES if group.severity is Severity.ERROR else EXAMPLES_OF_WARNINGS]
    explained = meaning(group.code, examples[0].message if examples else "")
    sheet.say(explained, indent=4)
    for hint in dict.fromkeys(problem.hint for problem in examples if problem.hint):
        sheet.say(f"Way out: {hint}", indent=4, hang=2)
    for problem in examples:
        sheet.say(_place(problem, explained), indent=6, hang=2)
    if group.count > len(examples):
        sheet.say(f"and {number(group.count - len(examples))} more", indent=6)


def _place(problem: Problem, explained: str) -> str:
    where = [str(problem.ref)] if problem.ref else []
    where += [f"column {problem.column}"] if problem.column else []
    value = f' "{problem.value}"' if problem.value else ""
    message = "" if problem.message == explained else f": {problem.message}"
    return f"{', '.join(where)}{value}{message}"


def _undecided(unmapped: Unmapped) -> str:
    column = f" in {unmapped.column}" if unmapped.column else ""
    return f'{number(unmapped.count)} x "{unmapped.value}"{column} ({unmapped.at})'
