"""Contacts and companies that must be there before tickets are: who waits, who is there, who was refused.

A party is known by its external id, a contact also by the address; one row of the ledger may need several.
Who is there in truth is found out by the runner.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from migrator.ledger import codec
from migrator.ledger.door import Door
from migrator.ledger.entries import PartyState, PartyWork, RefusedParty
from migrator.model import ContactSeen, Party, PartyKind

_EXAMPLES = 20
_WAITING = "state = 'waiting' AND EXISTS (SELECT 1 FROM needs WHERE party = seq)"
_FIND = """
    SELECT seq, staging FROM parties WHERE kind = :kind AND external_id = :external_id
    UNION ALL SELECT seq, staging FROM parties WHERE kind = :kind AND email = :email
"""


class Parties(Door):
    """The part of a ledger that remembers contacts and companies."""

    def parties_waiting(self, rows: Iterable[int] | None = None) -> Iterator[PartyWork]:
        """Those that are still to be made, companies first: a contact may belong to one.

        Args:
            rows: Only those that these rows need; None for all.
        """
        wanted = None if rows is None else list(rows)
        for kind in (PartyKind.COMPANY, PartyKind.CONTACT):
            if wanted is None:
                yield from self._waiting(kind)
            else:
                yield from self._waiting_for(kind, wanted)

    def count_parties_waiting(self, rows: Iterable[int] | None = None) -> dict[PartyKind, int]:
        """How many requests it takes to make them; every kind is there."""
        if rows is None:
            query = f"SELECT kind, count(*) FROM parties WHERE {_WAITING} GROUP BY kind"  # noqa: S608
            found: dict[str, int] = dict(self._reader.all(query))
            return {kind: found.get(kind, 0) for kind in PartyKind}
        kinds = [party.kind for party in self.parties_waiting(rows)]
        return {kind: kinds.count(kind) for kind in PartyKind}

    def know_contacts(self, seen: Sequence[ContactSeen]) -> None:
        """Hands over that these contacts are in the workspace: who waits to be made and is one, is there."""
        names = [
            (
                codec.dump(each.id),
                codec.dump(each.external_id or ""),
                codec.dump((each.email or "").casefold()),
            )
            for each in seen
        ]
        self._writing.hand_over(lambda db: _know(db, names))

    def settle_party(self, seq: int, state: PartyState, *, id_: str = "", message: str = "") -> None:
        """Hands over what became of a party that was to be made.

        Args:
            message: Why it was refused.
        """
        line = (state.value, codec.dump(id_) if id_ else None, codec.dump(message), seq)
        self._writing.hand_over(
            lambda db: db.execute("UPDATE parties SET state = ?, id = ?, message = ? WHERE seq = ?", line)
        )

    def name_party(self, party: Party, id_: str) -> None:
        """Hands over the id of a party that somebody else made, or that no row needed before it was sent."""
        known = _names(party)
        made: dict[str, object] = {**known, "body": party.body, "id": codec.dump(id_)}
        self._writing.hand_over(lambda db: _name(db, known, made))

    def party_id(self, kind: PartyKind, external_id: str) -> str:
        """Featurebase's id of a party that is there; empty where that is not known."""
        found = self._reader.one(
            "SELECT id FROM parties WHERE kind = ? AND external_id = ?", (kind.value, codec.dump(external_id))
        )
        return codec.load_text(found[0]) if found and found[0] is not None else ""

    def company_of(self, row: int) -> str:
        """Featurebase's id of the company that was made for a row's ticket; empty where none was."""
        found = self._reader.one(
            "SELECT id FROM needs JOIN parties ON seq = party WHERE row = ? AND kind = ?",
            (row, PartyKind.COMPANY.value),
        )
        return codec.load_text(found[0]) if found and found[0] is not None else ""

    def parties(self) -> dict[tuple[PartyKind, PartyState], int]:
        """How many parties stand where, of those that were to be made before the tickets."""
        settled = self._reader.all(
            "SELECT kind, state, count(*) FROM parties WHERE staging > 0 AND state <> 'waiting'"
            " GROUP BY kind, state"
        )
        found = {(PartyKind(kind), PartyState(state)): count for kind, state, count in settled}
        waiting = {(kind, PartyState.WAITING): n for kind, n in self.count_parties_waiting().items() if n}
        return found | waiting

    def parties_refused(self) -> list[RefusedParty]:
        """The first of those that Featurebase would not have, with what it said."""
        lines = self._reader.all(
            "SELECT kind, external_id, email, message FROM parties WHERE state = 'refused'"
            " ORDER BY seq LIMIT ?",
            (_EXAMPLES,),
        )
        return [
            RefusedParty(
                PartyKind(kind), codec.load_text(email or external_id or '""'), codec.load_text(said)
            )
            for kind, external_id, email, said in lines
        ]

    def complete(self, row: int, ordinal: int, body: bytes) -> None:
        """Puts the bytes of a waiting step in the place of those it was staged with: its ids are known now.

        Raises:
            ValueError: The step is not waiting: a bug in the caller.
        """
        self._writing.run(lambda db: _complete(db, row, ordinal, body))

    # --- inside -------------------------------------------------------------------------------

    def _waiting(self, kind: PartyKind) -> Iterator[PartyWork]:
        query = (
            "SELECT seq, body, (SELECT min(row) FROM needs WHERE party = seq) FROM parties"  # noqa: S608
            f" WHERE kind = ? AND {_WAITING} AND seq > ? ORDER BY seq LIMIT ?"
        )
        for seq, body, row in self._reader.pages(query, (kind.value,)):
            yield PartyWork(seq, kind, body, row)

    def _waiting_for(self, kind: PartyKind, rows: Sequence[int]) -> Iterator[PartyWork]:
        met: set[int] = set()
        for row in rows:
            for seq, body in self._reader.all(
                "SELECT seq, body FROM needs JOIN parties ON seq = party"
                " WHERE row = ? AND kind = ? AND state = 'waiting'",
                (row, kind.value),
            ):
                if seq not in met:
                    met.add(seq)
                    yield PartyWork(seq, kind, body, row)


