"""What was asked and what became of it: one SQLite file a migration.

An intent is on the disk before its request leaves, so that after a kill it is known what may have
happened; a ticket that belongs to a row belongs to it for ever. What is true in Featurebase is decided
by the runner; how to ask, by `migrator.featurebase`.
"""

from migrator.ledger.entries import Doubt, Event, Order, RejectedRow, Result, Run, RunCounts, Staged, Work
from migrator.ledger.ledger import Ledger
from migrator.ledger.staging import Stager

__all__ = [
    "Doubt",
    "Event",
    "Ledger",
    "Order",
    "RejectedRow",
    "Result",
    "Run",
    "RunCounts",
    "Staged",
    "Stager",
    "Work",
]
