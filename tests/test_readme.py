"""README, help texts and behaviour say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from migrator import errors
from migrator.cli.main import cli
from migrator.cli.shipped import mapping_names
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands(group: click.Group = cli, before: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{before}{name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")


COMMANDS = dict(commands())


def rows_of(heading: str) -> dict[str, str]:
    """The two columns of the first table below a heading."""
    section = README.split(f"{heading}\n", 1)[1].split("\n#", 1)[0]
    return dict(re.findall(r"^\| `?([^|`]+?)`? \| (.+?) \|$", section, re.MULTILINE))


def test_the_table_of_commands_is_the_help_text():
    described = {name: command.short_help for name, command in COMMANDS.items() if " " not in name}
    assert {name: text for name, text in rows_of("## The commands").items() if name != "Command"} == described


def test_the_table_of_exit_codes_is_that_of_the_errors():
    documented = {int(code) for code in rows_of("### Exit codes") if code.isdigit()}
    raised = {
        each.exit_code
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, errors.MigratorError)
    }
    assert documented == raised | {0}


@pytest.mark.parametrize("line", re.findall(r"^(?:\.venv/bin/)?migrator .+$", README, re.MULTILINE))
def test_every_command_line_of_the_readme_can_be_typed(line):
    words = line.split("migrator ", 1)[1].split()
    name = next(name for name in sorted(COMMANDS, key=len, reverse=True) if " ".join(words).startswith(name))
    options = {
        option
        for parameter in COMMANDS[name].params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    assert {word for word in words if word.startswith("--")} <= options


def test_every_option_that_the_readme_names_exists():
    known = {
        option
        for command in COMMANDS.values()
        for p in command.params
        for option in (*p.opts, *p.secondary_opts)
    }
    known |= {"--help", "--quiet"}
    assert set(re.findall(r"`(--[a-z-]+)", README)) <= known


def test_every_option_is_explained():
    silent = [
        f"{name} {parameter.opts[0]}"
        for name, command in COMMANDS.items()
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.help
    ]
    assert silent == []


def test_every_message_in_the_troubleshooting_is_one_that_the_tool_says():
    section = README.split("## When something goes wrong\n", 1)[1]
    messages = re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)
    said = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "migrator").rglob("*.py"))
    joined = re.sub(r'"\s*\n\s*f?"', "", said)  # sentences that run over several lines of source
    assert len(messages) >= 6
    assert [message for message in messages if message not in joined] == []


def test_every_shipped_mapping_is_named_where_the_readme_tells_what_it_reads():
    named = set(re.findall(r"`([a-z-]+)`", README.split("## What it reads", 1)[1].split("\n## ", 1)[0]))
    assert set(mapping_names()) <= named
