"""`migrator validate`: what would a migration do?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from migrator.cli.inputs import default_report_folder, open_export, open_mapping
from migrator.cli.options import (
    Output,
    connection_options,
    mapping_options,
    output_options,
    printable,
    select_option,
    source_options,
)

if TYPE_CHECKING:
    from migrator.featurebase import Connection
    from migrator.readers import ReadOptions


@click.command(short_help="Dry run: check every row and say what would happen. Nothing is sent.")
@source_options
@mapping_options
@connection_options
@select_option
@click.option(
    "--report",
    "report_folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for validation.html and validation.json.  [default: SOURCE-report]",
)
@click.option(
    "--offline", is_flag=True, help="Do not contact Featurebase; names stay unchecked, and are listed."
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    help="Plan for the first N tickets; every row is checked all the same.",
)
@output_options
@click.pass_context
def validate(
    ctx: click.Context,
    /,
    *,
    paths: tuple[Path, ...],
    read: ReadOptions,
    mapping_name: str,
    overrides: tuple[str, ...],
    connect: Callable[[], Connection],
    select_as: Literal["id", "label"] | None,
    report_folder: Path | None,
    offline: bool,
    limit: int | None,
    output: Output,
) -> None:
    """Read SOURCE, map every row, and say everything that is wrong. Nothing is sent.

    SOURCE is one or more export files, or a folder. Exit code 0 means that every row is ready, 1 that
    some are rejected.
    """
    from migrator.featurebase import Client, Directory
    from migrator.reports import plan_document, render_plan, write_validation
    from migrator.runner.staging import Inputs, dry_run

    telling = output.telling()
    mapping = open_mapping(mapping_name, overrides)
    source = open_export(paths, read, mapping)
    if offline:
        inputs = Inputs(source, mapping, Directory.unchecked(), target="", limit=limit)
    else:
        with Client(connect()) as client:
            telling.control.when_stopped(client.stop)
            directory = replace(client.fetch_directory(mapping.needs), select_as=select_as or "id")
            pace = client.per_minute
        inputs = Inputs(source, mapping, directory, client.connection.base_url, pace, limit)
    plan = dry_run(inputs, telling)
    page = write_validation(plan, report_folder or default_report_folder(paths[0].resolve()))
    output.say(render_plan(plan, width=output.width, colour=output.colour))
    output.say(f"\nReport: {printable(str(page))}")
    output.document({**plan_document(plan), "report": str(page)})
    ctx.exit(0 if plan.clean else 1)
