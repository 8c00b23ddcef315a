"""Where the tickets' statuses, categories and assignees go: from the source's word to the workspace's name.

Looks names up exactly as `featurebase.wire` does, once for each, and counts. Nothing is decided here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from migrator.featurebase import Directory
from migrator.featurebase.findings import Findings
from migrator.featurebase.lookup import look_up
from migrator.mapping import as_written
from migrator.mapping.rules import Row, Rule
from migrator.model import SHOWN_CHARACTERS, Named, Origin, SourceRef, shown

MOST_FLOWS = 5_000
"""Pairs that are counted one by one; more are counted together."""
OTHERS = "(others)"

_KEPT = SHOWN_CHARACTERS + 1
"""Characters of a source value that tell it from others: one more than is shown."""
_NO_ROW = SourceRef("", 0)
_NO_ORIGIN = Origin("")


class Match(StrEnum):
    """How a name came by its entry of the workspace."""

    MATCHED = "matched"
    FALLBACK = "fallback"
    """The workspace does not know the name; the mapping says who or what is taken instead."""
    UNMATCHED = "unmatched"
    """The workspace does not know the name; it is left out, or its rows are held back."""
    UNDECIDED = "undecided"
    """The mapping does not say what the value becomes; its rows are held back."""
    NONE = "none"
    """The source says nothing, or the mapping does not want it."""
    UNCHECKED = "unchecked"
    """No workspace was asked (`--offline`)."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Tickets that have the same source value and the same target."""

    source: str
    """As the source writes it, through `shown`; "" where it says nothing."""
    target: str
    """The workspace's name; "" where the ticket gets none."""
    match: Match
    count: int


Ends = dict[tuple[str, str, Match], int]
"""How many tickets have the same source value, target and match."""


class Flows:
    """Counts the flows of one property of tickets."""

    def __init__(self, what: str, list_name: str, rule: Rule | None, directory: Directory) -> None:
        """
        Args:
            what: `status`; `status-unknown` is the code of its problems.
            list_name: The list of the workspace that has the names: `statuses`.
        """
        self._what = what
        self._list_name = list_name
        self.at = rule.origin.at if rule is not None else ""
        """The mapping line that says where the value comes from."""
        self._written = as_written(rule) if rule is not None else None
        self._directory = directory
        self._noted: dict[tuple[str, str, str | None], int] = {}
        """Tickets whose ends are not looked up yet: by source value, name and fallback."""
        self._ends: dict[tuple[str, str | None], tuple[str, Match]] = {}
        self._counts: Counter[tuple[str, str, Match]] = Counter()

    def take(self, row: Row, named: Named | None) -> None:
        """One ticket that is ready, and what its draft says."""
        source = self._source(row) if self._written else ""
        ends = (source, named.value, named.fallback) if named else (source, "", None)
        self._noted[ends] = self._noted.get(ends, 0) + 1
        if len(self._noted) >= MOST_FLOWS:
            self._settle()

    def refuse(self, value: str, match: Match) -> None:
        """One row that is held back because of `value`."""
        self._settle()
        self._count((value, "", match))

    def counted(self) -> Ends:
        """What was counted so far, to be added to by another process."""
        self._settle()
        return dict(self._counts)

    def add(self, counted: Ends) -> None:
        """Takes in what was counted of the rows that follow."""
        self._settle()
        for ends, count in counted.items():
            self._count(ends, count)

    def finish(self) -> tuple[Flow, ...]:
        """The most frequent first."""
        self._settle()
        return tuple(
            Flow(shown(source), target, match, count)
            for (source, target, match), count in self._counts.most_common()
        )

    def _source(self, row: Row) -> str:
        written = self._written
        assert written is not None
        return written.once(
            lambda found: (written.text_of(found, row) or "").strip()[:_KEPT], row.record.values, row
        )

    def _settle(self) -> None:
        """Counts what was noted, in the order in which it was met first."""
        for (source, name, fallback), count in self._noted.items():
            self._count((source, *self._end(name, fallback)), count)
        self._noted.clear()

    def _count(self, ends: tuple[str, str, Match], count: int = 1) -> None:
        known = ends in self._counts or len(self._counts) < MOST_FLOWS
        self._counts[ends if known else (OTHERS, OTHERS, ends[2])] += count

    def _end(self, name: str, fallback: str | None) -> tuple[str, Match]:
        if not name.strip():
            return "", Match.NONE
        asked = (name, fallback)
        if asked not in self._ends:
            if len(self._ends) >= MOST_FLOWS:
                self._ends.clear()
            self._ends[asked] = self._looked_up(Named(name, _NO_ORIGIN, fallback=fallback))
        return self._ends[asked]

    def _looked_up(self, named: Named) -> tuple[str, Match]:
        if self._list_name not in self._directory.loaded:
            return shown(named.value), Match.UNCHECKED
        findings = Findings(_NO_ROW)
        found = look_up(named, self._directory.index(self._list_name), self._what, findings)
        if found is None:
            return "", Match.UNMATCHED
        return shown(found.title), Match.FALLBACK if findings.warnings else Match.MATCHED
