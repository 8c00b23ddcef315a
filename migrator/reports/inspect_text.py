"""An inspection for the terminal: what is in the export first, what to decide and to type last."""

from __future__ import annotations

from collections.abc import Iterator

from migrator.mapping import DayMonth, Meaning, Times
from migrator.model import shown
from migrator.reports.inspect_document import mapping_name
from migrator.reports.layout import Figure, Paint, Sheet, columns, fitted
from migrator.reports.masking import is_personal, masked
from migrator.reports.meanings import MEANINGS
from migrator.reports.text_parts import notice_line, put_list
from migrator.reports.words import amount, bytes_, number
from migrator.runner.inspect import Inspection, SeenColumn

MOST_FILES = 20
MOST_COLUMNS = 60
"""Columns shown; the document of `--json` has all."""
MOST_VALUES = 8
"""Values shown with their counts."""
MOST_TO_DECIDE = 40
"""The same, of columns whose every value a person decides about."""
_TO_DECIDE = frozenset((Meaning.STATUS, Meaning.PRIORITY, Meaning.ASSIGNEE, Meaning.CATEGORY))
_LABEL = 26
_LONGEST_EXAMPLE = 30
_ORDERS = {DayMonth.DAY_FIRST: "day first", DayMonth.MONTH_FIRST: "month first"}


def render_inspection(
    inspection: Inspection, source: str, *, show_values: bool = False, width: int = 80, colour: bool = False
) -> str:
    """The inspection as lines of at most `width` columns.

    Args:
        source: The words that name the export on a command line.
    """
    sheet = Sheet(width, colour=colour)
    _put_what(sheet, inspection)
    _put_files(sheet, inspection)
    _put_columns(sheet, inspection, show_values=show_values)
    _put_threads(sheet, inspection)
    put_list(sheet, "About the export", map(notice_line, inspection.notices))
    _put_decisions(sheet, inspection)
    _put_next(sheet, inspection, source)
    return sheet.text()


def _put_what(sheet: Sheet, inspection: Inspection) -> None:
    profile = inspection.profile
    damaged = f", {number(profile.damaged)} of them damaged" if profile.damaged else ""
    grouped = f", one for all rows with the same {inspection.group_by}" if inspection.group_by else ""
    sheet.facts(
        {
            "helpdesk": inspection.helpdesk or "not recognised",
            "because": inspection.why or "nothing in it tells",
            "tickets": f"{number(inspection.tickets)}{grouped}{damaged}",
            "size": bytes_(inspection.size_bytes),
        },
        indent=0,
    )


def _put_files(sheet: Sheet, inspection: Inspection) -> None:
    sheet.heading("Files")
    names = [fitted(each.file.name, _LABEL) for each in inspection.files[:MOST_FILES]]
    widest = max(map(columns, names), default=0)
    for name, seen in zip(names, inspection.files, strict=False):
        role = seen.role or "NOT READ"
        text = f"{role}; {seen.file.kind}, {seen.file.details}, {bytes_(seen.file.size_bytes)}"
        sheet.beside(name + " " * (widest - columns(name)), text)
    if len(inspection.files) > MOST_FILES:
        sheet.say(f"and {number(len(inspection.files) - MOST_FILES)} more", indent=2)


def _put_columns(sheet: Sheet, inspection: Inspection, *, show_values: bool) -> None:
    seen = inspection.columns
    what = "columns" if inspection.is_table else "paths"
    sheet.heading(f"{amount(len(seen), what[:-1])}: filled in how many tickets, different values, examples")
    names = [fitted(each.path, _LABEL) for each in seen[:MOST_COLUMNS]]
    widest = max(map(columns, names), default=0)
    for name, column in zip(names, seen, strict=False):
        text = "; ".join(_facts(column, inspection, show_values=show_values))
        sheet.beside(name + " " * (widest - columns(name)), text)
    others = len(seen) - len(names) + inspection.profile.other_paths
    if others:
        sheet.say(f"and {number(others)} more {what} (--json lists them)", indent=2)
    if not show_values and any(is_personal(each) and each.profile.filled for each in seen):
        sheet.say("Values that may be personal are masked; --show-values shows them.", indent=2)


