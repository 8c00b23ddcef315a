"""`migrator resolve`: settling by hand what nothing else can decide."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from migrator.cli.asking import ask, yes_option
from migrator.cli.options import Output, connection_options, output_options, printable
from migrator.cli.status import ledger_argument

if TYPE_CHECKING:
    from migrator.featurebase import Connection
    from migrator.ledger import Doubt, Ledger
    from migrator.runner.standing import Standing

SCHEMA = "migrator.resolve/1"


@click.command(short_help="Settle by hand what only a person can decide.")
@ledger_argument
@click.argument("key", required=False)
@click.option(
    "--created",
    "number",
    type=click.IntRange(min=1),
    metavar="NUMBER",
    help="The ticket was made: it is the one with this number in Featurebase.",
)
@click.option("--arrived", is_flag=True, help="The reply, note or change did reach the ticket.")
@click.option("--absent", is_flag=True, help="It never happened: send it again.")
@yes_option
@connection_options
@output_options
@click.pass_context
def resolve(
    ctx: click.Context,
    /,
    *,
    ledger_path: Path,
    key: str | None,
    number: int | None,
    arrived: bool,
    absent: bool,
    yes: bool,
    connect: Callable[[], Connection],
    output: Output,
) -> None:
    """List what is in doubt in LEDGER, or settle the row with the source id KEY.

    A request is in doubt when its answer was lost. `migrator run` looks for it by itself; what it cannot
    decide (somebody else made a ticket just like it) is listed here with the tickets that it may be.

    Exit code 0 means that nothing is in doubt any more, 1 that something is.
    """
    from migrator.ledger import Ledger
    from migrator.runner.standing import read_standing

    said = [number is not None, arrived, absent]
    if key is None and any(said):
        raise click.UsageError("say which row it is about: migrator resolve LEDGER KEY --absent")
    if key is not None and sum(said) != 1:
        raise click.UsageError("say one of --created NUMBER, --arrived and --absent")
    if key is None:
        with Ledger.look(ledger_path) as ledger:
            standing, settled = read_standing(ledger), ""
    else:
        with Ledger.open(ledger_path) as ledger:
            settled = _settle(ledger, key, number, arrived, connect, yes)
            standing = read_standing(ledger)
        output.say(settled)
    output.say(_listed(standing))
    document: dict[str, object] = {
        "schema": SCHEMA,
        "settled": settled,
        "in_doubt": standing.counts.in_doubt,
        "doubts": [
            {"key": each.key, "reason": each.reason, "candidates": list(each.candidates)}
            for each in standing.doubts
        ],
    }
    output.finish(ctx, document, not standing.counts.in_doubt, None)


def _settle(
    ledger: Ledger,
    key: str,
    number: int | None,
    arrived: bool,
    connect: Callable[[], Connection],
    yes: bool,
) -> str:
    """Settles one row, after asking; returns what was done in words."""
    from migrator.errors import MigratorError
    from migrator.model import StepKind
    from migrator.runner.decide import doubt_of

    doubt = doubt_of(ledger, key)
    if number is not None:
        return _claim(ledger, doubt, number, connect, yes)
    if not arrived:
        ask(f"Send it again: {_said(doubt)}? If it is there after all, it will be there twice.", yes=yes)
        ledger.absent(doubt.row, doubt.ordinal)
        return f"{key}: never happened; the next run sends it again."
    if doubt.step.kind is StepKind.CREATE:
        raise MigratorError("which ticket is it?", hint="say --created NUMBER: its number in Featurebase")
    ask(f"Take it as done: {_said(doubt)}? If it is not there, it will be missing.", yes=yes)
    ledger.decide(doubt.row, doubt.ordinal, None)
    return f"{key}: arrived; the next run goes on behind it."


def _claim(ledger: Ledger, doubt: Doubt, number: int, connect: Callable[[], Connection], yes: bool) -> str:
    from migrator.errors import MigratorError
    from migrator.featurebase import Client
    from migrator.runner.decide import claim
    from migrator.runner.matching import Verdict

    with Client(connect()) as client:
        found = claim(ledger, client, doubt, number)
    click.echo(f"Ticket {number}: {printable(found.seen.title or '')}", err=True)
    if found.likeness is Verdict.NO:
        click.echo("WARNING: it is not like what was sent for this row.", err=True)
    ask(f"Is this the ticket of {printable(doubt.key)}?", yes=yes)
    if not ledger.adopt(doubt.row, found.seen):
        raise MigratorError(f"ticket {number} cannot be claimed for this row", hint="check the number")
    return f"{doubt.key}: is ticket {number}; the next run goes on with its thread."


def _said(doubt: Doubt) -> str:
    what = {"create": "the ticket", "reply": "a reply", "note": "a private note", "update": "a change"}
    where = f" in ticket {doubt.number}" if doubt.number else ""
    return f"{what[doubt.step.kind.value]} of {printable(doubt.key)}{where}"


def _listed(standing: Standing) -> str:
    if not standing.counts.in_doubt:
        return "Nothing is in doubt."
    lines = [f"In doubt: {standing.counts.in_doubt}"]
    for doubt in standing.doubts:
        lines.append(f"  {printable(doubt.key)}: {printable(doubt.reason)}")
        lines += [f"      it may be {printable(address)}" for address in doubt.candidates]
    if len(standing.doubts) < standing.counts.in_doubt:
        lines.append(f"  and {standing.counts.in_doubt - len(standing.doubts)} more")
    return "\n".join(lines)
