"""What Featurebase answers, kept in the ledger while a run goes on: a killed run has a history, too.

Reading it back is `history.py`'s business.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from migrator.errors import LedgerError, MigratorError
from migrator.featurebase import Client
from migrator.ledger import Ledger
from migrator.model import Progress

EVERY_S = 60.0
"""How much of its history a killed run may lose, in seconds."""


class Noting:
    """A `Progress` that passes everything on, and takes the opportunity to note what was answered."""

    def __init__(
        self, ledger: Ledger, client: Client, progress: Progress, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._ledger = ledger
        self._client = client
        self._progress = progress
        self._now = now
        self._noted_at = now()
        self._open_minute_s = 0

    def start(self, what: str, total: int | None, unit: str) -> None:
        self._progress.start(what, total, unit)

    def advance(self, amount: int = 1) -> None:
        self._progress.advance(amount)
        if self._now() - self._noted_at >= EVERY_S:
            self._note()

    def note(self, **counts: int) -> None:
        self._progress.note(**counts)

    def done(self) -> None:
        self._progress.done()

    def end_run(self, run: int, error: MigratorError | None) -> MigratorError | None:
        """Notes the rest, and that the run has ended; returns what ended it.

        A full disk does no harm: what was sent is known, or in doubt when the ledger opens again.
        """
        try:
            self._note()
            self._ledger.end_run(
                run, exit_code=error.exit_code if error else 0, **self._client.stats.figures()
            )
        except LedgerError as full:
            return error or full
        return error

    def _note(self) -> None:
        """Hands over the minutes that may have changed since the last time."""
        self._noted_at = self._now()
        by_minute = self._client.stats.by_minute
        fresh = {began_s: answers for began_s, answers in by_minute.items() if began_s >= self._open_minute_s}
        self._ledger.note_answers(fresh)
        self._open_minute_s = max(by_minute, default=0)