def _facts(column: SeenColumn, inspection: Inspection, *, show_values: bool) -> Iterator[str]:
    profile = column.profile
    if column.suggestion:
        yield column.suggestion.meaning.value.upper()
    yield _share(profile.filled, inspection.tickets - inspection.profile.damaged)
    if not profile.filled:
        return
    if column.times is not None:
        yield _times(column.times)
        return
    hide = not show_values and is_personal(column)
    yield f"{'' if profile.is_complete else 'at least '}{number(profile.distinct)} different"
    decided = column.suggestion is not None and column.suggestion.meaning in _TO_DECIDE
    repeated = len(profile.counts) <= MOST_VALUES and profile.distinct < profile.values
    if profile.counts and (decided or repeated):
        most = profile.counts[:MOST_TO_DECIDE]
        others = len(profile.counts) - len(most)
        more = f" and {number(others)} more" if others else ""
        yield ", ".join(f"{_short(text, hide=hide)} ({number(count)})" for text, count in most) + more
    else:
        yield ", ".join(dict.fromkeys(_short(text, hide=hide) for text in profile.examples))


def _short(text: str, *, hide: bool) -> str:
    return masked(text) if hide else shown(text, _LONGEST_EXAMPLE)


def _share(part: int, whole: int) -> str:
    if not part:
        return "empty"
    if part == whole:
        return "in all"
    return f"{max(1, min(99, round(100 * part / whole)))} %"


def _times(times: Times) -> str:
    forms = ", ".join(form.value.replace("_", " ") for form in times.forms)
    ways = " or ".join(
        f"{_ORDERS[each.order]}, {each.earliest[:10]} to {each.latest[:10]}"
        if each.order
        else f"{each.earliest[:10]} to {each.latest[:10]}"
        for each in times.readings
    )
    zone = "no zone" if times.without_zone else "with zone"
    unreadable = f", {number(times.unreadable)} unreadable" if times.unreadable else ""
    return f"times ({forms}), {ways}, {zone}{unreadable}"


def _put_threads(sheet: Sheet, inspection: Inspection) -> None:
    threads = inspection.threads
    counts = {
        "public messages": threads.public,
        "private messages": threads.private,
        "messages of unknown privacy": threads.unknown,
    }
    figures = [Figure(name, number(count)) for name, count in counts.items() if count]
    if figures:
        figures.append(Figure("in the longest thread", number(threads.longest)))
    figures += [Figure(f"files, {host}", number(count)) for host, count in threads.files.items()]
    if figures:
        sheet.heading("Threads and files")
        sheet.figures(figures)


def _put_decisions(sheet: Sheet, inspection: Inspection) -> None:
    sheet.heading("What will need a decision")
    for each in inspection.decisions:
        is_fault = each.code in inspection.profile.problems
        meaning = MEANINGS.get(each.code, "") if is_fault else ""
        told = f"{meaning} Rows: {number(each.count)}" if meaning else each.message
        sheet.say(f"- {told}", indent=2, hang=2, paint=Paint.CARE)
        sheet.say(each.hint, indent=6)
    if not inspection.decisions:
        sheet.say("Nothing that can be seen from here.", indent=2)


def _put_next(sheet: Sheet, inspection: Inspection, source: str) -> None:
    sheet.heading("What to do next")
    name = mapping_name(inspection)
    if name:
        sheet.say(f"The shipped mapping {name} fits. See what it would do; nothing is sent:", indent=2)
        sheet.verbatim(f"migrator validate {source} --mapping {name}", indent=6)
        sheet.say("Or start a mapping of your own from it, with what this export has:", indent=2)
    else:
        sheet.say("No shipped mapping fits. Have one drafted for these columns:", indent=2)
    sheet.verbatim(f"migrator draft {source} --output my-mapping.yaml", indent=6)
