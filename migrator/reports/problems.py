"""Every problem of an export: a table with a line for each, and as many as a page can list.

Problems are taken in one by one while the export goes by, in memory that does not grow with their
number. The table is for people: its cells are guarded against formulas, and it is not fed back.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from migrator.model import Problem, Rejected, Ticket
from migrator.reports.files import give_up, private_file, remove
from migrator.reports.guard import guarded
from migrator.runner.prepare import Prepared
from migrator.runner.problem_tally import faults_of

TABLE = "problems.csv"
COLUMNS = (
    "source_id",
    "file",
    "sheet",
    "row",
    "severity",
    "code",
    "column",
    "value",
    "problem",
    "way_out",
    "mapping",
)
MOST_LISTED = 100_000
"""Problems that a page lists; the table has them all."""
MOST_CHARACTERS = 9_000_000
"""Of the list in a page, so that the page can be mailed and opens quickly."""

_ENCODE = json.JSONEncoder(separators=(",", ":")).encode
_VALUE = "\x01"
"""Stands for the problem's value in its message, so that a thousand messages are one."""


class ProblemList:
    """Takes problems in; use it with `with`. What was not finished when that ends leaves no file."""

    def __init__(
        self,
        folder: Path,
        mask: Callable[[Problem], Problem] | None = None,
        *,
        prefix: str = "",
        most_listed: int = MOST_LISTED,
    ) -> None:
        """
        Args:
            mask: What is done to every problem before it is written, to hide personal data.
            prefix: Of the names of all files of the report, so that one about some rows leaves that about
                the whole export alone.
        """
        self.prefix = prefix
        self.table = prefix + TABLE
        self._path = folder / self.table
        self._mask = mask
        self._most_listed = most_listed
        self._open = ExitStack()
        self._table: Any = None
        self._words: dict[str, dict[str, int]] = {
            name: {} for name in ("codes", "places", "columns", "messages")
        }
        self._listed: list[str] = []
        self._characters = 0
        self._is_full = False
        self.count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        give_up(self._open, error, trace)

    def witness(self, prepared: Prepared) -> None:
        """Takes in what is wrong with a row on its way through a dry run or a run.

        Raises:
            DiskFull, LedgerError: The table cannot be written.
        """
        match prepared.result:
            case Ticket(key=key, warnings=problems) | Rejected(key=key, problems=problems):
                self.add(key, faults_of(problems))

    def add(self, key: str, problems: Iterable[Problem]) -> None:
        """Takes in what is wrong with one row.

        Raises:
            DiskFull, LedgerError: The table cannot be written.
        """
        for problem in problems:
            shown = self._mask(problem) if self._mask else problem
            if self._table is None:
                file = self._open.enter_context(private_file(self._path, encoding="utf-8-sig"))
                self._table = csv.writer(file)
                self._table.writerow(COLUMNS)
            self._table.writerow(_cells(key, shown))
            self.count += 1
            if not self._is_full:
                self._list(key, shown)

    def finish(self) -> Path | None:
        """Completes the table; one that an earlier dry run left is removed where there is nothing to say.

        Returns:
            The table; None without problems.

        Raises:
            DiskFull, LedgerError: The table cannot be written, or not be removed.
        """
        if not self.count:
            remove(self._path)
            return None
        self._open.close()
        self._table = None
        return self._path

    @property
    def listed(self) -> int:
        """How many the page lists."""
        return len(self._listed)

    def as_json(self) -> str:
        """The list for a page: words once, then rows of `[code, place, row, key, column, value, message]`.

        Words are named by their position. In a message, U+0001 stands for the value.
        """
        words = ",".join(f"{json.dumps(name)}:{json.dumps(list(each))}" for name, each in self._words.items())
        return "{" + words + ',"rows":[' + ",".join(self._listed) + "]}"

    def _list(self, key: str, problem: Problem) -> None:
        ref = problem.ref
        place = (f"{ref.file}[{ref.sheet}]" if ref.sheet else ref.file) if ref else ""
        message = problem.message.replace(problem.value, _VALUE) if problem.value else problem.message
        row = _ENCODE(
            [
                self._word("codes", problem.code),
                self._word("places", place),
                ref.row if ref else 0,
                key,
                self._word("columns", problem.column),
                problem.value,
                self._word("messages", message),
            ]
        )
        self._listed.append(row)
        self._characters += len(row)
        self._is_full = len(self._listed) >= self._most_listed or self._characters >= MOST_CHARACTERS

    def _word(self, kind: str, text: str) -> int:
        known = self._words[kind]
        if text not in known:
            known[text] = len(known)
            self._characters += len(text)
        return known[text]


def _cells(key: str, problem: Problem) -> tuple[str, ...]:
    ref = problem.ref
    cells = (
        key,
        ref.file if ref else "",
        ref.sheet if ref else "",
        str(ref.row) if ref else "",
        problem.severity.value,
        problem.code,
        problem.column,
        problem.value,
        problem.message,
        problem.hint,
        problem.at,
    )
    return tuple(map(guarded, cells))
