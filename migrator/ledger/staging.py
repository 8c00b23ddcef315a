"""Putting rows into the ledger, and meeting them again in a later version of their source.

A row is known by its key. Nothing that was sent, or may have been, is ever replaced: its bytes are
what doubt is resolved with. A row without a key of its own (none readable, or the second of its key in
one source) is known by its place, and only until a file of the same name is staged again: then its
keyless rows are those of the new version.

A row that is given back (corrected in a file of rejects) says where it stood. It keeps that place, which
is its place in the export; and a source of such rows says nothing about the rows that it does not hold.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from migrator.errors import LedgerError
from migrator.ledger import codec, faults, sent, steps
from migrator.ledger.entries import Sent, Staged
from migrator.ledger.facts import put_facts
from migrator.ledger.known import Known, KnownRows
from migrator.ledger.parties import Needed
from migrator.ledger.steps import hold
from migrator.ledger.versions import INSERT, RENEW, REPLACE, Version, renewed
from migrator.model import Rejected, Skipped, Status, Step, Ticket

_RENEW_CONTACT = """
    UPDATE requests SET contact = ? WHERE row = ? AND ordinal = ? AND EXISTS (
        SELECT 1 FROM steps WHERE steps.row = requests.row AND steps.ordinal = requests.ordinal
            AND state IN ('waiting', 'refused'))
