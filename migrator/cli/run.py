"""`migrator run`: migrate, or go on migrating."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from migrator.cli.inputs import default_report_folder, open_export, open_mapping
from migrator.cli.options import (
    Output,
    connection_options,
    is_terminal,
    mapping_options,
    output_options,
    printable,
    select_option,
    source_options,
)
from migrator.cli.signals import ctrl_c_aborts
from migrator.errors import Declined

if TYPE_CHECKING:
    from migrator.featurebase import Connection
    from migrator.mapping import Mapping
    from migrator.readers import ReadOptions
    from migrator.runner.migrate import Outlook
    from migrator.runner.plan import Plan


@click.command(short_help="Migrate, or go on with a migration: the same words.")
@source_options
@mapping_options
@connection_options
@select_option
@click.option(
    "--ledger",
    "ledger_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file that remembers what was sent.  [default: SOURCE.ledger here]",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    help="Send at most N tickets this time; run again without it to go on.",
)
@click.option("--only", metavar="KEY", help="Send only the ticket with this source id.")
@click.option(
    "--order",
    type=click.Choice(["oldest", "newest", "source"]),
    default="oldest",
    show_default=True,
    help="Which tickets go first.",
)
@click.option(
    "--settle",
    default=60.0,
    show_default=True,
    type=click.FloatRange(min=0),
    help="Seconds that a request without an answer may still take effect.",
)
@click.option(
    "--report",
    "report_folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the report and the rejected rows.  [default: LEDGER-report]",
)
@click.option("--yes", is_flag=True, help="Do not ask before sending.")
@click.option(
    "--confirm-notify", is_flag=True, help="Really notify people, if the mapping says notify: true."
)
@output_options
@click.pass_context
def run(
    ctx: click.Context,
    /,
    *,
    paths: tuple[Path, ...],
    read: ReadOptions,
    mapping_name: str,
    overrides: tuple[str, ...],
    connect: Callable[[], Connection],
    select_as: Literal["id", "label"] | None,
    ledger_path: Path | None,
    limit: int | None,
    only: str | None,
    order: str,
    settle: float,
    report_folder: Path | None,
    yes: bool,
    confirm_notify: bool,
    output: Output,
) -> None:
    """Send every ticket of SOURCE to Featurebase.

    The plan is shown first, and you are asked. Whatever stops it, run the same command again: it goes on
    where it was, looks before it sends anything twice, and needs the export no more.

    Exit code 0 means that everything is in, 1 that some rows are not.
    """
    from migrator.cli.results import write_reports
    from migrator.featurebase import Client
    from migrator.ledger import Order
    from migrator.reports import render_standing, standing_document
    from migrator.runner.migrate import RunOptions, migrate
    from migrator.runner.open import open_ledger
    from migrator.runner.staging import Inputs, choosing

    telling = output.telling()
    mapping = open_mapping(mapping_name, overrides)
    _require_consent(mapping, confirm_notify)
    source = open_export(paths, read, mapping)
    with Client(connect()) as client:
        telling.control.when_stopped(client.stop)
        telling.control.when_cancelled(client.cancel)
        directory = client.fetch_directory(mapping.needs)
        inputs = Inputs(
            source,
            mapping,
            directory,
            client.connection.base_url,
            client.per_minute,
            limit,
            typed=(*map(str, paths), "--mapping", mapping_name, *_as_typed(overrides)),
        )
        options = RunOptions(Order(order), limit, only, settle)
        with open_ledger(ledger_path, source, paths) as ledger:
            folder = report_folder or default_report_folder(ledger.path)
            inputs = choosing(inputs, ledger, select_as)
            ended = migrate(ledger, inputs, options, client, _Asking(output, yes, folder).agree, telling)
            written = write_reports(ledger, ended.standing, folder)
    output.say(
        render_standing(ended.standing, width=output.width, colour=output.colour, rejects=written.rejects)
    )
    output.say(f"\nReport: {printable(str(written.page))}")
    document = {**standing_document(ended.standing), "report": str(written.page)}
    output.finish(ctx, document, ended.standing.counts.complete, ended.error)


def _as_typed(overrides: Sequence[str]) -> Iterator[str]:
    for each in overrides:
        yield from ("--set", each)


def _require_consent(mapping: Mapping, confirmed: bool) -> None:
    if mapping.notify and not confirmed:
        raise Declined(
            "this mapping says notify: true: customers would be mailed about every ticket",
            hint="set notify: false, or say that you mean it: --confirm-notify",
            at=mapping.name,
        )


class _Asking:
    """Shows the plan and asks; without a terminal `--yes` must have answered already."""

    def __init__(self, output: Output, yes: bool, folder: Path) -> None:
        self._output = output
        self._yes = yes
        self._folder = folder

    def agree(self, plan: Plan | None, outlook: Outlook) -> None:
        from migrator.reports import render_outlook, render_plan_in_short, write_validation

        page = write_validation(plan, self._folder) if plan is not None else None
        if not (self._yes and self._output.quiet):  # who is asked must see what about
            if plan is not None:
                click.echo(render_plan_in_short(plan, width=self._output.width), err=True)
                click.echo(f"Row by row: {printable(str(page))}", err=True)
            click.echo(render_outlook(outlook, width=self._output.width), err=True)
        if self._yes or not (outlook.tickets or outlook.in_doubt):
            return
        if not is_terminal(sys.stdin):
            raise Declined(
                "nobody is here to agree to this plan, and --yes was not given",
                hint="read the plan above, then run the same command with --yes",
            )
        try:
            with ctrl_c_aborts():
                agreed = click.confirm("Send this now?", err=True)
        except click.Abort:
            agreed = False
        click.echo(err=True)
        if not agreed:
            raise Declined("you did not agree to this plan", hint="nothing has been sent")
