"""What tests of several rooms share: a sandbox on a real socket, and the tool as a user runs it."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from migrator.sandbox import Sandbox, SandboxOptions
from tests.forks import Forks, Ran

IN_CI = bool(os.environ.get("CI"))
"""There every run draws the same examples, so that a red one is the doing of the change."""

# A busy machine is no fault of the code, hence no deadline. More examples: `--hypothesis-profile thorough`.
settings.register_profile("bounded", deadline=None, max_examples=20, derandomize=IN_CI)
settings.register_profile("thorough", deadline=None, max_examples=500)
settings.load_profile("bounded")

ROOT = Path(__file__).parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="Rewrite golden files from what is made now."
    )


LONG = ("test_torture.py", "test_plug.py", "test_threads.py", "test_undo.py", "test_interrupt.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, so that no worker is left alone with them at the end."""
    items.sort(key=lambda item: item.path.name not in LONG)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compares with a file; a missing one fails, unless --update-golden writes it."""

    def check(path: Path, text: str) -> None:
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path} is missing: look at the output, then run pytest --update-golden"
        assert text == path.read_text(encoding="utf-8")

    return check


@pytest.fixture
def witness() -> Iterator[Callable[..., object] | None]:
    """Sees every request of the tool to a sandbox: all must be allowed by the API's description."""
    from tests.witness import FORMS, Witness  # most tests send nothing

    witness = Witness(FORMS)
    yield witness
    assert witness.complaints == []


@pytest.fixture
def make_sandbox(witness: Callable[..., object] | None) -> Iterator[Callable[..., Sandbox]]:
    """Sandboxes with options, each with its own socket; all are stopped at the end."""
    opened: list[Sandbox] = []

    def make(**options: Any) -> Sandbox:
        options = {"rate_limit": None, "witness": witness, **options}
        sandbox = Sandbox(SandboxOptions(**options))
        sandbox.__enter__()
        opened.append(sandbox)
        return sandbox

    yield make
    for sandbox in opened:
        sandbox.__exit__(None, None, None)


@pytest.fixture
def sandbox(make_sandbox: Callable[..., Sandbox]) -> Sandbox:
    """A sandbox without a rate limit, on a free port."""
    return make_sandbox()


class Tool:
    """`migrator` as a process of its own, in a folder of its own.

    Args:
        forks: Makes the processes of commands that are waited for; without it, each starts Python anew.
    """

    def __init__(self, folder: Path, forks: Forks | None = None) -> None:
        self.folder = folder
        self._forks = forks
        # Without PYTHONDONTWRITEBYTECODE: hundreds of processes need not compile the same code again.
        left_out = ("FEATUREBASE_", "COV_", "PYTHONDONTWRITEBYTECODE")
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(left_out)
        }

    def to(self, sandbox: Sandbox, key: str | None = None) -> Tool:
        """The same tool, pointed at a sandbox."""
        self.environment |= {
            "FEATUREBASE_BASE_URL": sandbox.url,
            "FEATUREBASE_API_KEY": key if key is not None else ",".join(sandbox.keys),
        }
        return self

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "migrator", *words],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def __call__(self, *words: str, patience_s: float = 120) -> Ran:
        if self._forks is not None:
            return self._forks.run(self.folder, *words, environment=self.environment, patience_s=patience_s)
        with self.start(*words) as process:
            stdout, stderr = process.communicate(timeout=patience_s)
        return Ran(process.returncode, stdout, stderr)


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks | None]:
    """One server of processes for all tests of this one, where forking is safe."""
    if sys.platform != "linux":
        yield None
        return
    with Forks() as opened:
        yield opened


@pytest.fixture
def tool(tmp_path: Path, forks: Forks | None) -> Tool:
    return Tool(tmp_path, forks)


SIMPLE_MAPPING = """\
key: id
category: Support
timezone: UTC
ticket:
  title: {from: subject}
  content: {from: body, as: text}
  author:
    email: {from: email}
  createdAt: {from: created, as: datetime}
  status: {from: status, values: {open: In progress, closed: Resolved}}
  fields:
    Legacy ID: {from: id, legacy_id: true}
"""


def write_export(path: Path, count: int, *, first: int = 1) -> Path:
    """A clean CSV of `count` tickets, one a minute."""
    rows = [
        {
            "id": f"T-{number:05}",
            "subject": f"Question {number}",
            "body": f"Line one of {number}\nline two",
            "email": f"person{number % 50}@example.com",
            "created": (datetime(2024, 1, 1) + timedelta(minutes=number)).isoformat(),
            "status": "open" if number % 3 else "closed",
        }
        for number in range(first, first + count)
    ]
    return write_csv(path, rows)


def legacy_ids(tickets: list[dict[str, Any]]) -> Counter[str]:
    """How often each source id is there; every ticket carries exactly one text field."""
    return Counter(next(iter(ticket["customFields"].values())) for ticket in tickets)


def write_csv(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def export(tmp_path: Path) -> Callable[..., Path]:
    """Writes `tickets.csv` and `m.yaml` side by side and returns the export's path."""

    def write(
        count: int, *, mapping: str = SIMPLE_MAPPING, first: int = 1, name: str = "tickets.csv"
    ) -> Path:
        (tmp_path / "m.yaml").write_text(mapping, encoding="utf-8")
        return write_export(tmp_path / name, count, first=first)

    return write
