"""What spreadsheets do to whole columns, as the first rows show it: told while a table is opened.

Nothing is repaired here: what a cell says is what is read, and the sentence says the way out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from migrator.model import shown
from migrator.readers.base import Source
from migrator.readers.tables import Header

_TIMES = re.compile(
    "created|opened|closed|updated|modified|resolved|\\bdate|datum|erstellt|fecha", re.IGNORECASE
)
"""Names of columns that hold times."""


@dataclass(frozen=True, slots=True)
class _Sign:
    """How a spoilt column is known."""

    code: str
    message: str
    cell: re.Pattern[str]
    name: re.Pattern[str] = re.compile("")
    """Found in the names of columns that may be spoilt so: in all of them, unless said otherwise."""
    throughout: bool = True
    """Every cell that is not blank looks so; otherwise one is enough."""


_SIGNS = (
    _Sign(
        "rounded-numbers",
        "numbers were rounded by a spreadsheet, so their last digits are lost",
        re.compile(r"-?\d(?:[.,]\d+)?E\+\d\d+"),  # 1.23457E+15
        throughout=False,
    ),
    _Sign(
        "serial-dates",
        "numbers of a spreadsheet stand in the place of dates; read them with `format: excel` in the mapping",
        re.compile(r"[2-6]\d{4}(?:[.,]\d+)?"),  # days of 1954 to 2091
        _TIMES,
    ),
    _Sign(
        "formula-cells",
        "cells are written as formulas, to keep their zeros; "
        """the mapping takes the text out with `replace: {'^="(.*)"$': '\\1'}`""",
        re.compile(r'="[^"]*"'),
    ),
)


def tell_spoilt(source: Source, file: str, header: Header, rows: Sequence[Sequence[str]]) -> None:
    """Tell which columns a spreadsheet has spoilt.

    Args:
        rows: The first ones below the header.
    """
    arranged = [header.arrange(row)[: len(header.columns)] for row in rows]
    for sign in _SIGNS:
        if found := dict(_spoilt(sign, header, arranged)):
            names = ", ".join(f"{shown(name)} ({shown(cell)})" for name, cell in found.items())
            source.notice(sign.code, f"{sign.message}: {names}", file)


def _spoilt(sign: _Sign, header: Header, rows: Sequence[Sequence[str]]) -> Iterator[tuple[str, str]]:
    """The names of columns, each with a cell that shows it."""
    for name, *cells in zip(header.columns, *rows, strict=True):
        filled = [cell for cell in cells if cell.strip()]
        matching = [cell for cell in filled if sign.cell.fullmatch(cell.strip())]
        if sign.name.search(name) and matching and (len(matching) == len(filled) or not sign.throughout):
            yield name, matching[-1]