"""


class Stager:
    """Takes the rows of one source, in source order. Made by `Ledger.staging`."""

    def __init__(
        self, db: sqlite3.Connection, path: Path, needed: Needed, *, retry_refused: bool, newer: bool
    ) -> None:
        """
        Args:
            db: Inside a transaction.
            path: Of the ledger, for messages.
            needed: Takes the parties of the rows; its staging is counted from 1 over the life of the ledger.
            retry_refused, newer: As in `Ledger.staging`.
        """
        self._db = db
        self._path = path
        self._staging = needed.staging
        self._needed = needed
        self._retry_refused = retry_refused
        self._newer = newer
        self._left_out: Counter[str] = Counter()
        self._whole = not retry_refused
        self._rows = KnownRows(db, needed.staging)

    def set_facts(self, facts: Mapping[str, str]) -> None:
        """Sets facts that hold once the source is staged; the rules are those of `Ledger.set_facts`."""
        with faults.translated(self._path):
            put_facts(self._db, facts)

    def ticket(self, ticket: Ticket, original: tuple[str, ...] | str, *, replaces: str = "") -> Staged:
        """Stages a ticket.

        Args:
            original: What a reject file would say, as in `Record.original`.
            replaces: Where the row stood when it was rejected, as in `Record.earlier_place`; empty for a row
                that is not given back. If a row without a key of its own stands there, the ticket takes its
                place: else a row that was given a key would leave its rejected self behind. But if the key
                belongs to another row both stay as they stand (kept), for it is still the second of its key.

        Raises:
            ValueError: It has no key, or no steps, or its key was staged just now: bugs in the caller.
            LedgerError: The disk or the database failed.
        """
        if not ticket.key or not ticket.steps:
            raise ValueError(f"{ticket.ref}: a ticket needs a key and at least one step")
        version = Version(
            ticket.key,
            ticket.ref,
            Status.PENDING,
            created_at_ms=ticket.created_at_ms,
            legacy_id=ticket.legacy_id,
            fingerprint=ticket.fingerprint,
            warnings=ticket.warnings,
            left_out=ticket.left_out,
            old_url=ticket.old_url,
        )
        with faults.translated(self._path):
            known, earlier = self._rows.by_key(ticket.key), self._earlier(replaces)
            if known is not None and known.staging == self._staging:
                raise ValueError(f"{ticket.ref}: key {ticket.key!r} was staged already")
            if known is not None and earlier is not None:
                self._rows.met(earlier)
                return Staged.KEPT
            known = known or earlier or self._rows.by_place(ticket.ref)
            if known is not None and known.fingerprint == version.fingerprint:
                self._needed.hold(known.row, ticket.parties)
                return self._same(known, ticket)
            staged, row = self._place(version, known, given_back=bool(replaces))
            self._needed.hold(row, ticket.parties)
            if staged is Staged.KEPT:
                return Staged.SENT
            self._hold(row, original, ticket)
            return staged

    def sent(self, key: str) -> Sent | None:
        """What was sent for this source id, to decide what a newer version has more; None without a ticket.

        Raises:
            LedgerError: The disk or the database failed.
        """
        with faults.translated(self._path):
            return sent.by_key(lambda query, values: self._db.execute(query, values).fetchall(), key)

    def renew(
        self,
        row: int,
        ticket: Ticket,
        steps: Sequence[Step],
        original: tuple[str, ...] | str | None = None,
        *,
        whole: bool = True,
    ) -> Staged:
        """Stages a newer version of a row that owns a ticket: what was carried out stays, the rest is anew.

        Steps that were refused or never sent are dropped; `steps` wait behind those that were carried out or
        may have been. A row that was complete will be updated when they are done; without any it is
        unchanged, if the source is a newer one.

        Args:
            row: One that owns a ticket, as `sent` said.
            ticket: The newer version.
            steps: Those to send; perhaps none.
            original: As for `ticket`; None keeps that of the earlier version.
            whole: With `steps` the ticket will be all that the newer version says, so that the row has its
                fingerprint from now on. Else the same version is looked at again next time.

        Returns:
            Extended, or unchanged where there was nothing to send.

        Raises:
            ValueError: The row owns no ticket: a bug in the caller.
            LedgerError: The disk or the database failed.
        """
        with faults.translated(self._path):
            known = self._rows.by_row(row)
            if known is None or not known.has_ticket:
                raise ValueError(f"{ticket.ref}: row {row} cannot be renewed")
            self._left_out.update(dict(ticket.left_out))
            self._left_out.subtract(self._rows.left_out_by(known))
            self._db.execute(RENEW, (*renewed(ticket, self._staging, whole=whole), row))
            if original is not None:
                self._db.execute(
                    "UPDATE originals SET original = ? WHERE row = ?", (codec.dump(original), row)
                )
            self._drop_unsent(row)
            (last,) = self._db.execute("SELECT max(ordinal) FROM steps WHERE row = ?", (row,)).fetchone()
            hold(self._db, row, steps, first=last + 1)
            if not known.in_flight:
                self._stand(known, pending=bool(steps))
            return Staged.EXTENDED if steps else Staged.UNCHANGED

    def _drop_unsent(self, row: int) -> None:
        unsent = "SELECT ordinal FROM steps WHERE row = ? AND state IN ('waiting', 'refused')"
        for table in ("requests", "steps"):
            self._db.execute(
                f"DELETE FROM {table} WHERE row = ? AND ordinal IN ({unsent})",  # noqa: S608
                (row, row),
            )

    def _stand(self, known: Known, *, pending: bool) -> None:
        """Gives a row with a ticket its status after its steps were renewed."""
        if not pending and known.complete:
            self._is_unchanged(known)
        else:
            status = "'pending'" if pending else "ends_as"
            self._db.execute(
                "UPDATE rows SET run = 0, http_status = NULL, code = NULL, message = NULL,"  # noqa: S608
                f" ends_as = CASE WHEN ? THEN 'updated' ELSE ends_as END, status = {status} WHERE seq = ?",
                (known.complete, known.row),
            )

    def skipped(self, skipped: Skipped, *, replaces: str = "") -> Staged:
        """Stages a record that the mapping leaves out.

        Args:
            replaces: As for `ticket`; the row becomes keyless if its key belongs to another one.

        Raises:
            LedgerError: The disk or the database failed.
        """
        with faults.translated(self._path):
            version = Version(skipped.key, skipped.ref, Status.SKIPPED, skip_reason=skipped.reason)
            staged, _ = self._place(*self._unless_taken(version, replaces), given_back=bool(replaces))
            return staged

    def rejected(self, rejected: Rejected, original: tuple[str, ...] | str, *, replaces: str = "") -> Staged:
        """Stages a record that cannot be sent; one whose key was staged just now becomes keyless.

        Args:
            original: As for `ticket`.
            replaces: As for `ticket`; the row becomes keyless if its key belongs to another one.

        Raises:
            LedgerError: The disk or the database failed.
        """
        with faults.translated(self._path):
            version = Version(rejected.key, rejected.ref, Status.REJECTED, problems=rejected.problems)
            staged, row = self._place(*self._unless_taken(version, replaces), given_back=bool(replaces))
            if staged is not Staged.KEPT:
                self._hold(row, original)
            return staged

    def require(self, rows: int) -> None:
        """Makes sure that so many rows were met, so that none is lost on the way from the source.

        Raises:
            LedgerError: There are others in the ledger; nothing of this source is kept.
        """
        with faults.translated(self._path):
            met = self._rows.count_met()
        if met != rows:
            raise LedgerError(
                f"{rows} rows were read, and {met} of them are in the ledger: this is a mistake in migrator",
                hint="nothing was kept and nothing sent; please report it, with the log of -v",
                at=str(self._path),
            )

    def finish(self) -> None:
        """Drops keyless rows of an earlier version of the files that were staged now, and counts."""
        with faults.translated(self._path):
            if self._whole:
                self._drop_stale()
            self._db.executemany(
                "INSERT INTO left_out VALUES (?, ?)"
                " ON CONFLICT (what) DO UPDATE SET count = count + excluded.count",
                [(codec.dump(what), count) for what, count in self._left_out.items()],
            )

    def _drop_stale(self) -> None:
        stale = (
            "SELECT seq FROM rows WHERE key IS NULL AND staging < :now"
            " AND file IN (SELECT file FROM rows WHERE staging = :now)"
        )
        now = {"now": self._staging}
        self._db.execute(f"DELETE FROM originals WHERE row IN ({stale})", now)  # noqa: S608
        self._db.execute(f"DELETE FROM rows WHERE seq IN ({stale})", now)  # noqa: S608

    def _unless_taken(self, version: Version, replaces: str) -> tuple[Version, Known | None]:
        """The version and what is known of it; without its key if that belongs to another row."""
        known, earlier = self._rows.by_key(version.key) if version.key else None, self._earlier(replaces)
        if known is not None and (known.staging == self._staging or earlier is not None):
            version, known = version.keyless(), None
        return version, known or earlier or self._rows.by_place(version.ref)

    def _earlier(self, replaces: str) -> Known | None:
        """As `KnownRows.given_back`; a source of such rows is not a whole one."""
        self._whole = self._whole and not replaces
        return self._rows.given_back(replaces)

    def _same(self, known: Known, ticket: Ticket) -> Staged:
        """Meets a row again that would send what it would have sent."""
        self._rows.met(known)
        if known.in_flight:
            return Staged.KEPT
        contacts = [(step.contact, known.row, n) for n, step in enumerate(ticket.steps) if step.contact]
        self._db.executemany(_RENEW_CONTACT, contacts)
        if ticket.old_url:  # which is no part of what is sent, and the mapping may have learnt it since
            values = (codec.dump(ticket.old_url), known.row)
            self._db.execute("UPDATE rows SET old_url = ? WHERE seq = ?", values)
        self._is_unchanged(known)
        if not (known.failed and self._retry_refused):
            return Staged.UNCHANGED
        steps.retry(self._db, known.row)
        return Staged.RESTAGED

    def _is_unchanged(self, known: Known) -> None:
        if self._newer and known.complete:
            self._db.execute("UPDATE rows SET status = 'unchanged', run = 0 WHERE seq = ?", (known.row,))

    def _place(self, version: Version, known: Known | None, *, given_back: bool) -> tuple[Staged, int]:
        """Writes the row itself, unless the known one must stay; returns its number as well."""
        if known is not None and given_back:
            version = replace(version, ref=self._rows.ref_of(known))
        columns = version.columns(self._staging)
        if known is None or not known.stays:
            self._left_out.update(dict(version.left_out))
        if known is None:
            row = self._db.execute(INSERT, columns).lastrowid
            assert row is not None
            return Staged.NEW, row
        if known.stays:
            self._rows.met(known)
            return Staged.KEPT, known.row
        self._left_out.subtract(self._rows.left_out_by(known))
        for table in ("originals", "requests", "steps", "needs"):
            self._db.execute(f"DELETE FROM {table} WHERE row = ?", (known.row,))  # noqa: S608
        self._db.execute(REPLACE, (*columns, known.row))
        return Staged.RESTAGED, known.row

    def _hold(self, row: int, original: tuple[str, ...] | str, ticket: Ticket | None = None) -> None:
        """Writes what belongs to a row that was just placed."""
        self._db.execute("INSERT INTO originals VALUES (?, ?)", (row, codec.dump(original)))
        if ticket is not None:
            hold(self._db, row, ticket.steps, first=0)
