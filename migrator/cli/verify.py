"""`migrator verify`: is what is in Featurebase what was sent?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from migrator.cli.inputs import default_report_folder, open_client
from migrator.cli.options import Output, connection_options, output_options, printable, report_option
from migrator.cli.status import ledger_argument

if TYPE_CHECKING:
    from migrator.featurebase import Connection


@click.command(short_help="Read everything back and compare it, field by field, with what was sent.")
@ledger_argument
@connection_options
@report_option("Folder for the report and verification.csv.  [default: LEDGER-report]")
@output_options
@click.pass_context
def verify(
    ctx: click.Context,
    /,
    *,
    ledger_path: Path,
    connect: Callable[[], Connection],
    report_folder: Path | None,
    output: Output,
) -> None:
    """Read every ticket of LEDGER back from Featurebase and compare it with what was sent.

    What Featurebase is known to change (it cleans markup, and signs the links of files) is explained and
    counted apart. If it is stopped, the same command goes on where it was.

    Exit code 0 means that everything is as it was sent, 1 that something differs or is not in.
    """
    from migrator.cli.results import write_reports
    from migrator.ledger import Ledger
    from migrator.reports import proof_document, render_proof
    from migrator.reports.proof import FILE as DIFFERENCES
    from migrator.runner.standing import read_standing
    from migrator.runner.verify import verify_ledger

    telling = output.telling()
    with Ledger.open(ledger_path) as ledger, open_client(connect(), telling) as client:
        error = verify_ledger(ledger, client, telling)
        folder = report_folder or default_report_folder(ledger.path)
        written = write_reports(ledger, read_standing(ledger), folder)
    proof = written.proof
    assert proof is not None  # it has begun at least
    output.say(render_proof(proof, width=output.width, colour=output.colour))
    differences = written.page.with_name(DIFFERENCES)
    output.say(f"\nEvery difference: {printable(str(differences))}\nReport: {printable(str(written.page))}")
    document = {**proof_document(proof), "differences": str(differences), "report": str(written.page)}
    output.finish(ctx, document, proof.complete, error)
