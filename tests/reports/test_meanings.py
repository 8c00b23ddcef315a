import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import migrator
from migrator.model import Status
from migrator.reports.meanings import MEANINGS, STATUS_MEANINGS, meaning

PACKAGE = Path(migrator.__file__).parent
ROOMS = ("readers", "mapping", "featurebase", "runner")
"""Where problems of rows are made."""

CODE = re.compile(r"[a-z]+(-[a-z]+)+")
MAKERS = frozenset({"Problem", "Fault", "error", "warn"})
"""What makes a problem, in one room or another; the code is what it is told first, or as `code`."""


def codes_in(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[first, *_]) if (
                name in MAKERS
            ):
                yield from constants(first)
            case ast.keyword(arg="code", value=value):
                yield from constants(value)
            case ast.Assign(targets=[ast.Name(id="code")], value=value):
                yield from constants(value)


def constants(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and CODE.fullmatch(each.value):
            yield each.value


def raised_codes() -> dict[str, str]:
    """Every code that stands as a literal where a problem is made, and a module that makes it."""
    return {
        code: str(path.relative_to(PACKAGE))
        for room in ROOMS
        for path in sorted((PACKAGE / room).rglob("*.py"))
        for code in codes_in(path.read_text(encoding="utf-8"))
    }


def test_every_problem_that_is_made_has_a_meaning() -> None:
    raised = raised_codes()
    assert raised, "no problem was found: has the way they are made changed?"
    assert {code: module for code, module in raised.items() if code not in MEANINGS} == {}


@pytest.mark.parametrize("code", sorted(MEANINGS))
def test_a_meaning_is_one_plain_sentence(code: str) -> None:
    words = MEANINGS[code]
    assert words[0].isupper()
    assert words.endswith(".")
    assert re.fullmatch(r"[a-z][a-z-]*[a-z]", code)


def test_every_status_has_a_meaning() -> None:
    assert set(STATUS_MEANINGS) == set(Status)


def test_a_code_that_nobody_described_means_what_its_problem_says() -> None:
    assert meaning("brand-new", "something is off") == "something is off"
