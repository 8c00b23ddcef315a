"""What every connection of one sandbox shares: the app, its rules, and what has been counted."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from migrator.sandbox.app import App
from migrator.sandbox.attachments import Attachments
from migrator.sandbox.faults import Dice
from migrator.sandbox.limits import Windows
from migrator.sandbox.options import SandboxOptions
from migrator.sandbox.page import Page


@dataclass(slots=True)
class Desk:
    """One sandbox, as its connections see it."""

    app: App
    page: Page
    attachments: Attachments
    options: SandboxOptions
    keys: frozenset[str]
    windows: Windows
    dice: Dice
    counts: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    """Requests by method, path template and status; 0 where no answer was given."""
    last_request_s: float = field(default_factory=time.monotonic)
    timers: set[threading.Timer] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, endpoint: str, status: int) -> None:
        method, _, template = endpoint.partition(" ")
        with self.lock:
            self.counts[method, template, status] += 1

    def later(self, delay_s: float, action: Callable[[], object]) -> None:
        """Does something after a while, unless the sandbox stops before."""

        def due() -> None:
            action()
            with self.lock:
                self.timers.discard(timer)

        timer = threading.Timer(delay_s, due)
        timer.daemon = True
        with self.lock:
            self.timers.add(timer)
        timer.start()

    def cancel_timers(self) -> None:
        with self.lock:
            timers = list(self.timers)
        for timer in timers:
            timer.cancel()
            timer.join()
