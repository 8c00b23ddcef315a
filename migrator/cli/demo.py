"""`migrator demo`: the whole journey on sample data, in one go."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from migrator.cli.options import Output, output_options
from migrator.cli.shipped import find_mapping, shipped
from migrator.errors import LedgerError, MigratorError

if TYPE_CHECKING:
    from migrator.featurebase import Client
    from migrator.ledger import Ledger
    from migrator.runner.control import Telling
    from migrator.runner.standing import Standing

FOLDER = Path("migrator-demo")
MARKER = ".made-by-migrator-demo"


@dataclass(frozen=True, slots=True)
class Sample:
    """A shipped export and the shipped mapping that fits it."""

    name: str
    paths: tuple[str, ...]
    mapping: str


SAMPLES = (
    Sample("a home-made CSV", ("helpdesk/tickets.csv",), "helpdesk"),
    Sample("a Zendesk JSON export", ("zendesk",), "zendesk"),
)


@click.command(short_help="Migrate sample tickets into a local sandbox, and show the reports.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=FOLDER,
    show_default=True,
    help="Where reports, ledgers and the sandbox go.",
)
@click.option(
    "--keep",
    default=15.0,
    show_default=True,
    type=click.FloatRange(min=0),
    metavar="MINUTES",
    help="How long the sandbox stays to be looked at after its last visitor; 0 ends it at once.",
)
@output_options
def demo(*, folder: Path, keep: float, output: Output) -> None:
    """Move the sample exports into a local stand-in for Featurebase, from dry run to report.

    No account, no key and no network are needed, and nobody is mailed. The samples hold the usual dirt,
    so that some rows are rejected: the reports show how that looks.
    """
    _fresh(folder)
    with _sandbox(folder, keep) as (url, key):
        standings = [_migrate(sample, folder, url, key, output) for sample in SAMPLES]
    _farewell(folder, url, key, keep, standings, output)


def _migrate(sample: Sample, folder: Path, url: str, key: str, output: Output) -> Standing:
    """Validate, then run: what a person would type, in one process."""
    from migrator.featurebase import Client, Connection, Rate
    from migrator.ledger import Ledger

    telling = output.telling()
    with Client(Connection(base_url=url, keys=(key,), rate=Rate(share=1.0))) as client:
        telling.control.when_stopped(client.stop)
        telling.control.when_cancelled(client.cancel)
        output.say(f"== {sample.name[0].upper()}{sample.name[1:]} ==\n")
        with Ledger.create(folder / f"{sample.mapping}.ledger") as ledger:
            return _journey(sample, ledger, client, telling, output)


def _journey(sample: Sample, ledger: Ledger, client: Client, telling: Telling, output: Output) -> Standing:
    from migrator.cli.results import write_reports
    from migrator.mapping import load_mapping
    from migrator.readers import ReadOptions, open_source, read_table
    from migrator.reports import render_plan, render_standing, write_validation
    from migrator.runner.migrate import RunOptions, migrate
    from migrator.runner.plan import Plan
    from migrator.runner.staging import Inputs

    mapping = load_mapping(find_mapping(sample.mapping), read_table=read_table)
    source = open_source([shipped("samples") / path for path in sample.paths], ReadOptions(mapping.reader))
    directory = client.fetch_directory(mapping.needs)
    inputs = Inputs(
        source,
        mapping,
        directory,
        client.connection.base_url,
        client.per_minute,
        typed=(*(str(shipped("samples") / path) for path in sample.paths), "--mapping", sample.mapping),
    )
    report_folder = ledger.path.with_name(f"{sample.mapping}-report")

    def show(plan: Plan | None, _outlook: object) -> None:
        assert plan is not None  # the ledger is new
        write_validation(plan, report_folder)
        output.say(render_plan(plan, width=output.width, colour=output.colour) + "\n")

    ended = migrate(ledger, inputs, RunOptions(settle_s=2.0), client, show, telling)
    written = write_reports(ledger, ended.standing, report_folder)
    output.say(
        render_standing(ended.standing, width=output.width, colour=output.colour, rejects=written.rejects)
        + "\n"
    )
    if ended.error is not None:
        raise ended.error
    return ended.standing


def _fresh(folder: Path) -> None:
    """An empty folder; a folder that an earlier demo made is emptied, any other is left alone."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).exists():
            raise LedgerError(
                "this folder is not empty and was not made by a demo",
                hint="choose another one: --folder NAME",
                at=str(folder),
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).touch()


@contextmanager
def _sandbox(folder: Path, keep_minutes: float) -> Iterator[tuple[str, str]]:
    """A sandbox in a process of its own, so that it can stay when we go."""
    command = [sys.executable, "-m", "migrator", "sandbox", "--json", "--port", "0"]
    command += ["--db", str(folder / "sandbox.db"), "--stop-when-idle", str(max(keep_minutes, 1.0))]
    with (folder / "sandbox.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,  # the Ctrl-C of the demo is not the sandbox's
        )
    assert process.stdout is not None
    try:
        with process.stdout:
            line = process.stdout.readline()
        if not line:
            raise MigratorError(
                "the sandbox did not start", hint=f"see {folder / 'sandbox.log'}", at="migrator sandbox"
            )
        facts = json.loads(line)
        yield facts["url"], facts["key"]
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if not keep_minutes:
        process.terminate()
        process.wait()


def _farewell(
    folder: Path, url: str, key: str, keep: float, standings: list[Standing], output: Output
) -> None:
    from migrator.reports import standing_document

    reports = [folder / f"{sample.mapping}-report" for sample in SAMPLES]
    output.document(
        {
            "schema": "migrator.demo/1",
            "url": url,
            "key": key,
            "keep_minutes": keep,
            "reports": [str(each) for each in reports],
            "migrations": [standing_document(standing) for standing in standings],
        }
    )
    output.say("== Where to look ==\n")
    for each in reports:
        output.say(f"  {each / 'validation.html'}   what the dry run said")
        output.say(f"  {each / 'report.html'}   what became of every ticket")
    if keep:
        output.say(f"  {url}   the migrated tickets, for {keep:g} minutes after the last look")
    output.say(f"\n  Later: migrator sandbox --db {folder / 'sandbox.db'}   shows them again")
