"""Front's analytics table: one row a message, and the message again for each inbox that it lies in.

The mapping groups the rows. What its API gives is in `front.py`. Facts: formats, section 19.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from migrator.model import Record
from migrator.readers.base import Pass
from migrator.readers.helpdesks.front import contact
from migrator.readers.helpdesks.reshaped import Reshaped
from migrator.readers.helpdesks.shapes import opening_words, person, text_at
from migrator.readers.spool import SeenKeys
from migrator.readers.trees import Tree

_MARKS = frozenset(("message id", "conversation id", "direction", "inbox", "extract"))


class FrontTable(Reshaped):
    """Each message once, in the canonical shape of a comment."""

    name = "front-csv"
    product = "front"

    @classmethod
    def recognise(cls, columns: Sequence[str]) -> str:
        found = _MARKS & {column.casefold() for column in columns}
        return f"its columns include {', '.join(sorted(found))}" if found == _MARKS else ""

    def _read(self, current: Pass) -> Iterator[Record]:
        with SeenKeys() as seen:
            for record in super()._read(current):
                id = text_at(record.values, "id")
                if id and seen.first_row(id, record.ref.row) is not None:
                    current.left_out("rows that repeat a message for another inbox")
                    continue
                yield record

    def reshape(self, record: Record, current: Pass) -> Record:  # noqa: ARG002
        said: Tree = {column.casefold(): value for column, value in record.values.items()}
        direction = text_at(said, "direction").strip().casefold()
        who = contact(text_at(said, "contact handle").strip(), text_at(said, "contact name").strip())
        known = direction in ("inbound", "outbound")
        message: Tree = {
            "id": text_at(said, "message id").strip(),
            "kind": "reply" if known else "note",
            "body": text_at(said, "extract"),
            "body_format": "text",
            # Which teammate wrote is not told: who is assigned need not be the one.
            "author": who if direction == "inbound" else person(kind="agent"),
            "created_at": text_at(said, "message date"),
            **({"private": "false"} if known else {}),
            "customer": who,
        }
        if words := opening_words([message]):
            message["preview"] = words
        return replace(record, values=record.values | message)
