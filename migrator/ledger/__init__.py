"""What was asked and what became of it: one SQLite file a migration.

An intent is on the disk before its request leaves, so that after a kill it is known what may have
happened; a ticket that belongs to a row belongs to it for ever. What is true in Featurebase is decided
by the runner; how to ask, by `migrator.featurebase`.
"""

from migrator.ledger.accounts import (
    Difference,
    DifferenceKind,
    Event,
    Minute,
    RejectedRow,
    Result,
    Run,
    RunCounts,
    Verdict,
    Verification,
    Verified,
)
from migrator.ledger.entries import (
    Contact,
    Doubt,
    Order,
    Owned,
    PartyState,
    PartyWork,
    RefusedParty,
    Sent,
    SentStep,
    Staged,
    StepState,
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
