from __future__ import annotations

import os
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from migrator.errors import DiskFull, LedgerError
from migrator.ledger.writer import Writer


@pytest.fixture
def db(tmp_path: Path):
    db = sqlite3.connect(tmp_path / "w.db", isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("CREATE TABLE t (x UNIQUE)")
    yield db
    db.close()


@pytest.fixture
def writer(db, tmp_path):
    writer = Writer(db, tmp_path / "w.db")
    yield writer
    writer.close()


def put(value: object):
    return lambda db: db.execute("INSERT INTO t VALUES (?)", (value,)).rowcount


def stored(folder: Path) -> list[object]:
    """What another connection sees, which is what was committed."""
    db = sqlite3.connect(folder / "w.db")
    try:
        return [x for (x,) in db.execute("SELECT x FROM t ORDER BY rowid")]
    finally:
        db.close()


def refuse_to_grow(db: sqlite3.Connection) -> None:
    """As if the disk were full from now on."""
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count = {pages}")


def test_what_run_returned_is_committed(writer, tmp_path):
    assert writer.run(put(1)) == 1
    assert stored(tmp_path) == [1]


def test_what_was_handed_over_is_committed_in_order_after_flush(writer, tmp_path):
    for value in range(3_000):
        writer.hand_over(put(value))
    writer.flush()
    assert stored(tmp_path) == list(range(3_000))


def test_close_writes_what_was_handed_over(db, tmp_path):
    writer = Writer(db, tmp_path / "w.db")
    for value in range(500):
        writer.hand_over(put(value))
    writer.close()
    assert stored(tmp_path) == list(range(500))
    assert not writer.alive


def test_a_failing_job_takes_nothing_else_with_it(writer, tmp_path):
    def half(db: sqlite3.Connection) -> None:
        put("half")(db)
        raise ValueError("a bug")

    with writer.alone():  # so that all of these gather into one group
        fates: list[BaseException | None] = [None] * 3

        def attempt(place: int, job) -> None:
            try:
                writer.run(job)
            except Exception as fault:  # noqa: BLE001 - compared below
                fates[place] = fault

        jobs = [put(1), half, put(1)]
        threads = [threading.Thread(target=attempt, args=each) for each in enumerate(jobs)]
        for thread in threads:
            thread.start()
    for thread in threads:
        thread.join()
    writer.run(put(2))
    assert stored(tmp_path) == [1, 2]
    assert isinstance(fates[1], ValueError)
    assert sorted(type(fate).__name__ for fate in (fates[0], fates[2])) == ["LedgerError", "NoneType"]


def test_a_full_disk_reaches_those_who_wait_and_everybody_after(db, tmp_path):
    writer = Writer(db, tmp_path / "w.db")
    writer.run(put("safe"))
    writer.run(refuse_to_grow)
    for job in (writer.run, writer.run, writer.hand_over):
        with pytest.raises(DiskFull):
            job(put("x" * 100_000))
    with pytest.raises(DiskFull):
        writer.flush()
    with pytest.raises(DiskFull), writer.alone():
        raise AssertionError("must not begin")
    writer.settled()  # never raises
    writer.close()  # everybody knows already
    assert stored(tmp_path) == ["safe"]


def test_a_full_disk_that_nobody_waited_for_is_told_at_the_end(db, tmp_path):
    writer = Writer(db, tmp_path / "w.db")
    writer.run(refuse_to_grow)
    writer.hand_over(put("x" * 100_000))
    with pytest.raises(DiskFull):
        writer.close()


def test_a_handed_over_job_that_fails_is_never_swallowed(db, tmp_path):
    writer = Writer(db, tmp_path / "w.db")
    writer.hand_over(lambda _: {}["a bug"])
    with pytest.raises(KeyError):
        writer.flush()
    writer.close()


def test_alone_is_one_transaction_with_what_its_thread_writes(writer, tmp_path):
    with writer.alone() as db:
        put(1)(db)
        writer.run(put(2))
        writer.hand_over(put(3))
        writer.settled()
        assert stored(tmp_path) == []
    assert stored(tmp_path) == [1, 2, 3]


def test_an_exception_undoes_what_was_done_alone(writer, tmp_path):
    def fail() -> None:
        with writer.alone() as db:
            put(1)(db)
            raise KeyError("stop")

    with pytest.raises(KeyError):
        fail()
    writer.run(put(2))
    assert stored(tmp_path) == [2]


def test_alone_twice_in_one_thread_is_refused_not_a_deadlock(writer):
    with writer.alone(), pytest.raises(ValueError, match="already"), writer.alone():
        pass


def test_after_close_nothing_is_taken(db, tmp_path):
    writer = Writer(db, tmp_path / "w.db")
    writer.close()
    with pytest.raises(ValueError, match="closed"):
        writer.run(put(1))


def test_close_does_not_hang_on_threads_that_still_write(db, tmp_path):
    writer = Writer(db, tmp_path / "w.db")
    written: list[int] = []

    def go(thread: int) -> None:
        for number in range(10_000):
            try:
                writer.run(put(f"{thread}/{number}"))
            except ValueError:
                return
            written.append(number)

    threads = [threading.Thread(target=go, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    while len(written) < 50:
        writer.settled()
    writer.close()
    for thread in threads:
        thread.join(timeout=10)
        assert not thread.is_alive()
    assert len(stored(tmp_path)) == len(written)


def test_a_database_locked_by_a_stranger_is_named(db, tmp_path):
    db.execute("PRAGMA busy_timeout = 0")
    writer = Writer(db, tmp_path / "w.db")
    stranger = sqlite3.connect(tmp_path / "w.db", isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match="another program"):
        writer.run(put(1))
    stranger.close()
    writer.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows does not let go of an open file")
def test_nothing_is_written_into_a_file_that_was_deleted(db, tmp_path):
    writer = Writer(db, tmp_path / "w.db")
    writer.run(put(1))
    (tmp_path / "w.db").rename(tmp_path / "elsewhere.db")
    with pytest.raises(LedgerError, match="moved or deleted"):
        writer.run(put(2))
    with pytest.raises(LedgerError, match="moved or deleted"):
        writer.hand_over(put(3))
    writer.close()


def test_what_nobody_waits_for_is_committed_by_itself_soon(writer, tmp_path):
    writer.hand_over(put(1))
    deadline = time.monotonic() + 10
    while not stored(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.005)
    assert stored(tmp_path) == [1]


def test_a_stream_of_what_nobody_waits_for_does_not_put_off_its_own_commit(writer, tmp_path):
    for value in range(900):  # fewer than a group holds at most
        writer.hand_over(put(value))
        if stored(tmp_path):
            return
        time.sleep(0.005)
    pytest.fail("nothing was committed while more kept coming")
