"""Work for many hands: things are taken in their order, one a worker at a time, until the end or a stop.

Stopping is draining: nothing new is taken, and what was taken is brought to its end. What is done with a
thing is its giver's business.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Generic, TypeVar

from migrator.runner.control import Control

T = TypeVar("T")
Do = Callable[[T, Callable[[], None]], None]
"""Works on one thing. It is handed a way to say that the next one may be taken, which matters only where
they are taken in turn; having come to its end says so as well."""

_PATIENCE_WITH_QUEUE_S = 0.2


class Crew(Generic[T]):
    """The workers of one piece of work and what they share."""

    def __init__(self, do: Do[T], workers: int, control: Control, *, in_turn: bool = False) -> None:
        """
        Args:
            in_turn: Take nothing before it is said of the one before that the next may be taken.
        """
        self._do = do
        self._workers = workers
        self._control = control
        self._turn: AbstractContextManager[object] = threading.Lock() if in_turn else nullcontext()
        # Short, so that little is queued when a stop comes; never empty while there is work.
        self._queue: queue.Queue[T | None] = queue.Queue(maxsize=2 * workers)
        self._guard = threading.Lock()
        self._error: BaseException | None = None
        self._broken_off = False

    def through(self, things: Iterable[T]) -> None:
        """Works on all of them. Returns at their end, or drained after a stop.

        Raises:
            BaseException: The first that came out of a worker; the control has been stopped for it.
        """
        threads = [
            threading.Thread(target=self._work, name=f"worker-{number}", daemon=True)
            for number in range(self._workers)
        ]
        for thread in threads:
            thread.start()
        try:
            self._hand_out(things)
        finally:
            for _ in threads:
                self._queue.put(None)
            for thread in threads:
                thread.join()
        if self._error is not None:
            raise self._error

    def break_off(self) -> None:
        """Takes nothing more, as at a stop, but only this time."""
        self._broken_off = True

    @property
    def _over(self) -> bool:
        return self._broken_off or self._control.stopping

    def _hand_out(self, things: Iterable[T]) -> None:
        for thing in things:
            while not self._over:
                try:
                    self._queue.put(thing, timeout=_PATIENCE_WITH_QUEUE_S)
                    break
                except queue.Full:
                    continue
            if self._over:
                return

    def _work(self) -> None:
        while True:
            with ExitStack() as turn:  # taken before the thing, so that things are begun in their order
                turn.enter_context(self._turn)
                thing = self._queue.get()
                if thing is None:
                    return
                if self._over:
                    continue  # drain the queue: it was never begun
                try:
                    self._do(thing, turn.close)
                except BaseException as error:  # noqa: BLE001 - handed to the main thread, which raises it
                    self._stop_for(error)

    def _stop_for(self, error: BaseException) -> None:
        with self._guard:
            if self._error is None:
                self._error = error
        self._control.stop()
