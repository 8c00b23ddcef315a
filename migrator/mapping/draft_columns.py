"""What a draft of a mapping is made from and of: columns with all that is known of them, and a text."""

from __future__ import annotations

from dataclasses import dataclass

from migrator.mapping.readings import Times
from migrator.mapping.suggest import ColumnFacts, Suggestion
from migrator.mapping.yaml_lines import Plain

PEOPLE_TABLE = "people.csv"
"""The name of the table of people, beside the mapping."""
PEOPLE_HEADER = ("agent in the export", "admin in Featurebase")


@dataclass(frozen=True, slots=True)
class DraftColumn:
    """All that is known of a column, for a draft."""

    facts: ColumnFacts
    counts: tuple[tuple[str, int], ...]
    """Every value with its count; empty where there are too many."""
    times: Times | None
    suggestion: Suggestion | None

    @property
    def name(self) -> str:
        return self.facts.name

    @property
    def base(self) -> str:
        """The name of a repeated column, or of a list of texts, as a rule takes it."""
        return self.facts.name.removesuffix("[]") if self.facts.in_list else self.facts.name

    @property
    def because(self) -> str:
        """What speaks for what it is used for, and how full it is."""
        facts = self.facts
        share = round(100 * facts.filled / facts.records) if facts.records else 0
        reason = f"{self.suggestion.reason}; " if self.suggestion else ""
        return f"{reason}{share} % filled"

    def time_rule(self, path: str) -> dict[str, Plain] | None:
        """The rule that reads its times; None where a person must say how they are written.

        Args:
            path: What the rule takes its value from.
        """
        times = self.times
        if times is None or times.is_ambiguous or (times.is_epoch and len(times.forms) > 1):
            return None
        rule: dict[str, Plain] = {"from": path, "as": "datetime"}
        return rule | ({"format": str(next(iter(times.forms)))} if times.is_epoch else {})


@dataclass(frozen=True, slots=True)
class DraftedMapping:
    """A mapping file, and the table of people that it names."""

    text: str
    people: tuple[tuple[str, str], ...] = ()
    """Each agent of the export with the admin they are, "" where a person must say; empty where the mapping
    names no table."""


def why_undecided(times: Times) -> str:
    """What a person must do before the times of a column can be read."""
    if times.contradiction:
        return (
            "this column holds dates with the day first and others with the month first: correct them in "
            "the export"
        )
    if times.is_ambiguous:
        return (
            f"nothing tells whether the day or the month comes first in {times.undecided!r}: write the "
            "format that is right (%d day, %m month)"
        )
    return "these times are written in several ways: name a column whose times are written in one"


def is_twofold(name: str, names: set[str]) -> bool:
    """Whether a column's name could mean a part of another column as well: `a.0` beside `a`."""
    column, dot, place = name.rpartition(".")
    return bool(dot) and place.isdecimal() and not names.isdisjoint((column, f"{column}[]"))


def fits_table(agent: str) -> bool:
    """Whether an agent can stand in a table that a spreadsheet opens and saves without harm."""
    plain = agent.strip()
    is_text = bool(plain) and plain.isprintable() and plain != PEOPLE_HEADER[0]
    return is_text and plain[0] not in "=+-@|%'\"" and not {*";|"} & {*plain}
