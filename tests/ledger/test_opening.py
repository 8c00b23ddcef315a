"""Creating, opening, looking, copying, removing: what is a ledger, and what is left of other files."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from migrator.errors import LedgerError
from migrator.ledger import Ledger, schema
from tests.ledger.support import done, ready, send, stage, ticket

posix_only = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.ledger"


def names_in(folder: str | Path) -> list[str]:
    return sorted(each.name for each in Path(folder).iterdir())


def foreign_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE t (x)")


def newer_ledger(path: Path) -> None:
    Ledger.create(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {schema.VERSION + 1}")


def truncated_ledger(path: Path) -> None:
    Ledger.create(path).close()
    os.truncate(path, path.stat().st_size // 2)


def cut_to_50_bytes(path: Path) -> None:
    Ledger.create(path).close()
    os.truncate(path, 50)


NOT_LEDGERS = [
    pytest.param(lambda path: path.write_bytes(b""), "not a ledger: it is empty", id="empty"),
    pytest.param(lambda path: path.write_text("id,subject\n" * 99), "other kind of file", id="text"),
    pytest.param(lambda path: path.write_bytes(b"SQLite format 3\0"), "not a ledger", id="magic-only"),
    pytest.param(foreign_database, "database of another program", id="other-database"),
    pytest.param(lambda path: path.mkdir(), "it is not a file", id="folder"),
    pytest.param(newer_ledger, "newer version of migrator", id="newer"),
    pytest.param(truncated_ledger, "damaged", id="truncated"),
    pytest.param(lambda _: None, "there is no ledger here", id="missing"),
]


@pytest.mark.parametrize("opening", [Ledger.open, Ledger.look], ids=["open", "look"])
@pytest.mark.parametrize(("make", "words"), NOT_LEDGERS)
def test_what_is_not_a_ledger_is_named_and_left_as_it_was(path, make, words, opening):
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(LedgerError, match=words) as caught:
        opening(path)
    assert caught.value.at == str(path)
    assert caught.value.hint
    assert (path.read_bytes() if path.is_file() else None) == before


@pytest.mark.parametrize(
    "make", [foreign_database, lambda path: path.write_text("x" * 5000)], ids=["db", "text"]
)
def test_nothing_appears_beside_a_foreign_file(path, make):
    make(path)
    with pytest.raises(LedgerError):
        Ledger.open(path)
    assert names_in(path.parent) == [path.name]


def cut_off_while_moving_pages(living: Path, copy: Path) -> None:
    """What is on the disk when SQLite is ended as it moves the first page from the -wal file into the other."""
    wal = Path(f"{living}-wal").read_bytes()
    page_bytes = int.from_bytes(wal[8:12], "big")
    frames = range(32, len(wal), 24 + page_bytes)
    first_page = next(at + 24 for at in reversed(frames) if wal[at : at + 4] == (1).to_bytes(4, "big"))
    before = living.read_bytes()
    copy.write_bytes(wal[first_page : first_page + page_bytes] + before[page_bytes:])
    Path(f"{copy}-wal").write_bytes(wal)


@pytest.mark.parametrize("opening", [Ledger.open, Ledger.look], ids=["open", "look"])
def test_a_ledger_whose_pages_were_being_moved_when_it_was_cut_off_is_whole(path, opening):
    copy = path.with_name("copy.ledger")
    with Ledger.create(path) as ledger:
        stage(ledger, *(ticket(str(row), row, body="x" * 5000) for row in range(2, 200)))
        cut_off_while_moving_pages(path, copy)
    with opening(copy) as ledger:
        assert ledger.counts().pending == 198


def test_create_never_overwrites(path):
    path.write_text("precious")
    with pytest.raises(LedgerError, match="a file of this name already"):
        Ledger.create(path)
    assert path.read_text() == "precious"
    assert names_in(path.parent) == [path.name]


def test_what_a_killed_create_left_is_in_nobodys_way(path):
    path.with_name("t.ledger.new").write_text("half a ledger")
    path.with_name("t.ledger.lock").write_text("process 1 on nowhere")
    Ledger.create(path).close()
    assert names_in(path.parent) == [path.name]


@pytest.mark.parametrize(
    "place", [pytest.param("missing/t.ledger", id="no-folder"), pytest.param("file/t.ledger", id="in-a-file")]
)
def test_create_without_a_folder_says_so(tmp_path, place):
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError):
        Ledger.create(tmp_path / place)


UNPRIVILEGED = """
import os, sys
from pathlib import Path
from migrator.errors import LedgerError
from migrator.ledger import Ledger
import migrator.ledger.ledger
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    getattr(Ledger, sys.argv[1])(Path(sys.argv[2])).close()
except LedgerError as error:
    print(error.message)
