from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from migrator.errors import LedgerBusy
from migrator.ledger import Ledger
from tests.ledger.support import ready

HOLDER = """
import sys, time
from pathlib import Path
from migrator.ledger import Ledger
ledger = Ledger.open(Path(sys.argv[1]))
print("open", flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    ready(tmp_path / "t.ledger").close()
    return tmp_path / "t.ledger"


@pytest.fixture
def holder(path: Path):
    """Another process that holds the ledger."""
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True) as it:
        assert it.stdout is not None
        assert it.stdout.readline() == "open\n"
        yield it
        it.kill()


def test_a_second_process_is_refused_and_told_who_holds_it(path, holder):
    with pytest.raises(LedgerBusy, match=rf"\(process {holder.pid} on .+, since 20") as caught:
        Ledger.open(path)
    assert caught.value.exit_code == 5
    assert str(path) == caught.value.at


def test_the_lock_of_a_killed_process_does_not_block(path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert path.with_name("t.ledger.lock").exists()
    with Ledger.open(path):
        pass


def test_a_second_opening_in_one_process_is_refused(path):
    with Ledger.open(path), pytest.raises(LedgerBusy, match=f"process {os.getpid()} "):
        Ledger.open(path)
    with Ledger.open(path):
        pass


def test_a_link_to_a_ledger_is_the_same_ledger(path):
    link = path.with_name("link.ledger")
    link.symlink_to(path)
    with Ledger.open(path), pytest.raises(LedgerBusy):
        Ledger.open(link)


def test_a_ledger_in_use_is_not_removed(path, holder):
    with pytest.raises(LedgerBusy):
        Ledger.remove(path)
    assert path.exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_worker_does_not_keep_the_lock_of_a_dead_parent(path):
    script = HOLDER.replace('print("open"', 'import os\nif os.fork() == 0: time.sleep(60)\nprint("open"')
    words = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        parent.kill()
        os.waitpid(parent.pid, 0)
        try:
            Ledger.open(path).close()
        finally:
            os.killpg(parent.pid, signal.SIGKILL)


def test_hostile_text_in_the_lock_file_is_shown_safely(path):
    with Ledger.open(path):
        path.with_name("t.ledger.lock").write_bytes(b"\x1b[31m\xff" + b"x" * 9999)
        with pytest.raises(LedgerBusy) as caught:
            Ledger.open(path)
    assert "\x1b" not in caught.value.message
    assert len(caught.value.message) < 250
