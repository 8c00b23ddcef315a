"""The plug is pulled before and after every write and every request; the same command then makes it good."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from migrator.ledger import Ledger
from migrator.sandbox import FaultPlan, Sandbox, SandboxOptions
from tests.conftest import ROOT, Tool
from tests.people import Desk
from tests.plug import NEVER, Socket
from tests.threads import MAPPING, UNRECOGNISABLE, breaches, newer, ticket, twin, write_tickets

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a matter of POSIX")

FILE = "manual.txt"
STRANGER = "A stranger's"
WITH_FILES = MAPPING.replace(
    "legacy_id: true}\n", "legacy_id: true}\n    Files: {from: attachments, as: files}\n"
)
MESSAGES = {0: slice(1, 4), 1: slice(0, 1), 2: slice(1, 2), 3: slice(0, 1)}
"""Which messages of `threads.ticket` each ticket has: one is by somebody who is no contact yet."""
MANNERS = ("--yes", "--json", "--settle", "0.4", "--timeout", "5", "--workers", "1", "--rate", "100000")
RUN = ("run", "export", "--ledger", "t.ledger", "--mapping", "m.yaml", *MANNERS)
SOURCES = [
    {
        **ticket(number),
        "comments": ticket(number)["comments"][which],
        "attachments": [{"name": FILE, "path": f"files/{FILE}"}] if number == 1 else [],
    }
    for number, which in MESSAGES.items()
]
LATER = [
    {**source, "subject": newer(number)["subject"], "comments": [*source["comments"], *more]}
    for number, source in enumerate(SOURCES)
    for more in [newer(number)["comments"][4:]]
]


@dataclass(frozen=True)
class Scene:
    """A folder with an export, a ledger and what the sandbox holds, all of which can be copied."""

    folder: Path
    socket: Socket
    sandbox: Sandbox

    @property
    def environment(self) -> dict[str, str]:
        return {"FEATUREBASE_BASE_URL": self.sandbox.url, "FEATUREBASE_API_KEY": self.sandbox.key}

    def does(self, *words: str, may_end: int = 0) -> None:
        ended = self.socket.pull(self.folder, *words, environment=self.environment)
        assert ended.exit_code == may_end, ended.stdout + ended.stderr

    def ours(self) -> list[dict[str, Any]]:
        return [each for each in self.sandbox.tickets() if each["title"] != STRANGER]


@contextmanager
def scene(folder: Path, socket: Socket) -> Iterator[Scene]:
    with Sandbox(SandboxOptions(db=folder / "sandbox.db", rate_limit=None)) as sandbox:
        yield Scene(folder, socket, sandbox)


def export(folder: Path, sources: list[dict[str, Any]], mapping: str = WITH_FILES) -> None:
    (folder / "export" / "files").mkdir(parents=True, exist_ok=True)
    (folder / "export" / "files" / FILE).write_text("Read me.", encoding="utf-8")
    write_tickets(folder, sources, mapping).replace(folder / "export" / "tickets.ndjson")


# --- what there is before the plug is pulled ------------------------------------------------------


def nothing_yet(_scene: Scene) -> None: ...


def migrated(scene: Scene) -> None:
    scene.does(*RUN)


def migrated_and_newer(scene: Scene) -> None:
    scene.does(*RUN)
    export(scene.folder, LATER)


def refused(scene: Scene) -> None:
    """One ticket, and one message of another, were refused."""
    scene.sandbox.script(None, "400", None, None, "400")
    scene.does(*RUN, may_end=1)


def in_doubt(scene: Scene) -> None:
    """Two were made and two were not, and nobody told us which."""
    scene.sandbox.script("5xx-after", "5xx-before", "lost", "reset-read")
    tool = Tool(scene.folder)
    tool.environment |= scene.environment
    with tool.start(*RUN, "--settle", "600") as process:
        while doubts(scene.folder / "t.ledger") < 4:
            assert process.poll() is None
            time.sleep(0.05)
        process.kill()
        process.communicate()


def doubts(ledger: Path) -> int:
    if not ledger.exists():
        return 0
    with Ledger.look(ledger) as looking:
        return looking.counts().in_doubt


# --- what must hold after it ----------------------------------------------------------------------


def each_once(scene: Scene) -> None:
    assert breaches(scene.ours(), SOURCES) == []
    assert files_of(scene) == [FILE]


def each_once_and_newer(scene: Scene) -> None:
    assert breaches(scene.ours(), LATER) == []
    assert files_of(scene) == [FILE]


def files_of(scene: Scene) -> list[str]:
    """The names of the files in the fields of all tickets."""
    values = [value for each in scene.ours() for value in dict(each["customFields"]).values()]
    return [file["name"] for value in values if str(value).startswith("[") for file in json.loads(value)]


def gone_and_can_come_again(scene: Scene) -> None:
    assert scene.ours() == []
    assert len(scene.sandbox.tickets()) == 1  # a stranger's
    scene.does(*RUN)
    each_once(scene)


def can_still_be_taken_back(scene: Scene) -> None:
    each_once(scene)
    scene.does("undo", "t.ledger", "--force", *MANNERS)
    assert scene.ours() == []


@dataclass(frozen=True)
class Act:
    """A command, what there is before it, and what must hold after it."""

    name: str
    words: tuple[str, ...]
    before: Callable[[Scene], None]
    law: Callable[[Scene], None]
    stride: int
    """In the normal run, the plug is pulled at every so many moments."""


ACTS = [
    Act("run", RUN, nothing_yet, each_once, 41),
    Act("run-with-a-newer-export", (*RUN, "--update"), migrated_and_newer, each_once_and_newer, 41),
    Act("run-with-doubts", RUN, in_doubt, each_once, 31),
    Act("retry", ("retry", "t.ledger", *MANNERS), refused, each_once, 29),
    Act(
        "verify",
        ("verify", "t.ledger", "--json", "--workers", "1", "--rate", "100000"),
        migrated,
        each_once,
        25,
    ),
    Act("undo", ("undo", "t.ledger", *MANNERS), migrated, gone_and_can_come_again, 23),
    Act("forget", ("forget", "t.ledger", "--yes", "--json"), migrated, can_still_be_taken_back, 5),
]


@pytest.fixture(scope="module")
def socket() -> Iterator[Socket]:
    with Socket(ROOT) as opened:
        yield opened


def pull_everywhere(act: Act, folder: Path, socket: Socket, *, stride: int) -> int:
    """Pulls the plug of one command at every `stride`-th moment, each time from the same beginning.

    Returns:
        How often.
    """
    start = folder / "start"
    export(start, SOURCES)
    with scene(start, socket) as prepared:
        act.before(prepared)
        add_stranger(prepared)
    with copied(start, socket) as whole:
        ended = socket.pull(whole.folder, *act.words, environment=whole.environment, at=NEVER)
        assert ended.exit_code == 0, ended.stdout + ended.stderr
        act.law(whole)
    pulled = 0
    for moment in range(1, ended.moments + 1, stride):
        with copied(start, socket) as broken:
            died = socket.pull(broken.folder, *act.words, environment=broken.environment, at=moment)
            pulled += died.exit_code == -9
            made_good(broken, act.words)
            try:
                act.law(broken)
            except AssertionError as broke:
                raise AssertionError(f"pulled at moment {moment} of {ended.moments}") from broke
    return pulled


def made_good(scene: Scene, words: tuple[str, ...]) -> None:
    """Gives the command again, as often as a person would."""
    for _ in range(3):
        after = scene.socket.pull(scene.folder, *words, environment=scene.environment)
        if after.exit_code == 0:
            return
    raise AssertionError(after.stdout + after.stderr)


def add_stranger(scene: Scene) -> None:
    desk = Desk(scene.sandbox.url, scene.sandbox.key)
    category = desk.ask("GET", "/v2/tickets/categories")[0]["id"]
    body = {"title": STRANGER, "content": "<p>How?</p>", "ticketCategoryId": category}
    desk.ask("POST", "/v2/tickets", {**body, "author": {"email": "stranger@example.com"}})


@contextmanager
def copied(start: Path, socket: Socket) -> Iterator[Scene]:
    folder = start.with_name("copy")
    shutil.copytree(start, folder)
    try:
        with scene(folder, socket) as copy:
            yield copy
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_whenever_the_plug_is_pulled_the_same_command_makes_it_good(tmp_path, socket, act):
    assert pull_everywhere(act, tmp_path, socket, stride=act.stride) >= 2


@pytest.mark.soak
@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_at_every_single_moment(tmp_path, socket, act):
    assert pull_everywhere(act, tmp_path, socket, stride=1) >= 10


# --- can it fail? ---------------------------------------------------------------------------------


def pulled_while_a_ticket_is_made(folder: Path, socket: Socket) -> None:
    """Of a migration whose tickets do not carry their source ids, the plug is pulled at some requests."""
    export(folder, SOURCES, UNRECOGNISABLE)
    for pulls in range(20, 110, 2):
        with copied(folder, socket) as broken:
            socket.pull(broken.folder, *RUN, environment=broken.environment, at=pulls)
            made_good(broken, RUN)
            assert breaches(broken.ours(), SOURCES) == []


def answered_too_late(folder: Path, socket: Socket) -> None:
    """A ticket is made a second after its request was given up."""
    export(folder, SOURCES, UNRECOGNISABLE)
    with scene(folder, socket) as late:
        late.sandbox.set_faults(FaultPlan(late_s=1.0))
        late.sandbox.script("late")
        made_good(late, (*RUN, "--settle", "3"))
        time.sleep(1.0)
        assert breaches(late.ours(), SOURCES) == []


def twins_of_which_one_was_lost(folder: Path, socket: Socket) -> None:
    """The one that was not made must not be taken for the one that was."""
    twins = [ticket(0), twin(1)]
    export(folder, twins, UNRECOGNISABLE)
    with scene(folder, socket) as crowded:
        crowded.sandbox.script("reset-read")
        made_good(crowded, RUN)
        assert breaches(crowded.ours(), twins) == []


@dataclass(frozen=True)
class Mutant:
    """A mistake that somebody could make in the program, and what must find it."""

    name: str
    changes: tuple[tuple[str, str, str], ...]
    """File, what it says, what it says by mistake."""
    attack: Callable[[Path, Socket], None]


_BEGIN = "self._ledger.begin(ticket.row, ordinal, server_time_s=self._client.server_time_s())\n"
_SEND = "self._client.send(ready, number, open_upload=self._uploads.open)\n"
MUTANTS = [
    Mutant(
        "the-intent-is-written-after-the-request",
        (
            (
                "runner/batch.py",
                f"        {_BEGIN}        if isinstance(ready, Refused):\n",
                f"        if isinstance(ready, Refused):\n            {_BEGIN}",
            ),
            (
                "runner/batch.py",
                f"            return {_SEND}",
                f"            answer = {_SEND}            {_BEGIN}            return answer\n",
            ),
        ),
        pulled_while_a_ticket_is_made,
    ),
    Mutant(
        "sent-again-without-patience",
        (("runner/resolve.py", "        if ripe_in_s <= 0:\n", "        if True:\n"),),
        answered_too_late,
    ),
    Mutant(
        "claimed-without-asking-whose-it-is",
        (
            ("runner/resolve.py", "            if self.ledger.owner_of(each.object_id) is None\n", ""),
            ("ledger/steps.py", "INSERT OR IGNORE INTO owned", "INSERT OR REPLACE INTO owned"),
        ),
        twins_of_which_one_was_lost,
    ),
    Mutant(
        "notes-sent-as-comments",
        (("featurebase/threads.py", 'body["messageType"] = "note"', 'body["messageType"] = "comment"'),),
        twins_of_which_one_was_lost,
    ),
]


def with_mistake(mutant: Mutant, folder: Path) -> Path:
    """A copy of the program in which the mistake was made; returns the folder that it lies in."""
    shutil.copytree(ROOT / "migrator", folder / "migrator", ignore=shutil.ignore_patterns("__pycache__"))
    for name, right, wrong in mutant.changes:
        file = folder / "migrator" / name
        text = file.read_text(encoding="utf-8")
        assert text.count(right) == 1, f"{name} has changed: {right!r} is there {text.count(right)} times"
        file.write_text(text.replace(right, wrong), encoding="utf-8")
    return folder


IN_THE_NORMAL_RUN = "claimed-without-asking-whose-it-is"


@pytest.mark.parametrize(
    "mutant",
    [
        pytest.param(each, id=each.name, marks=[] if each.name == IN_THE_NORMAL_RUN else [pytest.mark.soak])
        for each in MUTANTS
    ],
)
def test_the_harness_can_fail(tmp_path, socket, mutant):
    if mutant.attack is not pulled_while_a_ticket_is_made:  # whose sound run is another test's
        mutant.attack(tmp_path / "sound", socket)
    with (
        Socket(with_mistake(mutant, tmp_path / "mistaken")) as mistaken,
        pytest.raises(AssertionError, match=r"missing|twice|unknown|thread|shown"),
    ):
        mutant.attack(tmp_path / "broken", mistaken)
