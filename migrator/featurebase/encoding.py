"""The body of a request as its exact bytes: compact UTF-8 JSON of a size that may be sent.

What a body says is decided in `wire.py` and `threads.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from migrator.featurebase import limits
from migrator.featurebase.findings import NOWHERE, Findings
from migrator.featurebase.values import Exact

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def encoded(body: Mapping[str, object], what: str, findings: Findings) -> bytes:
    """The bytes of a body, its keys in the order given; half characters become U+FFFD, with a warning.

    Args:
        what: Who is to blame for its size: `the ticket`, `a message`.
    """
    text = _compact(body)
    try:
        made = text.encode()
    except UnicodeEncodeError:
        message = "half a character (a lone surrogate) was replaced by U+FFFD"
        findings.warn("lone-surrogate", message, "correct the text in the source if it matters", NOWHERE)
        # Through UTF-16, so that two halves that belong together become their character.
        made = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
    _check_size(len(made), what, findings)
    return made


def exactly_read(body: bytes) -> Any:
    """A body as values from which `exactly` makes the same bytes, all digits of its numbers included."""
    return json.loads(body, parse_int=Exact, parse_float=Exact)


def exactly(body: Mapping[str, object]) -> bytes:
    """The bytes of a body made from one that was encoded already."""
    return _compact(body).encode()


def _check_size(size_bytes: int, what: str, findings: Findings) -> None:
    if size_bytes > limits.BODY_MOST_BYTES:
        message = f"{what} has {size_bytes / 1e6:.0f} MB, and no request that large is sent"
        findings.error(
            "body-too-large", message, "shorten the content; images may be embedded in it", NOWHERE
        )
    elif size_bytes > limits.BODY_LARGE_BYTES:
        message = f"{what} has {size_bytes / 1e6:.0f} MB, and Featurebase may refuse that"
        findings.warn("body-large", message, "images may be embedded in the content", NOWHERE)


def _compact(value: object) -> str:
    """JSON without spaces, keys in the order given; `Exact` texts as they are."""
    if isinstance(value, Exact):
        return value
    if not isinstance(value, dict) or not _holds_exact(value):
        return _JSON.encode(value)
    members: list[str] = []
    plain: dict[str, object] = {}  # neighbours that can hold nothing exact are encoded in one go
    for name, each in value.items():
        if not isinstance(each, (Exact, dict)):
            plain[name] = each
            continue
        if plain:
            members.append(_JSON.encode(plain)[1:-1])
            plain = {}
        members.append(f"{_JSON.encode(name)}:{_compact(each)}")
    if plain:
        members.append(_JSON.encode(plain)[1:-1])
    return "{" + ",".join(members) + "}"


def _holds_exact(value: Mapping[str, object]) -> bool:
    for each in value.values():
        if isinstance(each, Exact) or (isinstance(each, dict) and _holds_exact(each)):
            return True
    return False
