"""How a run is asked to stop, and how long it may be made to wait.

Stopping is draining: `stop` means that nothing new is handed out and what is in flight is settled;
`cancel` gives up on what is in flight as well. Signals are the business of `cli`; this is what they call.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from migrator.model import Progress


class Control:
    """Shared by everybody who works on one run. Listeners take locks: never call it in a signal handler."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._cancelled = False
        self._listeners: list[Callable[[], None]] = []
        self._on_cancel: list[Callable[[], None]] = []

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    @property
    def cancelled(self) -> bool:
        return self._cancelled

    def when_stopped(self, listener: Callable[[], None]) -> None:
        """Calls `listener` once a stop is asked for; at once if that was already so."""
        self._listeners.append(listener)
        if self.stopping:
            listener()

    def when_cancelled(self, listener: Callable[[], None]) -> None:
        self._on_cancel.append(listener)
        if self._cancelled:
            listener()

    def stop(self) -> None:
        """Nothing new is handed out from now on. Asking twice is asking once."""
        if not self._stopping.is_set():
            self._stopping.set()
            for listener in self._listeners:
                listener()

    def cancel(self) -> None:
        """Stops, and lets go of requests in flight: they will be in doubt."""
        self.stop()
        if not self._cancelled:
            self._cancelled = True
            for listener in self._on_cancel:
                listener()

    def interrupt(self) -> None:
        """What Ctrl-C means: the first time stop, the second time cancel."""
        if self.stopping:
            self.cancel()
        else:
            self.stop()

    def wait(self, seconds: float) -> bool:
        """Waits, but not past a stop. Returns whether to go on."""
        return not self._stopping.wait(max(0.0, seconds))


@dataclass(frozen=True, slots=True)
class Telling:
    """The two ends of the line to whoever started a run: what to tell them, and what they ask for."""

    progress: Progress
    control: Control
