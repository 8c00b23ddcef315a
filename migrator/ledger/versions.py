"""A row as its source has it, and the columns of `rows` that this fills.

Which row of the ledger it is, and whether it may take its place, is decided in `staging.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from migrator.ledger import codec
from migrator.model import Problem, SourceRef, Status, Ticket


@dataclass(frozen=True, slots=True)
class Version:
    """The columns of a row that come from its source."""

    key: str
    ref: SourceRef
    status: Status
    created_at_ms: int | None = None
    legacy_id: str = ""
    fingerprint: str = ""
    skip_reason: str = ""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()
    old_url: str = ""

    def keyless(self) -> Version:
        """The same row without a key; only one that is not sent can do without."""
        return replace(self, key="")

    def columns(self, staging: int) -> tuple[object, ...]:
        """In the order of `_COLUMNS`."""
        return (
            codec.dump(self.key) if self.key else None,
            codec.dump(self.ref.file),
            codec.dump(self.ref.sheet),
            self.ref.row,
            self.ref.line,
            staging,
            self.status.value,
            self.created_at_ms,
            codec.dump(self.legacy_id) if self.legacy_id else None,
            self.fingerprint,
            codec.dump(self.skip_reason),
            codec.dump_problems(self.problems),
            codec.dump_problems(self.warnings),
            codec.dump(self.left_out),
            codec.dump(self.old_url) if self.old_url else None,
        )


_COLUMNS = (
    "key, file, sheet, source_row, line, staging, status, created_at_ms, legacy_id, fingerprint, "
    "skip_reason, problems, warnings, left_out, old_url"
)
_MARKS = ", ".join("?" * (_COLUMNS.count(",") + 1))
INSERT = f"INSERT INTO rows (run, {_COLUMNS}) VALUES (0, {_MARKS})"  # noqa: S608 - constants only
REPLACE = (
    f"UPDATE rows SET run = 0, http_status = NULL, code = NULL, message = NULL, "  # noqa: S608
    f"({_COLUMNS}) = ({_MARKS}) WHERE seq = ?"
)
RENEW = (
    "UPDATE rows SET (file, sheet, source_row, line, staging, fingerprint, warnings, left_out, old_url)"
    " = (?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE seq = ?"
)
"""Of a row that was sent and is met in a newer version: where it stands now, and what that says."""


def renewed(ticket: Ticket, staging: int, *, whole: bool) -> tuple[object, ...]:
    """The values for `RENEW`, but for the row."""
    return (
        codec.dump(ticket.ref.file),
        codec.dump(ticket.ref.sheet),
        ticket.ref.row,
        ticket.ref.line,
        staging,
        ticket.fingerprint if whole else "",
        codec.dump_problems(ticket.warnings),
        codec.dump(ticket.left_out),
        codec.dump(ticket.old_url) if ticket.old_url else None,
    )