else:
    print("it worked")
"""


def as_nobody(what: str, path: Path) -> str:
    """What happens when a user without rights tries it, even where the tests run as root."""
    words = [sys.executable, "-c", UNPRIVILEGED, what, str(path)]
    return subprocess.run(words, capture_output=True, text=True, check=True, cwd="/").stdout.strip()


@posix_only
def test_a_read_only_folder_is_explained():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        assert as_nobody("create", Path(folder, "t.ledger")) == (
            "the ledger cannot be read or written: permission denied"
        )
        assert names_in(folder) == []


@posix_only
@pytest.mark.skipif(os.name == "posix" and os.geteuid() != 0, reason="needs a second user")
def test_another_users_ledger_is_explained():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = Path(folder, "t.ledger")
        Ledger.create(path).close()
        for what in ("open", "look"):
            assert as_nobody(what, path) == "this user may not read the ledger"


@posix_only
def test_a_finished_ledger_in_a_read_only_folder_can_be_looked_at():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.ledger")
        ready(path, ticket("a")).close()
        Path(path).chmod(0o444)
        Path(folder).chmod(0o555)
        assert as_nobody("look", path) == "it worked"


@posix_only
def test_every_file_of_a_ledger_is_its_owners_alone_from_the_start(path):
    before = os.umask(0)
    try:
        with ready(path, ticket("a")) as ledger:
            send(ledger, 1, done(101))
            ledger.flush()
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(["t.ledger", "t.ledger-wal", "t.ledger-shm", "t.ledger.lock"], 0o600)


def test_a_closed_ledger_is_one_file(path):
    with ready(path, ticket("a")) as ledger:
        send(ledger, 1, done(101))
    assert names_in(path.parent) == [path.name]


def test_a_copy_is_a_ledger_of_the_same_id(path):
    with ready(path, ticket("a")) as ledger:
        original = ledger.id
    copy = path.with_name("copy.ledger")
    copy.write_bytes(path.read_bytes())
    with Ledger.open(path), Ledger.open(copy) as ledger:
        assert ledger.id == original
        assert ledger.counts().pending == 1


def test_every_ledger_has_an_id_of_its_own(tmp_path):
    with Ledger.create(tmp_path / "a") as a, Ledger.create(tmp_path / "b") as b:
        assert a.id != b.id
        assert len(a.id) == 32


def test_awkward_names_are_just_names(tmp_path):
    path = tmp_path / "50% of #1? é&mode=memory.ledger"
    with ready(path, ticket("a")):
        pass
    assert names_in(tmp_path) == [path.name]


def test_looking_works_during_a_run_and_sees_what_is_on_the_disk(path):
    with ready(path, ticket("a"), ticket("b", 3)) as ledger, Ledger.look(path) as looking:
        assert looking.counts().pending == 2
        send(ledger, 1, done(101))
        ledger.flush()
        assert looking.counts().created == 1
        assert looking.in_use
        assert not ledger.in_use
    with Ledger.look(path) as looking:
        assert not looking.in_use


def test_looking_cannot_write(path):
    ready(path).close()
    with Ledger.look(path) as looking, pytest.raises(ValueError, match="looking only"):
        looking.set_facts({"a": "b"})


def test_looking_does_not_put_a_running_step_in_doubt(path):
    with ready(path, ticket("a")) as ledger:
        ledger.begin(1, 0, server_time_s=1.0)
        with Ledger.look(path) as looking:
            assert looking.doubts() == []
        ledger.settle(1, 0, done(101), server_time_s=2.0)
        ledger.flush()
        assert ledger.counts().created == 1


def test_a_ledger_made_for_nothing_can_be_removed(path):
    with Ledger.create(path) as ledger, ledger.staging() as stager:
        stager.ticket(ticket("a"), "")
    assert Ledger.remove(path)
    assert names_in(path.parent) == []


def test_a_ledger_whose_run_began_is_not_removed(path):
    ready(path, ticket("a")).close()
    assert not Ledger.remove(path)
    with Ledger.open(path) as ledger:
        assert ledger.counts().pending == 1


def test_closing_twice_is_harmless(path):
    ledger = ready(path)
    ledger.close()
    ledger.close()
