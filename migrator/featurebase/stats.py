"""What went over the line, in numbers, for reports."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from migrator.featurebase.retry import Allowance
from migrator.model import UNANSWERED


@dataclass(frozen=True, slots=True)
class KeySeen:
    """What the last answer to one key said."""

    accepted: bool | None = None
    """None before the first answer."""
    allowance: Allowance = field(default_factory=Allowance)


@dataclass(frozen=True, slots=True)
class Stats:
    """What went over the line so far."""

    requests: int = 0
    """Everything that left, refused or not."""
    refused_429: int = 0
    retried: int = 0
    """Requests sent again because the first one certainly had not been carried out."""
    by_minute: dict[int, dict[int, int]] = field(default_factory=dict)
    """For every minute with requests, by its beginning in seconds since 1970: how often each HTTP status was
    answered; `UNANSWERED` counts those that got no answer."""

    @property
    def by_status(self) -> dict[int, int]:
        """How often each HTTP status was answered."""
        counts: Counter[int] = Counter()
        for answers in self.by_minute.values():
            counts.update(answers)
        del counts[UNANSWERED]
        return dict(counts)

    def figures(self) -> dict[str, int]:
        """The totals by name, for keeping."""
        return {"requests": self.requests, "refused_429": self.refused_429, "retried": self.retried}
