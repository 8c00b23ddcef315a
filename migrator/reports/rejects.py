"""Rows that are not in, exactly as they were, with the reason beside them: to correct and feed back.

Unlike `results.py`, whose file is for reading, every original cell and every original JSON text here
is exact, and nothing in it is guarded against spreadsheets: `=1+1` has to come back as `=1+1`. What
this tool adds is named `migrator_*`, which the readers leave out again.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from migrator.ledger import RejectedRow
from migrator.model import Problem
from migrator.reports.files import private_file, remove
from migrator.reports.guard import guarded

TABLE = "rejects.csv"
NESTED = "rejects.ndjson"
ADDED_COLUMNS = (
    "migrator_problem",
    "migrator_hint",
    "migrator_column",
    "migrator_row",
    "migrator_ledger",
    "migrator_ledger_file",
)

LOST_IN_A_TABLE = frozenset({"broken-quote", "digits-lost"})
"""Problems that a well-formed table cannot show again, however wrong the row still is."""
MARK = "Correct this row, then delete this cell: as long as it is here, the row is not sent."
"""Makes a row too long, which every reader refuses and shows."""


@dataclass(frozen=True, slots=True)
class _Home:
    """Where the rows come from and where they go back to."""

    columns: tuple[str, ...]
    ledger_id: str
    ledger_name: str
    reader: str


def write_rejects(
    rows: Iterable[RejectedRow],
    *,
    columns: tuple[str, ...],
    ledger_id: str,
    ledger_name: str,
    reader: str,
    folder: Path,
) -> Path | None:
    """Writes `rejects.csv` (rows of tables) or `rejects.ndjson` (nested records) into `folder`.

    Where there is nothing to write, a file that this ledger wrote earlier is removed, so that nobody
    corrects what is in by now.

    Args:
        columns: The table's header, in order, with repeats; () for nested records.

    Returns:
        The file; None where no row is left to correct.

    Raises:
        DiskFull, LedgerError: The file cannot be written.
    """
    home = _Home(columns, ledger_id, ledger_name, reader)
    written: dict[str, TextIO] = {}
    with ExitStack() as files:

        def file(name: str, encoding: str) -> TextIO:
            if name not in written:
                written[name] = files.enter_context(private_file(folder / name, encoding=encoding))
                if name == TABLE:
                    csv.writer(written[name]).writerow((*columns, *ADDED_COLUMNS))
            return written[name]

        for row in rows:
            if isinstance(row.original, str):
                file(NESTED, "utf-8").write(_as_json_line(row, row.original, home) + "\n")
            else:
                # a byte order mark: without it, spreadsheets misread every letter beyond ASCII
                csv.writer(file(TABLE, "utf-8-sig")).writerow(_as_cells(row, row.original, home))
    for name in (TABLE, NESTED):
        if name not in written and _is_ours(folder / name, ledger_id):
            remove(folder / name)
    return next((folder / name for name in (TABLE, NESTED) if name in written), None)


# --- tables -----------------------------------------------------------------------------------


def _as_cells(row: RejectedRow, cells: tuple[str, ...], home: _Home) -> tuple[str, ...]:
    ours = (*explanation(row.problems, refusal(row)), str(row.ref))
    return with_ours(
        cells, (*map(guarded, ours), home.ledger_id, guarded(home.ledger_name)), row.problems, home.columns
    )


def with_ours(
    cells: tuple[str, ...], ours: tuple[str, ...], problems: tuple[Problem, ...], columns: tuple[str, ...]
) -> tuple[str, ...]:
    """The original cells, then ours, then the original cells beyond the last column.

    A row with too few cells is filled up, so that ours stay in their columns.

    Args:
        ours: One cell for each of `ADDED_COLUMNS`.
        columns: Of the source.
    """
    wide = len(columns)
    filled = cells[:wide] + ("",) * (wide - len(cells))
    return (*filled, *ours, *cells[wide:], *_mark(problems, cells, wide))


def _mark(problems: tuple[Problem, ...], cells: tuple[str, ...], wide: int) -> tuple[str, ...]:
    """One cell too many, where the row would be taken for correct although nobody has corrected it.

    Blank cells too many do not show: a spreadsheet that saves the file does not keep them.
    """
    if any(cell.strip() for cell in cells[wide:]):
        return ()
    lost = any(problem.code in LOST_IN_A_TABLE for problem in problems)
    return (MARK,) if lost or len(cells) != wide else ()


def refusal(row: RejectedRow) -> str:
    """What Featurebase said about the row; "" where it was not asked."""
    return f"{row.code}: {row.message}".strip(": ") if row.message else ""


def explanation(problems: tuple[Problem, ...], refused: str = "") -> tuple[str, str, str]:
    """Why a row is not in, the ways out, and the columns that are to blame.

    Args:
        refused: What Featurebase said about it, as `refusal` words it.
    """
    reasons = [refused] if refused else []
    reasons += [f"{problem.code}: {problem.message}" for problem in problems]
    hints = dict.fromkeys(problem.hint for problem in problems if problem.hint)
    blamed = dict.fromkeys(problem.column for problem in problems if problem.column)
    return "; ".join(reasons), "; ".join(hints), ", ".join(blamed)


# --- nested records ---------------------------------------------------------------------------


def _as_json_line(row: RejectedRow, original: str, home: _Home) -> str:
    """The original text with our keys spliced in front, so that 1.10 and 19-digit numbers stay as written.

    A text that is no object has no place for keys: it goes back as it came.
    """
    text = _on_one_line(original.strip())
    if not text.startswith("{"):
        return text
    ours: dict[str, object] = {
        "migrator_problem": _reasons(row),
        "migrator_row": str(row.ref),
        "migrator_ledger": home.ledger_id,
        "migrator_ledger_file": home.ledger_name,
        "migrator_reader": home.reader,
    }
    rest = text[1:].lstrip()
    return json.dumps(ours)[:-1] + ("" if rest == "}" else ", ") + rest


def _reasons(row: RejectedRow) -> list[dict[str, str]]:
    refusal = [{"code": row.code, "message": row.message}] if row.message else []
    return refusal + [_as_json(problem) for problem in row.problems]


def _as_json(problem: Problem) -> dict[str, str]:
    facts = {
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
        "column": problem.column,
        "value": problem.value,
    }
    return {name: text for name, text in facts.items() if text}


_STRING_OR_LINE_END = re.compile(r'"(?:[^"\\]|\\.)*"|[\r\n]+', re.DOTALL)


def _on_one_line(text: str) -> str:
    """JSON without line ends: between its tokens they mean nothing, inside strings they are spelled out."""
    if "\n" not in text and "\r" not in text:
        return text

    def flat(found: re.Match[str]) -> str:
        part = found.group()
        return part.replace("\n", "\\n").replace("\r", "\\r") if part.startswith('"') else " "

    return _STRING_OR_LINE_END.sub(flat, text)


def _is_ours(path: Path, ledger_id: str) -> bool:
    """Whether a file carries the ledger's id; anybody else's `rejects.csv` is left alone."""
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            return any(ledger_id in line for line in lines)
    except OSError:
        return False
