"""ServiceNow's lists as CSV and Excel: one row a record, journals as text in a cell.

The columns are called by their internal names or by their labels, as the list was exported. Facts: formats,
section 13.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from migrator.model import Record, Value
from migrator.readers.base import Pass
from migrator.readers.helpdesks.reshaped import Reshaped
from migrator.readers.helpdesks.servicenow import messages_in
from migrator.readers.helpdesks.servicenow_journal import BOTH, COMMENTS, WORK_NOTES
from migrator.readers.helpdesks.shapes import oldest_first, person
from migrator.readers.trees import Tree

_MARKS: tuple[tuple[str, ...], ...] = (
    ("number", "short_description"),
    ("number", "short description", "caller"),
    ("number", "short description", "assignment group"),
    ("number", "short description", "opened", "state"),
)
_JOURNALS: dict[str, tuple[str, ...]] = {
    COMMENTS: ("comments", "additional comments", "additional comments (customer visible)"),
    WORK_NOTES: ("work_notes", "work notes"),
    BOTH: ("comments_and_work_notes", "comments and work notes"),
}
_CALLERS = ("caller_id", "caller", "contact", "requested_for", "requested for", "opened_by", "opened by")
_ROWS_AT_MOST = 10_000
"""How many rows ServiceNow writes into a list, unless an administrator raised the limit."""


class ServiceNowTable(Reshaped):
    """A list of records."""

    name = "servicenow-table"
    product = "servicenow"
    adds = ("requester", "comments")

    @classmethod
    def recognise(cls, columns: Sequence[str]) -> str:
        folded = {column.casefold() for column in columns}
        marks = next((marks for marks in _MARKS if folded.issuperset(marks)), ())
        return f"its columns include {', '.join(marks)}" if marks else ""

    def _read(self, current: Pass) -> Iterator[Record]:
        rows = 0
        for record in super()._read(current):
            rows += 1
            yield record
        if rows == _ROWS_AT_MOST:
            message = (
                f"the list has exactly {rows:,} rows, where ServiceNow cuts lists off: export it in parts"
            )
            current.tell("may-be-cut-off", message, count=rows)

    def reshape(self, record: Record, current: Pass) -> Record:  # noqa: ARG002  # nothing is left out
        folded = {name.casefold(): cell for name, cell in record.values.items() if isinstance(cell, str)}
        texts = {
            ours: _first(folded, theirs) for ours, theirs in _JOURNALS.items() if folded.keys() & {*theirs}
        }
        requester = _requester(folded)
        messages: list[Tree] = oldest_first(messages_in(texts, (requester,)))
        joined: dict[str, Value] = {"requester": requester, COMMENTS: list(messages)}
        return replace(record, values={**record.values, **joined})


def _first(cells: dict[str, str], columns: Sequence[str]) -> str:
    return next((cell for column in columns if (cell := cells.get(column, "").strip())), "")


def _requester(cells: dict[str, str]) -> Tree:
    """Who a row is about; their address, if it was fetched beside, stands under the same name.

    Without one they are known by their name, which is all that a list says.
    """
    for column in _CALLERS:
        name, email = cells.get(column, "").strip(), cells.get(f"{column}.email", "").strip()
        if name or email:
            return person(kind="customer", name=name, email=email, external_id="" if email else name)
    return {}
