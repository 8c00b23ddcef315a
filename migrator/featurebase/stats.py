"""What went over the line, in numbers, for reports."""

from __future__ import annotations

from dataclasses import dataclass, field

from migrator.featurebase.retry import Allowance


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
    by_status: dict[int, int] = field(default_factory=dict)
    """How often each HTTP status was answered."""

    def figures(self) -> dict[str, int]:
        """The same as plain numbers by name, for keeping: `requests`, `answered_201` ..."""
        answered = {f"answered_{status}": count for status, count in sorted(self.by_status.items())}
        counted = {"requests": self.requests, "refused_429": self.refused_429, "retried": self.retried}
        return counted | answered
