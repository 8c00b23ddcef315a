"""`migrator mappings`: the mapping files that come with the tool."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import takewhile
from textwrap import fill

import click

from migrator.cli.options import Output, output_options
from migrator.cli.shipped import find_mapping, mapping_names

_NAMES = 20
"""Columns for the names in the list."""
_SURE = "# sure: "
"""Begins the line of a mapping that says how sure the facts about its format are."""
_FOR_EDITORS = "# yaml-language-server:"
_SURE_MEANS = {
    "seen": "real exports of this kind were seen",
    "documented": "written after the helpdesk's own documentation",
    "unverified": "written after what others say; look closely at what `validate` shows",
}


@dataclass(frozen=True, slots=True)
class _About:
    """What the first comment of a mapping says."""

    summary: str
    """Its first sentence."""
    sure: str
    """`seen`, `documented` or `unverified`; empty where it is about no helpdesk's format."""


@click.group(short_help="The mapping files that come with the tool.")
def mappings() -> None:
    """List the shipped mapping files, or print one to start your own from."""


@mappings.command("list", short_help="List the shipped mappings.")
@output_options
def list_mappings(*, output: Output) -> None:
    """List the shipped mappings: what each is for, and how sure the facts about its format are."""
    known = {name: _about(name) for name in mapping_names()}
    for name, about in known.items():
        text = f"{about.summary} [{about.sure}]" if about.sure else about.summary
        output.say(
            fill(text, output.width, initial_indent=f"{name:<{_NAMES}}", subsequent_indent=" " * _NAMES)
        )
    output.say("\nHow sure the facts about a format are:")
    for sure, meaning in _SURE_MEANS.items():
        output.say(f"  {sure:<10}  {meaning}")
    output.say("\nTo start your own from one: migrator mappings show helpdesk > my-mapping.yaml")
    output.say("Or from your export: migrator draft EXPORT --output my-mapping.yaml")
    output.document(
        {
            "schema": "migrator.mappings/1",
            "mappings": {name: about.summary for name, about in known.items()},
            "sure": {name: about.sure for name, about in known.items()},
        }
    )


@mappings.command("show", short_help="Print a mapping, to save and change.")
@click.argument("name")
@output_options
def show_mapping(*, name: str, output: Output) -> None:
    """Print the mapping NAME: save it, change it, and give it to --mapping."""
    text = find_mapping(name).read_text(encoding="utf-8")
    output.say(text.rstrip("\n"))
    output.document({"schema": "migrator.mapping/1", "name": name, "text": text})


@mappings.command("schema", short_help="Print the JSON Schema of mapping files, for editors.")
@output_options
def show_schema(*, output: Output) -> None:
    """Print the JSON Schema of mapping files. Save it beside yours, and begin the mapping with this line:

    \b
    # yaml-language-server: $schema=./schema.json
    """
    from migrator.mapping import mapping_schema

    schema = mapping_schema()
    output.say(json.dumps(schema, ensure_ascii=False, indent=2))
    output.document({"schema": "migrator.mapping-schema/1", "document": schema})


def _about(name: str) -> _About:
    with find_mapping(name).open(encoding="utf-8") as lines:
        comment = [line.rstrip() for line in takewhile(_is_comment, lines)]
    sure = next((line.removeprefix(_SURE) for line in comment if line.startswith(_SURE)), "")
    said = [line for line in comment if not line.startswith((_SURE, _FOR_EDITORS))]
    sentence, stop, _ = " ".join(line.lstrip("# ").strip() for line in said).partition(". ")
    return _About(sentence + stop.strip(), sure.split()[0] if sure else "")


def _is_comment(line: str) -> bool:
    return line.startswith("#")
