"""How a migration went over time, read from its ledger: its runs, and what was sent minute by minute."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from migrator.ledger import Ledger, Minute, Run

_ANSWERED = "answered_"


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
    refused_429: int
    retried: int
    answers: dict[str, int]
    """How often each HTTP status was answered: `{"201": 1200}`. Empty where it was killed."""


@dataclass(frozen=True, slots=True)
class History:
    """Every run of a ledger, the first one first."""

    runs: tuple[PastRun, ...] = ()
    minutes: tuple[Minute, ...] = ()
    """Those in which something was sent."""
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
    runs = tuple(map(_past, ledger.runs()))
    answers: Counter[str] = Counter()
    for run in runs:
        answers.update(run.answers)
    return History(runs, tuple(ledger.minutes()), dict(sorted(answers.items())))


def _past(run: Run) -> PastRun:
    figures = run.figures
    return PastRun(
        number=run.run,
        started_s=run.started_at_s,
        ended_s=run.ended_at_s,
        exit_code=run.exit_code,
        requests=figures.get("requests", 0),
        refused_429=figures.get("refused_429", 0),
        retried=figures.get("retried", 0),
        answers={
            name.removeprefix(_ANSWERED): count
            for name, count in figures.items()
            if name.startswith(_ANSWERED)
        },
    )
