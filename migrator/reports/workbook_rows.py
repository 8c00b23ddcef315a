"""The sheets of the workbook to correct that hold what is held back: the rows themselves, or their problems.

A row stands as it was, with ours behind it (`rejects.ADDED_COLUMNS`); a record that is no row of a table
is listed, a line for each problem. Which goes where, and when a sheet is full, is decided in `workbook.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from migrator.ledger import RejectedRow
from migrator.model import Problem, Rejected
from migrator.reports.rejects import ADDED_COLUMNS, explanation, refusal, with_ours
from migrator.reports.workbook_book import Page
from migrator.reports.workbook_cells import Look, cut
from migrator.reports.workbook_choices import Choice
from migrator.runner.prepare import Prepared
from migrator.runner.problem_tally import faults_of

LIST_COLUMNS = (
    "migrator_key",
    "migrator_row",
    "migrator_column",
    "migrator_value",
    "migrator_problem",
    "migrator_hint",
)

_OUR_WIDTHS = (40, 40, 20, 24, 12, 16)
_LIST_WIDTHS = (16, 24, 20, 30, 60, 60)
_MEASURED_ROWS = 200


@dataclass(frozen=True, slots=True)
class Home:
    """Where the rows come from and where they go back to."""

    columns: tuple[str, ...]
    """The header of the source, with repeats; () for nested records."""
    mapping: str
    ledger_id: str
    """"" where the export has not been run."""
    ledger_name: str
    """The ledger's file name, or the one that a run of the export will take."""
    choices: tuple[Choice, ...] = ()
    key_columns: tuple[str, ...] = ()
    """Those that the source's own id is read from; () where it is put together."""
    rest: str = "problems.csv"
    """The table beside the workbook that names every row, also where the workbook is cut."""


@dataclass(frozen=True, slots=True)
class Faulty:
    """One row that is held back."""

    key: str
    place: str
    """Where it stands in the export, as `str(SourceRef)` says it."""
    original: tuple[str, ...] | str
    """As in `Record.original`."""
    problems: tuple[Problem, ...]
    refused: str = ""
    """What Featurebase said about it; "" where it was not asked."""

    @classmethod
    def of_ledger(cls, row: RejectedRow) -> Faulty:
        return cls(row.key, str(row.ref), row.original, row.problems, refusal(row))

    @classmethod
    def of_record(cls, prepared: Prepared) -> Faulty | None:
        """None for a row that is ready or left out."""
        if not isinstance(prepared.result, Rejected):
            return None
        record = prepared.record
        place = record.earlier_place or str(record.ref)
        problems = tuple(faults_of(prepared.result.problems))
        return cls(prepared.result.key, place, record.original, problems)


class RowSheet:
    """The rows themselves, with a comment at every cell that is to blame."""

    def __init__(self, page: Page, home: Home) -> None:
        self.page = page
        self._home = home
        self._widths = [len(name) + 3 for name in home.columns]
        self._places: dict[str, list[int]] = {}
        of_key = (place for name in home.key_columns for place in places_of(name, home.columns))
        self._place_of_key = next(of_key, 0)
        page.add((*home.columns, *ADDED_COLUMNS), [Look.HEADER] * (len(home.columns) + len(ADDED_COLUMNS)))

    def add(self, row: Faulty, cells: tuple[str, ...]) -> None:
        home, wide = self._home, len(self._home.columns)
        explained = (*explanation(row.problems, row.refused), row.place, home.ledger_id, home.ledger_name)
        ours = tuple(map(cut, explained))
        comments, wrong = self._comments(row)
        whole = with_ours(cells, ours, row.problems, home.columns)
        looks = [Look.PLAIN] * wide + [Look.OURS] * len(ours) + [Look.WRONG] * (len(whole) - wide - len(ours))
        for place in wrong:
            looks[place] = Look.WRONG
        if self.page.rows < _MEASURED_ROWS:
            self._widths = [max(now, len(cell)) for now, cell in zip(self._widths, whole, strict=False)]
        self.page.add(whole, looks, comments)

    def _comments(self, row: Faulty) -> tuple[dict[int, str], set[int]]:
        """What is to be said, by the cell that it is about; and which cells hold the row back.

        What no cell is to blame for stands at the id.
        """
        comments: dict[int, str] = {}
        wrong: set[int] = set()
        said = [(row.refused, [self._place_of_key], True)] if row.refused else []
        said += [(_words(each), self._blamed(each.column), each.blocks) for each in row.problems]
        for words, places, blocks in said:
            for place in places:
                comments[place] = f"{comments[place]}\n\n{words}" if place in comments else words
            if blocks:
                wrong.update(places)
        return comments, wrong

    def _blamed(self, column: str) -> list[int]:
        if column not in self._places:
            self._places[column] = places_of(column, self._home.columns) or [self._place_of_key]
        return self._places[column]

    def finish(self) -> None:
        """Sets the widths, and gives the columns whose values are known a list of them."""
        self.page.arrange((*(max(8, min(width, 48)) for width in self._widths), *_OUR_WIDTHS))
        offered: set[int] = set()
        for choice in self._home.choices:
            for name in choice.columns:
                for place in places_of(name, self._home.columns):
                    if choice.values and place not in offered:
                        offered.add(place)
                        self.page.offer(place, (1, self.page.rows - 1), choice.values, only=choice.only)


def _words(problem: Problem) -> str:
    return f"{problem.message}\nWay out: {problem.hint}" if problem.hint else problem.message


class ListSheet:
    """The problems of records that are no rows."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.add(LIST_COLUMNS, [Look.HEADER] * len(LIST_COLUMNS))

    def add(self, row: Faulty) -> None:
        lines = [
            (problem.column, problem.value, f"{problem.code}: {problem.message}", problem.hint)
            for problem in row.problems
        ]
        if row.refused:
            lines.insert(0, ("", "", row.refused, ""))
        for line in lines:
            cells = (row.key, row.place, *line)
            self.page.add([cut(cell) for cell in cells])

    def finish(self) -> None:
        self.page.arrange(_LIST_WIDTHS)


def places_of(column: str, columns: tuple[str, ...]) -> list[int]:
    """The cells that a problem's column means; a name that repeats means all of its cells."""
    exact = [place for place, name in enumerate(columns) if name == column]
    if exact or not column:
        return exact
    folded = column.strip().casefold()
    if alike := [place for place, name in enumerate(columns) if name.strip().casefold() == folded]:
        return alike
    name, _, position = column.rpartition(".")  # one cell of a column that repeats: `Note.1`
    several = [place for place, each in enumerate(columns) if each == name]
    return several[int(position) :][:1] if position.isascii() and position.isdigit() else []
