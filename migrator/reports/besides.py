"""What a migration makes besides tickets: contacts, companies, and references brought up to date.

Terminal and page count the same, because both ask here.
"""

from __future__ import annotations

from dataclasses import dataclass

from migrator.runner.standing import Parties, Standing


@dataclass(frozen=True, slots=True)
class Line:
    """One count."""

    name: str
    """By which a page knows it: `contacts-made`."""
    label: str
    count: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Besides:
    """What is counted of one kind of thing; lines that count nothing are left out."""

    title: str
    lines: tuple[Line, ...]


def besides(standing: Standing) -> tuple[Besides, ...]:
    """Every kind of which there is something to count."""
    seen = standing.references
    kinds = (
        Besides("Contacts", _parties("contacts", standing.contacts)),
        Besides("Companies", _parties("companies", standing.companies)),
        Besides(
            "References to other tickets",
            _counted(
                Line("references-tickets", "tickets rewritten", seen.tickets),
                Line(
                    "references-left",
                    "left as they are",
                    seen.left,
                    "people have changed their text, or Featurebase refused",
                ),
                Line(
                    "references-in-messages",
                    "in messages",
                    seen.in_messages,
                    "references there cannot be changed",
                ),
            ),
        ),
    )
    return tuple(kind for kind in kinds if kind.lines)


def _parties(name: str, parties: Parties) -> tuple[Line, ...]:
    return _counted(
        Line(f"{name}-made", "made", parties.made),
        Line(f"{name}-there", "already there", parties.there),
        Line(
            f"{name}-refused",
            "refused",
            parties.refused,
            "their tickets go without; the reasons are below",
        ),
        Line(f"{name}-waiting", "still to be made", parties.waiting),
    )


def _counted(*lines: Line) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.count)
