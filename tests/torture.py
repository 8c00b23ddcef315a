"""The torture harness: the real tool and the sandbox as processes, and somebody who pulls their plugs.

Not a test itself; `test_torture.py` says how much of it runs when.
"""

from __future__ import annotations

import json
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import Tool
from tests.threads import ticket, write_tickets


@dataclass
class SandboxProcess:
    """A persistent sandbox on a fixed port, which can be killed and started again."""

    folder: Path
    faults: str = ""
    seed: int = 1
    latency_s: float = 0.01
    port: int = 0
    url: str = ""
    key: str = ""
    process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        if not self.port:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
        words = ["sandbox", "--json", "--port", str(self.port), "--db", str(self.folder / "sandbox.db")]
        words += ["--rate-limit", "off", "--latency", str(self.latency_s), "--seed", str(self.seed)]
        words += ["--faults", self.faults, "--late", "1.0"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "migrator", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        facts = json.loads(self.process.stdout.readline())
        self.url, self.key = facts["url"], facts["key"]

    def kill(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def tickets(self) -> list[dict[str, Any]]:
        """Every ticket with its thread, fetched one by one."""
        return [self._get(f"/v2/tickets/{each['ticketNumber']}") for each in self.listed()]

    def listed(self) -> list[dict[str, Any]]:
        """Every ticket without its thread."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = self._get(f"/v2/tickets?limit=100&sortBy=ticketNumber&sortOrder=asc{cursor}")
            found += page["data"]
            if page["nextCursor"] is None:
                return found
            cursor = f"&cursor={page['nextCursor']}"

    def _get(self, path: str) -> Any:
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {self.key}"})
        for attempt in range(50):  # the sandbox fails on purpose
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return json.load(answer)
            except OSError:
                if attempt == 49:
                    raise
                time.sleep(0.05)
        raise AssertionError("unreachable")


@dataclass
class Torture:
    """One migration under attack, from the first kill to the last ticket."""

    folder: Path
    tickets: int
    kills: int
    faults: str
    seed: int
    kill_sandbox: bool = True
    killed: Counter[str] = field(default_factory=Counter)

    def run(self) -> list[dict[str, Any]]:
        """Kills and restarts until everything is in; returns what the sandbox holds then."""
        rng = random.Random(self.seed)
        write_tickets(self.folder, (ticket(number) for number in range(self.tickets)))
        sandbox = SandboxProcess(self.folder, self.faults, self.seed)
        sandbox.start()
        try:
            tool = Tool(self.folder)
            tool.environment |= {"FEATUREBASE_BASE_URL": sandbox.url, "FEATUREBASE_API_KEY": sandbox.key}
            for _ in range(self.kills):
                self._attack(tool, sandbox, rng)
            self._finish(tool)
            return sandbox.tickets()
        finally:
            sandbox.kill()

    def words(self) -> list[str]:
        return ["run", "tickets.ndjson", "--mapping", "m.yaml", "--yes", "--json", "--settle", "2.5",
                "--timeout", "3", "--workers", "8", "--rate", "100000"]  # fmt: skip

    def _attack(self, tool: Tool, sandbox: SandboxProcess, rng: random.Random) -> None:
        process = tool.start(*self.words())
        time.sleep(rng.uniform(0.3, 2.5))
        if self.kill_sandbox and rng.random() < 0.3:
            sandbox.kill()
            self.killed["sandbox"] += 1
            time.sleep(rng.uniform(0, 0.5))
            sandbox.start()
            time.sleep(rng.uniform(0, 1.0))
        with process:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                self.killed["tool"] += 1
            process.communicate()

    def _finish(self, tool: Tool) -> None:
        ended = None
        for _ in range(10):  # a server in trouble may end a run (6); the same command goes on
            ended = tool(*self.words())
            assert ended.exit_code in (0, 1, 6), ended.stderr
            if ended.exit_code == 0:
                return
            assert ended.json["failed"] == ended.json["rejected"] == 0, ended.stdout
        assert ended is not None
        raise AssertionError(f"never complete: {ended.stdout}\n{ended.stderr}")
