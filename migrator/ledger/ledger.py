"""The ledger of one migration: what was asked, and what became of it.

This is the doorway; the work is done in `staging.py` and `steps.py` (what changes), `queries.py` (what
is read), `writer.py` (how it gets to the disk) and `lock.py` (who may). It knows nothing of HTTP, of
mappings or of files to import. Three whole topics have doors of their own, which this one includes:
`proof.py` (reading everything back), `deletions.py` (taking everything back) and `parties.py` (who must be
there before tickets are).
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from migrator.errors import LedgerError
from migrator.ledger import codec, fallbacks, faults, forgetting, queries, schema, sent, steps, tables
from migrator.ledger.deletions import Deletions
from migrator.ledger.entries import (
    Doubt,
    Event,
    Minute,
    Order,
    RejectedRow,
    Result,
    Run,
    RunCounts,
    Sent,
    Work,
)
from migrator.ledger.facts import put_facts, put_own_facts
from migrator.ledger.lock import Lock, is_held
from migrator.ledger.parties import Needed, Parties
from migrator.ledger.proof import Proof
from migrator.ledger.queries import Reader
from migrator.ledger.staging import Stager
from migrator.ledger.writer import Writer
from migrator.model import Counts, Outcome, Problem, Refused, Status, Step, StepKind, TicketSeen


class Ledger(Proof, Deletions, Parties):
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
        self._in_flight: set[tuple[int, int]] = set()
        self._in_flight_guard = threading.Lock()
        facts = queries.facts(reader)
        if "id" not in facts:
            raise faults.damaged(path)
        self.id = facts["id"]
        self._floor = int(facts["floor"]) if "floor" in facts else None

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
        path = _real(path)
        _refuse_to_overwrite(path)
        if not path.parent.is_dir():
            raise LedgerError(
                "there is no folder for the ledger", hint="make the folder first", at=str(path.parent)
            )
        lock = Lock(path)
        try:
            _refuse_to_overwrite(path)
            draft = path.with_name(path.name + ".new")
            draft.unlink(missing_ok=True)
            with faults.translated(path):
                try:
                    schema.build(draft, {"id": codec.dump(uuid.uuid4().hex)})
                    draft.rename(path)
                finally:
                    draft.unlink(missing_ok=True)
                _make_names_durable(path.parent)
            return cls._open_locked(path, lock, now)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def open(cls, path: Path, *, now: Callable[[], float] = time.time) -> Ledger:
        """Opens a ledger to go on with it. What a killed process was sending is in doubt from now on.

        Raises:
            LedgerBusy: A living process holds it.
            LedgerError: It is missing, damaged, from a newer version, or something else altogether.
        """
        path = _real(path)
        schema.identify(path)
        lock = Lock(path)
        try:
            return cls._open_locked(path, lock, now)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def look(cls, path: Path, *, now: Callable[[], float] = time.time) -> Ledger:
        """Opens a ledger for questions only, without the lock, also while a run is going on.

        What another process is sending just now counts as pending. A ledger of an earlier version is
        brought up to date first.

        Raises:
            LedgerError: As for `open`.
            LedgerBusy: A process of an earlier version is working on it.
        """
        path = _real(path)
        if schema.identify(path) < tables.VERSION:
            cls.open(path, now=now).close()
        with faults.translated(path):
            reader = Reader(schema.connect_to_read(path), path, catch_up=lambda: None)
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
        path = _real(path)
        schema.identify(path)
        lock = Lock(path)
        try:
            with cls.look(path) as ledger:
                if ledger.floor() is not None or ledger.highest_owned():
                    return False
            with faults.translated(path):
                for suffix in ("-wal", "-shm", ""):  # the ledger last: a kill must not orphan the others
                    path.with_name(path.name + suffix).unlink(missing_ok=True)
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
            with faults.translated(path):
                db = schema.connect_to_write(path)
                undo.callback(db.close)
                schema.bring_up_to_date(db)
                writer = Writer(db, path)
                undo.callback(writer.close)
                reader = Reader(schema.connect_to_read(path), path, catch_up=writer.settled)
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

    # --- facts ----------------------------------------------------------------------------------

    def fact(self, name: str) -> str | None:
        """A small fact by name; None where it was never set."""
        return queries.fact(self._reader, name)

    def facts(self) -> dict[str, str]:
        """All facts, those that the ledger keeps for itself included (`id`, `phase`, `staging`, `floor`)."""
        return queries.facts(self._reader)

    def set_facts(self, facts: Mapping[str, str]) -> None:
        """Sets facts, all or none; they are on the disk when this returns.

        Raises:
            ValueError: One of them is the ledger's own: a bug in the caller.
        """
        self._writing.run(lambda db: put_facts(db, facts))

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

    # --- work -----------------------------------------------------------------------------------

    def floor(self) -> int | None:
        """The highest ticket number that there was when the last run started; None before the first."""
        return self._floor

    def set_floor(self, number: int) -> None:
        """Stores the floor that goes into every intent from now on; on the disk when this returns."""
        self._writing.run(lambda db: put_own_facts(db, {"floor": str(number)}))
        self._floor = number

    def waiting(
        self, *, order: Order = Order.OLDEST, limit: int | None = None, only: str | None = None
    ) -> Iterator[Work]:
        """Tickets with steps to send, none of which is on its way, in doubt or refused.

        A ticket that begins to wait again behind the place that was reached is not met: ask again.

        Args:
            limit: At most so many tickets.
            only: Just the ticket with this key.
        """
        works = (
            queries.waiting(self._reader, order) if only is None else queries.waiting_only(self._reader, only)
        )
        return islice(works, limit)

    def to_send(self, *, only: str | None = None) -> tuple[int, int]:
        """How many tickets wait, and how many requests they need; of one key, or of all."""
        return queries.to_send(self._reader, only)

    def begin(self, row: int, ordinal: int, *, server_time_s: float) -> None:
        """Writes that a step is about to be sent. When this returns it is on the disk, and it may leave.

        Raises:
            DiskFull: There is no room: nothing may be sent.
            ValueError: The step is not the next of its row, or no floor was set: bugs in the caller.
        """
        floor = self._floor
        if floor is None:
            raise ValueError("no floor was set: what this step creates could not be found again")
        at = steps.At(row, ordinal, self._now(), server_time_s, self._run)
        self._writing.run(lambda db: steps.begin(db, at, floor))
        with self._in_flight_guard:
            self._in_flight.add((row, ordinal))

    def settle(self, row: int, ordinal: int, outcome: Outcome, *, server_time_s: float) -> None:
        """Hands over what became of a step that was begun; `flush` waits until it is on the disk.

        Should the disk fail before, the step is in doubt when the ledger is opened again.

        Raises:
            ValueError: The step is not on its way: a bug in the caller.
        """
        with self._in_flight_guard:
            if (row, ordinal) not in self._in_flight:
                raise ValueError(f"step {ordinal} of row {row} was not begun")
            self._in_flight.remove((row, ordinal))
        at = steps.At(row, ordinal, self._now(), server_time_s, self._run)
        self._writing.hand_over(lambda db: steps.settle(db, at, outcome))

    def exchange(
        self, row: int, ordinal: int, step: Step, warning: Problem, *, files: int, back: bool = False
    ) -> None:
        """Puts another step in the place of one that waits, because its files cannot come along.

        Args:
            files: How many they are; they count as left out.
            back: It is the step as it was: the files were not to blame, so warning and count go again.

        Raises:
            ValueError: The step is not waiting: a bug in the caller.
        """
        self._writing.run(
            lambda db: fallbacks.exchange(db, row, ordinal, step, warning, files=files, back=back)
        )

    def merge(
        self, row: int, ordinals: Sequence[int], step: Step, warning: Problem, left_out: Counter[str]
    ) -> None:
        """Puts one step in the place of several that wait; it gets the place of the first.

        Args:
            left_out: What does not come along any more, counted.

        Raises:
            ValueError: They are not all waiting: a bug in the caller.
        """
        self._writing.run(lambda db: fallbacks.merge(db, row, ordinals, step, warning, left_out))

    def append_step(self, row: int, step: Step) -> None:
        """Adds a step to a complete row: it waits, and is what it was again once that is done.

        Raises:
            ValueError: The row is not complete: a bug in the caller.
        """
        self._writing.run(lambda db: steps.append(db, row, step))

    def give_up_rewriting(self) -> int:
        """Lets rows be as they were whose change of references was refused; returns how many."""
        return self._writing.run(steps.give_up_rewriting)

    def flush(self) -> None:
        """Waits until everything handed over is on the disk."""
        self._writing.flush()

    # --- doubt ----------------------------------------------------------------------------------

    def doubts(self, *, only: str | None = None) -> list[Doubt]:
        """Every step in doubt, in source order; of one key, or of all."""
        return queries.doubts(self._reader, only)

    def owner_of(self, object_id: str) -> int | None:
        """The row that owns this ticket of Featurebase, or owned it until it was taken back; else None."""
        return queries.owner_of(self._reader, object_id)

    def newest_owned(self, limit: int) -> list[tuple[int, str]]:
        """Number and object id of the owned tickets with the highest numbers, the highest first."""
        return queries.newest_owned(self._reader, limit)

    def highest_owned(self) -> int:
        """The highest number of an owned ticket; 0 where none is owned."""
        return max((number for number, _ in self.newest_owned(1)), default=0)

    def row_with_legacy_id(self, legacy_id: str) -> int | None:
        """The row whose ticket carries this legacy id; one that has no ticket yet, if there are several."""
        return queries.row_with_legacy_id(self._reader, legacy_id)

    def creates_dated(self, created_at_ms: int) -> Iterator[Step]:
        """The create steps of all tickets with this backdate, to the second, sent or not."""
        return queries.creates_dated(self._reader, created_at_ms)

    def has_undated(self) -> bool:
        """Whether any row with a legacy id has no backdate to be recognised by."""
        return queries.has_undated(self._reader)

    def adopt(self, row: int, seen: TicketSeen) -> bool:
        """Claims a ticket that was found for the create step of a row, waiting or in doubt.

        Returns:
            Whether the row has that ticket now. False where another row owns it, which is for ever, or
            where the step is on its way, refused, or done with another ticket.
        """
        now_s, run = self._now(), self._run
        return self._writing.run(lambda db: steps.adopt(db, row, seen, now_s, run))

    def absent(self, row: int, ordinal: int) -> None:
        """Lets a step wait again that was in doubt and is proven not to have arrived.

        Raises:
            ValueError: It is not in doubt: a bug in the caller.
        """
        self._writing.run(lambda db: steps.absent(db, row, ordinal))

    def decide(self, row: int, ordinal: int, refused: Refused | None) -> None:
        """Settles a step in doubt that makes no ticket; a create is settled by `adopt`.

        Args:
            refused: Why it can never be done; None where it is proven to be there.

        Raises:
            ValueError: It is not in doubt, or is the create step: bugs in the caller.
        """
        at = steps.At(row, ordinal, self._now(), server_s=None, run=self._run)
        self._writing.run(lambda db: steps.decide(db, at, refused))

    def done_steps(self, row: int) -> list[Step]:
        """The settled steps of a row, in their order: the create step first."""
        return queries.done_steps(self._reader, row)

    def sent(self, row: int) -> Sent | None:
        """A row with its ticket and all its requests; None where the row owns no ticket."""
        return sent.by_row(self._reader.all, row)

    def sent_by_key(self, key: str) -> Sent | None:
        """The same, by source id."""
        return sent.by_key(self._reader.all, key)

    def ticket_of(self, key: str) -> tuple[int, str] | None:
        """Number and address of the ticket that a source id has become; None where it has none."""
        return queries.ticket_of(self._reader, key)

    def failed(self) -> tuple[tuple[str, ...], int]:
        """The keys of the failed rows, in source order, and how many requests they still need."""
        return queries.failed(self._reader)

    def status_of(self, key: str) -> Status | None:
        """Where the row with this key stands; None where there is none."""
        return queries.status_of(self._reader, key)

    def retry_failed(self, keys: Sequence[str]) -> int:
        """Lets the refused steps of these rows wait again, where they failed; returns how many rows."""
        return self._writing.run(lambda db: steps.retry_failed(db, keys))

    # --- accounting -----------------------------------------------------------------------------

    def counts(self) -> Counts:
        """How many rows stand where. Takes the same time for ten rows and a million."""
        return queries.counts(self._reader)

    def skipped_by_reason(self) -> dict[str, int]:
        """How many rows each `skip` rule left out."""
        return queries.skipped_by_reason(self._reader)

    def left_out(self) -> dict[str, int]:
        """What the staged tickets have and this migration does not bring, added up by name."""
        return queries.left_out(self._reader)

    def adopted(self) -> int:
        """How many created rows were found in Featurebase rather than answered."""
        return queries.adopted(self._reader)

    def steps_done(self) -> dict[StepKind, int]:
        """How many steps of each kind are settled, over all runs; every kind is there."""
        return queries.steps_done(self._reader)

    def results(self, *, status: Status | None = None) -> Iterator[Result]:
        """What became of every row, or of those with this status, in source order."""
        return queries.results(self._reader, status)

    def originals(self) -> Iterator[RejectedRow]:
        """The rejected and the failed rows with what a person needs to correct them, in source order."""
        return queries.originals(self._reader)

    # --- runs and events ------------------------------------------------------------------------

    def begin_run(self, options: Mapping[str, str]) -> int:
        """Notes that a run starts; what happens from now on belongs to it. Returns its number, from 1."""
        line = (codec.dump(dict(options)), self._now())

        def start(db: sqlite3.Connection) -> int:
            run = db.execute("INSERT INTO runs (options, started_at_s) VALUES (?, ?)", line).lastrowid
            assert run is not None
            return run

        self._run = self._writing.run(start)
        return self._run

    def end_run(self, run: int, *, exit_code: int, **figures: int) -> None:
        """Notes how a run ended, and whatever was counted: `requests=1200`."""
        line = (self._now(), exit_code, codec.dump(figures), run)
        self._writing.run(
            lambda db: db.execute(
                "UPDATE runs SET ended_at_s = ?, exit_code = ?, figures = ? WHERE run = ?", line
            )
        )

    def runs(self) -> Iterator[Run]:
        """Every run so far, the first one first."""
        return queries.runs(self._reader)

    def minutes(self) -> list[Minute]:
        """What was sent, minute by minute; minutes without anything are left out."""
        return queries.minutes(self._reader)

    def run_counts(self, run: int) -> RunCounts:
        """What happened because of `run`: the rows that stand where they stand, and the steps it got done."""
        return queries.run_counts(self._reader, run)

    def event(self, kind: str, **detail: str | int | float | None) -> None:
        """Hands over a line for the log, which must never hold ticket text or keys."""
        line = (self._now(), self._run, codec.dump(kind), codec.dump(detail))
        self._writing.hand_over(
            lambda db: db.execute("INSERT INTO events (at_s, run, kind, detail) VALUES (?, ?, ?, ?)", line)
        )

    def events(self) -> Iterator[Event]:
        """The log, oldest line first."""
        return queries.events(self._reader)

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


def _real(path: Path) -> Path:
    """One name for one file, so that a link to a ledger does not get a lock of its own."""
    with faults.translated(path):
        return path.expanduser().resolve()


def _refuse_to_overwrite(path: Path) -> None:
    if path.exists():
        raise LedgerError(
            "there is a file of this name already, and it was left as it is",
            hint="give the new ledger another name: --ledger FILE",
            at=str(path),
        )


def _make_names_durable(folder: Path) -> None:
    """Without this a power cut could take the new file's name away again. Windows has no such call."""
    with suppress(PermissionError, AttributeError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
