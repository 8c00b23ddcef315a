"""Reading the ledger: each question is one function over a `Reader`.

Everything long comes page by page, so memory stays flat and no reader holds a snapshot open, which
would keep SQLite from tidying its -wal file. Nothing here writes.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from migrator.ledger import codec, faults
from migrator.ledger.entries import Doubt, Event, Minute, Order, RejectedRow, Result, Run, RunCounts, Work
from migrator.model import Counts, SourceRef, Status, Step, StepKind

_PAGE = 500

Line = tuple[Any, ...]


class Reader:
    """A connection for questions, shared by threads; it sees all that was handed over before a question."""

    def __init__(self, db: sqlite3.Connection, path: Path, catch_up: Callable[[], None]) -> None:
        """
        Args:
            catch_up: Waits until what was handed over to be written is written; never raises.
        """
        self._db = db
        self._path = path
        self._catch_up = catch_up
        self._turn = threading.Lock()

    def all(self, query: str, values: tuple[object, ...] = ()) -> list[Line]:
        """Every line of the answer; for answers that are short.

        Raises:
            LedgerError: The disk or the database failed.
        """
        self._catch_up()
        with self._turn, faults.translated(self._path):
            return self._db.execute(query, values).fetchall()

    def one(self, query: str, values: tuple[object, ...] = ()) -> Line | None:
        lines = self.all(query, values)
        return lines[0] if lines else None

    def pages(self, query: str, values: tuple[object, ...] = (), *, after: int = 0) -> Iterator[Line]:
        """Every line of a long answer.

        Args:
            query: Its first column grows from line to line; it takes, after `values`, where to go on
                and how many lines to fetch.
        """
        while True:
            lines = self.all(query, (*values, after, _PAGE))
            yield from lines
            if len(lines) < _PAGE:
                return
            after = lines[-1][0]

    def close(self) -> None:
        with self._turn:
            self._db.close()


def facts(reader: Reader) -> dict[str, str]:
    return {name: codec.load_text(value) for name, value in reader.all("SELECT name, value FROM facts")}


def fact(reader: Reader, name: str) -> str | None:
    found = reader.one("SELECT value FROM facts WHERE name = ?", (name,))
    return None if found is None else codec.load_text(found[0])


_WRONG = "status IN ('rejected', 'failed')"

# --- accounting -------------------------------------------------------------------------------


def counts(reader: Reader) -> Counts:
    return Counts(**dict(reader.all("SELECT status, sum(rows) FROM tally GROUP BY status")))


def run_counts(reader: Reader, run: int) -> RunCounts:
    tally = reader.all("SELECT status, adopted, rows FROM tally WHERE run = ?", (run,))

    def stand(status: Status) -> int:
        return sum(rows for each, _, rows in tally if each == status)

    done: dict[str, int] = dict(reader.all("SELECT kind, steps FROM step_tally WHERE run = ?", (run,)))
    return RunCounts(
        created=stand(Status.CREATED),
        updated=stand(Status.UPDATED),
        failed=stand(Status.FAILED),
        in_doubt=stand(Status.IN_DOUBT),
        adopted=sum(rows for each, adopted, rows in tally if adopted and each == Status.CREATED),
        replies=done.get(StepKind.REPLY, 0),
        notes=done.get(StepKind.NOTE, 0),
        updates=done.get(StepKind.UPDATE, 0),
    )


def steps_done(reader: Reader) -> dict[StepKind, int]:
    done: dict[str, int] = dict(reader.all("SELECT kind, sum(steps) FROM step_tally GROUP BY kind"))
    return {kind: done.get(kind, 0) for kind in StepKind}


def adopted(reader: Reader) -> int:
    found = reader.one(
        "SELECT sum(rows) FROM tally WHERE adopted AND status IN ('created', 'updated', 'unchanged')"
    )
    return (found and found[0]) or 0


def left_out(reader: Reader) -> dict[str, int]:
    lines = reader.all("SELECT what, count FROM left_out WHERE count > 0")
    return {codec.load_text(what): count for what, count in lines}


def skipped_by_reason(reader: Reader) -> dict[str, int]:
    tally = reader.all(
        "SELECT skip_reason, sum(rows) FROM tally WHERE status = 'skipped'"
        " GROUP BY skip_reason HAVING sum(rows) > 0"
    )
    return {codec.load_text(reason): rows for reason, rows in tally}


def results(reader: Reader, status: Status | None) -> Iterator[Result]:
    match status:
        case None:
            which = "TRUE"
        case Status.REJECTED | Status.FAILED:  # said twice, so that SQLite sees that its index fits
            which = f"{_WRONG} AND status = '{status}'"
        case _:
            which = f"status = '{status}'"
    query = f"""
        SELECT seq, key, file, source_row, sheet, line, status, number, object_id, url,
            http_status, code, message, skip_reason, problems, warnings, left_out, adopted, created_at_ms
        FROM rows WHERE {which} AND seq > ? ORDER BY seq LIMIT ?
    """  # noqa: S608 - constants only
    for line in reader.pages(query):
        yield Result(
            row=line[0],
            key=codec.load_text_or_none(line[1]) or "",
            ref=_ref(line[2:6]),
            status=Status(line[6]),
            number=line[7],
            object_id=codec.load_text_or_none(line[8]),
            url=codec.load_text_or_none(line[9]) or "",
            http_status=line[10],
            code=codec.load_text_or_none(line[11]) or "",
            message=codec.load_text_or_none(line[12]) or "",
            skip_reason=codec.load_text(line[13]),
            problems=codec.load_problems(line[14]),
            warnings=codec.load_problems(line[15]),
            left_out=codec.load_left_out(line[16]),
            adopted=bool(line[17]),
            created_at_ms=line[18],
        )


def originals(reader: Reader) -> Iterator[RejectedRow]:
    query = f"""
        SELECT seq, key, file, source_row, sheet, line, status, original, problems, code, message
        FROM rows JOIN originals ON originals.row = seq
        WHERE {_WRONG} AND seq > ? ORDER BY seq LIMIT ?
    """  # noqa: S608 - constants only
    for line in reader.pages(query):
        yield RejectedRow(
            row=line[0],
            key=codec.load_text_or_none(line[1]) or "",
            ref=_ref(line[2:6]),
            status=Status(line[6]),
            original=codec.load_original(line[7]),
            problems=codec.load_problems(line[8]),
            code=codec.load_text_or_none(line[9]) or "",
            message=codec.load_text_or_none(line[10]) or "",
        )


# --- work -------------------------------------------------------------------------------------

_DATED = "status = 'pending' AND created_at_ms IS NOT NULL"
_UNDATED = "status = 'pending' AND created_at_ms IS NULL"


def waiting(reader: Reader, order: Order) -> Iterator[Work]:
    """Each ticket is looked at again when its turn comes, so what was settled meanwhile is left out."""
    match order:
        case Order.OLDEST:
            rows = _chain(_by_date(reader, ">", "ASC"), _by_place(reader, _UNDATED, ">", "ASC"))
        case Order.NEWEST:
            rows = _chain(_by_date(reader, "<", "DESC"), _by_place(reader, _UNDATED, "<", "DESC"))
        case Order.SOURCE:
            rows = _by_place(reader, "status = 'pending'", ">", "ASC")
    for row in rows:
        work = _work(reader, row)
        if work is not None:
            yield work


def waiting_only(reader: Reader, key: str) -> Iterator[Work]:
    """The ticket of that key, if it is waiting."""
    found = reader.one("SELECT seq FROM rows WHERE key = ? AND status = 'pending'", (codec.dump(key),))
    work = None if found is None else _work(reader, found[0])
    if work is not None:
        yield work


def failed(reader: Reader) -> tuple[tuple[str, ...], int]:
    query = f"SELECT seq, key FROM rows WHERE {_WRONG} AND status = 'failed' ORDER BY seq"  # noqa: S608
    rows = reader.all(query, ())
    found = reader.one(
        "SELECT count(*) FROM steps WHERE state IN ('waiting', 'refused')"  # noqa: S608 - constants only
        f" AND row IN (SELECT seq FROM rows WHERE {_WRONG} AND status = 'failed')"
    )
    assert found is not None
    return tuple(codec.load_text(key) for _, key in rows), found[0]


def ticket_of(reader: Reader, key: str) -> tuple[int, str] | None:
    found = reader.one(
        "SELECT number, url FROM rows WHERE key = ? AND number IS NOT NULL", (codec.dump(key),)
    )
    return (found[0], codec.load_text_or_none(found[1]) or "") if found else None


def status_of(reader: Reader, key: str) -> Status | None:
    found = reader.one("SELECT status FROM rows WHERE key = ?", (codec.dump(key),))
    return Status(found[0]) if found else None


def to_send(reader: Reader, only: str | None) -> tuple[int, int]:
    """How many tickets wait, and how many requests they need."""
    if only is not None:
        steps = [len(work.steps) for work in waiting_only(reader, only)]
        return len(steps), sum(steps)
    # Counting what does not wait, which is little, spares a look at every row that does.
    found = reader.one(
        f"""
        SELECT
            (SELECT count(*) FROM steps WHERE state = 'waiting')
            - (SELECT count(*) FROM rows JOIN steps ON steps.row = seq WHERE {_WRONG} AND state = 'waiting')
            - (SELECT count(*) FROM steps WHERE state = 'waiting'
               AND row IN (SELECT row FROM steps WHERE state = 'in_doubt'))
        """  # noqa: S608 - constants only
    )
    assert found is not None
    return counts(reader).pending, found[0]


def done_steps(reader: Reader, row: int) -> list[Step]:
    lines = reader.all(
        """
        SELECT kind, method, path, body, uploads, contact
        FROM steps JOIN requests ON requests.row = steps.row AND requests.ordinal = steps.ordinal
        WHERE steps.row = ? AND state = 'done' ORDER BY steps.ordinal
        """,
        (row,),
    )
    return [read_step(line) for line in lines]


def creates_dated(reader: Reader, created_at_ms: int) -> Iterator[Step]:
    """The create steps of the tickets with this backdate, to the second."""
    query = """
        SELECT seq, kind, method, path, body, uploads, contact
        FROM rows JOIN steps ON steps.row = seq
            JOIN requests ON requests.row = seq AND requests.ordinal = steps.ordinal
        WHERE created_at_ms BETWEEN ? AND ? + 999 AND steps.ordinal = 0 AND seq > ? ORDER BY seq LIMIT ?
    """
    second_ms = created_at_ms - created_at_ms % 1000  # an answer may leave the milliseconds out
    return (read_step(line[1:]) for line in reader.pages(query, (second_ms, second_ms)))


def has_undated(reader: Reader) -> bool:
    query = "SELECT 1 FROM rows WHERE legacy_id IS NOT NULL AND created_at_ms IS NULL LIMIT 1"
    return reader.one(query) is not None


def row_with_legacy_id(reader: Reader, legacy_id: str) -> int | None:
    """One without a ticket if there is one, the first in source order."""
    found = reader.one(
        "SELECT seq FROM rows WHERE legacy_id = ? ORDER BY number IS NOT NULL, seq LIMIT 1",
        (codec.dump(legacy_id),),
    )
    return None if found is None else int(found[0])


def _chain(*parts: Iterator[int]) -> Iterator[int]:
    for part in parts:
        yield from part


def _by_date(reader: Reader, beyond: str, direction: str) -> Iterator[int]:
    last_ms, last_row = (-(2**63), 0) if beyond == ">" else (2**63 - 1, 0)
    while True:
        lines = reader.all(
            f"SELECT created_at_ms, seq FROM rows INDEXED BY rows_pending WHERE {_DATED}"  # noqa: S608
            f" AND (created_at_ms, seq) {beyond} (?, ?)"
            f" ORDER BY created_at_ms {direction}, seq {direction} LIMIT ?",
            (last_ms, last_row, _PAGE),
        )
        yield from (row for _, row in lines)
        if len(lines) < _PAGE:
            return
        last_ms, last_row = lines[-1]


def _by_place(reader: Reader, which: str, beyond: str, direction: str) -> Iterator[int]:
    query = f"SELECT seq FROM rows WHERE {which} AND seq {beyond} ? ORDER BY seq {direction} LIMIT ?"  # noqa: S608
    for (row,) in reader.pages(query, after=0 if beyond == ">" else 2**63 - 1):
        yield row


def _work(reader: Reader, row: int) -> Work | None:
    """The row's remaining steps; None if it no longer waits or one of them is on its way."""
    lines = reader.all(
        """
        SELECT rows.key, rows.status, number, object_id, state,
            steps.ordinal, kind, method, path, body, uploads, contact
        FROM rows JOIN steps ON steps.row = seq
            JOIN requests ON requests.row = seq AND requests.ordinal = steps.ordinal
        WHERE seq = ? AND state <> 'done' ORDER BY steps.ordinal
        """,
        (row,),
    )
    if not lines or any(line[1] != Status.PENDING or line[4] != "waiting" for line in lines):
        return None
    key, _, number, object_id = lines[0][:4]
    steps = tuple((line[5], read_step(line[6:])) for line in lines)
    return Work(row, codec.load_text(key), number, codec.load_text_or_none(object_id), steps)


