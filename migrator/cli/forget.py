"""`migrator forget`: drop the personal data of a finished migration."""

from __future__ import annotations

from pathlib import Path

import click

from migrator.cli.asking import ask, yes_option
from migrator.cli.inputs import default_report_folder
from migrator.cli.options import Output, output_options, printable
from migrator.cli.status import ledger_argument


@click.command(short_help="Drop the personal data of a finished migration for good.")
@ledger_argument
@click.option(
    "--rejected-too", is_flag=True, help="Also give up the rejected rows; they cannot be corrected any more."
)
@yes_option
@output_options
@click.pass_context
def forget(
    ctx: click.Context, /, *, ledger_path: Path, rejected_too: bool, yes: bool, output: Output
) -> None:
    """Drop from LEDGER everything that the export said, and keep source ids, ticket numbers and counts.

    Afterwards `status`, `report` and `undo` still work; nothing can be sent, retried or verified with it.
    Refused while some rows are not in.
    """
    from migrator.ledger import Ledger
    from migrator.reports import standing_document
    from migrator.runner.forget import forget as drop
    from migrator.runner.standing import read_standing

    def agree() -> None:
        ask("Drop all ticket text, names and addresses from this ledger? That is for good.", yes=yes)

    with Ledger.open(ledger_path) as ledger:
        drop(ledger, agree, rejected_too=rejected_too)
        standing = read_standing(ledger)
    output.say(f"Forgotten. {printable(str(ledger_path))} holds ids, numbers and counts, and nobody's words.")
    folder = default_report_folder(ledger_path)
    if folder.exists():
        output.remark(
            f"Reports are another matter: delete {printable(str(folder))} as well if nobody needs it."
        )
    output.finish(ctx, standing_document(standing), complete=True, error=None)
