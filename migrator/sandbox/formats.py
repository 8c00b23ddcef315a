"""Times, addresses and ids in the forms that the API speaks; no rule about what they mean."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

OBJECT_ID = re.compile(r"[0-9a-f]{24}", re.IGNORECASE)
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_EMAIL = re.compile(r"[^\s@<>(),;:\\\"\[\]]+@[^\s@<>(),;:\\\"\[\]]*[^\s@<>(),;:\\\"\[\].]")


def now() -> str:
    """This moment as the API writes it."""
    return written(datetime.now(UTC))


def written(moment: datetime) -> str:
    """An instant as the API writes it: UTC with milliseconds and Z, which also sorts as text."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def instant(text: str) -> datetime | None:
    """An RFC 3339 date-time, with its offset; None where the text is not one."""
    if not _DATE_TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def moment_or_now(given: object) -> str:
    """A given, valid date-time as the API writes it; this moment where none is given."""
    moment = instant(str(given)) if given else None
    return written(moment) if moment else now()


def is_date(text: str) -> bool:
    """A calendar date, or an RFC 3339 date-time."""
    try:
        return instant(text) is not None or (len(text) == 10 and bool(datetime.strptime(text, "%Y-%m-%d")))  # noqa: DTZ007
    except ValueError:
        return False


def is_email(text: str) -> bool:
    """One address without a display name; no space anywhere."""
    return len(text) <= 320 and _EMAIL.fullmatch(text) is not None and ".." not in text


def is_uri(text: str) -> bool:
    """An absolute URI with a scheme and, for http, a host."""
    if not text.isascii() or any(c.isspace() or c in '<>"{}|\\^`' for c in text):
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.scheme) and (bool(parts.hostname) or parts.scheme not in ("http", "https"))
    except ValueError:
        return False
