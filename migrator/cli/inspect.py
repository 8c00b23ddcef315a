"""`migrator inspect`: what is in this export?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from migrator.cli.inputs import inspect_export
from migrator.cli.options import Output, output_options, source_options
from migrator.cli.source_words import source_words

if TYPE_CHECKING:
    from migrator.readers import ReadOptions


@click.command(short_help="What is in an export: helpdesk, files, columns, dates, what to decide.")
@source_options
@click.option("--show-values", is_flag=True, help="Show names, addresses and texts as they are, not masked.")
@output_options
def inspect(*, paths: tuple[Path, ...], read: ReadOptions, show_values: bool, output: Output) -> None:
    """Look at every row of SOURCE and say what is in it. Nothing is sent, and nothing is written.

    It tells which helpdesk it is from, what each file holds, how full every column is and of what, how its
    dates can be read, and what you will have to decide; at the end stands the command to type next.
    """
    from migrator.reports import inspection_document, render_inspection

    found = inspect_export(paths, read, output.telling())
    output.say(
        render_inspection(
            found,
            source_words(paths, read),
            show_values=show_values,
            width=output.width,
            colour=output.colour,
        )
    )
    output.document(inspection_document(found, show_values=show_values))
