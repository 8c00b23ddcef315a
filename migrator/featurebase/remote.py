"""What is said about files on other people's servers; `web.py` looks at them and fetches them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FetchRules:
    """Which files we fetch ourselves, and how."""

    hosts: frozenset[str] = frozenset()
    """With the port where it is not the usual one: `acme.zendesk.example`, `127.0.0.1:8080`."""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Sent to these hosts only: they hold passwords."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a server says about a file."""

    size_bytes: int | None
    content_type: str
    """Without parameters, in lower case; empty where nothing is said."""


def is_page(name: str, content_type: str) -> bool:
    """Whether a file is a web page, and not one that comes in its place."""
    return "html" in content_type or name.lower().endswith((".htm", ".html"))


class Unfetched(Exception):
    """A file cannot be had; the text says why, for a person.

    Attributes:
        code: As of a problem: `file-gone`.
        http_status: 0 where no answer came.
    """

    def __init__(self, code: str, why: str, http_status: int = 0) -> None:
        super().__init__(why)
        self.code = code
        self.http_status = http_status
