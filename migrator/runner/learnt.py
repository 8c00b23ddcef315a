"""What a trial ticket can teach, as values. `probe.py` finds it out; `lessons.py` says what it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from migrator.errors import MigratorError
from migrator.featurebase import Limited, Unnamed


class Held(StrEnum):
    """What became of a moment, from good to bad."""

    EXACTLY = "exactly"
    TO_THE_SECOND = "to the second"
    CHANGED = "changed"


class Markup(StrEnum):
    """What became of HTML."""

    KEPT = "kept"
    REWRITTEN = "rewritten"
    """The same words and elements, with other attributes or in another notation."""
    CLEANED = "cleaned"
    """The same words, with fewer elements."""
    CHANGED = "changed"


@dataclass(slots=True)
class Learnt:
    """What the trial ticket taught. None: not tried, or the answers did not tell."""

    created: bool = False
    linked_conversation: bool | None = None
    messages: dict[str, bool | None] = field(default_factory=dict)
    """Whether each is in the thread: `agent_reply`, `private_note`, `contact_reply`."""
    content_is_first_message: bool | None = None
    created_at: Held | None = None
    reply_created_at: Held | None = None
    html: Markup | None = None
    elements_lost: tuple[str, ...] = ()
    text_field: bool | None = None
    select_as: Literal["id", "label", "neither"] | None = None
    upload: bool | None = None
    """Whether a field holds a file that was uploaded to it."""
    address: bool | None = None
    """Whether a field holds a file that Featurebase was to download."""
    unnamed_fields: Unnamed = Unnamed.UNKNOWN
    closed: bool | None = None
    refused_429: int = 0
    """How many requests met the rate limit meanwhile."""
    limited: Limited | None = None
    """What the last of these refusals looked like."""
    refusals: dict[str, str] = field(default_factory=dict)
    """Featurebase's words, by what it refused."""


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """A trial ticket that could not be deleted."""

    number: int
    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class Probed:
    """How the probe ended; `error` is what stopped it before its end."""

    learnt: Learnt
    contact: str
    """The address of the contact that stays."""
    left_behind: tuple[LeftBehind, ...] = ()
    unseen: bool = False
    """The answer to the making of a ticket was lost and no ticket was found; one may still appear."""
    error: MigratorError | None = None
