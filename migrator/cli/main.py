"""The command group and the one boundary at which errors become words and exit codes.

Results go to stdout, everything else to stderr; under `--json` stdout holds one document, errors too.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from migrator import __version__
from migrator.cli.demo import demo
from migrator.cli.doctor import doctor
from migrator.cli.draft import draft
from migrator.cli.forget import forget
from migrator.cli.inspect import inspect
from migrator.cli.mappings import mappings
from migrator.cli.options import error_facts, show_error
from migrator.cli.report import report
from migrator.cli.resolve import resolve
from migrator.cli.retry import retry
from migrator.cli.run import run
from migrator.cli.sandbox import sandbox
from migrator.cli.status import status
from migrator.cli.undo import undo
from migrator.cli.validate import validate
from migrator.cli.verify import verify
from migrator.errors import DiskFull, Interrupted, LedgerError, MigratorError


class Boundary(click.Group):
    """Shows every error once, in the caller's language: a sentence and a hint, or JSON."""

    def main(self, args: Sequence[str] | None = None, *_: Any, **extra: Any) -> NoReturn:
        words = list(sys.argv[1:] if args is None else args)
        extra["standalone_mode"] = False
        try:
            code = super().main(words, **extra)
            sys.exit(code if isinstance(code, int) else 0)
        except click.exceptions.Exit as leaving:
            sys.exit(leaving.exit_code)
        except click.UsageError as usage:
            _show_usage(usage, "--json" in words)
            sys.exit(usage.exit_code)
        except BrokenPipeError:  # the reader of our output went away, as `| head` does
            _close_stdout()
            sys.exit(1)
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the one place for it
            told = _as_ours(error)
            with contextlib.suppress(OSError):  # nobody can be told where the stream itself is at fault
                _show(told, "--json" in words)
            if told is not error and ("-v" in words or "--verbose" in words):
                traceback.print_exception(error)
            sys.exit(told.exit_code)

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(self.commands)  # in the order of a migration, not of the alphabet


@click.group(cls=Boundary, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="migrator")
def cli() -> None:
    """Bring every ticket of an old helpdesk over to Featurebase.

    Begin with `migrator demo`: it moves sample tickets into a local stand-in for Featurebase, and
    shows the reports. Then `validate` your own export (nothing is sent), and `run` it.

    The API key is read from FEATUREBASE_API_KEY, never from the command line.
    """


for _command in (
    demo,
    inspect,
    draft,
    doctor,
    validate,
    run,
    status,
    report,
    retry,
    resolve,
    verify,
    undo,
    forget,
    mappings,
    sandbox,
):
    cli.add_command(_command)


def main() -> NoReturn:
    """The entry point of `migrator` and of `python -m migrator`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console that cannot show a character must not end a run
            stream.reconfigure(errors="backslashreplace")
    cli.main(prog_name="migrator")


def _as_ours(error: BaseException) -> MigratorError:
    match error:
        case MigratorError():
            return error
        case KeyboardInterrupt() | click.Abort():
            return Interrupted("stopped", hint="run the same command to go on")
        case OSError(errno=errno.ENOSPC):
            return DiskFull("the disk is full", hint="make room, then run the same command: it goes on")
        case OSError(filename=str() as name):
            return LedgerError(error.strerror or str(error), at=name, hint="check the path and its rights")
        case MemoryError():
            return MigratorError("the machine has no memory left", hint="close other programs and try again")
        case _:
            return MigratorError(
                f"this is a mistake in migrator itself: {type(error).__name__}: {_without_keys(str(error))}",
                hint="nothing is lost: run the same command again; with -v it shows where it happened",
            )


def _without_keys(text: str) -> str:
    for key in os.environ.get("FEATUREBASE_API_KEY", "").split(","):
        if key.strip():
            text = text.replace(key.strip(), "sk_…")
    return text


def _show(error: MigratorError, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"error": error_facts(error)}, ensure_ascii=False))
    else:
        show_error(error)


def _show_usage(error: click.UsageError, as_json: bool) -> None:
    if as_json:
        hint = f"{error.ctx.command_path} --help" if error.ctx else "migrator --help"
        facts = {"code": "usage", "message": error.format_message(), "hint": hint, "at": ""}
        click.echo(json.dumps({"error": facts}, ensure_ascii=False))
    else:
        error.show()


def _close_stdout() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
