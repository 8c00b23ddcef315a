"""Options that several commands share, and what they mean once they are read."""

from __future__ import annotations

import functools
import json
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click
from click.core import ParameterSource

from migrator.errors import Interrupted, KeyMissing, MigratorError
from migrator.model import shown
from migrator.runner.control import Control, Telling

if TYPE_CHECKING:
    from migrator.featurebase import Connection

KEY_VARIABLE = "FEATUREBASE_API_KEY"
ADDRESS_VARIABLE = "FEATUREBASE_BASE_URL"
LONGEST_LINE = 2_000

_Command = TypeVar("_Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Output:
    """How this command talks."""

    as_json: bool
    quiet: bool
    verbose: bool

    def telling(self) -> Telling:
        """A progress bar (or none) and a control that Ctrl-C is connected to."""
        from migrator.cli.progress import Bars
        from migrator.cli.signals import obey_signals
        from migrator.model import Silent

        control = Control()
        obey_signals(control)
        return Telling(Silent() if self.quiet else Bars(), control)

    def say(self, text: str) -> None:
        """A result, for stdout; not under --json, where the document is the only result."""
        if not self.as_json:
            click.echo(text)

    def remark(self, text: str) -> None:
        """Something beside the result, for stderr."""
        if not self.quiet:
            click.echo(text, err=True)

    def warn(self, error: MigratorError) -> None:
        """An error beside the one that ends the command."""
        if not self.as_json:
            show_error(error)

    def document(self, facts: dict[str, object]) -> None:
        """The one document of `--json`."""
        if self.as_json:
            click.echo(json.dumps(facts, ensure_ascii=False, indent=2))

    def finish(
        self, ctx: click.Context, facts: dict[str, object], complete: bool, error: MigratorError | None
    ) -> None:
        """Ends a command that sends: its document, what stopped it, and the exit code of both."""
        if error is None:
            self.document(facts)
            ctx.exit(0 if complete else 1)
        self.document({**facts, "error": error_facts(error)})
        if not self.as_json:
            show_error(error)
        ctx.exit(error.exit_code)

    @property
    def colour(self) -> bool:
        return is_terminal(sys.stdout) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    @property
    def width(self) -> int:
        import shutil

        return (
            max(40, min(100, shutil.get_terminal_size((80, 24)).columns)) if is_terminal(sys.stdout) else 80
        )


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person sits there; a stream that was closed before we began is None."""
    return stream is not None and stream.isatty()


def error_facts(error: MigratorError) -> dict[str, str]:
    return {"code": error.code, "message": error.message, "hint": error.hint, "at": error.at}


def show_error(error: MigratorError) -> None:
    from migrator.reports.words import from_here

    place = f"{printable(from_here(error.at).replace(chr(10), ' '))}: " if error.at else ""
    message = f"{place}{printable(error.message)}"
    if isinstance(error, Interrupted):  # it was asked for, and is no error
        click.echo(f"{message[:1].upper()}{message[1:]}", err=True)
    else:
        click.echo(f"Error: {message}", err=True)
    if error.hint:
        click.echo(f"Hint: {printable(error.hint)}", err=True)


def printable(text: str) -> str:
    """Lines that cannot steer a terminal, whatever a file, a column or a server is called."""
    return "\n".join(shown(line, LONGEST_LINE) for line in text.split("\n"))


def output_options(command: _Command) -> _Command:
    """`--json`, `-v` and `-q`, handed to the command as one `output`."""

    @click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, for machines.")
    @click.option("-v", "--verbose", is_flag=True, help="Log every request (never its text) to stderr.")
    @click.option("-q", "--quiet", is_flag=True, help="No progress and no remarks; results and errors only.")
    @functools.wraps(command)
    def with_output(as_json: bool, verbose: bool, quiet: bool, **rest: Any) -> Any:
        if verbose:
            logging.basicConfig(format="%(asctime)s %(message)s", stream=sys.stderr)
            logging.getLogger("migrator").setLevel(logging.DEBUG)
        return command(output=Output(as_json, quiet, verbose), **rest)

    return with_output  # type: ignore[return-value]


def source_options(command: _Command) -> _Command:
    """SOURCE and how to read it, handed on as `paths` and `read`."""

    @click.argument("paths", metavar="SOURCE...", nargs=-1, required=True, type=click.Path(path_type=Path))
    @click.option("--reader", default="", help="Read as this format instead of recognising it.")
    @click.option("--encoding", default="", help="Text encoding, where the detected one is wrong.")
    @click.option("--delimiter", default="", help="Column delimiter, where the detected one is wrong.")
    @click.option("--sheet", default="", help="Which sheet of a workbook to read, or list of JSON or XML.")
    @click.option(
        "--fast-excel/--no-fast-excel",
        help="Read .xlsx faster: more memory, errors in cells become blanks.",
    )
    @functools.wraps(command)
    def with_source(
        reader: str, encoding: str, delimiter: str, sheet: str, fast_excel: bool, **rest: Any
    ) -> Any:
        from migrator.readers import ReadOptions

        return command(read=ReadOptions(reader, encoding, delimiter, sheet, fast_excel), **rest)

    return with_source  # type: ignore[return-value]


def is_reading_said(ctx: click.Context) -> bool:
    """Whether the command line says how SOURCE is to be read, be it what goes without saying."""
    said = map(ctx.get_parameter_source, ("reader", "encoding", "delimiter", "sheet", "fast_excel"))
    return ParameterSource.COMMANDLINE in said


def mapping_options(command: _Command, *, required: bool = True) -> _Command:
    """`--mapping` and `--set`, handed on as `mapping_name` and `overrides`."""
    mapping = click.option(
        "--mapping",
        "mapping_name",
        required=required,
        metavar="FILE|NAME",
        help="A mapping file, or the name of a shipped one (see `migrator mappings list`).",
    )
    override = click.option(
        "--set",
        "overrides",
        multiple=True,
        metavar="KEY=VALUE",
        help="Replace one value of the mapping, as in --set category=Support. Repeatable.",
    )
    return mapping(override(command))


def report_option(explained: str) -> Callable[[_Command], _Command]:
    """`--report`, handed on as `report_folder`."""
    kind = click.Path(path_type=Path, file_okay=False)
    return click.option("--report", "report_folder", type=kind, help=explained)


values_option = click.option(
    "--values",
    "values_files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="What unknown values become: problems.xlsx with its sheet «Value maps» filled in, or a CSV with the "
    "columns rule, value, becomes. Repeatable.",
)
"""Handed on as `values_files`."""

select_option = click.option(
    "--select",
    "select_as",
    type=click.Choice(["id", "label"]),
    help="How a choice of a select field is sent; `doctor --probe` finds out.  [default: what the mapping "
    "says, the probe taught or the ledger remembers; else id]",
)


def connection_options(command: _Command) -> _Command:
    """The address and the pace, handed on as `connect`: a function that reads the key when called."""

    @click.option(
        "--base-url", default="", help=f"Address of the API; else {ADDRESS_VARIABLE}, else production."
    )
    @click.option(
        "--rate", default="90%", show_default=True, help="Requests a minute, or a share of the allowance."
    )
    @click.option(
        "--workspace-rate",
        default=3000,
        show_default=True,
        type=click.IntRange(min=1),
        help="What the workspace allows a minute, all keys together.",
    )
    @click.option(
        "--workers",
        default=16,
        show_default=True,
        type=click.IntRange(1, 64),
        help="Requests in flight at once.",
    )
    @click.option(
        "--timeout",
        default=60.0,
        show_default=True,
        type=click.FloatRange(min=0.1),
        help="Seconds to wait for one answer.",
    )
    @click.option(
        "--patience",
        default=600.0,
        show_default=True,
        type=click.FloatRange(min=0),
        help="Seconds without any success before giving up.",
    )
    @functools.wraps(command)
    def with_connection(
        base_url: str,
        rate: str,
        workspace_rate: int,
        workers: int,
        timeout: float,
        patience: float,
        **rest: Any,
    ) -> Any:
        def connect() -> Connection:
            from migrator.featurebase import Connection, Rate

            try:
                pace = Rate.parse(rate)
            except ValueError as wrong:
                raise click.BadParameter(f"{rate!r}: {wrong}", param_hint="--rate") from wrong
            return Connection(
                base_url=address(base_url),
                keys=api_keys(),
                rate=pace,
                workspace_per_minute=workspace_rate,
                workers=workers,
                timeout_s=timeout,
                patience_s=patience,
            )

        return command(connect=connect, **rest)

    return with_connection  # type: ignore[return-value]


def address(given: str) -> str:
    """The address of the API: what was given, else the environment's, else production."""
    from migrator.featurebase import PRODUCTION

    return given or os.environ.get(ADDRESS_VARIABLE, "").strip() or PRODUCTION


def api_keys() -> tuple[str, ...]:
    """The keys of the environment, in order.

    Raises:
        KeyMissing: There is none.
    """
    keys = tuple(key.strip() for key in os.environ.get(KEY_VARIABLE, "").split(",") if key.strip())
    if not keys:
        raise KeyMissing(
            f"there is no API key: {KEY_VARIABLE} is not set",
            hint="make a key in Featurebase (Settings, API) and put it into the environment; to look at your "
            "data without a key use `migrator validate --offline`, to rehearse `migrator demo`",
        )
    return keys
