"""Progress for people: a bar on a terminal, a line now and then in a file."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

from migrator.cli.options import is_terminal

LINE_EVERY_S = 15.0
"""Between two lines where there is no terminal."""


class Bars:
    """A `model.Progress` on stderr. Safe to call from several threads under the caller's lock."""

    def __init__(self, stream: TextIO | None = None, *, now: Callable[[], float] = time.monotonic) -> None:
        """
        Args:
            stream: Where to; stderr where nothing is said.
        """
        self._stream = stream or sys.stderr
        self._now = now
        self._terminal = is_terminal(self._stream)
        self._bar: Any = None
        self._notes: dict[str, int] = {}
        self._last_line_s = 0.0
        self._told = False

    def start(self, what: str, total: int | None, unit: str) -> None:
        from tqdm import tqdm

        self.done()
        self._notes = {}
        self._last_line_s = self._now()
        self._told = False
        self._bar = tqdm(
            desc=what,
            total=total,
            unit=unit if unit == "B" else f" {unit}",
            unit_scale=unit == "B",
            file=self._stream if self._terminal else _Nowhere(),
            dynamic_ncols=True,
            leave=False,
            mininterval=0.2,
            smoothing=0.05,
        )

    def advance(self, amount: int = 1) -> None:
        if self._bar is not None:
            self._bar.update(amount)
            self._line()

    def note(self, **counts: int) -> None:
        """Shows only what is not zero: a bar without worries is a short bar."""
        if counts != self._notes and self._bar is not None:
            self._notes = dict(counts)
            words = [f"{name.replace('_', ' ')} {count:,}" for name, count in counts.items() if count]
            self._bar.set_postfix_str(", ".join(words), refresh=False)

    def done(self) -> None:
        if self._bar is not None:
            if self._told and self._now() > self._last_line_s:  # what was told of is told to its end
                self._print()
            self._bar.close()
            self._bar = None

    def _line(self) -> None:
        now = self._now()
        if not self._terminal and now - self._last_line_s >= LINE_EVERY_S:
            self._last_line_s = now
            self._print()

    def _print(self) -> None:
        self._told = True
        print(str(self._bar), file=self._stream, flush=True)


class _Nowhere:
    """A file for a bar that is only asked for its text."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None: ...
