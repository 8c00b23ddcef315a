"""What went over the line, in numbers, for reports."""

from __future__ import annotations

from dataclasses import dataclass, field


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
