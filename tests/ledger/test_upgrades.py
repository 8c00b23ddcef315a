"""A ledger of an earlier version becomes one of this version, and loses nothing by it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from migrator.errors import LedgerBusy
from migrator.ledger import Ledger, Staged
from migrator.ledger.lock import Lock
from migrator.ledger.schema import APPLICATION_ID
from migrator.ledger.tables import VERSION
from migrator.model import Counts, Status
from tests.ledger.support import done, send, ticket

FIRST_VERSION = Path(__file__).with_name("version_1.sql")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.ledger"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(FIRST_VERSION.read_text(encoding="utf-8"))
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute("PRAGMA user_version = 1")
    return path


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        return int(version)


def shape_of(path: Path) -> set[tuple[str, str, str]]:
    """Every table, index and trigger by its SQL."""
    with closing(sqlite3.connect(path)) as db:
        return set(db.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL"))


def test_everything_is_still_there(old):
    with Ledger.open(old) as ledger:
        assert ledger.counts() == Counts(created=1, failed=1, in_doubt=1, pending=1, rejected=1, skipped=1)
        assert [doubt.key for doubt in ledger.doubts()] == ["c"]
        assert ledger.sent(1).done[0].body == '{"title":"a Ü"}'.encode()
        assert [row.key for row in ledger.originals()] == ["b", "e"]
        assert (ledger.fact("base_url"), ledger.floor()) == ("https://example.com", 100)
    assert version_of(old) == VERSION


def test_it_goes_on_like_a_new_one(old):
    with Ledger.open(old) as ledger:
        ledger.begin_run({})
        send(ledger, 4, done(104))
        with ledger.staging(newer=True) as stager:
            newer = ticket("a", 2, steps=3, body=" Ü")
            assert stager.renew(1, newer, newer.steps[2:]) is Staged.EXTENDED
        ledger.settle_delete(3, gone=True)
        assert [result.status for result in ledger.results()][:4] == [
            Status.PENDING,
            Status.FAILED,
            Status.PENDING,
            Status.CREATED,
        ]


def test_it_has_the_same_tables_as_a_new_one(old, tmp_path):
    Ledger.open(old).close()
    Ledger.create(tmp_path / "new.ledger").close()
    assert shape_of(old) == shape_of(tmp_path / "new.ledger")


def test_looking_at_it_brings_it_up_to_date(old):
    with Ledger.look(old) as ledger:
        assert ledger.verification() is None
        assert ledger.counts().rows == 6
    assert version_of(old) == VERSION


def test_an_earlier_version_at_work_on_it_is_not_disturbed(old):
    """Its lock is the same: what it is sending must not be put in doubt beneath it."""
    lock = Lock(old)
    with pytest.raises(LedgerBusy):
        Ledger.look(old)
    lock.release()
    assert version_of(old) == 1


def test_it_can_be_looked_at_as_soon_as_a_new_version_is_at_work_on_it(old):
    with Ledger.open(old), Ledger.look(old) as looking:
        assert looking.counts().rows == 6


def test_an_upgrade_that_fails_half_way_changes_nothing(old):
    with closing(sqlite3.connect(old)) as db:
        db.execute("CREATE TABLE contacts (seq)")  # in the way of the last change
        db.commit()
    before = shape_of(old)
    with pytest.raises(Exception, match="already exists"):
        Ledger.open(old)
    assert shape_of(old) == before
    assert version_of(old) == 1
