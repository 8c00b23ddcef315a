"""`migrator draft`: a mapping file to start from."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import click

from migrator.cli.inputs import inspect_export
from migrator.cli.options import Output, output_options, printable, source_options
from migrator.cli.source_words import source_words

if TYPE_CHECKING:
    from migrator.mapping import DraftedMapping
    from migrator.readers import ReadOptions


@click.command(short_help="Write a mapping file to start from, for this export.")
@source_options
@click.option(
    "--output",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; a table of people may be written beside it.  [default: print it]",
)
@click.option("--force", is_flag=True, help="Write over files that are there.")
@output_options
def draft(
    *, paths: tuple[Path, ...], read: ReadOptions, target: Path | None, force: bool, output: Output
) -> None:
    """Look at every row of SOURCE and write a mapping for it: a text to read, to correct and to complete.

    For a helpdesk that is known it is the shipped mapping with what this export has. For any other table it
    is made from the names and values of the columns; what only you can decide says TODO.
    """
    from migrator.mapping import PEOPLE_TABLE
    from migrator.reports.words import quoted
    from migrator.runner.draft import draft_mapping

    people = target.parent / PEOPLE_TABLE if target else None
    if not force:
        _refuse_to_overwrite(target, people)
    found = inspect_export(paths, read, output.telling())
    check = (
        f"migrator validate {source_words(paths, read)} --mapping {quoted(str(target or 'my-mapping.yaml'))}"
    )
    drafted = draft_mapping(found, check, people_table=target is not None)
    if target is None or people is None:
        output.say(drafted.text.rstrip("\n"))
    else:
        _write(drafted, target, people)
        output.say(f"Mapping: {printable(str(target))}")
        if drafted.people:
            output.say(f"People to complete: {printable(str(people))}")
        output.say(
            f"\nRead it, decide what says TODO, then see what it would do (nothing is sent):\n  {check}"
        )
    output.document(
        {
            "schema": "migrator.draft/1",
            "text": drafted.text,
            "people": [list(pair) for pair in drafted.people],
            "output": str(target) if target else "",
        }
    )


def _refuse_to_overwrite(target: Path | None, people: Path | None) -> None:
    elsewhere = "it lies beside the mapping: name a mapping in another folder"
    for path, way_out in ((target, "name another file"), (people, elsewhere)):
        if path is not None and path.exists():
            raise click.BadParameter(
                f"{str(path)!r} is there already; {way_out}, or write over it with --force",
                param_hint="--output",
            )


def _write(drafted: DraftedMapping, target: Path, people: Path) -> None:
    from migrator.mapping import PEOPLE_HEADER
    from migrator.reports.files import private_file

    with private_file(target) as file:
        file.write(drafted.text)
    if drafted.people:
        with private_file(people) as file:
            csv.writer(file).writerows([PEOPLE_HEADER, *drafted.people])
