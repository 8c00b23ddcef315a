"""The torture harness: the real tool and the sandbox as processes, and somebody who pulls their plugs.

A story goes through everything that a migration can go through: a first run, a newer export in the middle of
it, `retry`, `verify`, `undo`, a second migration with the same ledger, `forget`. Each act is attacked a few
times and then brought to its end; after each the law must hold. Meanwhile answers are lost, come late or
broken, and people work in Featurebase.

Not a test itself; `test_torture.py` says how much of it runs when.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.conftest import Ran, Tool
from tests.people import Desk, People
from tests.threads import MAPPING, UNRECOGNISABLE, Breach, breaches, id_of, newer, ticket, twin, write_tickets

LATE_S = 0.5
"""How long the sandbox goes on with what its client has given up on."""
SETTLE_S = 1.5
"""How patient the tool is told to be: longer than that."""
COUNTS = ("created", "updated", "unchanged", "skipped", "rejected", "failed", "in_doubt", "pending")


class Weather(StrEnum):
    """What goes wrong for as long as a sandbox lives."""

    CALM = ""
    EVERYTHING = (
        "lost=0.03,late=0.02,5xx-before=0.01,5xx-after=0.02,429=0.03,slow=0.01,reset=0.01,reset-read=0.01,"
        "truncated=0.01,garbled=0.01,408=0.005,409=0.005"
    )
    STORM = "429=0.4,lost=0.02"
    OUTAGE = "5xx-before=0.15,reset=0.1,late=0.05,slow=0.05"
    REFUSALS = "400=0.05,lost=0.03,late=0.02,5xx-after=0.02"


@dataclass
class SandboxProcess:
    """A persistent sandbox on a fixed port, which can be killed and started again."""

    folder: Path
    seed: int = 1
    keys: int = 1
    latency_s: float = 0.01
    port: int = 0
    url: str = ""
    key: str = ""
    process: subprocess.Popen[str] | None = None

    def start(self, weather: Weather = Weather.CALM) -> None:
        if not self.port:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
        words = ["sandbox", "--json", "--port", str(self.port), "--db", str(self.folder / "sandbox.db")]
        words += ["--rate-limit", "off", "--latency", str(self.latency_s), "--keys", str(self.keys)]
        words += ["--faults", weather, "--late", str(LATE_S), "--seed", str(self.seed)]
        self.seed += 1  # another life, other dice
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

    def notified(self) -> int:
        """How often a customer was told something; asked of the file, which a living sandbox keeps to itself."""
        db = sqlite3.connect(self.folder / "sandbox.db")
        (times,) = db.execute("SELECT count(*) FROM notifications").fetchone()
        db.close()
        return int(times)

    @property
    def desk(self) -> Desk:
        return Desk(self.url, self.key.partition(",")[0])


@dataclass
class Torture:
    """One migration under attack, as a context manager: inside it, its sandbox runs and people are at work."""

    folder: Path
    tickets: int
    seed: int
    kills: int
    """In each act; more are possible, because a sandbox dies alone now and then."""
    recognisable: bool = True
    """Tickets carry their source ids; otherwise some are twins, and only the ledger tells whose they are."""
    keys: int = 1
    workers: int = 8
    crowded: bool = True
    """People are at work."""
    package: Path | None = None
    """The folder of another copy of the program."""
    killed: Counter[str] = field(default_factory=Counter)
    sources: list[dict[str, Any]] = field(default_factory=list)
    """The newest export."""

    def __enter__(self) -> Self:
        self._rng = random.Random(self.seed)
        self._sandbox = SandboxProcess(self.folder, self.seed, self.keys)
        self._sandbox.start()
        self._people = People(self._sandbox.desk, self.seed, recognisable=self.recognisable)
        self._tool = Tool(self.folder)
        self._tool.environment |= {
            "FEATUREBASE_BASE_URL": self._sandbox.url,
            "FEATUREBASE_API_KEY": self._sandbox.key,
        }
        if self.package is not None:
            self._tool.environment["PYTHONPATH"] = str(self.package)
        if self.crowded:
            self._people.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self.crowded:
                self._people.stop()
        finally:
            self._sandbox.kill()

    def story(self) -> None:
        """All acts, each followed by the law."""
        self.begin()
        self.bring_newer()
        self.retry()
        self.hold_to_the_law()
        self.verify()
        self.take_back()
        self.migrate_again()
        self.forget()
        if self.crowded:
            self._people.stop()
        self._sandbox.kill()
        assert self._sandbox.notified() == 0

    # --- the acts -----------------------------------------------------------------------------

    def begin(self) -> None:
        """The first runs, none of which comes to its end but by chance."""
        self._export([self._source(number) for number in range(self.tickets)])
        for _ in range(self.kills):
            self._attack(*self._run_words(), weather=self._any_weather(Weather.REFUSALS))
            if self.recognisable and self._rng.random() < 0.25:
                self._lose_ledger()

    def bring_newer(self) -> None:
        """An export with more tickets, of which some have changed, in the middle of it all."""
        self._people.rename_no_more()
        self.sources = [self._source_later(number) for number in range(self.tickets + self.tickets // 5)]
        self._export(self.sources)
        words = (*self._run_words(), "--update")
        for _ in range(self.kills):
            self._attack(*words, weather=self._any_weather(Weather.REFUSALS))
        self._finish(*words, may_fail=True)

    def migrate(self) -> None:
        """One migration under attack and nothing else, brought to its end."""
        self._export([self._source(number) for number in range(self.tickets)])
        for _ in range(self.kills):
            self._attack(*self._run_words())
        self._expect_theirs_only(self._finish(*self._run_words(), may_fail=True))

    def retry(self) -> None:
        words = ("retry", "tickets.ledger", "--yes", "--json", *self._manners())
        for _ in range(self.kills):
            self._attack(*words)
        self._expect_theirs_only(self._finish(*words, may_fail=True))

    def _expect_theirs_only(self, ended: Ran) -> None:
        """Only what people have deleted or changed may have been refused."""
        refused = {key for group in ended.json["failures"] for key in group["keys"]}
        assert refused <= self._people.touched, ended.stdout

    def verify(self) -> None:
        """Only what people have touched may differ."""
        self._people.only_strangers()
        words = ("verify", "tickets.ledger", "--json", *self._haste())
        for _ in range(self.kills):
            self._attack(*words)
        self._restart(Weather.CALM)
        ended = self._tool(*words)
        assert ended.json["ended"], ended.stdout + ended.stderr
        assert ended.json["different"] + ended.json["missing"] <= len(self._people.touched), ended.stdout
        if not self._people.touched:
            assert (ended.exit_code, ended.json["fidelity"]) == (0, 1.0), ended.stdout

    def take_back(self) -> None:
        """Nothing of ours is left but what people have touched, and then not even that."""
        words = ("undo", "tickets.ledger", "--yes", "--json", *self._manners())
        theirs = self._strangers()
        for _ in range(self.kills):
            self._attack(*words)
        ended = self._finish(*words, may_fail=True)
        left = {each["key"] for each in ended.json["left"]}
        there = {id_of(each) for each in self._ours()}
        assert left == there <= self._people.touched, ended.stdout
        assert self._people.renamed.keys() - self._people.deleted <= left, ended.stdout
        self._finish(*words, "--force")
        assert self._ours() == []
        assert theirs <= self._strangers()

    def migrate_again(self) -> None:
        """With the same ledger, as if nothing had been."""
        self._people.touched.clear()
        self._people.renamed.clear()
        self._people.deleted.clear()
        for _ in range(self.kills):
            self._attack(*self._run_words())
        self._finish(*self._run_words(), may_fail=True)
        self._finish("retry", "tickets.ledger", "--yes", "--json", *self._manners())
        self.hold_to_the_law()

    def forget(self) -> None:
        """What is forgotten can still be taken back."""
        words = ("forget", "tickets.ledger", "--yes", "--json")
        for _ in range(self.kills):
            self._attack(*words, longest_s=1.5)
        assert self._tool(*words).exit_code == 0
        words = ("undo", "tickets.ledger", "--yes", "--json", "--force", *self._manners())
        self._attack(*words)
        self._finish(*words)
        assert self._ours() == []

    # --- the law ------------------------------------------------------------------------------

    def hold_to_the_law(self) -> None:
        """Each once, whole and in order; and what people did is as they did it."""
        found = self.breaches()
        assert found == [], found
        titles = {id_of(each): each["title"] for each in self._ours()}
        kept = {key: title for key, title in self._people.renamed.items() if key not in self._people.deleted}
        assert {key: titles[key] for key in kept} == kept
        assert self._people.strangers <= self._strangers()

    def breaches(self) -> list[Breach]:
        """In what the law was broken."""
        self._people.only_strangers()
        self._restart(Weather.CALM)
        return breaches(self._ours(), self.sources, self._people.touched)

    def _ours(self) -> list[dict[str, Any]]:
        """Every ticket that is not a stranger's, whether or not it can be told whose it is."""
        return [each for each in self._sandbox.desk.tickets() if each["title"] not in self._people.strangers]

    def _strangers(self) -> set[str]:
        return {each["title"] for each in self._sandbox.desk.listed()} & self._people.strangers

    # --- what is migrated ---------------------------------------------------------------------

    def _source(self, number: int) -> dict[str, Any]:
        return twin(number) if self._is_twin(number) else ticket(number)

    def _source_later(self, number: int) -> dict[str, Any]:
        return self._source(number) if self._is_twin(number) else newer(number)

    def _is_twin(self, number: int) -> bool:
        return not self.recognisable and number % 10 == 9

    def _export(self, sources: list[dict[str, Any]]) -> None:
        self.sources = sources
        write_tickets(self.folder, sources, MAPPING if self.recognisable else UNRECOGNISABLE)

    # --- pulling plugs ------------------------------------------------------------------------

    def _run_words(self) -> tuple[str, ...]:
        return ("run", "tickets.ndjson", "--mapping", "m.yaml", "--yes", "--json", *self._manners())

    def _manners(self) -> tuple[str, ...]:
        return ("--settle", str(SETTLE_S), *self._haste())

    def _haste(self) -> tuple[str, ...]:
        return (
            "--timeout",
            "3",
            "--workers",
            str(self.workers),
            "--rate",
            "100000",
            "--workspace-rate",
            "100000",
        )

    def _any_weather(self, *more: Weather) -> Weather:
        return self._rng.choice(
            [Weather.EVERYTHING, Weather.EVERYTHING, Weather.STORM, Weather.OUTAGE, *more]
        )

    def _restart(self, weather: Weather) -> None:
        self._sandbox.kill()
        self._sandbox.start(weather)

    def _attack(self, *words: str, weather: Weather | None = None, longest_s: float = 3.0) -> None:
        """Starts a command in some weather, and pulls a plug or two."""
        self._restart(self._any_weather() if weather is None else weather)
        process = self._tool.start(*words)
        time.sleep(self._rng.uniform(0.3, longest_s))
        if self._rng.random() < 0.3:
            self._sandbox.kill()
            self.killed["sandbox"] += 1
            time.sleep(self._rng.uniform(0, 0.5))
            self._sandbox.start(self._any_weather())
            time.sleep(self._rng.uniform(0, 1.0))
        how = signal.SIGKILL if self._rng.random() < 0.8 else signal.SIGINT
        with process:
            if process.poll() is None:
                process.send_signal(how)
                self.killed["tool" if how is signal.SIGKILL else "stopped"] += 1
            told = "".join(process.communicate(timeout=60))
        assert "mistake in migrator" not in told, told
        assert "Traceback" not in told or told.endswith("KeyboardInterrupt\n"), told  # Python was not up yet

    def _lose_ledger(self) -> None:
        """Restores what was saved, or deletes it: in good time, for then nobody knows what is still to come."""
        time.sleep(LATE_S + 1)
        ledger, saved = self.folder / "tickets.ledger", self.folder / "saved"
        files = [ledger.with_name(ledger.name + suffix) for suffix in ("", "-wal", "-shm")]
        lost = saved.exists() or self._rng.random() < 0.5
        if not saved.exists():
            saved.mkdir()
            for each in filter(Path.exists, files):
                shutil.copy2(each, saved)
        if lost:
            self.killed["ledger"] += 1
            for each in files:
                each.unlink(missing_ok=True)
            for each in saved.iterdir() if self._rng.random() < 0.7 else ():
                shutil.copy2(each, self.folder)

    def _finish(self, *words: str, may_fail: bool = False) -> Ran:
        """Gives the command until it is through; only `may_fail` lets it leave something out."""
        for _ in range(12):  # a server in trouble may end a run (6); the same command goes on
            self._restart(Weather.EVERYTHING)
            ended = self._tool(*words)
            assert ended.exit_code in (0, 1, 6), ended.stdout + ended.stderr
            assert "mistake in migrator" not in ended.stdout, ended.stdout
            if "rows" in ended.json:
                assert sum(ended.json[name] for name in COUNTS) == ended.json["rows"], ended.stdout
            if ended.exit_code == 0:
                return ended
            if ended.exit_code == 1 and may_fail and not _open_ends(ended.json):
                return ended
        raise AssertionError(f"never complete: {ended.stdout}\n{ended.stderr}")


def _open_ends(document: dict[str, Any]) -> bool:
    """Whether there is more to do than what was refused or left alone."""
    return bool(document.get("in_doubt") or document.get("pending"))
