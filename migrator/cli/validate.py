"""`migrator validate`: what would a migration do?"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from migrator.cli.corrections import home_of, prefix_beside, to_correct, with_values
from migrator.cli.inputs import (
    as_read_before,
    default_report_folder,
    open_client,
    open_export,
    open_mapping,
    recall_lessons,
)
from migrator.cli.options import (
    Output,
    connection_options,
    mapping_options,
    output_options,
    printable,
    report_option,
    select_option,
    source_options,
    values_option,
)
from migrator.cli.source_words import typed_words

if TYPE_CHECKING:
    from migrator.featurebase import Connection, Directory
    from migrator.readers import ReadOptions
    from migrator.reports import Workbook
    from migrator.runner.control import Telling
    from migrator.runner.plan import Plan
    from migrator.runner.prepare import Prepared
    from migrator.runner.staging import Inputs
    from migrator.runner.url_check import UrlCheck


@click.command(short_help="Dry run: check every row and say what would happen. Nothing is sent.")
@source_options
@mapping_options
@values_option
@connection_options
@select_option
@report_option("Folder for validation.html, problems.xlsx and more.  [default: SOURCE-report]")
@click.option(
    "--redact",
    is_flag=True,
    help="Mask names, addresses, phone numbers and what people wrote, so that the report can be shared.",
)
@click.option(
    "--offline", is_flag=True, help="Do not contact Featurebase; names stay unchecked, and are listed."
)
@click.option(
    "--ledger",
    "ledger_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --offline: check names against the lists that this ledger keeps.",
)
@click.option(
    "--check-urls",
    is_flag=True,
    help="Also look whether the files that SOURCE names by address are still there.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    help="Plan for the first N tickets; every row is checked all the same.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    help="Processes that check rows side by side.  [default: one for each core; 1 for a small SOURCE]",
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
    values_files: tuple[Path, ...],
    connect: Callable[[], Connection],
    select_as: Literal["id", "label"] | None,
    report_folder: Path | None,
    redact: bool,
    offline: bool,
    ledger_path: Path | None,
    check_urls: bool,
    limit: int | None,
    jobs: int | None,
    output: Output,
) -> None:
    """Read SOURCE, map every row, and say everything that is wrong. Nothing is sent.

    SOURCE is one or more export files, or a folder. Exit code 0 means that every row is ready, 1 that
    some are rejected.
    """
    from migrator.featurebase import Directory
    from migrator.reports import plan_document, render_plan
    from migrator.runner.hands import jobs_for
    from migrator.runner.memory import Taught, as_known
    from migrator.runner.staging import Inputs
    from migrator.runner.url_check import look_at_urls

    if ledger_path and not offline:
        raise click.UsageError("--ledger belongs to --offline; otherwise the workspace itself is asked")
    telling = output.telling()
    mapping = open_mapping(mapping_name, overrides)
    read = as_read_before(ctx, ledger_path, paths, read, output)
    source = open_export(paths, read, mapping)
    mapping = with_values(mapping, values_files, source, output)
    if offline:
        directory, target, pace = _kept(ledger_path) if ledger_path else Directory.unchecked(), "", 0.0
    else:
        with open_client(connect(), telling) as client:
            directory = client.fetch_directory(mapping.needs)
            target, pace = client.connection.base_url, client.per_minute
    taught = recall_lessons(directory, output) if directory.workspace else Taught()
    directory = as_known(directory, select_as or mapping.select_as, taught, before=directory)
    typed = typed_words(paths, read, mapping_name, overrides, values_files)
    jobs = jobs or jobs_for(source.size_bytes)
    inputs = Inputs(source, mapping, directory, target, pace, limit, typed=typed, jobs=jobs)
    folder = report_folder or default_report_folder(paths[0].resolve())
    look = look_at_urls(mapping, os.environ, telling) if check_urls else nullcontext()
    with look as urls:
        plan, page, workbook = _checked(inputs, paths, folder, telling, urls, redact=redact)
    output.say(render_plan(plan, width=output.width, colour=output.colour))
    output.say(f"\nReport: {printable(str(page))}")
    if workbook:
        output.say(to_correct(workbook))
    output.document(
        {**plan_document(plan), "report": str(page), "workbook": str(workbook.path) if workbook else None}
    )
    ctx.exit(0 if plan.clean else 1)


def _kept(ledger_path: Path) -> Directory:
    """The lists of the workspace as a run has found them last."""
    from migrator.errors import LedgerError
    from migrator.featurebase import Directory
    from migrator.ledger import Ledger

    with Ledger.look(ledger_path) as ledger:
        text = None if ledger.forgotten else ledger.fact("directory")
    if text is None:
        raise LedgerError(
            "this ledger keeps no lists of the workspace",
            hint="leave --ledger out; names stay unchecked then",
            at=str(ledger_path),
        )
    return Directory.from_text(text)


def _checked(
    inputs: Inputs,
    paths: tuple[Path, ...],
    folder: Path,
    telling: Telling,
    urls: UrlCheck | None,
    *,
    redact: bool,
) -> tuple[Plan, Path, Workbook | None]:
    """Looks at every row and writes what was found; returns it, the page and the workbook to correct."""
    from migrator.reports import ProblemBook, ProblemList, Redactor, of_workbook, write_validation
    from migrator.reports.workbook import FILE as WORKBOOK
    from migrator.runner.staging import dry_run

    redactor = Redactor() if redact else None
    prefix = prefix_beside(inputs.source, folder)
    with (
        ProblemList(folder, redactor.problem if redactor else None, prefix=prefix) as problems,
        ProblemBook(folder, home_of(inputs, paths, problems.table), name=prefix + WORKBOOK) as book,
    ):

        def witness(prepared: Prepared) -> None:
            problems.witness(prepared)
            if not redact:  # the rows themselves cannot be masked
                book.witness(prepared)

        plan = dry_run(replace(inputs, witness=witness), telling, urls)
        workbook = None if redact else book.finish()
        beside = (of_workbook(workbook),) if workbook else ()
        plan = redactor.plan(plan) if redactor else plan
        page = write_validation(plan, folder, problems, beside=beside, is_redacted=redact)
    return plan, page, workbook
