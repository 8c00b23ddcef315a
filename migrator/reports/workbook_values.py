"""The sheet «Value maps»: what the mapping does not know, to be filled in by a person.

What is filled in is read by `readers/decisions.py` and joins the mapping in `mapping/decided.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from migrator.model import Problem
from migrator.reports.workbook_book import Page
from migrator.reports.workbook_cells import Look
from migrator.reports.workbook_choices import Choice

VALUES_SHEET = "Value maps"
VALUE_COLUMNS = ("rule", "column", "value", "rows", "becomes", "mapping line")
MOST_VALUES = 2_000
_VALUE_WIDTHS = (20, 20, 36, 10, 36, 44)

Unmapped = tuple[str, str, str]
"""Mapping line, source column, value as problems show it."""


def count_unmapped(values: Counter[Unmapped], problems: Iterable[Problem]) -> None:
    """Counts the values of one row that the mapping does not know, up to `MOST_VALUES` different ones."""
    for problem in problems:
        if problem.code == "value-unmapped":
            value = (problem.at, problem.column, problem.value)
            if value in values or len(values) < MOST_VALUES:
                values[value] += 1


def write_values(page: Page, values: Counter[Unmapped], choices: Iterable[Choice]) -> None:
    """Every value that the mapping does not know, with a column for what it becomes."""
    known = {choice.at: choice for choice in choices}
    page.add(VALUE_COLUMNS, [Look.HEADER] * len(VALUE_COLUMNS))
    fill_in = VALUE_COLUMNS.index("becomes")
    looks = [Look.FILL_IN if place == fill_in else Look.PLAIN for place in range(len(VALUE_COLUMNS))]
    by_rule: dict[str, list[tuple[str, str, int]]] = {}
    for (at, column, value), count in values.most_common():
        by_rule.setdefault(at, []).append((column, value, count))
    for at, found in by_rule.items():
        choice = known.get(at)
        first = page.rows
        for column, value, count in found:
            cuttable = choice is not None and is_exact(value)
            page.add(
                (choice.rule if choice and cuttable else "", column, value, str(count), "", at),
                looks if cuttable else (),
                {}
                if cuttable
                else {2: "This value is shown cut or spelled out: write it into the mapping file."},
            )
        if choice is not None and choice.targets:
            page.offer(fill_in, (first, page.rows - 1), choice.targets, only=choice.targets_only)
    page.arrange(_VALUE_WIDTHS)


def is_exact(value: str) -> bool:
    """Whether a problem shows a value as it is, neither cut nor spelled out (`model.shown`)."""
    return "\\" not in value and not value.endswith("…")
