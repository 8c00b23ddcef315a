"""Asking Featurebase whatever may be asked twice; and what every client is: one line, stopped for all.

What may be asked is in `client.py` and `contacts.py`; pace, retries and keys are dealt with in `line.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlencode

from migrator.errors import FeaturebaseError, Interrupted
from migrator.featurebase.answers import Answer, not_the_api, stop_reason, words
from migrator.featurebase.clock import Clock, SystemClock
from migrator.featurebase.connection import Connection
from migrator.featurebase.limited import Limited
from migrator.featurebase.lists import page_of
from migrator.featurebase.retry import retry_delay_s
from migrator.featurebase.stats import KeySeen, Stats
from migrator.model import Refused

if TYPE_CHECKING:
    from migrator.featurebase.line import Line
    from migrator.featurebase.transport import Failure

RESTARTS_MOST = 5
"""How often an expired cursor or an answer that breaks off is forgiven."""


class KeyDropped(Exception):
    """The key that was asked for is refused, and others are left."""


class Asking:
    """Talks to one workspace. Thread-safe; after `stop` it stays stopped.

    Errors that no further request can survive (`KeyRefused`, `WrongAddress`, `VersionRefused`, `Unreachable`)
    stop it for every thread at once.
    """

    def __init__(self, connection: Connection, *, clock: Clock | None = None) -> None:
        from migrator.featurebase.line import Line  # brings httpx along, which costs 0.1 s

        self._connection = connection
        self._clock = clock or SystemClock()
        self._line: Line = Line(connection, self._clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def connection(self) -> Connection:
        return self._connection

    @property
    def server_offset_s(self) -> float:
        """The server's clock minus ours, by its last `Date`, within a second; 0.0 before the first answer."""
        return self._line.server_offset_s

    def server_time_s(self) -> float:
        """The server's clock now, in seconds since 1970, within a second."""
        return self._clock.now() + self._line.server_offset_s

    @property
    def per_minute(self) -> float:
        """How many requests a minute leave at most, by what is known of the allowance so far."""
        return self._line.per_minute

    @property
    def stats(self) -> Stats:
        """What went over the line so far."""
        return self._line.stats

    @property
    def keys_seen(self) -> tuple[KeySeen, ...]:
        """What the answers said of each key, in the order of `connection.keys`."""
        return self._line.keys_seen

    @property
    def limited(self) -> Limited | None:
        """What the last 429 looked like; None where none was met."""
        return self._line.limited

    def stop(self) -> None:
        """Drain: nothing new leaves, waiting sends end as `NotSent`, what is in flight comes back."""
        self._line.stop()

    def cancel(self) -> None:
        """Stop, and cut every connection; sends in flight end as `InDoubt`."""
        self._line.cancel()

    def close(self) -> None:
        """Give back every connection. No send may be in flight."""
        self._line.close()

    def _pages(
        self, path: str, query: dict[str, str], key: int | None = None
    ) -> Iterator[list[dict[str, Any]]]:
        """The pages of a list; from the first one again when the service forgets our place."""
        cursor, used, restarts = "", set[str](), 0
        while True:
            asked = query | ({"cursor": cursor} if cursor else {})
            answer = self._get(f"{path}?{urlencode(asked, quote_via=quote)}" if asked else path, key)
            if answer.status == 400 and cursor and restarts < RESTARTS_MOST:
                cursor, used, restarts = "", set(), restarts + 1
                continue
            if not answer.ok:
                raise self._line.halt(self._refused(path, answer))
            page = page_of(answer.json())
            if page is None:
                raise self._line.halt(not_the_api(self._connection.base_url))
            yield page[0]
            cursor = page[1]
            if not cursor or cursor in used:
                return
            used.add(cursor)

    def _get(self, path: str, key: int | None = None) -> Answer:
        return self._freely("GET", path, key=key)

    def _freely(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        key: int | None = None,
        before_again: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Ask until a usable answer comes: only for what may be repeated freely.

        Args:
            before_again: Called before each repetition; raises where there is no need of one.
        """
        attempt, patience_s = 0, self._connection.patience_s
        deadline = self._clock.monotonic() + patience_s
        while True:
            result = self._line.ask(method, path, body, key=key)
            if result is None:
                raise self._line.fatal or Interrupted(
                    "stopped while asking Featurebase", hint="nothing is lost: run the same command again"
                )
            if isinstance(result, Answer) and not result.troubled:
                cut_short = result.cut_short and (result.ok or self._was_heard)
                if not cut_short or attempt >= RESTARTS_MOST:
                    break
            if self._clock.monotonic() > deadline:
                raise self._line.unreachable(patience_s, f"{method} {path}: {_became(result)}")
            attempt += 1
            self._line.wait(retry_delay_s(attempt, 0.5))
            before_again()
        if key is not None and result.status in (401, 403) and self._line.keys_left:
            raise KeyDropped
        if error := stop_reason(result, self._connection.base_url):
            raise self._line.halt(error)
        return result

    @property
    def _was_heard(self) -> bool:
        """Whether it is the API that answers at this address, by what came from there before."""
        return any(200 <= status < 300 for status in self.stats.by_status)

    def _refused(self, path: str, answer: Answer) -> FeaturebaseError:
        return FeaturebaseError(
            f"Featurebase refuses GET {path} ({answer.status}: {words(answer).message})",
            hint="check the address and the key's workspace",
            at=self._connection.base_url,
        )


def refusal(answer: Answer) -> Refused:
    """An answer that is no success, as what became of what was asked."""
    said = words(answer)
    return Refused(answer.status, said.code, said.message)


def _became(result: Answer | Failure) -> str:
    return f"HTTP {result.status}" if isinstance(result, Answer) else result.reason
