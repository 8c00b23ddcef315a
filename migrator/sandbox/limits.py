"""Counts requests in fixed windows, per key, per workspace and per endpoint (featurebase.md, section 3).

Arithmetic only: the caller brings the time, and `server.py` turns an `Allowance` into headers or a 429.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one request learnt about the limits."""

    limit: int
    remaining: int
    reset_s: float
    """When the window ends, in unix seconds."""
    refused_by: str = ""
    """The limit that is used up: `key`, `workspace`, or the endpoint as `POST /v2/tickets`; or none."""


class Windows:
    """Fixed windows, aligned with the clock: a window that was used up is forgotten when it ends.

    A refused request costs nothing. Thread-safe.

    Args:
        key_limit: Requests of one key in a window; None switches the limits of key and workspace off.
        endpoint_limits: Requests of one endpoint in a window, by method and path template.
    """

    def __init__(
        self,
        window_s: float,
        key_limit: int | None,
        workspace_limit: int | None,
        endpoint_limits: dict[str, int],
    ) -> None:
        self._window_s = window_s
        self._key_limit = key_limit
        self._workspace_limit = None if key_limit is None else workspace_limit
        self._endpoint_limits = endpoint_limits
        self._window = -1
        self._used: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, key: str, endpoint: str, now_s: float) -> Allowance | None:
        """Counts one request; None where no limit applies to it."""
        limits = self._limits(key, endpoint)
        if not limits:
            return None
        with self._lock:
            window = int(now_s // self._window_s)
            if window != self._window:
                self._window = window
                self._used.clear()
            reset_s = (window + 1) * self._window_s
            for scope, (limit, counter) in limits.items():
                if self._used[counter] >= limit:
                    return Allowance(limit, 0, reset_s, refused_by=scope)
            for _, counter in limits.values():
                self._used[counter] += 1
            # The closest limit of its own is what a client can act on; the workspace's shows only in its 429.
            limit, counter = limits.get(endpoint) or limits.get("key") or limits["workspace"]
            return Allowance(limit, limit - self._used[counter], reset_s)

    def _limits(self, key: str, endpoint: str) -> dict[str, tuple[int, str]]:
        limits: dict[str, tuple[int, str]] = {}
        if endpoint in self._endpoint_limits:
            limits[endpoint] = (self._endpoint_limits[endpoint], f"endpoint {endpoint} of {key}")
        if self._key_limit is not None:
            limits["key"] = (self._key_limit, f"key {key}")
        if self._workspace_limit is not None:
            limits["workspace"] = (self._workspace_limit, "workspace")
        return limits
