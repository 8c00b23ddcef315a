"""`migrator report`: the proof of a migration, on paper."""

from __future__ import annotations

from pathlib import Path

import click

from migrator.cli.inputs import default_report_folder
from migrator.cli.options import Output, output_options, report_option
from migrator.cli.status import ledger_argument


def _checked(_ctx: click.Context, _option: click.Parameter, template: str) -> str:
    from migrator.reports.crosswalk import is_old_url

    if template and not is_old_url(template):
        raise click.BadParameter(
            "write a web address with {id} in it, such as https://old.example.com/tickets/{id}"
        )
    return template


@click.command(short_help="Write the results: which ticket became which, what failed and why.")
@ledger_argument
@report_option("Folder for the report, the crosswalk and the rejected rows.  [default: LEDGER-report]")
@click.option(
    "--old-url",
    default="",
    metavar="ADDRESS",
    callback=_checked,
    help="What tickets' addresses in the old helpdesk look like, with {id} in the place of the id: adds them "
    "to the crosswalk, and writes redirects for nginx and Apache.",
)
@output_options
@click.pass_context
def report(
    ctx: click.Context,
    /,
    *,
    ledger_path: Path,
    report_folder: Path | None,
    old_url: str,
    output: Output,
) -> None:
    """Write what became of every row of LEDGER: a page, tables, and the rows to correct.

    Exit code 0 means that everything is in, 1 that some rows are not.
    """
    from migrator.cli.results import write_reports
    from migrator.ledger import Ledger
    from migrator.reports import render_standing, standing_document
    from migrator.runner.standing import read_standing

    with Ledger.look(ledger_path) as ledger:
        standing = read_standing(ledger)
        folder = report_folder or default_report_folder(ledger_path)
        written = write_reports(ledger, standing, folder, old_url)
    output.say(
        render_standing(standing, width=output.width, colour=output.colour, to_correct=written.to_correct)
    )
    output.say("\n" + "\n".join(written.lines()))
    document = {**standing_document(standing), "report": str(written.page)}
    output.finish(ctx, document, standing.counts.complete, None)
