"""One request, one answer, however long it takes: pace, failed connections, 429s, dead keys, patience.

What an answer means for a ticket is decided in `answers.py`; what is asked, in `client.py`.
"""

from __future__ import annotations

import logging
import random
import threading
from collections import Counter, defaultdict

from migrator.errors import FeaturebaseError, KeyMissing, Unreachable
from migrator.featurebase.answers import Answer
from migrator.featurebase.clock import Clock
from migrator.featurebase.connection import Connection
from migrator.featurebase.gate import Gate
from migrator.featurebase.limited import Limited
from migrator.featurebase.multipart import Form
from migrator.featurebase.pace import Pacer
from migrator.featurebase.retry import Allowance, date_s, retry_delay_s
from migrator.featurebase.stats import KeySeen, Stats
from migrator.featurebase.transport import Failure, Transport
from migrator.model import UNANSWERED

_log = logging.getLogger(__name__)

FIRST_PATIENCE_S = 20.0
"""Before anything has ever answered, a wrong address is likelier than a storm: nobody waits long for that."""
KEY_REFUSED = frozenset({401, 402, 403})
TROUBLE_LEAST = 3
"""Failures in a row, over all threads, after which the service is given room."""


class Line:
    """Thread-safe. Stops for good on the first error that ends a run."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        if not connection.keys:
            raise KeyMissing(
                "there is no API key",
                hint="set FEATUREBASE_API_KEY to a key from Featurebase, Settings, API (it starts with sk_)",
            )
        self._connection = connection
        self._clock = clock
        self._transport = Transport(connection)
        pacer = Pacer(len(connection.keys), connection.rate, connection.workspace_per_minute)
        self._gate = Gate(pacer, clock)
        self._lock = threading.Lock()
        self._fatal: FeaturebaseError | None = None
        self._answered = False
        self._failing_since: float | None = None
        self._last_failure = ""
        self._in_a_row = 0
        self._trouble = 0
        self._room_until = 0.0
        self._offset_s = 0.0
        self._requests = self._refused = self._retried = 0
        self._by_minute: defaultdict[int, Counter[int]] = defaultdict(Counter)
        self._keys_seen = [KeySeen()] * len(connection.keys)
        self._limited: Limited | None = None

    @property
    def server_offset_s(self) -> float:
        """The server's clock minus ours, within a second."""
        return self._offset_s

    @property
    def fatal(self) -> FeaturebaseError | None:
        """Why the line is dead, where it is."""
        return self._fatal

    @property
    def per_minute(self) -> float:
        """The pace at this moment, in requests a minute."""
        return self._gate.per_minute

    @property
    def keys_left(self) -> int:
        """How many keys have not been refused."""
        return self._gate.keys_left

    @property
    def stats(self) -> Stats:
        with self._lock:
            by_minute = {began_s: dict(answers) for began_s, answers in self._by_minute.items()}
            return Stats(self._requests, self._refused, self._retried, by_minute)

    @property
    def keys_seen(self) -> tuple[KeySeen, ...]:
        with self._lock:
            return tuple(self._keys_seen)

    @property
    def limited(self) -> Limited | None:
        """What the last 429 looked like; None where none was met."""
        return self._limited

    def ask(
        self, method: str, path: str, body: bytes | Form | None = None, *, key: int | None = None
    ) -> Answer | Failure | None:
        """Send a request until something came of it; None when the line was stopped before it could leave.

        429 and connections that were never made are waited out here, because nothing was done; a failure
        is returned only where the request may have arrived.

        Args:
            key: Use this key (from 0) and no other; its refusal is returned.

        Raises:
            Unreachable: nothing has succeeded for `patience_s`.
        """
        attempt = 0
        while True:
            self._check_patience()
            slot = self._gate.enter(key)
            if slot is None:
                return None
            started = self._clock.monotonic()
            result = self._transport.exchange(slot.key, method, path, body)
            became = result.status if isinstance(result, Answer) else result.reason
            _log.debug("%s %s: %s, %.0f ms", method, path, became, 1000 * (self._clock.monotonic() - started))
            self._count(result, again=attempt > 0)
            self._feel(result)
            jitter = random.random()  # noqa: S311 - spreads out retries, guards nothing
            if isinstance(result, Answer):
                refused = result.status == 429
                allowance = self._allowance(result)
                self._gate.told(slot, allowance, refused=refused, jitter=jitter)
                with self._lock:
                    if refused:
                        self._limited = Limited.of(method, path, result)
                    self._keys_seen[slot.key] = KeySeen(result.status not in KEY_REFUSED, allowance)
                dropped = result.status in (401, 403) and self._gate.drop(slot.key) > 0
                if not refused and not (dropped and key is None):
                    return result
            elif result.sent:
                return result
            else:
                self.wait(retry_delay_s(attempt + 1, jitter))
            attempt += 1

    def wait(self, seconds: float) -> None:
        """Wait, unless the line is stopped."""
        self._clock.wait(self._gate.stopped, seconds)

    def halt(self, error: FeaturebaseError) -> FeaturebaseError:
        """Let nothing leave any more because of `error`; the first one is remembered, and returned."""
        with self._lock:
            self._fatal = self._fatal or error
        self.stop()
        return self._fatal

    def stop(self) -> None:
        """Let nothing leave any more; what is in flight comes back."""
        self._gate.stop()

    def cancel(self) -> None:
        """Stop, and cut what is in flight."""
        self._gate.stop()
        self._transport.cancel()

    def close(self) -> None:
        self._gate.stop()
        self._transport.close()

    def _allowance(self, answer: Answer) -> Allowance:
        now = self._clock.now()
        server_now = date_s(answer.headers)
        if server_now is not None:
            # The header counts whole seconds; the middle of that second is the fairest guess.
            self._offset_s = server_now + 0.5 - now
        return Allowance.read(answer.headers, now + self._offset_s)

    def _count(self, result: Answer | Failure, *, again: bool) -> None:
        if isinstance(result, Failure) and not result.sent:
            return
        status = result.status if isinstance(result, Answer) else UNANSWERED
        minute = int(self._clock.now() // 60) * 60
        with self._lock:
            self._requests += 1
            self._retried += again
            self._refused += status == 429
            self._by_minute[minute][status] += 1

    def _feel(self, result: Answer | Failure) -> None:
        """Notice how the service is: after several failures in a row everybody waits, longer each time."""
        limited = isinstance(result, Answer) and result.status == 429
        troubled = isinstance(result, Failure) or result.troubled
        now = self._clock.monotonic()
        with self._lock:
            self._answered = self._answered or isinstance(result, Answer)
            if not limited and not troubled:
                self._failing_since = None
                self._in_a_row = self._trouble = 0
                return
            self._last_failure = result.reason if isinstance(result, Failure) else f"HTTP {result.status}"
            if self._failing_since is None:
                self._failing_since = now
            self._in_a_row += troubled
            if self._in_a_row < TROUBLE_LEAST or now < self._room_until:
                return
            self._trouble += 1
            pause_s = retry_delay_s(self._trouble, random.random())  # noqa: S311
            self._room_until = now + pause_s
        self._gate.pause(pause_s)

    def _check_patience(self) -> None:
        with self._lock:
            since, reason, answered = self._failing_since, self._last_failure, self._answered
        patience_s = self._connection.patience_s
        patience_s = patience_s if answered else min(FIRST_PATIENCE_S, patience_s)
        if since is None or self._gate.stopped.is_set():
            return
        if self._clock.monotonic() - since <= patience_s:
            return
        raise self.unreachable(patience_s, reason)

    def unreachable(self, patience_s: float, reason: str) -> FeaturebaseError:
        """Halt for want of an answer."""
        return self.halt(
            Unreachable(
                f"nothing has succeeded for {patience_s:g} s; the last failure: {reason}",
                hint="check the network and Featurebase's status page; the same command goes on from here",
                at=self._connection.base_url,
            )
        )
