"""`migrator report`: the proof of a migration, on paper."""

from __future__ import annotations

from pathlib import Path

import click

from migrator.cli.inputs import default_report_folder
from migrator.cli.options import Output, output_options, printable
from migrator.cli.status import ledger_argument


@click.command(short_help="Write the results: which ticket became which, what failed and why.")
@ledger_argument
@click.option(
    "--report",
    "report_folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for report.html, results.csv and the rejected rows.  [default: LEDGER-report]",
)
@output_options
@click.pass_context
def report(ctx: click.Context, /, *, ledger_path: Path, report_folder: Path | None, output: Output) -> None:
    """Write what became of every row of LEDGER: a page, a table, and the rows to correct.

    Exit code 0 means that everything is in, 1 that some rows are not.
    """
    from migrator.cli.results import write_reports
    from migrator.ledger import Ledger
    from migrator.reports import render_standing, standing_document
    from migrator.runner.standing import read_standing

    with Ledger.look(ledger_path) as ledger:
        standing = read_standing(ledger)
        written = write_reports(ledger, standing, report_folder or default_report_folder(ledger_path))
    output.say(render_standing(standing, width=output.width, colour=output.colour, rejects=written.rejects))
    output.say(f"\nReport: {printable(str(written.page))}")
    document = {**standing_document(standing), "report": str(written.page)}
    output.finish(ctx, document, standing.counts.complete, None)
