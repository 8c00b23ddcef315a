"""The nouns that several rooms share; no behaviour beyond questions about themselves.

A ticket's journey is a chain of these: `Record` (what the export says) becomes a `Draft` (what the
mapping makes of it, still in names), becomes a `Ticket` (the exact bytes of every request), whose
steps end in an `Outcome`. Faults of one row are `Problem`s and travel beside it.

Nothing here reads, sends or stores anything.
"""

from __future__ import annotations

from migrator.model.drafts import (
    CustomersWords,
    Draft,
    DraftAuthor,
    DraftContact,
    DraftField,
    DraftReply,
    FileRef,
    FileRules,
    Named,
    Origin,
    Rejected,
    Skipped,
)
from migrator.model.outcomes import (
    UNANSWERED,
    ContactSeen,
    Counts,
    Done,
    InDoubt,
    NotSent,
    Outcome,
    PartKind,
    PartSeen,
    Refused,
    Status,
    TicketSeen,
)
from migrator.model.progress import Progress, Silent
from migrator.model.quickly import quickly_made
from migrator.model.records import Notice, Problem, Record, Severity, SourceRef, ValueDecision
from migrator.model.requests import Party, PartyKind, Step, StepKind, Ticket, Upload
from migrator.model.values import SHOWN_CHARACTERS, Value, shown

__all__ = [
    "SHOWN_CHARACTERS",
    "UNANSWERED",
    "ContactSeen",
    "Counts",
    "CustomersWords",
    "Done",
    "Draft",
    "DraftAuthor",
    "DraftContact",
    "DraftField",
    "DraftReply",
    "FileRef",
    "FileRules",
    "InDoubt",
    "Named",
    "NotSent",
    "Notice",
    "Origin",
    "Outcome",
    "PartKind",
    "PartSeen",
    "Party",
    "PartyKind",
    "Problem",
    "Progress",
    "Record",
    "Refused",
    "Rejected",
    "Severity",
    "Silent",
    "Skipped",
    "SourceRef",
    "Status",
    "Step",
    "StepKind",
    "Ticket",
    "TicketSeen",
    "Upload",
    "Value",
    "ValueDecision",
    "quickly_made",
    "shown",
]
