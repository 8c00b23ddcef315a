"""What the texts for the terminal have in common: how a verdict, a count or a list stands on a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from migrator.model import Notice
from migrator.reports.layout import Figure, Paint, Sheet
from migrator.reports.verdicts import Tone, Verdict
from migrator.reports.words import amount, listed, number

MOST_LINES = 10
"""Values, names and notices listed one by one; the pages list more."""

MOST_IN_SHORT = 3
UNREAD = "What no rule of the mapping reads, in rows"

_PAINTS = {Tone.GOOD: Paint.GOOD, Tone.CARE: Paint.CARE, Tone.BAD: Paint.BAD}


def put_verdict(sheet: Sheet, verdict: Verdict) -> None:
    sheet.say(f"{verdict.label}: {verdict.sentence}", paint=_PAINTS[verdict.tone])


def put_advice(sheet: Sheet, verdict: Verdict) -> None:
    if verdict.advice:
        sheet.heading("What to do next")
    for advice in verdict.advice:
        sheet.say(f"- {advice.text}", indent=2, hang=2)
        if advice.command:
            sheet.verbatim(advice.command, indent=6)


def put_counts(sheet: Sheet, heading: str, counts: Mapping[str, int]) -> None:
    """A table of names and counts; beyond `MOST_LINES` the rest together, so that they still add up."""
    if not counts:
        return
    figures = [Figure(name, number(count)) for name, count in islice(counts.items(), MOST_LINES)]
    rest = list(islice(counts.values(), MOST_LINES, None))
    if rest:
        figures.append(Figure(f"{amount(len(rest), 'other')}, together", number(sum(rest))))
    sheet.heading(heading)
    sheet.figures(figures)


def put_counts_in_short(sheet: Sheet, label: str, counts: Mapping[str, int]) -> None:
    """The same in one sentence, without what is rare where there is much."""
    if counts:
        named = [f"{number(count)} x {name}" for name, count in islice(counts.items(), MOST_IN_SHORT)]
        rest = len(counts) - len(named)
        named += [f"{amount(rest, 'other kind')}"] if rest else []
        sheet.say(f"{label}: {listed(named)}.", indent=2, hang=2)


def put_names(sheet: Sheet, heading: str, counts: Mapping[str, int]) -> None:
    """Names with their counts in one sentence; of many, the first `MOST_LINES` and how many more."""
    if not counts:
        return
    named = [f"{name} ({number(count)})" for name, count in islice(counts.items(), MOST_LINES)]
    rest = len(counts) - len(named)
    named += [f"{number(rest)} more"] if rest else []
    sheet.heading(heading)
    sheet.say(listed(named), indent=2)


def notice_line(notice: Notice) -> str:
    """`tickets.csv: read as UTF-8`; without a place for what is said of the whole export."""
    return f"{notice.file}: {notice.message}" if notice.file else notice.message


def put_list(sheet: Sheet, heading: str, lines: Iterable[str]) -> None:
    """Texts one below the other; of many, the first `MOST_LINES` and how many more there are."""
    texts = list(lines)
    if not texts:
        return
    sheet.heading(heading)
    for text in texts[:MOST_LINES]:
        sheet.say(f"- {text}", indent=2, hang=2)
    if len(texts) > MOST_LINES:
        sheet.say(f"and {number(len(texts) - MOST_LINES)} more", indent=2)
