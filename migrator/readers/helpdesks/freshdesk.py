"""Freshdesk: account exports (XML and JSON) and what its API answers. The ticket list is a plain table.

Facts: formats, section 6.
"""

from __future__ import annotations

from collections.abc import Sequence

from migrator.readers.helpdesks.fresh import Fresh, is_short
from migrator.readers.trees import TreeFile


class Freshdesk(Fresh):
    """The files of one Freshdesk export."""

    name = "freshdesk"

    @classmethod
    def recognise(cls, files: Sequence[TreeFile]) -> str:
        if evidence := super().recognise(files):
            return evidence
        for file in files:
            if any(records and is_short(records[0]) for records in file.samples.values()):
                return f"{file.name} holds tickets with numbers for their status and priority"
        return ""
