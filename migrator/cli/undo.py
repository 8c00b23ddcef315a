"""`migrator undo`: take a migration back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from migrator.cli.asking import ask, settle_option, yes_option
from migrator.cli.inputs import open_client
from migrator.cli.options import Output, connection_options, output_options
from migrator.cli.status import ledger_argument

if TYPE_CHECKING:
    from migrator.featurebase import Connection
    from migrator.runner.undo import UndoPlan


@click.command(short_help="Take it back: delete what this ledger created, and nothing else.")
@ledger_argument
@connection_options
@settle_option
@click.option("--force", is_flag=True, help="Also delete what people have touched since.")
@click.option(
    "--contacts",
    is_flag=True,
    help="Also delete the contacts that were made for its replies.",
)
@yes_option
@output_options
@click.pass_context
def undo(
    ctx: click.Context,
    /,
    *,
    ledger_path: Path,
    connect: Callable[[], Connection],
    settle: float,
    force: bool,
    contacts: bool,
    yes: bool,
    output: Output,
) -> None:
    """Delete every ticket that LEDGER created, and nothing else.

    What is in doubt is looked for first. The plan is shown, and you are asked. Each ticket is looked at
    before it goes: one that people have touched since is left alone and listed. Whatever stops it, run the
    same command again. Afterwards the same ledger can migrate again.

    Exit code 0 means that everything is gone, 1 that something was left.
    """
    from migrator.ledger import Ledger
    from migrator.reports.undo_text import render_undo_plan, render_undone, undo_document
    from migrator.runner.undo import UndoOptions
    from migrator.runner.undo import undo as take_back

    def agree(plan: UndoPlan) -> None:
        if not (yes and output.quiet):  # who is asked must see what about
            click.echo(render_undo_plan(plan, width=output.width), err=True)
        if plan.requests:
            ask("Delete this now?", yes=yes)

    telling = output.telling()
    options = UndoOptions(force, contacts, settle)
    with Ledger.open(ledger_path) as ledger, open_client(connect(), telling) as client:
        undone = take_back(ledger, options, client, agree, telling)
    output.say(render_undone(undone, width=output.width, colour=output.colour))
    output.finish(ctx, undo_document(undone, str(ledger_path)), undone.complete, undone.error)
