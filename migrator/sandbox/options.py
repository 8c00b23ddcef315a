"""How a sandbox behaves: one value, given when it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from migrator.sandbox.answers import ErrorShape
from migrator.sandbox.faults import NO_FAULTS, FaultPlan

if TYPE_CHECKING:
    from migrator.sandbox.app import Request


class SandboxError(Exception):
    """The sandbox cannot start; the message says why, in one sentence for a person."""


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """Where to serve, what to allow, and which of the unknown behaviours to show.

    Where featurebase.md says UNKNOWN, an option chooses; its default is the likelier behaviour.
    """

    host: str = "127.0.0.1"
    port: int = 0
    """0 takes a free one."""
    db: Path | None = None
    """SQLite file; uploaded files go into a folder beside it. None keeps everything in memory."""
    seed: int | None = None
    """Makes the ids and keys of a new sandbox repeatable; None draws them."""
    keys: int = 1
    """How many keys the workspace accepts."""

    rate_limit: int | None = 2000
    """Requests of one key per window; None switches the limits of key and workspace off."""
    workspace_limit: int | None = 3000
    endpoint_limits: dict[str, int] = field(default_factory=dict)
    """Lower limits of single endpoints per key and window, by `POST /v2/tickets/{id}/reply`."""
    window_s: float = 60
    reset_as: Literal["seconds", "epoch"] = "seconds"
    """Unit of X-RateLimit-Reset: seconds left, or unix seconds."""
    headers: bool = True
    """Whether X-RateLimit-* are sent."""

    latency_s: float = 0
    faults: FaultPlan = NO_FAULTS
    errors: ErrorShape = "mixed"

    select_as: Literal["id", "label"] = "id"
    """What select and multi-select fields take."""
    replace_fields: bool = False
    """Whether a change of custom fields wipes those that it does not name."""
    linked_conversations: bool = True
    """Whether a created ticket has a conversation to reply to."""
    description_as_part: bool = True
    """Whether a customer ticket's content is also the first part of its thread."""
    sanitise: bool = False
    """Whether HTML is cleaned before it is stored."""
    allow_loopback_files: bool = False
    """Whether a file may come from `http://127.0.0.1`, which is then really fetched; for tests."""

    witness: Callable[[Request], object] | None = None
    """Is shown every request of a known key before it is judged."""
    stop_when_idle_s: float | None = None
    """Ends `serve_forever` when no request came for so long."""
