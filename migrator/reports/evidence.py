"""How a column of dates was read, in one sentence: what decided it, what it spans, which zone."""

from __future__ import annotations

from migrator.mapping import DateEvidence
from migrator.reports.words import amount


def date_sentence(evidence: DateEvidence) -> str:
    """`Created, 240 values: day first, as "31/03/2024 10:00" shows; ...`, without a full stop."""
    parts = []
    if evidence.order:
        parts.append(f'{evidence.order.value.replace("-", " ")}, as "{evidence.example}" shows')
    elif evidence.example:
        parts.append(f'such as "{evidence.example}"')
    if evidence.earliest:
        parts.append(f'from "{evidence.earliest}" to "{evidence.latest}"')
    if evidence.zone:
        parts.append(f"times without a zone are taken as {evidence.zone}")
    if evidence.unreadable:
        parts.append(f"{amount(evidence.unreadable, 'value')} cannot be read")
    what = f"{evidence.column or evidence.rule}, {amount(evidence.count, 'value')}"
    return f"{what}: {'; '.join(parts)}" if parts else what
