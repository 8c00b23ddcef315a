"""`migrator mappings`: the mapping files that come with the tool."""

from __future__ import annotations

import click

from migrator.cli.options import Output, output_options
from migrator.cli.shipped import find_mapping, mapping_names


@click.group(short_help="The mapping files that come with the tool.")
def mappings() -> None:
    """List the shipped mapping files, or print one to start your own from."""


@mappings.command("list")
@output_options
def list_mappings(*, output: Output) -> None:
    """List the shipped mappings, each with its first line."""
    known = {name: _summary(name) for name in mapping_names()}
    for name, summary in known.items():
        output.say(f"{name:<12} {summary}")
    output.document({"schema": "migrator.mappings/1", "mappings": known})


@mappings.command("show")
@click.argument("name")
@output_options
def show_mapping(*, name: str, output: Output) -> None:
    """Print the mapping NAME: save it, change it, and give it to --mapping."""
    text = find_mapping(name).read_text(encoding="utf-8")
    output.say(text.rstrip("\n"))
    output.document({"schema": "migrator.mapping/1", "name": name, "text": text})


def _summary(name: str) -> str:
    """The first comment of the file says what it is for."""
    with find_mapping(name).open(encoding="utf-8") as lines:
        return next((line.lstrip("# ").strip() for line in lines if line.startswith("#")), "")
