"""How a migration went over time, read from its ledger: its runs, and what was sent minute by minute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from migrator.ledger import Ledger, Minute, Run
from migrator.model import UNANSWERED

_ANSWERED = "answered_"
"""Begins the figures in which runs of an earlier version kept their answers."""


@dataclass(frozen=True, slots=True)
class PastRun:
    """One invocation that sent."""

    number: int
    started_s: float
    """Seconds since 1970."""
    ended_s: float | None
    """None where it is still going on, or was killed."""
    exit_code: int | None
    requests: int
    """Of a run that has not ended, those that it has noted so far: all but what went in its last minute."""
    refused_429: int
    retried: int
    """0 for a run that has not ended."""
    answers: dict[str, int]
    """How often each HTTP status was answered: `{"201": 1200}`."""


@dataclass(frozen=True, slots=True)
class History:
    """Every run of a ledger, the first one first."""

    runs: tuple[PastRun, ...] = ()
    minutes: tuple[Minute, ...] = ()
    """Those in which something was sent or answered."""
    answers: dict[str, int] = field(default_factory=dict)
    """Of all runs together, by HTTP status."""

    @property
    def seconds(self) -> float:
        """How long the runs that ended took, together."""
        return sum(run.ended_s - run.started_s for run in self.runs if run.ended_s is not None)

    @property
    def requests(self) -> int:
        return sum(run.requests for run in self.runs)

    @property
    def refused_429(self) -> int:
        return sum(run.refused_429 for run in self.runs)

    @property
    def retried(self) -> int:
        return sum(run.retried for run in self.runs)


def read_history(ledger: Ledger) -> History:
    """Everything that a ledger knows about its past. Works beside a running migration."""
    noted = ledger.answers()
    runs = tuple(_past(run, noted.get(run.run, {})) for run in ledger.runs())
    answers: Counter[str] = Counter()
    for run in runs:
        answers.update(run.answers)
    return History(runs, tuple(ledger.minutes()), dict(sorted(answers.items())))


def _past(run: Run, noted: Mapping[int, int]) -> PastRun:
    figures = run.figures or {"requests": sum(noted.values()), "refused_429": noted.get(429, 0)}
    answers = {str(status): count for status, count in noted.items() if status != UNANSWERED}
    return PastRun(
        number=run.run,
        started_s=run.started_at_s,
        ended_s=run.ended_at_s,
        exit_code=run.exit_code,
        requests=figures.get("requests", 0),
        refused_429=figures.get("refused_429", 0),
        retried=figures.get("retried", 0),
        answers=answers
        or {
            name.removeprefix(_ANSWERED): count
            for name, count in figures.items()
            if name.startswith(_ANSWERED)
        },
    )
