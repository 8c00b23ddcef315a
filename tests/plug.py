"""A plug that is pulled at an exact moment: kill -9 before or after any one write or request.

The tool runs as it is, in a process of its own. Python itself tells what it does: an audit hook hands us
every database that it opens, whose trace says when a transaction is about to be written, and a profiler sees
it leave and enter the socket. So nothing of ours is patched, and every moment has a number that is the same
in each run of one worker. Moments are

- before and after each COMMIT (VACUUM, checkpoint) of any database,
- before each piece of a request that is handed to the socket, and when all of it is on its way, before the
  answer is read,
- before each file is renamed or removed.

After an answer nothing lasts until the next of these, so that the moment after an answer is the next one.

Each command is a process forked from a server (`forks.py`), for which this file is a program too.
"""

from __future__ import annotations

import atexit
import os
import signal
import socket
import sqlite3
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from tests.forks import ROOT, Forks, Ran, serve

NEVER = 0
"""Counts the moments of a command and lets it live."""
WRITES = ("COMMIT", "VACUUM", "PRAGMA wal_checkpoint")
MOMENTS = "moments.txt"
"""What a process leaves beside its streams that came to its end."""
WRITING = ("execute", "executescript", "commit")


# --- in the process that dies --------------------------------------------------------------------


class Plug:
    """Counts moments and pulls itself at one of them."""

    def __init__(self, at: int) -> None:
        self.moments = 0
        self._at = at
        self._lock = threading.Lock()
        self._local = threading.local()

    def put_in(self) -> None:
        sys.addaudithook(self._audit)
        threading.setprofile(self._watch)
        sys.setprofile(self._watch)

    def _moment(self) -> None:
        with self._lock:
            self.moments += 1
            if self.moments == self._at:
                os.kill(os.getpid(), signal.SIGKILL)

    def _audit(self, event: str, values: tuple[Any, ...]) -> None:
        if event == "sqlite3.connect/handle":
            self._local.opening = values[0]  # it can be asked for nothing yet
        elif event in ("os.rename", "os.remove"):
            self._moment()

    def _statement(self, sql: str) -> None:
        if sql.startswith(WRITES):
            self._moment()
            self._local.writing = True

    def _watch(self, _frame: FrameType, event: str, called: Any) -> None:
        if event == "c_call":
            if called.__name__ in ("send", "sendall", "recv") and isinstance(called.__self__, socket.socket):
                self._moment()
        elif event == "c_return":
            if called is sqlite3.connect:
                self._local.opening.set_trace_callback(self._statement)
            elif called.__name__ in WRITING and getattr(self._local, "writing", False):
                self._local.writing = False
                self._moment()


def plug_in(order: dict[str, Any]) -> None:
    """In the process of a command, before it begins: puts a plug in, where the order says when to pull it."""
    if order["at"] is None:
        return
    plug = Plug(order["at"])
    atexit.register(lambda: Path(order["streams"], MOMENTS).write_text(str(plug.moments), encoding="ascii"))
    plug.put_in()


# --- in the process that pulls -------------------------------------------------------------------


@dataclass(frozen=True)
class Pulled(Ran):
    """How a command ended; -9 where the plug was pulled."""

    moments: int
    """How many there were; -1 where it was pulled, which ended the counting."""


class Socket(Forks):
    """Runs commands with a plug in them.

    Args:
        package: The folder of the program.
    """

    def __init__(self, package: Path = ROOT) -> None:
        super().__init__(package, Path(__file__))

    def pull(
        self, folder: Path, *words: str, environment: Mapping[str, str], at: int | None = None
    ) -> Pulled:
        """Runs `migrator WORDS` in a folder, until the moment `at`; without one, unwatched and faster."""
        moments = self.streams / MOMENTS
        moments.unlink(missing_ok=True)
        ran = self.run(folder, *words, environment={**os.environ, **environment}, at=at)
        counted = int(moments.read_text(encoding="ascii")) if moments.exists() else -1
        return Pulled(ran.exit_code, ran.stdout, ran.stderr, counted)


if __name__ == "__main__":
    serve(plug_in)