# --- doubt ------------------------------------------------------------------------------------


def doubts(reader: Reader, key: str | None) -> list[Doubt]:
    which = "" if key is None else "AND key = ?"
    lines = reader.all(
        f"""
        SELECT seq, key, steps.ordinal, floor, begun_at_s, begun_server_s, ended_server_s, doubt_since_s,
            number, reason, kind, method, path, body, uploads, contact
        FROM steps JOIN rows ON seq = steps.row
            JOIN requests ON requests.row = steps.row AND requests.ordinal = steps.ordinal
        WHERE state = 'in_doubt' {which} ORDER BY steps.row, steps.ordinal
        """,  # noqa: S608 - constants only
        () if key is None else (codec.dump(key),),
    )
    return [
        Doubt(
            row=line[0],
            key=codec.load_text(line[1]),
            ordinal=line[2],
            step=read_step(line[10:]),
            floor=line[3],
            begun_at_s=line[4],
            begun_server_s=line[5],
            ended_server_s=line[6],
            doubt_since_s=line[7],
            number=line[8],
            reason=codec.load_text(line[9]),
        )
        for line in lines
    ]


def owner_of(reader: Reader, object_id: str) -> int | None:
    found = reader.one(
        "SELECT row FROM owned WHERE object_id = ?1 UNION ALL SELECT row FROM deleted WHERE object_id = ?1",
        (codec.dump(object_id),),
    )
    return None if found is None else int(found[0])


