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

Starting Python is slow and forking is not: as a program, this file is a server that forks a process for each
command, and loads whatever the commands before have needed. It imports nothing but the tool.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, NoReturn, Self

NEVER = 0
"""Counts the moments of a command and lets it live."""
WRITES = ("COMMIT", "VACUUM", "PRAGMA wal_checkpoint")
MOMENTS, MODULES = "moments.txt", "modules.txt"
"""What a process leaves in its folder that came to its end."""
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


def serve() -> None:
    """Takes orders, one JSON a line, and tells how each ended."""
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _obey(order)
        _, status = os.waitpid(child, 0)
        print(json.dumps(os.waitstatus_to_exitcode(status)), flush=True)
        _load(Path(order["folder"], MODULES))


def _load(needed: Path) -> None:
    for name in needed.read_text(encoding="utf-8").split() if needed.exists() else ():
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def _obey(order: dict[str, Any]) -> NoReturn:
    os.chdir(order["folder"])
    os.environ.update(order["environment"])
    for stream, name in ((0, os.devnull), (1, "stdout"), (2, "stderr")):
        mode = os.O_RDONLY if stream == 0 else os.O_CREAT | os.O_TRUNC | os.O_RDWR
        os.dup2(os.open(name, mode, 0o600), stream)
    sys.argv = ["migrator", *order["words"]]
    plug = Plug(order["at"])
    code = 0
    try:
        from migrator.cli.main import main

        if order["plugged"]:
            plug.put_in()
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.setprofile(None)
        Path(MOMENTS).write_text(str(plug.moments), encoding="ascii")
        Path(MODULES).write_text("\n".join(each for each in sys.modules if each[0] != "_"), encoding="utf-8")
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


# --- in the process that pulls -------------------------------------------------------------------


@dataclass(frozen=True)
class Pulled:
    """How a command ended."""

    exit_code: int
    """-9 where the plug was pulled."""
    stdout: str
    stderr: str
    moments: int
    """How many there were; -1 where it was pulled, which ended the counting."""

    @property
    def json(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.stdout)
        return document


class Socket:
    """Runs commands with a plug in them.

    Args:
        package: The folder of the program.
    """

    def __init__(self, package: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            env={**os.environ, "PYTHONPATH": str(package)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, folder: Path, *words: str, environment: Mapping[str, str], at: int | None = None) -> Pulled:
        """Runs `migrator WORDS` in a folder, until the moment `at`; without one, unwatched and faster."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        moments = folder / MOMENTS
        moments.unlink(missing_ok=True)
        order = {"folder": str(folder), "words": words, "environment": dict(environment)}
        order |= {"plugged": at is not None, "at": at or NEVER}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        code = json.loads(self._process.stdout.readline())
        stdout, stderr = ((folder / name).read_text(encoding="utf-8") for name in ("stdout", "stderr"))
        counted = int(moments.read_text(encoding="ascii")) if moments.exists() else -1
        return Pulled(code, stdout, stderr, counted)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._process.communicate(timeout=10)


if __name__ == "__main__":
    serve()
