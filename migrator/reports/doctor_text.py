"""The doctor's findings for the terminal, and what to pause around a migration."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from migrator.featurebase import Directory, Field
from migrator.model import shown
from migrator.reports.layout import Paint, Sheet, columns
from migrator.reports.text_parts import put_list, put_verdict
from migrator.reports.verdicts import Tone, Verdict
from migrator.reports.words import amount
from migrator.runner.doctor import Diagnosis
from migrator.runner.findings import Finding, Grade

PAUSE_BEFORE = (
    "Workflows and automations that react to new or changed tickets.",
    "Webhooks, and integrations that listen to them (Slack, Linear, Jira, a data warehouse).",
    "AI replies to new conversations.",
    "SLA timers: old tickets would all be overdue at once.",
    "E-mail forwarding into the workspace, so that nothing new mixes with what is old.",
)
"""Whether `skipNotifications` silences these is not documented (featurebase.md section 12)."""

KEEP_PAUSED = (
    "Workflows and webhooks on ticket updates, until the last corrected rows are in: closing a ticket or "
    "adding to it later is an update too.",
    "AI replies, until the migrated tickets that are still open have been looked through.",
    "SLA timers, until the open tickets have an owner.",
)

_PAINTS = {Grade.OK: Paint.PLAIN, Grade.CARE: Paint.CARE, Grade.BAD: Paint.BAD}
_OPTIONS_SHOWN = 8


def render_diagnosis(diagnosis: Diagnosis, *, width: int = 80, colour: bool = False) -> str:
    """What the workspace has, what to pause, and every check: lines of at most `width` columns.

    The verdict stands last, as in `plan_text.py`.
    """
    sheet = Sheet(width, colour=colour)
    _put_workspace(sheet, diagnosis.directory)
    put_list(sheet, "Pause before a migration", PAUSE_BEFORE)
    put_list(sheet, "Leave paused afterwards", KEEP_PAUSED)
    _put_findings(sheet, "Checks", diagnosis.findings)
    sheet.gap()
    put_verdict(sheet, _verdict(diagnosis.findings, "Nothing stands in the way of a migration."))
    return sheet.text().lstrip("\n")


def render_lessons(findings: Sequence[Finding], *, width: int = 80, colour: bool = False) -> str:
    """What the trial ticket taught, in the same form."""
    sheet = Sheet(width, colour=colour)
    _put_findings(sheet, "What the trial ticket taught", findings)
    sheet.gap()
    put_verdict(sheet, _verdict(findings, "The trial ticket met nothing that stands in the way."))
    return sheet.text()


def _verdict(findings: Sequence[Finding], good: str) -> Verdict:
    bad = sum(each.grade is Grade.BAD for each in findings)
    care = sum(each.grade is Grade.CARE for each in findings)
    if bad:
        return Verdict(Tone.BAD, "Not well", f"{amount(bad, 'thing')} would stop or harm a migration.")
    if care:
        need = "needs" if care == 1 else "need"
        return Verdict(Tone.CARE, "Well, with care", f"{amount(care, 'thing')} {need} a decision of yours.")
    return Verdict(Tone.GOOD, "All well", good)


def _put_findings(sheet: Sheet, heading: str, findings: Sequence[Finding]) -> None:
    sheet.heading(heading)
    topics = max((columns(each.topic) for each in findings), default=0)
    for each in findings:
        label = f"{each.grade.upper():<4}  {each.topic.ljust(topics)}"
        sheet.beside(label, each.message, paint=_PAINTS[each.grade])
        if each.hint:
            sheet.beside(" " * len(label), f"Way out: {each.hint}")


def _put_workspace(sheet: Sheet, directory: Directory) -> None:
    put_list(sheet, "Categories", (_with(each.name, each.kind) for each in directory.categories))
    stages: dict[str, list[str]] = defaultdict(list)
    for status in directory.statuses:
        stages[status.stage or "stage not told"].append(
            _with(status.name, "default" if status.is_default else "")
        )
    if stages:
        sheet.heading("Statuses, by stage")
        sheet.facts({stage: ", ".join(names) for stage, names in stages.items()})
    if directory.fields:
        sheet.heading("Custom fields")
        for field in directory.fields:
            sheet.say(f"- {_field(field)}", indent=2, hang=2)


def _field(field: Field) -> str:
    facts = [field.type, "required" if field.required else "", "several" if field.allow_multiple else ""]
    told = _with(field.label, ", ".join(filter(None, facts)))
    if not field.options:
        return told
    names = [shown(each.label) for each in field.options[:_OPTIONS_SHOWN]]
    more = len(field.options) - len(names)
    return f"{told}: {', '.join(names)}" + (f" and {more} more" if more else "")


def _with(name: str, note: str) -> str:
    return f"{shown(name)} ({note})" if note else shown(name)
