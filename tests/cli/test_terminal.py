"""What is printed on a terminal, and what elsewhere: colours, widths, bars."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping

import pytest

from migrator.sandbox import Sandbox, SandboxOptions
from tests.conftest import Tool
from tests.forks import Forks

pytestmark = pytest.mark.skipif(os.name != "posix", reason="only POSIX has pseudo-terminals")

NARROW = 40
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
DIRTY = """\
id,subject,body,email,created
1,Question,text,ann@example.com,2024-01-02
2,x,text,ann@example.com,2024-01-03
3,Question,text,no address at all and a very long one @ example.com,2024-01-03
"""
MAPPING = """\
key: id
category: Support
timezone: UTC
ticket:
  title: {from: subject}
  content: {from: body, as: text}
  author: {email: {from: email}}
  createdAt: {from: created, as: datetime}
"""


def without_size(environment: Mapping[str, str]) -> dict[str, str]:
    """What a terminal says of its size counts less than these variables, which parallel tests have set."""
    return {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES")}


def on_terminal(tool: Tool, columns: int, *words: str, **environment: str) -> str:
    """What a command writes to a terminal of so many columns."""
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "migrator", *words],
        cwd=tool.folder,
        env={**without_size(tool.environment), "TERM": "xterm", **environment},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said = b""
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # Linux: nobody holds the other end any more
            break
        if not piece:
            break
        said += piece
    os.close(ours)
    process.wait(timeout=60)
    return said.decode().replace("\r\n", "\n")


@pytest.fixture(scope="module")
def migrated(forks: Forks | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tool]:
    folder = tmp_path_factory.mktemp("terminal")
    (folder / "m.yaml").write_text(MAPPING)
    (folder / "t.csv").write_text(DIRTY)
    with Sandbox(SandboxOptions(rate_limit=None)) as sandbox:
        tool = Tool(folder, forks).to(sandbox)
        ran = tool("run", "t.csv", "--mapping", "m.yaml", "--yes")
        assert ran.exit_code == 1, ran.stderr
        assert not COLOUR.search(ran.stdout + ran.stderr)
        yield tool


@pytest.mark.parametrize(
    "words",
    [
        ("validate", "t.csv", "--mapping", "m.yaml"),
        ("run", "t.csv", "--mapping", "m.yaml", "--yes"),
        ("status", "t.ledger"),
        ("report", "t.ledger"),
    ],
    ids=lambda words: words[0],
)
def test_nothing_is_wider_than_the_terminal_but_what_is_to_be_copied(
    migrated: Tool, words: tuple[str, ...]
) -> None:
    said = COLOUR.sub("", on_terminal(migrated, NARROW, *words))
    lines = [line.rpartition("\r")[2] for line in said.splitlines()]
    too_wide = [line for line in lines if len(line) > NARROW]
    assert [line for line in too_wide if not re.match(r" +migrator |(Report|To correct): ", line)] == []
    assert "Not all" in said


@pytest.mark.parametrize(
    ("environment", "is_coloured"),
    [
        pytest.param({"NO_COLOR": ""}, True, id="a-terminal"),
        pytest.param({"NO_COLOR": "1"}, False, id="NO_COLOR"),
        pytest.param({"TERM": "dumb"}, False, id="dumb"),
    ],
)
def test_colours_are_for_terminals_that_want_them_and_say_nothing_by_themselves(
    migrated: Tool, environment: dict[str, str], is_coloured: bool
) -> None:
    said = on_terminal(migrated, 80, "status", "t.ledger", **environment)
    assert bool(COLOUR.search(said)) is is_coloured
    assert COLOUR.sub("", said) == migrated("status", "t.ledger").stdout
