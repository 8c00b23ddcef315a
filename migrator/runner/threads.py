"""How much conversation and how many files an export brings: counts over the canonical shape of its tickets.

What a mapping makes of them is `contents.py`'s business.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

from migrator.model import Record, Value

MOST_HOSTS = 100
OTHER_HOSTS = "(other hosts)"
LOCAL = "(in the export)"
NO_HOST = "(no usable address)"
_MESSAGES = ("comments", "messages")


@dataclass(frozen=True, slots=True)
class Threads:
    """What belongs to the tickets of an export."""

    tickets_with_messages: int
    public: int
    private: int
    unknown: int
    """Messages that do not say whether they are private."""
    longest: int
    """Messages of the ticket that has most."""
    files: dict[str, int]
    """By the host that serves them, or `LOCAL`; the most first."""


class ThreadsTally:
    """Takes in one record after the other."""

    def __init__(self) -> None:
        self._privacy: Counter[str] = Counter()
        self._files: Counter[str] = Counter()
        self._tickets = self._longest = 0

    def look(self, record: Record) -> None:
        values = record.values
        messages = [each for name in _MESSAGES for each in _list(values.get(name)) if isinstance(each, dict)]
        self._count_files(values.get("attachments"))
        for message in messages:
            said = message.get("private")
            self._privacy[said if said in ("true", "false") else "unknown"] += 1
            if message.get("kind") != "description":  # its files are the ticket's own already
                self._count_files(message.get("files"))
        self._tickets += bool(messages)
        self._longest = max(self._longest, len(messages))

    def finish(self) -> Threads:
        return Threads(
            tickets_with_messages=self._tickets,
            public=self._privacy["false"],
            private=self._privacy["true"],
            unknown=self._privacy["unknown"],
            longest=self._longest,
            files=dict(self._files.most_common()),
        )

    def _count_files(self, files: Value | None) -> None:
        for file in _list(files):
            host = _host(file)
            if host:
                is_known = host in self._files or len(self._files) < MOST_HOSTS
                self._files[host if is_known else OTHER_HOSTS] += 1


def _list(value: Value | None) -> list[Value]:
    return value if isinstance(value, list) else []


def _host(file: Value) -> str:
    """Where a file is; "" for what is no file."""
    url = file.get("url") if isinstance(file, dict) else file
    if isinstance(url, str) and "://" in url:
        try:
            return urlsplit(url).hostname or NO_HOST
        except ValueError:
            return NO_HOST  # and not the address itself, which may hold a secret
    return LOCAL if isinstance(file, dict) and ("path" in file or "name" in file) else ""
