"""Compiled templates are kept beside the templates, and never in the way."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from migrator.reports.compiled import Compiled


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "page.html").write_text("Hello {{ name }}")
    return tmp_path


def drawn(folder: Path, name: str = "pages") -> str:
    environment = Environment(loader=FileSystemLoader(folder), bytecode_cache=Compiled(folder, name))
    return environment.get_template("page.html").render(name="you")


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "__pycache__").glob("*"))


def test_what_was_compiled_once_is_not_compiled_again(folder):
    assert drawn(folder) == "Hello you"
    (path,) = kept(folder)
    path.write_bytes(path.read_bytes().replace(b"Hello", b"Hullo"))
    assert drawn(folder) == "Hullo you"


def test_a_changed_template_is_compiled_anew(folder):
    drawn(folder)
    (folder / "page.html").write_text("Goodbye {{ name }}")
    assert drawn(folder) == "Goodbye you"
    assert len(kept(folder)) == 1


def test_another_environment_keeps_its_own(folder):
    drawn(folder)
    drawn(folder, "others")
    assert len(kept(folder)) == 2


@pytest.mark.parametrize("length", [0, 5, 30, 60, -10])
def test_half_of_a_file_is_no_obstacle(folder, length):
    drawn(folder)
    (path,) = kept(folder)
    path.write_bytes(path.read_bytes()[:length])
    assert drawn(folder) == "Hello you"


def test_where_nothing_can_be_kept_pages_are_drawn_all_the_same(folder):
    (folder / "__pycache__").write_text("a file in the way")
    assert drawn(folder) == "Hello you"


def test_who_wants_no_bytecode_gets_none(folder, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert drawn(folder) == "Hello you"
    assert kept(folder) == []
