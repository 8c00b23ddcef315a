"""The tool as a process of its own, forked from one that has loaded it: starting Python is slow, forking is not.

A server forks a process for each command, and loads whatever the commands before have needed. It imports
nothing but the tool, so that a command finds what it would find in a fresh Python, only sooner. The process
ends as any Python ends, but for the taking down of all modules. Commands must not be given to one server side
by side.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[1]
MODULES = "modules.txt"
"""What a process leaves beside its streams that came to its end."""


@dataclass(frozen=True)
class Ran:
    """What a command left: exit code (negative: the signal that ended it), and its two streams."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.stdout)


# --- in the server and its children --------------------------------------------------------------


def serve(before: Callable[[dict[str, Any]], object] = lambda _order: None) -> None:
    """Takes orders, one JSON a line, and tells of each its process and how it ended.

    Args:
        before: Is called with the order in the new process, before the tool is.
    """
    for line in sys.stdin:
        order = json.loads(line)
        needed = Path(order["streams"], MODULES)
        needed.unlink(missing_ok=True)
        gc.freeze()  # so that no collection in the child touches, and copies, what is the server's
        child = os.fork()
        if child == 0:
            os._exit(_obey(order, before))
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
        _load(needed)  # while the other side goes on


def _load(needed: Path) -> None:
    for name in needed.read_text(encoding="utf-8").split() if needed.exists() else ():
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def _obey(order: dict[str, Any], before: Callable[[dict[str, Any]], object]) -> int:
    """Runs the tool in the place of the server; returns the exit code."""
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    streams = Path(order["streams"])
    for stream, path in ((0, os.devnull), (1, streams / "stdout"), (2, streams / "stderr")):
        mode = os.O_RDONLY if stream == 0 else os.O_CREAT | os.O_TRUNC | os.O_RDWR
        os.dup2(os.open(path, mode, 0o600), stream)
    sys.argv = ["migrator", *order["words"]]
    code: object = 0
    try:
        before(order)
        from migrator.__main__ import main

        main()
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 - as Python would
        traceback.print_exc()
        code = 1
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    loaded = (name for name in sys.modules if not name.startswith("_"))
    (streams / MODULES).write_text("\n".join(loaded), encoding="utf-8")
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    return code if isinstance(code, int) else int(code is not None)


# --- in the process that asks --------------------------------------------------------------------


class Forks:
    """Runs commands, one after the other.

    Args:
        package: The folder of the program.
        server: The script that serves.
    """

    def __init__(self, package: Path = ROOT, server: Path = Path(__file__)) -> None:
        self.streams = Path(tempfile.mkdtemp(prefix="migrator-forks-"))
        self._process = subprocess.Popen(
            [sys.executable, server],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (package, ROOT)))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,  # what has been said must be seen by `select`
        )

    def run(
        self,
        folder: Path,
        *words: str,
        environment: Mapping[str, str],
        patience_s: float = 120,
        **more: object,
    ) -> Ran:
        """Runs `migrator WORDS` in a folder; `more` is for who serves.

        Raises:
            TimeoutExpired: It was killed, for it took longer than `patience_s`.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"folder": str(folder), "words": words, "environment": dict(environment)}
        order |= {"streams": str(self.streams), **more}
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        child = int(self._process.stdout.readline())
        in_time, _, _ = select.select([self._process.stdout], [], [], patience_s)
        if not in_time:
            os.kill(child, signal.SIGKILL)
        code = int(self._process.stdout.readline())
        stdout, stderr = (self._said(name) for name in ("stdout", "stderr"))
        if not in_time:
            raise subprocess.TimeoutExpired(["migrator", *words], patience_s, stdout, stderr)
        return Ran(code, stdout, stderr)

    def _said(self, stream: str) -> str:
        return (self.streams / stream).read_text(encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._process.communicate(timeout=10)
        shutil.rmtree(self.streams)


if __name__ == "__main__":
    serve()
