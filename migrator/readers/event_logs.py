"""Tables with a row for every event in the life of a ticket: refused, because no row of them is a ticket.

Audit trails, histories and the logs of process mining. Known by their columns and by ids that repeat; a table
that has a subject or a text is none, for its rows may be messages, which a mapping groups.
"""

from __future__ import annotations

import re
from itertools import islice

from migrator.errors import SourceError
from migrator.model import shown
from migrator.readers.base import Source
from migrator.readers.tables import names_title

_ROWS_LOOKED_AT = 200
_NO_LETTER = re.compile(r"[\W_]+")
_KEY = re.compile(
    r"(?:case|ticket|incident|issue|request)(?:id|no|nr|number|key|ref|conceptname)?|number|id|key"
)
_EVENT = re.compile(
    r"activity|activityname|event|eventtype|eventname|action|conceptname|transition|lifecycletransition"
    r"|sysmodcount|fieldname|fieldchanged|changedfield|oldvalue|newvalue|oldstatus|newstatus|fromstatus|tostatus"
)
_TEXT = re.compile(r"body|text|message|messagetext|comment|comments|description|content|note|reply|plainbody")


def refuse_event_log(source: Source) -> None:
    """Refuse a table of events; any other is left alone.

    Raises:
        SourceError: The table is a log of events.
    """
    names = {_NO_LETTER.sub("", name).casefold(): name for name in source.columns}
    key = _first(names, _KEY)
    event = _first(names, _EVENT)
    if not key or not event or names_title(source.columns) or _first(names, _TEXT):
        return
    ids = [record.values.get(key) for record in islice(source.records(), _ROWS_LOOKED_AT)]
    told = [each for each in ids if isinstance(each, str) and each.strip()]
    if not told or 2 * len(set(told)) > len(told):
        return
    raise SourceError(
        f"the table is a log of events, not of tickets: the ids in {shown(key)!r} repeat, and "
        f"{shown(event)!r} says what changed in each row",
        hint="export the tickets themselves, one row each; a log has neither their texts nor their messages. "
        "With `reader: delimited` (or `workbook`) in the mapping it is read as any table",
        at=source.files[0].name,
    )


def _first(names: dict[str, str], pattern: re.Pattern[str]) -> str:
    """The first column whose folded name is of this kind; empty where none is."""
    return next((name for folded, name in names.items() if pattern.fullmatch(folded)), "")
