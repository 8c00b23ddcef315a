"""Where Featurebase is, with which keys, how fast and how patiently we talk to it. Nothing is sent here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from migrator.errors import KeyMissing, WrongAddress

API_VERSION = "2026-01-01.nova"
PRODUCTION = "https://do.featurebase.app"


@dataclass(frozen=True, slots=True)
class Rate:
    """How many requests a minute this process may make: a share of the allowance, or a number."""

    share: float | None = None
    """In (0, 1]: of what the keys together are allowed, and of what the workspace is."""
    per_minute: int | None = None
    """In total, over all keys."""

    def __post_init__(self) -> None:
        if (self.share is None) == (self.per_minute is None):
            raise ValueError("a rate is either a share or a number a minute")
        if self.share is not None and not 0 < self.share <= 1:
            raise ValueError("a share of the allowance lies above 0% and at most at 100%")
        if self.per_minute is not None and self.per_minute < 1:
            raise ValueError("at least one request a minute is needed")

    @classmethod
    def parse(cls, text: str) -> Rate:
        """Read `1500` (requests a minute) or `90%` (of the allowance).

        Raises:
            ValueError: with a sentence that a person can act on.
        """
        if match := re.fullmatch(r"\s*(\d{1,3}(?:\.\d+)?)\s*%\s*", text, re.ASCII):
            return cls(share=float(match[1]) / 100)
        if match := re.fullmatch(r"\s*(\d{1,9})\s*", text, re.ASCII):
            return cls(per_minute=int(match[1]))
        raise ValueError("a rate is a number of requests a minute, like 1500, or a share, like 90%")

    def __str__(self) -> str:
        return f"{self.share:.0%}" if self.share is not None else f"{self.per_minute} a minute"


@dataclass(frozen=True, slots=True)
class Connection:
    """Everything needed to reach one workspace.

    Raises:
        WrongAddress: the address is not one that a key may be sent to.
        KeyMissing: a key holds what no key can hold. The key is not shown.
    """

    base_url: str = PRODUCTION
    """May carry a path, as the vendor's mock server does."""
    keys: tuple[str, ...] = field(default=(), repr=False)
    """Used side by side; they must belong to one workspace."""
    rate: Rate = Rate(share=0.9)
    workspace_per_minute: int = 3000
    """What the workspace allows all its keys together (featurebase.md section 3); no header tells it."""
    workers: int = 16
    """How many threads will send at the same time."""
    timeout_s: float = 60
    """How long an answer may stay away."""
    patience_s: float = 600
    """How long nothing at all may succeed before the run ends."""

    def __post_init__(self) -> None:
        check_address(self.base_url)
        for number, key in enumerate(self.keys, start=1):
            if not re.fullmatch(r"[!-~]+", key):
                raise KeyMissing(
                    f"API key {number} of {len(self.keys)} holds a space or a character that no key has",
                    hint="copy it again from Featurebase, Settings, API; commas separate several keys",
                )

    @property
    def host(self) -> str:
        """Name and port, for messages."""
        return urlsplit(self.base_url).netloc


def check_address(base_url: str) -> None:
    """Refuse an address to which a key must not go.

    Plain http shows the key to everybody on the way, so only this very machine may be spoken to like that.

    Raises:
        WrongAddress: not http(s), no host, credentials, a query, or plain http to elsewhere.
    """
    try:
        url = urlsplit(base_url)
        _ = url.port
    except ValueError:
        raise WrongAddress("the address is not a URL", hint=f"it looks like {PRODUCTION}") from None
    if url.username or url.password:
        raise WrongAddress("the address carries a user name or password", hint=f"use one like {PRODUCTION}")
    if url.scheme not in ("http", "https") or not url.hostname or re.search(r"[\x00-\x20\x7f]", base_url):
        raise WrongAddress(
            "the address is not an http(s) URL", hint=f"it looks like {PRODUCTION}", at=base_url
        )
    if url.query or url.fragment:
        raise WrongAddress("the address has a query or a fragment", hint="end it at the path", at=base_url)
    if url.scheme == "http" and not is_loopback(url):
        raise WrongAddress(
            "plain http would show the API key to the network",
            hint="use https; http is for a sandbox on this machine (127.0.0.1 or localhost)",
            at=base_url,
        )


def is_loopback(url: SplitResult) -> bool:
    """Whether a URL points at this very machine (RFC 6761 section 6.3, RFC 1122 section 3.2.1.3)."""
    host = (url.hostname or "").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
