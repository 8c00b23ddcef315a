"""`migrator doctor`: is the workspace ready for a migration?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import click

from migrator.cli.asking import ask
from migrator.cli.inputs import open_client, open_mapping
from migrator.cli.options import Output, connection_options, mapping_options, output_options
from migrator.errors import MigratorError
from migrator.model import shown

if TYPE_CHECKING:
    from migrator.featurebase import Client, Connection, Directory, Limited
    from migrator.runner.findings import Finding
    from migrator.runner.learnt import Learnt
    from migrator.runner.trial import Trial

PROBE_EMAIL = "migrator-probe@example.com"
"""Of a domain that is reserved and takes no mail (RFC 2606), and passes for an address everywhere."""
PROBE_FILE = "https://example.com/"
"""A small page that everybody may download."""


@click.command(short_help="Look at the workspace before the real thing: key, limits, names, what to pause.")
@partial(mapping_options, required=False)
@connection_options
@click.option(
    "--probe", "probing", is_flag=True, help="Make one trial ticket, learn from it, delete it. Asks first."
)
@click.option(
    "--category", default="", help="Category of the trial ticket.  [default: the first customer one]"
)
@click.option(
    "--probe-email",
    default="",
    help=f"Author of the trial ticket; the contact stays.  [default: {PROBE_EMAIL}]",
)
@click.option(
    "--probe-file",
    default="",
    metavar="URL",
    help=f"A file that Featurebase is to download for it.  [default: {PROBE_FILE}]",
)
@click.option("--yes", is_flag=True, help="Do not ask before the probe.")
@output_options
@click.pass_context
def doctor(
    ctx: click.Context,
    /,
    *,
    mapping_name: str | None,
    overrides: tuple[str, ...],
    connect: Callable[[], Connection],
    probing: bool,
    category: str,
    probe_email: str,
    probe_file: str,
    yes: bool,
    output: Output,
) -> None:
    """Look at the workspace as a migration would, and say what is there, what is missing, what to pause.

    With --mapping also whether all names that the mapping says are there. With --probe one ticket is made,
    read back and deleted, which tells what no documentation does; `validate` and `run` make use of it in the
    folder in which it was made.

    Exit code 0 means that all is well, 1 that something would stop or harm a migration, 6 that Featurebase
    cannot be used.
    """
    from migrator.reports.doctor_document import doctor_document
    from migrator.reports.doctor_text import render_diagnosis, render_lessons
    from migrator.runner.doctor import examine
    from migrator.runner.findings import is_healthy
    from migrator.runner.lessons import lessons
    from migrator.runner.probe import probe

    if overrides and mapping_name is None:
        raise click.UsageError("--set changes a mapping, so it needs --mapping")
    if not probing and (category or probe_email or probe_file or yes):
        raise click.UsageError("--category, --probe-email, --probe-file and --yes belong to --probe")
    telling = output.telling()
    mapping = open_mapping(mapping_name, overrides) if mapping_name else None
    with open_client(connect(), telling) as client:
        diagnosis = examine(client, mapping, limited=_limited(client.connection.host))
        output.say(render_diagnosis(diagnosis, width=output.width, colour=output.colour))
        if not probing:
            output.finish(ctx, doctor_document(diagnosis), diagnosis.healthy, None)
        trial = _trial(diagnosis.directory, category, probe_email or PROBE_EMAIL, probe_file or PROBE_FILE)
        _agree(trial, client, output, yes)
        probed = probe(client, trial, telling)
    taught = (*lessons(probed), *_kept(probed.learnt, diagnosis.directory))
    output.say(render_lessons(taught, width=output.width, colour=output.colour))
    healthy = diagnosis.healthy and is_healthy(taught)
    output.finish(ctx, doctor_document(diagnosis, probed), healthy, probed.error)


def _limited(host: str) -> tuple[Limited, str] | None:
    from migrator.runner.memory import recall_limited

    with suppress(MigratorError):  # what is broken is told where it matters, and a probe writes it anew
        return recall_limited(host, Path())
    return None


def _kept(learnt: Learnt, directory: Directory) -> Iterator[Finding]:
    from migrator.runner.findings import Finding, Grade
    from migrator.runner.memory import FILE, keep

    try:
        if keep(learnt, directory, Path()):
            yield Finding("memory", Grade.OK, f"kept in {FILE}, for validate and run in this folder")
    except OSError as error:
        told = f"{FILE} cannot be written, so validate and run will not know of this: {error.strerror}"
        yield Finding("memory", Grade.CARE, told, "repeat the probe in a folder of yours")


def _trial(directory: Directory, category: str, email: str, file_url: str) -> Trial:
    from migrator.featurebase import Category
    from migrator.runner.trial import customer_category, make_trial

    index = directory.index("categories")
    found = index.find(category) if category else customer_category(directory)
    if not isinstance(found, Category):
        raise click.BadParameter(f"{shown(category)!r}: {index.advice(category)}", param_hint="--category")
    try:
        return make_trial(directory, found, email, file_url)
    except ValueError as wrong:
        raise click.BadParameter(f"{shown(email)!r}: {wrong}", param_hint="--probe-email") from wrong


def _agree(trial: Trial, client: Client, output: Output, yes: bool) -> None:
    from migrator.runner.trial import TITLE

    if not (yes and output.quiet):  # who is asked must see what about
        files = f", two small files (one from {shown(trial.file_url)})" if trial.files else ""
        text = (
            f"The probe makes one ticket, «{TITLE}», in {shown(trial.category.name)!r} at "
            f"{client.connection.host}, with replies, a private note{files}, changes it, closes it, reads it "
            "back and deletes it. Nobody is mailed; workflows and webhooks may see it. The contact "
            f"{shown(trial.email)} stays."
        )
        click.echo(f"\n{fill(text, output.width, break_on_hyphens=False)}\n", err=True)
    ask("Do that now?", yes=yes)
