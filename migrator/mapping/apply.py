"""One record through the mapping: a draft, a reason to leave it out, or everything wrong with it.

Pure: the same record, mapping and orders give the same answer, in any process.
"""

from __future__ import annotations

from migrator.mapping.draft import make_draft, read_key
from migrator.mapping.mapping import Mapping
from migrator.mapping.rules import Orders, Row
from migrator.model import Draft, Record, Rejected, Skipped


def apply(record: Record, mapping: Mapping, orders: Orders) -> Draft | Skipped | Rejected:
    """What becomes of `record`.

    A record that the reader found damaged is never skipped: its cells may stand in wrong columns.
    """
    row = Row(record, orders)
    if not row.blocked and (rule := _skip_rule(mapping, row)):
        return Skipped(read_key(mapping.plan, Row(record, orders)), record.ref, rule)
    key = read_key(mapping.plan, row)
    draft = make_draft(mapping.plan, key, row, notify=mapping.notify)
    if draft is None:
        return Rejected(key, record.ref, tuple(row.problems))
    return draft


def is_left_out(record: Record, mapping: Mapping) -> bool:
    """Whether one of the mapping's `skip` rules holds for a record."""
    return bool(_skip_rule(mapping, Row(record, Orders())))


def _skip_rule(mapping: Mapping, row: Row) -> str:
    """The name of the first `skip` rule that holds; empty where none does."""
    holding = (name for name, condition in mapping.plan.skip if condition.holds(row.record.values, row))
    return next(holding, "")
