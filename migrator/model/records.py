"""What an export says: where it says it, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from migrator.model.quickly import quickly_made
from migrator.model.values import Value


@quickly_made
@dataclass(frozen=True, slots=True, order=True)
class SourceRef:
    """Where a record came from, as a person would look it up."""

    file: str
    """File name without folders, which may name a customer; `export.zip/tickets.json` in an archive."""
    row: int
    """Counted as a spreadsheet counts: a header line is row 1, so the first record of a table is row 2.
    In a nested document: the number of the record, from 1."""
    sheet: str = ""
    line: int = 0
    """The physical line at which the record begins, from 1; 0 where a file has no lines."""

    def __str__(self) -> str:
        place = f"{self.file}[{self.sheet}]" if self.sheet else self.file
        return f"{place}, row {self.row}"


class Severity(StrEnum):
    """How much a problem matters to its row."""

    ERROR = "error"
    """The row is not sent."""
    WARNING = "warning"
    """The row is sent, and somebody should know."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with one row: where, what, and the way out."""

    code: str
    """Stable and lower-case, for counting and for machines: `title-too-short`."""
    message: str
    """One sentence for a person, without the place."""
    hint: str = ""
    severity: Severity = Severity.ERROR
    ref: SourceRef | None = None
    column: str = ""
    """The source column or path the value came from; empty where none is to blame."""
    value: str = ""
    """The offending value, already passed through `shown`."""
    at: str = ""
    """The mapping line that asked for it: `m.yaml, line 4, ticket.title`."""

    @property
    def blocks(self) -> bool:
        return self.severity is Severity.ERROR


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know about a source as a whole: an encoding that was detected, a sheet left out."""

    code: str
    message: str
    file: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class ValueDecision:
    """What a person says that a value of the export becomes, beside the mapping file."""

    rule: str
    """The rule of the mapping: `ticket.status`."""
    value: str
    target: str
    at: str
    """Where that was written, for complaints."""


@quickly_made
@dataclass(frozen=True, slots=True)
class Record:
    """One source ticket as the export has it; no meaning yet.

    `values` of a table are keyed by the header as written (trimmed, without BOM); a repeated header
    holds the list of its cells in order; a blank header is `(column 5)`, counted from 1.
    """

    ref: SourceRef
    values: dict[str, Value]
    original: tuple[str, ...] | str = ""
    """The row exactly as it was, for a reject file: a table's cells in order, else the JSON text of the
    record; empty where `values` itself is all there is (records that a helpdesk reader joined)."""
    problems: tuple[Problem, ...] = ()
    """What the reader saw: a ragged row, lost digits, an error cell."""
    earlier_place: str = ""
    """In a rejects file: where the row stood when it was rejected, as `str(SourceRef)` said it then."""
