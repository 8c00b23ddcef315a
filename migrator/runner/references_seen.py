"""What the second pass over old references has come to so far, as the ledger remembers it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from migrator.ledger import Ledger
from migrator.model import StepKind

SEEN = "references_seen"
"""What the last pass found, and of which tickets."""


@dataclass(frozen=True, slots=True)
class ReferencesSeen:
    """What the second pass came to."""

    tickets: int = 0
    """Tickets whose text was brought up to date."""
    left: int = 0
    """Tickets whose text was left alone, because people have changed it, or Featurebase refused."""
    in_messages: int = 0
    """References in messages, which cannot be changed."""


def references_seen(ledger: Ledger) -> ReferencesSeen:
    """What the passes of a ledger came to so far."""
    seen = json.loads(ledger.fact(SEEN) or "{}")
    tickets = ledger.steps_done()[StepKind.REWRITE]
    return ReferencesSeen(tickets, seen.get("left", 0), seen.get("in_messages", 0))
