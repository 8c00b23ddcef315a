"""`migrator demo`: the whole journey on sample data, in one go."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import click

from migrator.cli.inputs import open_client
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
    Sample("A home-made CSV", ("helpdesk/tickets.csv",), "helpdesk"),
    Sample("A Zendesk JSON export", ("zendesk",), "zendesk"),
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
    output.say("Two sample exports move into a sandbox, a local stand-in for Featurebase.\n")
    with _sandbox(folder, keep) as (url, key):
        standings = [_migrate(sample, folder, url, key, output) for sample in SAMPLES]
    _farewell(folder, url, key, keep, standings, output)


def _migrate(sample: Sample, folder: Path, url: str, key: str, output: Output) -> Standing:
    """Validate, then run: what a person would type, in one process."""
    from migrator.featurebase import Connection, Rate
    from migrator.ledger import Ledger

    telling = output.telling()
    with open_client(Connection(base_url=url, keys=(key,), rate=Rate(share=1.0)), telling) as client:
        output.say(sample.name)
        with Ledger.create(folder / f"{sample.mapping}.ledger") as ledger:
            return _journey(sample, ledger, client, telling, output)


def _journey(sample: Sample, ledger: Ledger, client: Client, telling: Telling, output: Output) -> Standing:
    from migrator.cli.results import write_reports
    from migrator.mapping import load_mapping
    from migrator.readers import ReadOptions, open_source, read_table
    from migrator.reports import ProblemList, write_validation
    from migrator.reports.verdicts import plan_verdict
    from migrator.runner.migrate import migrate
    from migrator.runner.outlook import RunOptions
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
        write_validation(plan, report_folder, problems)
        output.say(_line("dry run:", plan_verdict(plan).sentence, output.width))

    with ProblemList(report_folder) as problems:
        inputs = replace(inputs, witness=problems.witness)
        ended = migrate(ledger, inputs, RunOptions(settle_s=2.0), client, show, telling)
    write_reports(ledger, ended.standing, report_folder)
    if ended.error is not None:
        raise ended.error
    output.say(_line("migration:", _came_over(ended.standing), output.width) + "\n")
    return ended.standing


def _line(label: str, sentence: str, width: int) -> str:
    return fill(sentence, width, initial_indent=f"  {label:<12}", subsequent_indent=" " * 14)


def _came_over(standing: Standing) -> str:
    from migrator.reports.words import amount, elapsed, listed

    run = standing.this_run
    assert run is not None  # we have just run it
    parts = [amount(run.created, "ticket")]
    parts += [amount(run.replies, "reply", "replies")] if run.replies else []
    parts += [amount(run.notes, "private note")] if run.notes else []
    return (
        f"{listed(parts)} in {elapsed(run.seconds)}; {amount(standing.counts.rejected, 'row')} rejected, "
        "as announced. Nobody was notified."
    )


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
    output.say(_where_to_look(reports, folder, url, keep))


def _where_to_look(reports: list[Path], folder: Path, url: str, keep: float) -> str:
    me = _as_typed()
    lines = ["The samples hold the usual dirt: some rows are rejected, each with its reason.\n"]
    lines.append("Where to look")
    for sample, report in zip(SAMPLES, reports, strict=True):
        lines.append(f"  {sample.name}")
        lines.append(f"    what the dry run said:        {report / 'validation.html'}")
        lines.append(f"    what became of every ticket:  {report / 'report.html'}")
    again = f"{me} sandbox --db {folder / 'sandbox.db'}"
    if keep:
        lines.append("  The migrated tickets, in a browser")
        lines.append(f"    for {keep:g} min after your last look:  {url}")
        lines.append(f"    later:  {again}")
    else:
        lines.append(f"  The migrated tickets:  {again}")
    lines.append("\nYour own export next: what is in it, and what to type then (nothing is sent)")
    lines.append(f"  {me} inspect YOUR-EXPORT")
    return "\n".join(lines)


def _as_typed() -> str:
    """What to type for `migrator`: whoever began with `.venv/bin/migrator` goes on with that."""
    from migrator.reports.words import from_here

    typed = sys.argv[0]
    found = shutil.which("migrator")
    if Path(typed).stem != "migrator" or (found and Path(found).resolve() == Path(typed).resolve()):
        return "migrator"
    return from_here(typed)
