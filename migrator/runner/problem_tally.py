"""What is wrong with the rows of an export, counted by kind.

Examples are capped, and values that could be many are counted up to a bound, the rest together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sized
from dataclasses import dataclass
from typing import TypeVar

from migrator.model import Problem, Severity
from migrator.runner.plan import ProblemGroup, Unmapped

EXAMPLES = 20
"""Rows named for each kind of problem; the count is always complete."""
NAMES = 5_000
"""Different values counted one by one in each breakdown; more are counted together as OTHERS."""
OTHERS = "(others)"
UNCHECKED = "-unchecked"
"""How the codes of problems end that only say that there was no workspace to ask."""

_Name = TypeVar("_Name")


def faults_of(problems: tuple[Problem, ...]) -> list[Problem]:
    """Those that say that something is wrong: that a name was not looked up (`--offline`) is not."""
    return [problem for problem in problems if not problem.code.endswith(UNCHECKED)]


def count_name(counter: Counter[_Name], name: _Name, others: _Name, count: int = 1) -> None:
    """Counts `name` by itself while there are not too many, else among the `others`."""
    counter[name if name in counter or len(counter) < NAMES else others] += count


class ProblemTally:
    """Counts the problems of one row after the other."""

    def __init__(self) -> None:
        self.rows_with_warnings = 0
        self.clock_changes: Counter[str] = Counter()
        """Times that a clock showed twice or never, by the mapping line of their rule."""
        self._groups: dict[str, _Group] = {}
        self._unmapped: Counter[tuple[str, str, str]] = Counter()
        self._unchecked: Counter[str] = Counter()

    def note(self, found: tuple[Problem, ...]) -> bool:
        """Takes in all problems of one row; returns whether there is a warning among them."""
        if not found:
            return False
        problems = faults_of(found)
        for problem in found:
            if problem.code.endswith(UNCHECKED):
                what = f"{problem.code.removesuffix(UNCHECKED)} {problem.value}"
                count_name(self._unchecked, what, OTHERS)
        warned = False
        for code in {problem.code for problem in problems}:
            self._groups.setdefault(code, _Group()).rows += 1
        for problem in problems:
            self._groups[problem.code].add(problem)
            warned = warned or not problem.blocks
            if problem.code == "value-unmapped":
                place = (problem.at, problem.column, problem.value)
                count_name(self._unmapped, place, (problem.at, "", OTHERS))
            elif problem.code in ("time-ambiguous", "time-nonexistent"):
                self.clock_changes[problem.at] += 1
        self.rows_with_warnings += warned
        return warned

    def counted(self) -> ProblemsCounted:
        """What was noted so far, in a form that can travel to another process."""
        return ProblemsCounted(
            self.rows_with_warnings, self.clock_changes, self._groups, self._unmapped, self._unchecked
        )

    def add_counted(self, counted: ProblemsCounted) -> None:
        """Takes in what another tally has noted of the rows that follow."""
        self.rows_with_warnings += counted.rows_with_warnings
        self.clock_changes.update(counted.clock_changes)
        for code, group in counted.groups.items():
            self._groups.setdefault(code, _Group()).join(group)
        for place, count in counted.unmapped.items():
            count_name(self._unmapped, place, (place[0], "", OTHERS), count)
        for what, count in counted.unchecked.items():
            count_name(self._unchecked, what, OTHERS, count)

    def groups(self) -> tuple[ProblemGroup, ...]:
        """Every kind of problem: errors first, the most frequent first."""
        groups = [group.finish(code) for code, group in self._groups.items()]
        groups.sort(key=lambda each: (each.severity is not Severity.ERROR, -each.count, each.code))
        return tuple(groups)

    def unmapped(self) -> tuple[Unmapped, ...]:
        """The values of which the mapping does not say what they become, the most frequent first."""
        return tuple(Unmapped(*what, count) for what, count in self._unmapped.most_common())

    def unchecked(self) -> tuple[str, ...]:
        """The names that no workspace was asked for."""
        return tuple(sorted(self._unchecked))


class _Group:
    """A `ProblemGroup` in the making."""

    __slots__ = ("count", "examples", "rows", "severity")

    def __init__(self) -> None:
        self.count = self.rows = 0
        self.severity = Severity.WARNING
        self.examples: list[Problem] = []

    def add(self, problem: Problem) -> None:
        self.count += 1
        if problem.blocks:
            self.severity = Severity.ERROR
        if len(self.examples) < EXAMPLES:
            self.examples.append(problem)

    def join(self, later: _Group) -> None:
        self.count += later.count
        self.rows += later.rows
        if later.severity is Severity.ERROR:
            self.severity = Severity.ERROR
        self.examples += later.examples[: EXAMPLES - len(self.examples)]

    def finish(self, code: str) -> ProblemGroup:
        return ProblemGroup(code, self.severity, self.count, self.rows, tuple(self.examples))


@dataclass(frozen=True, slots=True)
class ProblemsCounted:
    """What a tally has noted of some neighbouring rows. Made and understood by `ProblemTally` alone."""

    rows_with_warnings: int
    clock_changes: Counter[str]
    groups: dict[str, _Group]
    unmapped: Counter[tuple[str, str, str]]
    unchecked: Counter[str]

    @property
    def names(self) -> tuple[Sized, ...]:
        """What is counted by names that may be many."""
        return self.unmapped, self.unchecked
