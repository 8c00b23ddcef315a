"""What a refusal by the rate limit looks like, which no documentation tells (featurebase.md section 14.9).

Whatever its form, it is waited out: how long, is decided in `pace.py`. This is for people, and for the next
version of this tool.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from migrator.featurebase.answers import Answer, words
from migrator.model import shown

HEADERS = ("Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
_WORDS_MOST = 200
_FIXED = re.compile(r"v2|[a-z]+(?:[_-][a-z]+)*")


class Shape(StrEnum):
    """How a body says that something is wrong (featurebase.md section 4.1)."""

    DOCUMENTED = "documented"
    FLAT = "flat"
    OTHER = "other JSON"
    NONE = "no JSON"


@dataclass(frozen=True, slots=True)
class Limited:
    """The form of one 429; nothing in it is a customer's."""

    endpoint: str
    """`POST /v2/tickets/{}/reply`: some may have a lower limit than the key."""
    headers: dict[str, str]
    """Those of `HEADERS` that it had, as they were written."""
    body: Shape
    code: str = ""
    message: str = ""
    """The service's own words, which may say whose limit it was; empty where it has no JSON."""

    @classmethod
    def of(cls, method: str, path: str, answer: Answer) -> Limited:
        """The form of an answer of status 429."""
        found = {name: answer.headers.get(name.lower()) for name in HEADERS}
        body, said = _shape(answer.json()), words(answer)
        return cls(
            endpoint=f"{method} {_template(path)}",
            headers={name: shown(value) for name, value in found.items() if value is not None},
            body=body,
            code=shown(said.code),
            message="" if body is Shape.NONE else shown(said.message, _WORDS_MOST),
        )


def _shape(data: object) -> Shape:
    match data:
        case {"error": dict()}:
            return Shape.DOCUMENTED
        case {"message": str()}:
            return Shape.FLAT
        case None:
            return Shape.NONE
    return Shape.OTHER


def _template(path: str) -> str:
    """A path without the ids in it: a person's own id of a contact may be a name."""
    parts = urlsplit(path).path.split("/")
    named = [
        part if not part or (_FIXED.fullmatch(part) and not before.startswith("by-")) else "{}"
        for before, part in zip(["", *parts], parts, strict=False)
    ]
    return "/".join(named)
