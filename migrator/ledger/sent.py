"""Rows that own a ticket, with all that was sent to make it: for reading back and for adding to.

The functions take a way to ask, because staging asks inside its own transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from migrator.ledger import codec
from migrator.ledger.entries import Sent, SentStep, StepState
from migrator.ledger.reader import read_step
from migrator.model import Status

Ask = Callable[[str, tuple[object, ...]], list[tuple[Any, ...]]]


def by_row(ask: Ask, row: int) -> Sent | None:
    return _sent(ask, "seq = ?", row)


def by_key(ask: Ask, key: str) -> Sent | None:
    return _sent(ask, "key = ?", codec.dump(key))


def _sent(ask: Ask, which: str, value: object) -> Sent | None:
    found = ask(
        "SELECT seq, key, status, owned.number, owned.object_id, url, fingerprint"  # noqa: S608 - constants only
        f" FROM rows JOIN owned ON owned.row = seq WHERE {which}",
        (value,),
    )
    if not found:
        return None
    row, key, status, number, object_id, url, fingerprint = found[0]
    steps = ask(
        """
        SELECT steps.ordinal, state, attempts, kind, method, path, body, uploads, contact
        FROM steps JOIN requests ON requests.row = steps.row AND requests.ordinal = steps.ordinal
        WHERE steps.row = ? ORDER BY steps.ordinal
        """,
        (row,),
    )
    return Sent(
        row=row,
        key=codec.load_text(key),
        status=Status(status),
        number=number,
        object_id=codec.load_text(object_id),
        url=codec.load_text_or_none(url) or "",
        fingerprint=fingerprint,
        steps=tuple(
            SentStep(ordinal, read_step(step), StepState(state), attempts)
            for ordinal, state, attempts, *step in steps
        ),
    )
