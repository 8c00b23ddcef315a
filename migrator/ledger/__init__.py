"""What was asked and what became of it: one SQLite file a migration.

An intent is on the disk before its request leaves, so that after a kill it is known what may have
happened; a ticket that belongs to a row belongs to it for ever. What is true in Featurebase is decided
by the runner; how to ask, by `migrator.featurebase`.
"""

from migrator.ledger.entries import (
    Contact,
    Difference,
    DifferenceKind,
    Doubt,
    Event,
    Minute,
    Order,
    Owned,
    PartyState,
    PartyWork,
    RefusedParty,
    RejectedRow,
    Result,
    Run,
    RunCounts,
    Sent,
    SentStep,
    Staged,
    StepState,
    Verdict,
    Verification,
    Verified,
    Work,
)
from migrator.ledger.forgetting import forgotten
from migrator.ledger.ledger import Ledger
from migrator.ledger.staging import Stager

__all__ = [
    "Contact",
    "Difference",
    "DifferenceKind",
    "Doubt",
    "Event",
    "Ledger",
    "Minute",
    "Order",
    "Owned",
    "PartyState",
    "PartyWork",
    "RefusedParty",
    "RejectedRow",
    "Result",
    "Run",
    "RunCounts",
    "Sent",
    "SentStep",
    "Staged",
    "Stager",
    "StepState",
    "Verdict",
    "Verification",
    "Verified",
    "Work",
    "forgotten",
]
