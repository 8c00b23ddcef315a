"""Telling people how far something is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


class Progress(Protocol):
    """Somebody who wants to know how far a long piece of work is. One piece at a time."""

    def start(self, what: str, total: int | None, unit: str) -> None:
        """A piece begins: `reading` of `total` units (`B` for bytes), or of an unknown number."""

    def advance(self, amount: int = 1) -> None: ...

    def note(self, **counts: int) -> None:
        """What to show beside the bar: `note(failed=2, in_doubt=1)`."""

    def done(self) -> None: ...


@dataclass(slots=True)
class Silent:
    """A `Progress` that tells nobody; it remembers what was noted, for tests."""

    noted: dict[str, int] = field(default_factory=dict)

    def start(self, what: str, total: int | None, unit: str) -> None: ...

    def advance(self, amount: int = 1) -> None: ...

    def note(self, **counts: int) -> None:
        self.noted.update(counts)

    def done(self) -> None: ...
