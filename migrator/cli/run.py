"""`migrator run`: migrate, or go on migrating."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from migrator.cli.asking import Asking, Sending, force_option, require_consent, sending_options
from migrator.cli.corrections import PREFIX, with_values
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
    select_option,
    source_options,
    values_option,
)
from migrator.cli.source_words import typed_words

if TYPE_CHECKING:
    from migrator.featurebase import Connection
    from migrator.ledger import Ledger, Order
    from migrator.readers import ReadOptions


@click.command(short_help="Migrate, or go on with a migration: the same words.")
@source_options
@mapping_options
@values_option
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
@click.option("--only", metavar="KEY", multiple=True, help="Send only the ticket with this id. Repeatable.")
@click.option(
    "--pilot",
    type=click.IntRange(min=1),
    metavar="N",
    help="Send only N tickets that stand for all (each status, year, kind of thread ...); run again "
    "without it to go on, or take them back with `migrator undo`.",
)
@click.option(
    "--order",
    type=click.Choice(["oldest", "newest", "source"]),
    help="Which tickets go first.  [default: oldest, or what the first run said]",
)
@click.option(
    "--strict-order",
    is_flag=True,
    help="Make every ticket after the one before it; slower, and the numbers follow without exception.",
)
@click.option(
    "--update",
    is_flag=True,
    help="With a newer export: also change what changed in tickets that are there already.",
)
@force_option
@sending_options
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
    values_files: tuple[Path, ...],
    connect: Callable[[], Connection],
    select_as: Literal["id", "label"] | None,
    ledger_path: Path | None,
    limit: int | None,
    only: tuple[str, ...],
    pilot: int | None,
    order: str | None,
    strict_order: bool,
    update: bool,
    force: bool,
    sending: Sending,
    output: Output,
) -> None:
    """Send every ticket of SOURCE to Featurebase.

    The plan is shown first, and you are asked. Whatever stops it, run the same command again: it goes on
    where it was, looks before it sends anything twice, and needs the export no more.

    Exit code 0 means that everything is in, 1 that some rows are not.
    """
    from migrator.cli.results import reports_of, tell_end
    from migrator.reports import ProblemList
    from migrator.runner.migrate import migrate
    from migrator.runner.open import open_ledger
    from migrator.runner.outlook import RunOptions
    from migrator.runner.staging import Inputs, choosing

    telling = output.telling()
    mapping = open_mapping(mapping_name, overrides)
    require_consent(mapping, sending)
    read = as_read_before(ctx, ledger_path, paths, read, output)
    source = open_export(paths, read, mapping)
    mapping = with_values(mapping, values_files, source, output)
    with open_client(connect(), telling) as client:
        directory = client.fetch_directory(mapping.needs)
        inputs = Inputs(
            source,
            mapping,
            directory,
            client.connection.base_url,
            client.per_minute,
            limit,
            update=update,
            read=read,
            typed=typed_words(paths, read, mapping_name, overrides, values_files),
        )
        with open_ledger(ledger_path, source, paths) as ledger:
            folder = sending.report_folder or default_report_folder(ledger.path)
            inputs = choosing(inputs, ledger, select_as, recall_lessons(directory, output))
            options = RunOptions(
                order=_order(ledger, order, output),
                limit=limit,
                only=only or None,
                settle_s=sending.settle_s,
                in_order=strict_order,
                force=force,
                pilot=pilot,
            )
            with ProblemList(folder, prefix=PREFIX if source.ledger_name else "") as problems:
                inputs = replace(inputs, witness=problems.witness)
                agree = Asking(output, sending, folder, problems).agree
                ended = migrate(ledger, inputs, options, client, agree, telling)
            written = reports_of(ledger, ended, folder)
    tell_end(ctx, output, ended, written)


def _order(ledger: Ledger, asked: str | None, output: Output) -> Order:
    """The order asked for, else that of the first run; a change of mind is said aloud."""
    from migrator.ledger import Order

    before = ledger.fact("order")
    order = Order(asked or before or Order.OLDEST)
    if before and before != order:
        output.remark(f"Note: the runs before sent the {before} first; this one sends the {order} first.")
    ledger.set_facts({"order": order.value})
    return order
