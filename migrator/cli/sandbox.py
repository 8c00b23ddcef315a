"""`migrator sandbox`: a local Featurebase to rehearse against."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from migrator.cli.options import ADDRESS_VARIABLE, KEY_VARIABLE, Output, output_options
from migrator.errors import MigratorError


class SandboxFailed(MigratorError):
    """The sandbox cannot start."""

    exit_code = 5


def _rate(_ctx: click.Context, _param: click.Parameter, value: str) -> int | None:
    if value == "off":
        return None
    if value.isascii() and value.isdigit() and int(value) > 0:
        return int(value)
    raise click.BadParameter(f"{value!r} is neither a number of requests a minute nor `off`")


def _endpoints(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, int]:
    from migrator.sandbox.contract import operations

    known = [operation.name for operation in operations()] if values else []
    limits: dict[str, int] = {}
    for value in values:
        endpoint, _, number = value.rpartition("=")
        if not (number.isascii() and number.isdigit() and int(number) > 0):
            raise click.BadParameter(f"{value!r} does not end in a number of requests, as in =600")
        if endpoint not in known:
            raise click.BadParameter(f"{endpoint!r} is none of: {', '.join(known)}")
        limits[endpoint] = int(number)
    return limits


@click.command(short_help="A local stand-in for Featurebase, to rehearse against.")
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one."
)
@click.option(
    "--db",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep everything in this file; without it all is forgotten at the end.",
)
@click.option(
    "--rate-limit",
    default="2000",
    show_default=True,
    callback=_rate,
    metavar="N|off",
    help="Requests a minute that one key may make.",
)
@click.option(
    "--workspace-limit",
    default=3000,
    show_default=True,
    type=click.IntRange(min=1),
    help="Requests a minute, all keys together.",
)
@click.option(
    "--endpoint-limit",
    "endpoint_limits",
    multiple=True,
    callback=_endpoints,
    metavar="'METHOD PATH=N'",
    help="A lower limit of one endpoint, as in 'POST /v2/tickets/{id}/reply=600'. Repeatable.",
)
@click.option(
    "--keys", default=1, show_default=True, type=click.IntRange(1, 20), help="How many keys to accept."
)
@click.option(
    "--latency",
    default=0.0,
    show_default=True,
    type=click.FloatRange(min=0),
    help="Seconds that every answer takes.",
)
@click.option(
    "--faults",
    default="",
    metavar="KIND=SHARE,...",
    help="What goes wrong, and how often, as in lost=0.05,429=0.02.",
)
@click.option("--seed", default=1, show_default=True, help="Makes the faults repeatable.")
@click.option(
    "--late",
    default=2.0,
    show_default=True,
    type=click.FloatRange(min=0),
    help="Seconds after which a `late` ticket is made.",
)
@click.option(
    "--select-as",
    default="id",
    show_default=True,
    type=click.Choice(["id", "label"]),
    help="What select fields accept.",
)
@click.option(
    "--errors",
    default="mixed",
    show_default=True,
    type=click.Choice(["documented", "flat", "mixed"]),
    help="The shape of error answers.",
)
@click.option("--replace-fields", is_flag=True, help="A change of custom fields wipes the others.")
@click.option("--no-conversations", is_flag=True, help="Tickets come without a linked conversation.")
@click.option("--sanitise", is_flag=True, help="Clean HTML before storing it.")
@click.option(
    "--reset-as",
    default="seconds",
    show_default=True,
    type=click.Choice(["seconds", "epoch"]),
    help="Unit of the X-RateLimit-Reset header.",
)
@click.option("--no-rate-headers", is_flag=True, help="Answers say nothing about the rate limit.")
@click.option(
    "--stop-when-idle",
    type=click.FloatRange(min=0.01),
    metavar="MINUTES",
    help="End after so long without a request.",
)
@output_options
def sandbox(
    *,
    port: int,
    db: Path | None,
    rate_limit: int | None,
    workspace_limit: int,
    endpoint_limits: dict[str, int],
    keys: int,
    latency: float,
    faults: str,
    seed: int,
    late: float,
    select_as: str,
    errors: str,
    replace_fields: bool,
    no_conversations: bool,
    sanitise: bool,
    reset_as: str,
    no_rate_headers: bool,
    stop_when_idle: float | None,
    output: Output,
) -> None:
    """Serve a local Featurebase until Ctrl-C: same API, same limits, and nobody is mailed.

    It has categories (Support, Internal, Bugs), statuses, fields, admins and companies, and a web page
    that shows the tickets it holds. It can lose answers and fail on purpose (--faults), to show that a
    migration survives.
    """
    from migrator.sandbox import FaultPlan, Sandbox, SandboxError, SandboxOptions

    try:
        plan = FaultPlan.parse(faults, seed=seed, late_s=late)
    except ValueError as wrong:
        raise click.BadParameter(str(wrong), param_hint="--faults") from wrong
    options = SandboxOptions(
        port=port,
        db=db,
        keys=keys,
        rate_limit=rate_limit,
        workspace_limit=None if rate_limit is None else workspace_limit,
        endpoint_limits=endpoint_limits,
        latency_s=latency,
        faults=plan,
        errors=errors,  # type: ignore[arg-type]  # click.Choice holds it to the same words
        select_as=select_as,  # type: ignore[arg-type]
        replace_fields=replace_fields,
        linked_conversations=not no_conversations,
        sanitise=sanitise,
        reset_as=reset_as,  # type: ignore[arg-type]
        headers=not no_rate_headers,
        stop_when_idle_s=None if stop_when_idle is None else stop_when_idle * 60,
    )
    try:
        with Sandbox(options) as served:
            _announce(served.url, served.keys, output)
            served.serve_forever()
    except SandboxError as failed:
        raise SandboxFailed(str(failed), hint="choose another --port or --db") from failed


def _announce(url: str, keys: tuple[str, ...], output: Output) -> None:
    if output.as_json:  # one line, so that a script can read it while we serve
        click.echo(json.dumps({"schema": "migrator.sandbox/1", "url": url, "key": ",".join(keys)}))
    else:
        click.echo(f"Sandbox at {url}")
        click.echo("Open that in a browser to see the tickets. Ctrl-C ends it.\n")
        click.echo("In a second terminal:\n")
        for name, value in ((ADDRESS_VARIABLE, url), (KEY_VARIABLE, ",".join(keys))):
            click.echo(f'  $env:{name} = "{value}"' if os.name == "nt" else f"  export {name}={value}")
    sys.stdout.flush()
