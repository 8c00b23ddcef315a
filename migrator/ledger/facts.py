"""Small facts by name: what a migration must know about itself to go on without its source."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from migrator.ledger import codec

OWN = frozenset({"id", "phase", "staging", "floor"})
"""Those that the ledger keeps for itself; nobody else sets them."""


def put_facts(db: sqlite3.Connection, facts: Mapping[str, str]) -> None:
    """Sets facts inside a transaction.

    Raises:
        ValueError: One of them is the ledger's own: a bug in the caller.
    """
    if not OWN.isdisjoint(facts):
        raise ValueError(f"the ledger keeps these facts itself: {sorted(OWN & facts.keys())}")
    put_own_facts(db, facts)


def put_own_facts(db: sqlite3.Connection, facts: Mapping[str, str]) -> None:
    db.executemany(
        "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [(name, codec.dump(value)) for name, value in facts.items()],
    )