@dataclass(frozen=True, slots=True)
class Needed:
    """What a staging notes of the parties that its rows need."""

    db: sqlite3.Connection
    staging: int
    update: bool
    """A party that is there already waits again where the export says something else of it."""

    def hold(self, row: int, parties: Sequence[Party]) -> None:
        """Notes the parties of a row, in the place of those it needed before.

        The first row of a staging that names a party says what is known of it.
        """
        self.db.execute("DELETE FROM needs WHERE row = ?", (row,))
        for party in parties:
            self.db.execute("INSERT OR IGNORE INTO needs VALUES (?, ?)", (row, self._seq(party)))

    def _seq(self, party: Party) -> int:
        names = _names(party)
        found = self.db.execute(_FIND, names).fetchone()
        if found is None:
            values = {**names, "staging": self.staging, "body": party.body}
            made = self.db.execute(
                "INSERT INTO parties (kind, external_id, email, staging, body)"
                " VALUES (:kind, :external_id, :email, :staging, :body)",
                values,
            ).lastrowid
            assert made is not None
            return made
        seq, staging = found
        if staging != self.staging:
            self.db.execute(
                """
                UPDATE parties SET staging = :staging, body = :body, state = CASE
                    WHEN state = 'refused' AND body <> :body THEN 'waiting'
                    WHEN state IN ('done', 'known') AND body <> :body AND :update THEN 'waiting'
                    ELSE state END
                WHERE seq = :seq
                """,
                {"staging": self.staging, "body": party.body, "update": self.update, "seq": seq},
            )
        return int(seq)


def _names(party: Party) -> dict[str, str | None]:
    return {
        "kind": party.kind.value,
        "external_id": codec.dump(party.external_id) if party.external_id else None,
        "email": codec.dump(party.email) if party.email else None,
    }


def _know(db: sqlite3.Connection, names: Sequence[tuple[str, str, str]]) -> None:
    for id_, external_id, email in names:
        for column, name in (("external_id", external_id), ("email", email)):
            db.execute(
                f"UPDATE parties SET state = 'known', id = ? WHERE kind = 'contact' AND {column} = ?"  # noqa: S608
                " AND state = 'waiting'",
                (id_, name),
            )


def _name(db: sqlite3.Connection, known: dict[str, str | None], made: dict[str, object]) -> None:
    found = db.execute(_FIND, known).fetchone()
    if found is None:
        db.execute(
            "INSERT INTO parties (kind, external_id, email, staging, body, state, id)"
            " VALUES (:kind, :external_id, :email, 0, :body, 'known', :id)",
            made,
        )
    else:
        db.execute("UPDATE parties SET id = :id WHERE seq = :seq", {"id": made["id"], "seq": found[0]})


def _complete(db: sqlite3.Connection, row: int, ordinal: int, body: bytes) -> None:
    changed = db.execute(
        """
        UPDATE requests SET body = ? WHERE row = ? AND ordinal = ? AND EXISTS (
            SELECT 1 FROM steps WHERE steps.row = requests.row AND steps.ordinal = requests.ordinal
                AND state = 'waiting')
        """,
        (body, row, ordinal),
    ).rowcount
    if not changed:
        raise ValueError(f"step {ordinal} of row {row} is not waiting")
