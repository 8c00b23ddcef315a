"""`migrator status`: where a migration stands."""

from __future__ import annotations

from pathlib import Path

import click

from migrator.cli.options import Output, output_options

ledger_argument = click.argument(
    "ledger_path", metavar="LEDGER", type=click.Path(path_type=Path, dir_okay=False)
)


@click.command(short_help="Where a migration stands, also while it runs.")
@ledger_argument
@click.option("--watch", is_flag=True, help="Follow a run that is going on, until it ends.")
@output_options
@click.pass_context
def status(ctx: click.Context, /, *, ledger_path: Path, watch: bool, output: Output) -> None:
    """Show how many tickets of LEDGER are in, waiting, refused or in doubt.

    It may be asked at any time, also from a second terminal while a run is going on: --watch follows it.

    Exit code 0 means that everything is in, 1 that some rows are not.
    """
    from migrator.ledger import Ledger
    from migrator.reports import render_standing, standing_document
    from migrator.runner.standing import read_standing

    with Ledger.look(ledger_path) as ledger:
        if watch:
            from migrator.cli.watch import follow

            follow(ledger)
        standing = read_standing(ledger, thoroughly=False)
    output.say(render_standing(standing, width=output.width, colour=output.colour))
    output.finish(ctx, standing_document(standing), standing.counts.complete, None)
