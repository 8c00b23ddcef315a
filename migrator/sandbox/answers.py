"""What the sandbox answers with: a status and JSON, or a refusal in one of the shapes Featurebase uses.

Nothing here decides whether something is refused, and nothing here touches a socket.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Json = dict[str, object]
ErrorShape = Literal["documented", "flat", "mixed"]

ERROR_TYPES = {
    401: "authentication_error",
    403: "authorization_error",
    429: "rate_limit_error",
    500: "api_error",
}
"""`error.type` by HTTP status; every other refusal is an `invalid_request_error` (featurebase.md, 4.2)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was given; `body` becomes JSON."""

    status: int
    body: object
    headers: dict[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """The request is refused, and nothing of it was done.

    Attributes:
        code: One of the documented codes (featurebase.md, 4.3).
        param: The offending parameter as the body spells it (`author.email`); may be empty.
        details: Path and message of every fault found in a body; empty for a broken rule, so that a
            shape can tell a body of the wrong form from one that asks for the impossible.
        allowed: The methods that the path takes, for a 405.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        param: str = "",
        details: tuple[tuple[str, str], ...] = (),
        allowed: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.param = param
        self.details = details
        self.allowed = allowed


def listed(data: list[Json], cursor: str | None) -> Answer:
    """The list envelope (featurebase.md, section 2)."""
    return Answer(200, {"object": "list", "data": data, "nextCursor": cursor})


def chosen(given: Json, names: tuple[str, ...]) -> Json:
    """The given values of some names; a name that is absent stays absent."""
    return {name: given[name] for name in names if name in given}


def refused(message: str, param: str = "", code: str = "invalid_request") -> Refusal:
    """400: the body is well formed and asks for what cannot be."""
    return Refusal(400, code, message, param=param)


def missing(message: str, param: str = "", code: str = "resource_not_found") -> Refusal:
    """404: something named in the path or the body does not exist."""
    return Refusal(404, code, message, param=param)


def error_answer(refusal: Refusal, shape: ErrorShape) -> Answer:
    """A refusal as JSON.

    `documented` always sends the documented envelope. `flat` sends the observed flat bodies for every 400
    and 401. `mixed` does what was seen live: flat for a wrong key and for a body of the wrong form, the
    envelope for the rest (featurebase.md, 4.1).
    """
    if shape != "documented":
        if refusal.status == 401:
            return Answer(401, {"success": False, "message": "Invalid API Key"})
        if refusal.status == 400 and (shape == "flat" or refusal.details):
            return Answer(400, {"code": 400, "message": f"Validation error: {_in_one_line(refusal)}"})
    error: Json = {
        "type": ERROR_TYPES.get(refusal.status, "invalid_request_error"),
        "code": refusal.code,
        "message": refusal.message,
        "status": refusal.status,
    }
    if refusal.param:
        error["param"] = refusal.param
    if refusal.details:
        error["details"] = [{"path": path, "message": message} for path, message in refusal.details]
    headers = {"Allow": ", ".join(refusal.allowed)} if refusal.allowed else {}
    return Answer(refusal.status, {"error": error}, headers)


def _in_one_line(refusal: Refusal) -> str:
    if refusal.details:
        return "; ".join(f"{path}: {message}" for path, message in refusal.details)
    return f"body.{refusal.param}: {refusal.message}" if refusal.param else refusal.message
