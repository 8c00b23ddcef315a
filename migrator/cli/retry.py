"""`migrator retry`: what failed, and only that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from migrator.cli.asking import Asking, Sending, force_option, require_consent, sending_options
from migrator.cli.corrections import PREFIX, with_values
from migrator.cli.inputs import default_report_folder, open_client, open_export, open_mapping, recall_lessons
from migrator.cli.options import Output, connection_options, mapping_options, output_options, values_option
from migrator.cli.status import ledger_argument

if TYPE_CHECKING:
    from migrator.featurebase import Client, Connection
    from migrator.ledger import Ledger
    from migrator.mapping import Mapping
    from migrator.readers import Source
    from migrator.runner.staging import Inputs


@click.command(short_help="Send what failed, and only that; or rows that you have corrected.")
@ledger_argument
@click.option(
    "--from",
    "corrected",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="problems.xlsx or the rejects file of this ledger (CSV, ndjson), after you have corrected it.",
)
@partial(mapping_options, required=False)
@values_option
@connection_options
@force_option
@sending_options
@output_options
@click.pass_context
def retry(
    ctx: click.Context,
    /,
    *,
    ledger_path: Path,
    corrected: Path | None,
    mapping_name: str | None,
    overrides: tuple[str, ...],
    values_files: tuple[Path, ...],
    connect: Callable[[], Connection],
    force: bool,
    sending: Sending,
    output: Output,
) -> None:
    """Send again what Featurebase refused; a half-done ticket goes on where it stopped.

    With --from, the rows of FILE take the place of what they were, and only they are sent: mapped as
    before, or with another --mapping. What still fails comes out in a fresh rejects file.

    Exit code 0 means that everything is in, 1 that some rows are not.
    """
    from migrator.cli.results import reports_of, tell_end
    from migrator.ledger import Ledger
    from migrator.readers import ReadOptions
    from migrator.reports import ProblemList
    from migrator.runner.outlook import RunOptions
    from migrator.runner.retry import mapping_of, retry_corrected
    from migrator.runner.retry import retry as send_failed

    if corrected is None and (mapping_name or overrides or values_files):
        raise click.UsageError(
            "--mapping, --set and --values are for rows that you give with --from; to send rows that were "
            "refused with another mapping, give the export to `migrator run` again"
        )
    if overrides and not mapping_name:
        raise click.UsageError("--set changes a mapping that is named: --mapping FILE --set KEY=VALUE")
    telling = output.telling()
    with Ledger.open(ledger_path) as ledger, open_client(connect(), telling) as client:
        folder = sending.report_folder or default_report_folder(ledger.path)
        options = RunOptions(settle_s=sending.settle_s, force=force)
        if corrected is None:
            _require_consent_of(ledger, sending)
            agree = Asking(output, sending, folder).agree
            ended = send_failed(ledger, options, client, agree, telling)
        else:
            mapping = open_mapping(mapping_name, overrides) if mapping_name else mapping_of(ledger)
            source = open_export([corrected], ReadOptions(), mapping)
            mapping = with_values(mapping, values_files, source, output)
            require_consent(mapping, sending)
            with ProblemList(folder, prefix=PREFIX) as problems:
                inputs = replace(_inputs(ledger, client, source, mapping, output), witness=problems.witness)
                agree = Asking(output, sending, folder, problems).agree
                ended = retry_corrected(ledger, inputs, options, client, agree, telling)
        written = reports_of(ledger, ended, folder)
    tell_end(ctx, output, ended, written)


def _require_consent_of(ledger: Ledger, sending: Sending) -> None:
    """As `require_consent`, for what a ledger holds."""
    if ledger.fact("notify"):
        from migrator.runner.retry import mapping_of

        require_consent(mapping_of(ledger), sending)


def _inputs(ledger: Ledger, client: Client, source: Source, mapping: Mapping, output: Output) -> Inputs:
    from migrator.runner.staging import Inputs, choosing

    directory = client.fetch_directory(mapping.needs)
    inputs = Inputs(source, mapping, directory, client.connection.base_url, client.per_minute)
    return choosing(inputs, ledger, None, recall_lessons(directory, output))