def newest_owned(reader: Reader, limit: int) -> list[tuple[int, str]]:
    lines = reader.all("SELECT number, object_id FROM owned ORDER BY number DESC LIMIT ?", (limit,))
    return [(number, codec.load_text(object_id)) for number, object_id in lines]


# --- log --------------------------------------------------------------------------------------


def events(reader: Reader) -> Iterator[Event]:
    query = "SELECT seq, at_s, run, kind, detail FROM events WHERE seq > ? ORDER BY seq LIMIT ?"
    for _, at_s, run, kind, detail in reader.pages(query):
        yield Event(at_s, run, codec.load_text(kind), codec.load(detail))


def runs(reader: Reader) -> Iterator[Run]:
    query = """
        SELECT run, options, started_at_s, ended_at_s, exit_code, figures
        FROM runs WHERE run > ? ORDER BY run LIMIT ?
    """
    for run, options, started_at_s, ended_at_s, exit_code, figures in reader.pages(query):
        yield Run(run, codec.load(options), started_at_s, ended_at_s, exit_code, codec.load(figures))


def minutes(reader: Reader) -> list[Minute]:
    """By the last attempt of every step; a step taken up again later counts there."""
    lines = reader.all(
        "SELECT CAST(begun_at_s / 60 AS INTEGER) AS minute, count(*), sum(state = 'done'),"
        " sum(state = 'refused'), sum(state = 'in_doubt')"
        " FROM steps WHERE begun_at_s IS NOT NULL GROUP BY minute ORDER BY minute"
    )
    return [Minute(minute * 60, *counts) for minute, *counts in lines]


def _ref(columns: Line) -> SourceRef:
    file, row, sheet, line = columns
    return SourceRef(codec.load_text(file), row, codec.load_text(sheet), line)


def read_step(columns: Sequence[Any]) -> Step:
    """From kind, method, path, body, uploads and contact."""
    kind, method, path, body, uploads, contact = columns
    return Step(StepKind(kind), method, path, body, codec.load_uploads(uploads), contact)
