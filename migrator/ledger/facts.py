"""Small facts by name: what a migration must know about itself to go on without its source."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from migrator.ledger import codec
from migrator.ledger.door import Door

OWN = frozenset({"id", "phase", "staging", "floor"})
"""Those that the ledger keeps for itself; nobody else sets them."""


class Facts(Door):
    """The part of a ledger that remembers facts."""

    def fact(self, name: str) -> str | None:
        """A small fact by name; None where it was never set."""
        found = self._reader.one("SELECT value FROM facts WHERE name = ?", (name,))
        return None if found is None else codec.load_text(found[0])

    def facts(self) -> dict[str, str]:
        """All facts, those that the ledger keeps for itself included (`id`, `phase`, `staging`, `floor`)."""
        lines = self._reader.all("SELECT name, value FROM facts")
        return {name: codec.load_text(value) for name, value in lines}

    def set_facts(self, facts: Mapping[str, str]) -> None:
        """Sets facts, all or none; they are on the disk when this returns.

        Raises:
            ValueError: One of them is the ledger's own: a bug in the caller.
        """
        self._writing.run(lambda db: put_facts(db, facts))


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
