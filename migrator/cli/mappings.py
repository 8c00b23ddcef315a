"""`migrator mappings`: the mapping files that come with the tool."""

from __future__ import annotations

from itertools import takewhile
from textwrap import fill

import click

from migrator.cli.options import Output, output_options
from migrator.cli.shipped import find_mapping, mapping_names

_NAMES = 12
"""Columns for the names in the list."""


@click.group(short_help="The mapping files that come with the tool.")
def mappings() -> None:
    """List the shipped mapping files, or print one to start your own from."""


@mappings.command("list", short_help="List the shipped mappings.")
@output_options
def list_mappings(*, output: Output) -> None:
    """List the shipped mappings, each with a sentence on what it is for."""
    known = {name: _summary(name) for name in mapping_names()}
    for name, summary in known.items():
        output.say(
            fill(summary, output.width, initial_indent=f"{name:<{_NAMES}}", subsequent_indent=" " * _NAMES)
        )
    output.say("\nTo start your own from one: migrator mappings show helpdesk > my-mapping.yaml")
    output.document({"schema": "migrator.mappings/1", "mappings": known})


@mappings.command("show", short_help="Print a mapping, to save and change.")
@click.argument("name")
@output_options
def show_mapping(*, name: str, output: Output) -> None:
    """Print the mapping NAME: save it, change it, and give it to --mapping."""
    text = find_mapping(name).read_text(encoding="utf-8")
    output.say(text.rstrip("\n"))
    output.document({"schema": "migrator.mapping/1", "name": name, "text": text})


def _summary(name: str) -> str:
    """The first sentence of the comment that the file begins with."""
    with find_mapping(name).open(encoding="utf-8") as lines:
        comment = " ".join(line.lstrip("# ").strip() for line in takewhile(_is_comment, lines))
    sentence, stop, _ = comment.partition(". ")
    return sentence + stop.strip()


def _is_comment(line: str) -> bool:
    return line.startswith("#")
