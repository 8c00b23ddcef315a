"""Putting rows into the ledger, and meeting them again in a later version of their source.

A row is known by its key. Nothing that was sent, or may have been, is ever replaced: its bytes are
what doubt is resolved with. A row without a key of its own (none readable, or the second of its key in
one source) is known by its place, and only until a file of the same name is staged again: then its
keyless rows are those of the new version.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from migrator.ledger import codec, faults
from migrator.ledger.entries import Staged
from migrator.ledger.facts import put_facts
from migrator.model import Problem, Rejected, Skipped, SourceRef, Status, Ticket


@dataclass(frozen=True, slots=True)
class _Known:
    """What the ledger holds of a row that is being staged."""

    row: int
    staging: int
    fingerprint: str
    has_ticket: bool
    in_flight: bool

    @property
    def stays(self) -> bool:
        """Whether its version was sent, or may have been."""
        return self.has_ticket or self.in_flight


@dataclass(frozen=True, slots=True)
class _Version:
    """The columns of a row that come from its source."""

    key: str
    ref: SourceRef
    status: Status
    created_at_ms: int | None = None
    legacy_id: str = ""
    fingerprint: str = ""
    skip_reason: str = ""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()

    def columns(self, staging: int) -> tuple[object, ...]:
        """In the order of `_COLUMNS`."""
        return (
            codec.dump(self.key) if self.key else None,
            codec.dump(self.ref.file),
            codec.dump(self.ref.sheet),
            self.ref.row,
            self.ref.line,
            staging,
            self.status.value,
            self.created_at_ms,
            codec.dump(self.legacy_id) if self.legacy_id else None,
            self.fingerprint,
            codec.dump(self.skip_reason),
            codec.dump_problems(self.problems),
            codec.dump_problems(self.warnings),
            codec.dump(self.left_out),
        )


_COLUMNS = (
    "key, file, sheet, source_row, line, staging, status, created_at_ms, legacy_id, fingerprint, "
    "skip_reason, problems, warnings, left_out"
)
_MARKS = ", ".join("?" * (_COLUMNS.count(",") + 1))
_INSERT = f"INSERT INTO rows (run, {_COLUMNS}) VALUES (0, {_MARKS})"  # noqa: S608 - constants only
_REPLACE = (
    f"UPDATE rows SET run = 0, http_status = NULL, code = NULL, message = NULL, "  # noqa: S608
    f"({_COLUMNS}) = ({_MARKS}) WHERE seq = ?"
)
_FIND = """
    SELECT seq, staging, fingerprint, number IS NOT NULL,
        EXISTS (SELECT 1 FROM steps WHERE steps.row = seq AND state IN ('sending', 'in_doubt'))
    FROM rows WHERE """


class Stager:
    """Takes the rows of one source, in source order. Made by `Ledger.staging`."""

    def __init__(self, db: sqlite3.Connection, path: Path, staging: int) -> None:
        """
        Args:
            db: Inside a transaction.
            path: Of the ledger, for messages.
            staging: The number of this staging, counted from 1 over the life of the ledger.
        """
        self._db = db
        self._path = path
        self._staging = staging
        self._left_out: Counter[str] = Counter()

    def set_facts(self, facts: Mapping[str, str]) -> None:
        """Sets facts that hold once the source is staged; the rules are those of `Ledger.set_facts`."""
        with faults.translated(self._path):
            put_facts(self._db, facts)

    def ticket(self, ticket: Ticket, original: tuple[str, ...] | str) -> Staged:
        """Stages a ticket; `original` is what a reject file would say, as in `Record.original`.

        Raises:
            ValueError: It has no key, or no steps, or its key was staged just now: bugs in the caller.
            LedgerError: The disk or the database failed.
        """
        if not ticket.key or not ticket.steps:
            raise ValueError(f"{ticket.ref}: a ticket needs a key and at least one step")
        version = _Version(
            ticket.key,
            ticket.ref,
            Status.PENDING,
            created_at_ms=ticket.created_at_ms,
            legacy_id=ticket.legacy_id,
            fingerprint=ticket.fingerprint,
            warnings=ticket.warnings,
            left_out=ticket.left_out,
        )
        with faults.translated(self._path):
            known = self._by_key(ticket.key) or self._by_place(ticket.ref)
            if known is not None and known.staging == self._staging:
                raise ValueError(f"{ticket.ref}: key {ticket.key!r} was staged already")
            if known is not None and known.fingerprint == version.fingerprint:
                self._met(known)
                return Staged.KEPT if known.in_flight else Staged.UNCHANGED
            staged, row = self._place(version, known)
            if staged is not Staged.KEPT:
                self._hold(row, original, ticket)
            return staged

    def skipped(self, skipped: Skipped) -> Staged:
        """Stages a record that the mapping leaves out.

        Raises:
            LedgerError: The disk or the database failed.
        """
        with faults.translated(self._path):
            version = _Version(skipped.key, skipped.ref, Status.SKIPPED, skip_reason=skipped.reason)
            staged, _ = self._place(*self._unless_taken(version))
            return staged

    def rejected(self, rejected: Rejected, original: tuple[str, ...] | str) -> Staged:
        """Stages a record that cannot be sent; one whose key was staged just now becomes keyless.

        Raises:
            LedgerError: The disk or the database failed.
        """
        with faults.translated(self._path):
            version = _Version(rejected.key, rejected.ref, Status.REJECTED, problems=rejected.problems)
            staged, row = self._place(*self._unless_taken(version))
            if staged is not Staged.KEPT:
                self._hold(row, original)
            return staged

    def finish(self) -> None:
        """Drops keyless rows of an earlier version of the files that were staged now, and counts."""
        stale = (
            "SELECT seq FROM rows WHERE key IS NULL AND staging < :now"
            " AND file IN (SELECT file FROM rows WHERE staging = :now)"
        )
        now = {"now": self._staging}
        with faults.translated(self._path):
            self._db.execute(f"DELETE FROM originals WHERE row IN ({stale})", now)  # noqa: S608
            self._db.execute(f"DELETE FROM rows WHERE seq IN ({stale})", now)  # noqa: S608
            self._db.executemany(
                "INSERT INTO left_out VALUES (?, ?)"
                " ON CONFLICT (what) DO UPDATE SET count = count + excluded.count",
                [(codec.dump(what), count) for what, count in self._left_out.items()],
            )

    def _unless_taken(self, version: _Version) -> tuple[_Version, _Known | None]:
        """The version and what is known of it; without its key if another row of this source has that."""
        known = self._by_key(version.key) if version.key else None
        if known is not None and known.staging == self._staging:
            version, known = _keyless(version), None
        return version, known or self._by_place(version.ref)

    def _by_key(self, key: str) -> _Known | None:
        return self._known(_FIND + "key = ?", (codec.dump(key),))

    def _by_place(self, ref: SourceRef) -> _Known | None:
        """A keyless row that an earlier staging met at the same place."""
        place = (codec.dump(ref.file), codec.dump(ref.sheet), ref.row, self._staging)
        return self._known(
            _FIND + "key IS NULL AND file = ? AND sheet = ? AND source_row = ? AND staging < ?", place
        )

    def _known(self, query: str, values: tuple[object, ...]) -> _Known | None:
        found = self._db.execute(query, values).fetchone()
        if found is None:
            return None
        row, staging, fingerprint, has_ticket, in_flight = found
        return _Known(row, staging, fingerprint, bool(has_ticket), bool(in_flight))

    def _place(self, version: _Version, known: _Known | None) -> tuple[Staged, int]:
        """Writes the row itself, unless the known one must stay; returns its number as well."""
        columns = version.columns(self._staging)
        if known is None or not known.stays:
            self._left_out.update(dict(version.left_out))
        if known is None:
            row = self._db.execute(_INSERT, columns).lastrowid
            assert row is not None
            return Staged.NEW, row
        if known.stays:
            self._met(known)
            return Staged.KEPT, known.row
        self._left_out.subtract(dict(self._left_out_by(known)))
        for table in ("originals", "requests", "steps"):
            self._db.execute(f"DELETE FROM {table} WHERE row = ?", (known.row,))  # noqa: S608
        self._db.execute(_REPLACE, (*columns, known.row))
        return Staged.RESTAGED, known.row

    def _left_out_by(self, known: _Known) -> tuple[tuple[str, int], ...]:
        (text,) = self._db.execute("SELECT left_out FROM rows WHERE seq = ?", (known.row,)).fetchone()
        return codec.load_left_out(text)

    def _met(self, known: _Known) -> None:
        self._db.execute("UPDATE rows SET staging = ? WHERE seq = ?", (self._staging, known.row))

    def _hold(self, row: int, original: tuple[str, ...] | str, ticket: Ticket | None = None) -> None:
        """Writes what belongs to a row that was just placed."""
        self._db.execute("INSERT INTO originals VALUES (?, ?)", (row, codec.dump(original)))
        if ticket is None:
            return
        for ordinal, step in enumerate(ticket.steps):
            self._db.execute(
                "INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?)",
                (row, ordinal, step.method, step.path, step.body, codec.dump_uploads(step.uploads)),
            )
            self._db.execute(
                "INSERT INTO steps (row, ordinal, kind) VALUES (?, ?, ?)", (row, ordinal, step.kind.value)
            )


def _keyless(version: _Version) -> _Version:
    return _Version(
        "", version.ref, version.status, skip_reason=version.skip_reason, problems=version.problems
    )
