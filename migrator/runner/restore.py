"""What a spreadsheet took away while rows were corrected, put back as the export had it.

A spreadsheet that opens `rejects.csv` takes 000442 for a number and saves 442, and saves 16 digits and
more as 1.23457E+16. Taken at its word, such a row would be a new ticket beside its rejected self. The
ledger knows what stood there; a cell that is the same number and only written differently is that cell.
LibreOffice also makes one line end of all, in text that nobody touched.
"""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from migrator.errors import LedgerError
from migrator.ledger import Ledger
from migrator.model import Record, Value
from migrator.readers import Source
from migrator.runner.sources import ledger_of

_EXACT_DIGITS = 15
"""A spreadsheet's numbers are IEEE 754 doubles: of more digits it keeps no trace."""
_SHOWN_DIGITS = 3
"""The fewest that a spreadsheet shows of a long number, as in 1.23E+16; it saves what it shows."""


class Restorer:
    """Holds, for every rejected row, the cells that a spreadsheet would change; most rows have none."""

    def __init__(self, ledger: Ledger) -> None:
        self._columns: list[str] = json.loads(ledger.fact("columns") or "[]")
        self._fragile: dict[str, dict[int, str]] = {}
        self._with_returns: dict[str, dict[int, int]] = {}
        """By their hashes: texts are long."""
        for row in ledger.originals():
            if isinstance(row.original, tuple):
                place, cells = str(row.ref), row.original
                if fragile := {at: cell for at, cell in enumerate(cells) if _is_fragile(cell.strip())}:
                    self._fragile[place] = fragile
                if returns := {at: hash(cell) for at, cell in enumerate(cells) if "\r\n" in cell}:
                    self._with_returns[place] = returns

    def __call__(self, record: Record) -> Record:
        """The record as it would have come back from a text editor."""
        if not isinstance(record.original, tuple):
            return record
        now = record.original[: len(self._columns)]
        restored = {
            at: before
            for at, before in self._fragile.get(record.earlier_place, {}).items()
            if at < len(now) and _same_number(before.strip(), now[at].strip())
        }
        for at, digest in self._with_returns.get(record.earlier_place, {}).items():
            before = now[at].replace("\n", "\r\n") if at < len(now) else ""
            if hash(before) == digest:
                restored[at] = before
        return self._with(record, record.original, restored) if restored else record

    def _with(self, record: Record, original: tuple[str, ...], restored: dict[int, str]) -> Record:
        cells, values = list(original), dict(record.values)
        for at, before in restored.items():
            cells[at] = before
            _put(values, self._columns, at, before.strip() if _is_fragile(before.strip()) else before)
        return replace(record, values=values, original=tuple(cells))


def restorer_beside(source: Source) -> Restorer | None:
    """For rows that come back and whose ledger lies beside them; None where it is not needed or not there."""
    if not source.ledger_id:
        return None
    try:
        path = ledger_of(source, [file.path for file in source.files])
        with Ledger.look(path) as ledger:
            return Restorer(ledger)
    except LedgerError:
        message = "the ledger of these rows is not beside them: what a spreadsheet changed is not put back"
        source.notice("ledger-not-found", message)
        return None


def _put(values: dict[str, Value], columns: list[str], at: int, cell: str) -> None:
    """Sets the cell of one column; a column whose name repeats is one of a list."""
    name = columns[at]
    match values.get(name):
        case list() as several:
            position = columns[:at].count(name)
            values[name] = [*several[:position], cell, *several[position + 1 :]]
        case str():
            values[name] = cell


def _is_fragile(cell: str) -> bool:
    digits = cell.isascii() and cell.isdigit()
    return digits and (len(cell) > _EXACT_DIGITS or (len(cell) > 1 and cell.startswith("0")))


def _same_number(before: str, now: str) -> bool:
    if now == before or not now.isascii():
        return False
    if now.isdigit():
        return int(now) == int(before) or _rounded(before) == now
    try:
        shown = Decimal(now.replace(",", "."))
    except InvalidOperation:
        return False
    if "E" not in now.upper() or not shown.is_finite():
        return False
    sign, digits, exponent = shown.as_tuple()
    last_place = Decimal((0, (1,), int(exponent)))
    return not sign and len(digits) >= _SHOWN_DIGITS and abs(shown - int(before)) <= last_place


def _rounded(digits: str) -> str:
    """What is left of a long number once a spreadsheet has held it: zeros from the 16th digit on."""
    kept = digits.lstrip("0")
    return kept[:_EXACT_DIGITS] + "0" * (len(kept) - _EXACT_DIGITS)
