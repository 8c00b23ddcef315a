"""The moments of a draft: what may be sent as `createdAt`.

How a source writes its times is the mapping's business; here they are UTC already, or wrong.
"""

from __future__ import annotations

from datetime import datetime

from migrator.featurebase.findings import Findings
from migrator.model import Named


def milliseconds(named: Named, findings: Findings) -> int | None:
    """A moment as milliseconds since 1970; None after noting that it is none."""
    try:
        moment = datetime.fromisoformat(named.value)
        if moment.tzinfo is None:
            raise ValueError("no zone")
    except ValueError:
        message, hint = "createdAt is not a moment in UTC", "read it with `as: datetime` in the mapping"
        findings.error("created-at-invalid", message, hint, named.origin, named.value)
        return None
    return round(moment.timestamp() * 1000)
