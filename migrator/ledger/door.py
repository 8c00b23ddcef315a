"""What every part of a ledger's doorway stands on: how to read, how to write, what time it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from migrator.ledger.reader import Reader
from migrator.ledger.writer import Writer


class Door:
    """An open ledger without anything to ask of it yet."""

    def __init__(
        self, path: Path, reader: Reader, *, writer: Writer | None, now: Callable[[], float]
    ) -> None:
        self.path = path
        self._reader = reader
        self._writer = writer
        self._now = now
        self._run = 0

    @property
    def _writing(self) -> Writer:
        if self._writer is None:
            raise ValueError("this ledger was opened for looking only")
        return self._writer
