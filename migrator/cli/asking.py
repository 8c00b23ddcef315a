"""Agreeing to a plan: the options of every command that sends, and the question it asks."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from migrator.cli.options import Output, is_terminal, printable, report_option
from migrator.cli.signals import ctrl_c_aborts
from migrator.errors import Declined

if TYPE_CHECKING:
    from migrator.mapping import Mapping
    from migrator.reports import ProblemList
    from migrator.runner.outlook import Outlook
    from migrator.runner.plan import Plan

_Command = TypeVar("_Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Sending:
    """What the options of a command that sends came to."""

    settle_s: float
    report_folder: Path | None
    yes: bool
    confirm_notify: bool


settle_option = click.option(
    "--settle",
    default=60.0,
    show_default=True,
    type=click.FloatRange(min=0),
    help="Seconds that a request without an answer may still take effect.",
)
yes_option = click.option("--yes", is_flag=True, help="Do not ask first.")
force_option = click.option(
    "--force", is_flag=True, help="Also overwrite what people have changed in Featurebase since."
)


def sending_options(command: _Command) -> _Command:
    """`--settle`, `--report`, `--yes` and `--confirm-notify`, handed on as one `sending`."""

    @settle_option
    @report_option("Folder for the report and the rejected rows.  [default: LEDGER-report]")
    @yes_option
    @click.option(
        "--confirm-notify", is_flag=True, help="Really notify people, if the mapping says notify: true."
    )
    @functools.wraps(command)
    def with_sending(
        settle: float, report_folder: Path | None, yes: bool, confirm_notify: bool, **rest: Any
    ) -> Any:
        return command(sending=Sending(settle, report_folder, yes, confirm_notify), **rest)

    return with_sending  # type: ignore[return-value]


def require_consent(mapping: Mapping, sending: Sending) -> None:
    """Refuses a mapping that would notify people, unless that was said twice.

    Raises:
        Declined: It was not.
    """
    if mapping.notify and not sending.confirm_notify:
        raise Declined(
            "this mapping says notify: true: customers would be mailed about every ticket",
            hint="set notify: false, or say that you mean it: --confirm-notify",
            at=mapping.name,
        )


def ask(question: str, *, yes: bool) -> None:
    """Asks, unless `--yes` has answered; without a terminal it must have.

    Raises:
        Declined: The answer is no, or nobody is there to give one.
    """
    if yes:
        return
    if not is_terminal(sys.stdin):
        raise Declined(
            "nobody is here to agree to this plan, and --yes was not given",
            hint="read the plan above, then run the same command with --yes",
        )
    try:
        with ctrl_c_aborts():
            agreed = click.confirm(question, err=True)
    except click.Abort:
        agreed = False
    click.echo(err=True)
    if not agreed:
        raise Declined("you did not agree to this plan", hint="nothing has been sent")


class Asking:
    """Shows what is about to be sent, and asks."""

    def __init__(
        self, output: Output, sending: Sending, folder: Path, problems: ProblemList | None = None
    ) -> None:
        """
        Args:
            problems: Takes in what is wrong with every row while the export is read, for the page.
        """
        self._output = output
        self._yes = sending.yes
        self._folder = folder
        self._problems = problems

    def agree(self, plan: Plan | None, outlook: Outlook) -> None:
        from migrator.reports import render_outlook, render_plan_in_short, write_validation

        page = write_validation(plan, self._folder, self._problems) if plan is not None else None
        if not (self._yes and self._output.quiet):  # who is asked must see what about
            if plan is not None:
                click.echo(render_plan_in_short(plan, width=self._output.width), err=True)
                click.echo(f"Row by row: {printable(str(page))}", err=True)
            click.echo(render_outlook(outlook, width=self._output.width), err=True)
        if outlook.tickets or outlook.in_doubt:
            ask("Send this now?", yes=self._yes)
