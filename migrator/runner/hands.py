"""A dry run on several cores: the same plan, to the byte, as on one.

This process reads, in order, and deals out records, some neighbours at a time. The others make of them what
`prepare.py` makes of every record, and send back what was counted and what is wrong, never the requests. What
depends on the rows before (an id that was met already, people, look-alikes) is found out here, in order.
Memory is that of one deal for each process.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

from migrator.errors import MigratorError
from migrator.featurebase import Directory
from migrator.model import Record, Rejected, Ticket
from migrator.readers import SeenKeys
from migrator.runner.control import Telling
from migrator.runner.prepare import FirstRows, Prepared, Rules, Surveyed, deals, prepare_deal
from migrator.runner.problem_tally import faults_of
from migrator.runner.tally import Counted, Tally

WORTH_IT_BYTES = 20_000_000
"""Size of an export from which several processes are sooner done than one, starting them included."""
MOST_JOBS = 8
"""One process cannot read fast enough for more."""
_PATIENCE_S = 5.0
"""For a process to end by itself."""

Witness = Callable[[Prepared], None]


def jobs_for(size_bytes: int) -> int:
    """How many processes are worth their while for an export of this size."""
    if size_bytes < WORTH_IT_BYTES:
        return 1
    affinity = getattr(os, "sched_getaffinity", None)  # not every system has it
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return min(cores, MOST_JOBS)


def tally_on_cores(
    surveyed: Surveyed,
    directory: Directory,
    telling: Telling,
    tally: Tally,
    witness: Witness | None,
    jobs: int,
) -> None:
    """Prepares every row, and takes all of them into `tally`, in order.

    Args:
        witness: Is shown the rows of which something is wrong.

    Raises:
        MigratorError: One of the processes was ended by somebody else.
        SourceError, DiskFull, Interrupted: As `prepare.prepare` and `Tally.add` do.
    """
    rules = Rules(surveyed.mapping, surveyed.orders, directory, surveyed.source.local_files)
    with SeenKeys() as seen, _Hands(rules, jobs) as hands:
        for records, made in hands.through(deals(surveyed, telling)):
            earlier = seen.first_rows(made.keys)
            if made.counted.may_have_others or any(row is not None for row in earlier):
                made = _make(records, rules, _as_told(earlier))
            tally.add_counted(made.counted)
            if witness is not None:
                for position, result in made.wrong:
                    witness(Prepared(records[position], result))


# --- what every process does ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Made:
    """What became of one deal."""

    counted: Counted
    keys: list[tuple[str, int]]
    """Source id and row of every record that has one."""
    wrong: list[tuple[int, Ticket | Rejected]]
    """By the position in the deal."""


def _make(records: Sequence[Record], rules: Rules, first_rows: FirstRows) -> _Made:
    keys: list[tuple[str, int]] = []
    wrong: list[tuple[int, Ticket | Rejected]] = []

    def noted(asked: Sequence[tuple[str, int]]) -> list[int | None]:
        keys.extend(asked)
        return first_rows(asked)

    with Tally(rules.mapping, rules.directory) as tally:
        for position, prepared in enumerate(prepare_deal(records, rules, noted)):
            tally.note(prepared)
            match prepared.result:
                case Ticket(warnings=problems) | Rejected(problems=problems) as result if faults_of(problems):
                    wrong.append((position, result))
        return _Made(tally.counted(), keys, wrong)


def _as_told(earlier: list[int | None]) -> FirstRows:
    """Says again what was found out already, to who asks about the same keys again."""
    return lambda _keys: earlier


def _never_met(keys: Sequence[tuple[str, int]]) -> list[int | None]:
    """What a process says that cannot know; if it was wrong, the deal is made again by the one that can."""
    return [None] * len(keys)


def _serve(line: Connection) -> None:
    """A process that makes what it is handed, until the other end of the line is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, OSError):
        rules: Rules = line.recv()
        while True:
            records = line.recv()
            try:
                answer: _Made | Exception = _make(records, rules, _never_met)
            except Exception as error:  # noqa: BLE001 - raised again by the process that deals
                answer = error
            line.send(answer)


# --- the processes ----------------------------------------------------------------------------


class _Hand:
    """One process, and what it has in hand."""

    def __init__(self, rules: Rules) -> None:
        context = multiprocessing.get_context("spawn")  # a fork would copy threads and locks in any state
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()  # so that its end is the end of the line
        self._line.send(rules)

    def give(self, records: list[Record]) -> None:
        with _told_of_its_end():
            self._line.send(records)

    def take(self) -> _Made:
        with _told_of_its_end():
            answer = self._line.recv()
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, _Made)
        return answer

    def end(self) -> None:
        """It ends when it has finished what it has in hand."""
        self._line.close()
        self._process.join(_PATIENCE_S)
        if self._process.exitcode is None:
            self._process.kill()
            self._process.join()
        self._process.close()


class _Hands:
    """Processes that take turns, so that what they make comes back in order; use it with `with`."""

    def __init__(self, rules: Rules, jobs: int) -> None:
        with ExitStack() as ends, _deaf_to_ctrl_c():
            self._free: deque[_Hand] = deque()
            for _ in range(jobs):
                hand = _Hand(rules)
                ends.callback(hand.end)
                self._free.append(hand)
            self._ends = ends.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.close()

    def through(self, deals: Iterator[list[Record]]) -> Iterator[tuple[list[Record], _Made]]:
        """Every deal with what was made of it. A process is handed a deal only when it waits for one, so that
        neither side ever writes to one that does not read."""
        busy: deque[tuple[_Hand, list[Record]]] = deque()
        for deal in deals:
            done: tuple[list[Record], _Made] | None = None
            if not self._free:
                hand, before = busy.popleft()
                done = before, hand.take()
                self._free.append(hand)
            hand = self._free.popleft()
            hand.give(deal)
            busy.append((hand, deal))
            if done is not None:
                yield done
        for hand, before in busy:
            yield before, hand.take()


@contextmanager
def _told_of_its_end() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError) as error:
        raise MigratorError(
            "a process that checks rows was ended by the system or by somebody",
            hint="there may be too little memory for several: try again with --jobs 1",
        ) from error


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Processes that are started meanwhile hear neither Ctrl-C nor the closing of the terminal: whoever deals
    to them does, and ends them in good order."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows: a process that hears it ends, and is missed
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
