"""Where a migration stands, for the terminal: what `status` and `report` print, and the end of `run`.

The details come first, and the numbers, the verdict and what to do next stand last, as in `plan_text.py`.
"""

from __future__ import annotations

from pathlib import Path

from migrator.model import Status
from migrator.reports.besides import besides
from migrator.reports.layout import Figure, Paint, Sheet
from migrator.reports.meanings import REASON_FORGOTTEN, STATUS_MEANINGS, meaning
from migrator.reports.text_parts import (
    MOST_LINES,
    UNREAD,
    put_advice,
    put_counts,
    put_list,
    put_names,
    put_verdict,
)
from migrator.reports.verdicts import standing_verdict
from migrator.reports.words import amount, elapsed, from_here, moment, number
from migrator.runner.standing import FailureGroup, Standing, ThisRun

KEYS = 5
"""Source ids named for each kind of failure; `results.csv` names all."""


def render_standing(
    standing: Standing, *, width: int = 80, colour: bool = False, to_correct: Path | None = None
) -> str:
    """The standing as lines of at most `width` columns, without a line end behind the last.

    Commands to copy stand on one line each and may be longer.

    Args:
        colour: Use ANSI colours; the words alone say the same.
        to_correct: The file of rows to correct, where it has been written: the command to type names it.
    """
    sheet = Sheet(width, colour=colour)
    verdict = standing_verdict(standing, to_correct)
    sheet.facts(
        {
            "ledger": from_here(standing.ledger),
            "from": standing.source,
            "mapping": standing.mapping,
            "to": standing.target,
        }
    )
    if standing.forgotten:
        sheet.say("Its personal data was dropped: ids and counts are left.", indent=2)
    put_counts(sheet, "What did not come over", standing.left_out)
    put_names(sheet, UNREAD, standing.unread)
    _put_failures(sheet, standing.failures)
    _put_doubts(sheet, standing)
    put_list(sheet, "Tickets that look like these, and that nobody here made", standing.strangers)
    _put_besides(sheet, standing)
    if standing.this_run:
        _put_run(sheet, standing.this_run)
    _put_rows(sheet, standing)
    sheet.gap()
    put_verdict(sheet, verdict)
    put_advice(sheet, verdict)
    return sheet.text()


def _put_rows(sheet: Sheet, standing: Standing) -> None:
    """Only kinds that occur, so that the eye falls on what matters; they add up all the same."""
    sheet.heading("Rows of the export")
    reasons = [Figure(f"  {name}", number(count)) for name, count in standing.skipped_by.items()]
    figures = []
    for status in Status:
        count = getattr(standing.counts, status.value)
        if count:
            figures.append(Figure(status.value.replace("_", " "), number(count), STATUS_MEANINGS[status]))
        if status is Status.SKIPPED:
            figures += reasons
    figures.append(Figure("together", number(standing.counts.rows)))
    sheet.figures(figures)
    if standing.adopted:
        sheet.say(
            f"{number(standing.adopted)} of them had been made by an earlier run: found in "
            "Featurebase and claimed, not sent again.",
            indent=2,
        )


def _put_besides(sheet: Sheet, standing: Standing) -> None:
    for kind in besides(standing):
        sheet.heading(kind.title)
        sheet.figures([Figure(line.label, number(line.count), line.note) for line in kind.lines])
    put_list(sheet, "Contacts and companies that Featurebase refused", standing.refusals)


def _put_run(sheet: Sheet, run: ThisRun) -> None:
    sheet.heading("This run")
    figures = [Figure("created", number(run.created)), Figure("failed", number(run.failed))]
    optional = (
        ("updated", run.updated, "there already, and changed"),
        ("replies", run.replies, ""),
        ("private notes", run.notes, ""),
        ("in doubt", run.in_doubt, ""),
        ("adopted", run.adopted, "found in Featurebase rather than sent"),
        ("retried", run.retried, ""),
        ("refused (429)", run.refused_429, "answers that said: too many requests"),
    )
    figures += [Figure(label, number(count), note) for label, count, note in optional if count]
    pace = f"{number(round(run.requests * 60 / run.seconds))} a minute" if run.seconds >= 1 else ""
    figures.append(Figure("requests", number(run.requests), pace))
    figures.append(Figure("time", elapsed(run.seconds)))
    sheet.figures(figures)


def _put_failures(sheet: Sheet, failures: tuple[FailureGroup, ...]) -> None:
    if failures:
        sheet.heading("What is not in, and why")
    for group in failures[:MOST_LINES]:
        code = f"{group.code} " if group.code else ""
        why = (group.message if group.count == 1 else meaning(group.code, group.message)) or REASON_FORGOTTEN
        sheet.say(
            f"{number(group.count)} x {code}({group.status.value}): {why}",
            indent=2,
            hang=4,
            paint=Paint.BAD,
        )
        if group.hint:
            sheet.say(f"way out: {group.hint}", indent=6, hang=2)
        named = [key or "(no id)" for key in group.keys[:KEYS]]
        rest = group.count - len(named)
        more = f" and {number(rest)} more" if rest > 0 else ""
        sheet.say(f"source ids: {', '.join(named)}{more}", indent=6, hang=2)
    if len(failures) > MOST_LINES:
        sheet.say(f"and {amount(len(failures) - MOST_LINES, 'other kind')}", indent=2)


def _put_doubts(sheet: Sheet, standing: Standing) -> None:
    if standing.doubts:
        sheet.heading("In doubt")
    for doubt in standing.doubts[:MOST_LINES]:
        sheet.say(f"{doubt.key}, since {moment(doubt.since_s)}: {doubt.reason}", indent=2, hang=4)
        if doubt.candidates:
            sheet.say(f"it may be one of: {', '.join(doubt.candidates)}", indent=6, hang=2)
    rest = standing.counts.in_doubt - len(standing.doubts[:MOST_LINES])
    if standing.doubts and rest > 0:
        sheet.say(f"and {number(rest)} more", indent=2)
