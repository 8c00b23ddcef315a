"""The ledger of one migration: what was asked, and what became of it.

This is the doorway: opening and closing, taking in a source, forgetting. Every other topic has a door of
its own, which this one includes: `sending.py`, `doubting.py`, `results.py`, `accounting.py`, `log.py`,
`facts.py`, `proof.py` (reading everything back), `deletions.py` (taking everything back), `parties.py` (who
must be there before tickets are) and `contacts.py` (which of them are ours). How things get to the disk is
in `writer.py`, how they are read in `reader.py`. It knows nothing of HTTP, of mappings or of files to import.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from migrator.ledger import faults, forgetting, opening, schema, steps, tables
from migrator.ledger.contacts import Contacts
from migrator.ledger.deletions import Deletions
from migrator.ledger.doubting import Doubting
from migrator.ledger.facts import put_own_facts
from migrator.ledger.lock import Lock, is_held
from migrator.ledger.log import Log
from migrator.ledger.parties import Needed, Parties
from migrator.ledger.proof import Proof
from migrator.ledger.reader import Reader
from migrator.ledger.results import Results
from migrator.ledger.sending import Sending
from migrator.ledger.staging import Stager
from migrator.ledger.writer import Writer


class Ledger(Sending, Doubting, Results, Log, Proof, Deletions, Contacts, Parties):
    """An open ledger. Every method may be called from any thread, unless it says otherwise.

    A question sees everything that was settled before it was asked. All methods raise `LedgerError` or
    one of its family when the disk or the database fails; once a write has failed nothing is written any
    more, every later write raises the same, and questions are still answered.
    """

    def __init__(
        self,
        path: Path,
        reader: Reader,
        *,
        writer: Writer | None,
        lock: Lock | None,
        now: Callable[[], float],
    ) -> None:
        """Use `create`, `open` or `look`."""
        super().__init__(path, reader, writer=writer, now=now)
        self._lock = lock
        known = self.fact("id")
        if known is None:
            raise faults.damaged(path)
        self.id = known

    # --- opening and closing --------------------------------------------------------------------

    @classmethod
    def create(cls, path: Path, *, now: Callable[[], float] = time.time) -> Ledger:
        """Makes an empty ledger, readable by its owner only, and opens it.

        It appears under its name only when it is complete: a kill leaves no half of one.

        Raises:
            LedgerError: There is a file already, or the folder cannot be written.
            LedgerBusy: Another process is making it.
            DiskFull: There is no room.
        """
        path = opening.real(path)
        return cls._open_locked(path, opening.make(path), now)

    @classmethod
    def open(cls, path: Path, *, now: Callable[[], float] = time.time) -> Ledger:
        """Opens a ledger to go on with it. What a killed process was sending is in doubt from now on.

        Raises:
            LedgerBusy: A living process holds it.
            LedgerError: It is missing, damaged, from a newer version, or something else altogether.
        """
        path = opening.real(path)
        schema.identify(path)
        return cls._open_locked(path, Lock(path), now)

    @classmethod
    def look(cls, path: Path, *, now: Callable[[], float] = time.time) -> Ledger:
        """Opens a ledger for questions only, without the lock, also while a run is going on.

        What another process is sending just now counts as pending. A ledger of an earlier version is
        brought up to date first.

        Raises:
            LedgerError: As for `open`.
            LedgerBusy: A process of an earlier version is working on it.
        """
        path = opening.real(path)
        if schema.identify(path) < tables.VERSION:
            cls.open(path, now=now).close()
        reader = opening.to_look(path)
        try:
            return cls(path, reader, writer=None, lock=None, now=now)
        except BaseException:
            reader.close()
            raise

    @classmethod
    def remove(cls, path: Path) -> bool:
        """Removes a ledger that was made for nothing; one whose run has started sending stays.

        Returns:
            Whether it is gone.

        Raises:
            LedgerBusy: A living process holds it.
            LedgerError: As for `open`.
        """
        path = opening.real(path)
        schema.identify(path)
        lock = Lock(path)
        try:
            with cls.look(path) as ledger:
                if ledger.floor() is not None or ledger.highest_owned():
                    return False
            opening.remove(path)
            return True
        finally:
            lock.release()

    @property
    def in_use(self) -> bool:
        """Whether another process is working on it right now."""
        return self._lock is None and is_held(self.path)

    @classmethod
    def _open_locked(cls, path: Path, lock: Lock, now: Callable[[], float]) -> Ledger:
        with ExitStack() as undo:
            undo.callback(lock.release)
            reader, writer = opening.to_write(path)
            undo.callback(writer.close)
            undo.callback(reader.close)
            ledger = cls(path, reader, writer=writer, lock=lock, now=now)
            writer.run(lambda db: steps.doubt_what_was_sending(db, now()))
            undo.pop_all()
        return ledger

    def close(self) -> None:
        """Writes what is left, then lets go of file and lock; harmless when repeated.

        Raises:
            LedgerError: Something that was settled could not be written, and nobody has been told yet.
        """
        self._reader.close()
        try:
            if self._writer is not None:
                self._writer.close()
        finally:
            # A Ctrl-C may have cut the waiting short; then the kernel takes the lock with the process.
            if self._lock is not None and not (self._writer and self._writer.alive):
                self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- staging --------------------------------------------------------------------------------

    @contextmanager
    def staging(
        self, *, retry_refused: bool = False, newer: bool = False, update_people: bool = False
    ) -> Iterator[Stager]:
        """Takes in one source, all of it or nothing: an exception inside, or a kill, undoes everything.

        What this thread writes meanwhile (facts, events) is part of the same transaction. Questions are
        answered as if nothing had been staged yet; other threads' writes wait.

        Args:
            retry_refused: A failed row that comes again as it was waits again; for sources of rows that
                are given back, which is to ask that they be sent again.
            newer: The source is a later one than the ledger has met: a row that is complete and comes again
                as it was is unchanged from now on.
            update_people: Contacts and companies who are there wait again where more is known of them now.

        Raises:
            LedgerError: The ledger was told to forget, so it cannot tell what is new.
        """
        if self.forgotten:
            raise forgetting.forgotten(self.path)
        with self._writing.alone() as db:
            before = self.fact("staging")
            number = 1 if before is None else int(before) + 1
            needed = Needed(db, number, update=update_people)
            stager = Stager(db, self.path, needed, retry_refused=retry_refused, newer=newer)
            yield stager
            stager.finish()
            with faults.translated(self.path):
                put_own_facts(db, {"phase": "staged", "staging": str(number)})

    @property
    def staged(self) -> bool:
        """Whether a source was taken in completely."""
        return self.fact("phase") in {"staged", *forgetting.PHASES}

    # --- forgetting -----------------------------------------------------------------------------

    def forget(self, keep: Mapping[str, str], *, rejected_too: bool = False) -> None:
        """Drops everything that was taken from the export or says anything about a person, for good.

        What stays: keys, places, fingerprints, counts, ticket numbers, object ids and addresses, so that
        status, report and undo go on working. Nothing is staged, sent or compared from then on. A call that
        was cut off is finished by another. No other process may have the file open.

        Args:
            keep: The facts that stay, with what they say from now on; all others are dropped, but for
                the ledger's own.
            rejected_too: Drop what is needed to correct rejected rows as well.

        Raises:
            LedgerError: Some rows are not done with, and their data is still needed; or another
                process is reading the file.
        """
        if not self.forgotten:
            self.require_done(rejected_too=rejected_too)
            self._writing.run(lambda db: forgetting.drop(db, keep))
        with self._writing.apart() as db:
            forgetting.shrink(db, self.path)
        self._writing.run(lambda db: put_own_facts(db, {"phase": forgetting.FORGOTTEN}))

    def require_done(self, *, rejected_too: bool = False) -> None:
        """Makes sure that nothing of what `forget` drops is needed any more.

        Raises:
            LedgerError: It is; the message says how many rows need it, and the way out.
        """
        forgetting.require_done(self.counts(), self.path, rejected_too=rejected_too)

    @property
    def forgotten(self) -> bool:
        """Whether the personal data was dropped, or is being dropped."""
        return self.fact("phase") in forgetting.PHASES
