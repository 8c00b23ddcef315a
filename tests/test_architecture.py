"""The house rules that a reviewer would otherwise have to remember."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "migrator"

LINES = (
    {"cli"},
    {"reports"},
    {"runner"},
    {"readers", "mapping", "featurebase", "ledger"},
    {"model", "errors"},
)
"""The rooms, from the street down to the cellar. `sandbox` stands apart."""

HOMES = {
    "click": {"cli"},
    "httpx": {"featurebase"},
    "jinja2": {"mapping", "reports"},
    "jsonschema": {"sandbox"},
    "markdown_it": {"mapping"},
    "nh3": {"mapping"},
    "openpyxl": {"readers"},
    "pandas": {"readers"},
    "pydantic": {"mapping"},
    "python_calamine": {"readers"},
    "regex": {"mapping"},
    "ruamel": {"mapping"},
    "tqdm": {"cli"},
}
SQLITE = {"ledger", "readers/spool.py", "sandbox"}

MODULES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def level(room: str) -> int:
    return next(number for number, rooms in enumerate(LINES) if room in rooms)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_from_lines_below_its_own(path):
    room = room_of(path)
    if room in ("__init__", "__main__"):
        return
    ours = {name.split(".")[1] for name in imports_of(path) if name.startswith("migrator.")}
    ours -= {room, "__version__"}
    if room == "sandbox":
        assert not ours, "the sandbox believes nothing that we believe"
    elif room == "cli":
        assert ours <= set().union(*LINES[1:]) | {"sandbox"}
    elif room == "errors" or room == "model":
        assert not ours
    else:
        allowed = set().union(*LINES[level(room) + 1 :])
        assert ours <= allowed, f"{room} reaches for {sorted(ours - allowed)}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_third_party_library_has_one_room(path):
    here = path.relative_to(PACKAGE).as_posix()
    for library in {name.split(".")[0] for name in imports_of(path)}:
        if library == "sqlite3":
            assert here.split("/")[0] in SQLITE or here in SQLITE, f"{here} imports sqlite3"
        elif library not in sys.stdlib_module_names and library != "migrator":
            assert library in HOMES, f"{library} has no room yet"
            assert room_of(path) in HOMES[library], f"{here} imports {library}"


def test_every_module_says_what_lives_in_it():
    silent = [
        str(path)
        for path in MODULES
        if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="what is tracked is known to a checkout only")
def test_the_top_level_is_what_was_agreed():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    top = {name.split("/")[0] for name in tracked}
    assert {name for name in top if not name.startswith(".")} <= {
        "pyproject.toml", "migrator", "mappings", "samples", "tests", "README.md",
    }  # fmt: skip


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["mappings", "list"]], ids=" ".join)
def test_looking_at_the_help_loads_nothing_heavy(words):
    heavy = [
        "pandas",
        "openpyxl",
        "httpx",
        "tqdm",
        "numpy",
        "jsonschema",
        "pydantic",
        "ruamel",
        "nh3",
    ]
    code = (
        "import sys\n"
        "from migrator.cli.main import cli\n"
        f"try: cli.main({words!r}, prog_name='migrator')\n"
        "except SystemExit: pass\n"
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"


def test_the_shipped_version_is_the_package_version():
    done = subprocess.run(
        [sys.executable, "-m", "migrator", "--version"], capture_output=True, text=True, check=True
    )
    from migrator import __version__

    assert done.stdout.strip().endswith(__version__)
