"""Following a run from a second terminal: a line that is written anew every few seconds; in a file, one now
and then."""

from __future__ import annotations

import sys
import time
from collections import deque
from dataclasses import dataclass
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import click

from migrator.cli.options import is_terminal
from migrator.cli.progress import LINE_EVERY_S
from migrator.reports.layout import fitted

if TYPE_CHECKING:
    from migrator.ledger import Ledger

EVERY_S = 2.0
PACE_OVER_S = 60.0
"""The stretch over which the pace is measured."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A run as it stands at one moment."""

    at_s: float
    """By a clock that only goes forward."""
    there: int
    """Tickets that are in."""
    rows: int
    failed: int
    in_doubt: int
    left: int
    """Requests still to be sent."""
    staged: bool = True
    """False while the export is being read."""


def follow(ledger: Ledger, *, every_s: float = EVERY_S) -> None:
    """Shows how a run gets on until it ends; returns at once where none is at work."""
    seen: deque[Moment] = deque()
    redraw = is_terminal(sys.stderr)
    next_line_s = 0.0
    while ledger.in_use:
        moment = look_at(ledger, time.monotonic())
        while seen and moment.at_s - seen[0].at_s > PACE_OVER_S:
            seen.popleft()
        seen.append(moment)
        line = told(seen[0], moment)
        if redraw:
            click.echo(f"\r\x1b[K{fitted(line, get_terminal_size().columns - 1)}", nl=False, err=True)
        elif moment.at_s >= next_line_s:
            click.echo(line, err=True)
            next_line_s = moment.at_s + LINE_EVERY_S
        time.sleep(every_s)
    if redraw and seen:
        click.echo(err=True)


def look_at(ledger: Ledger, now_s: float) -> Moment:
    counts = ledger.counts()
    _, left = ledger.to_send()
    return Moment(
        at_s=now_s,
        there=counts.created + counts.updated + counts.unchanged,
        rows=counts.rows - counts.skipped - counts.rejected,
        failed=counts.failed,
        in_doubt=counts.in_doubt,
        left=left,
        staged=ledger.staged,
    )


def told(earlier: Moment, now: Moment) -> str:
    """`1,204 of 9,980 in, 3 failed, 1,790 requests a minute, about 12 min left`."""
    if not now.staged:
        return "the export is being read; nothing is sent meanwhile"
    words = [f"{now.there:,} of {now.rows:,} tickets in"]
    words += [f"{now.failed:,} failed"] if now.failed else []
    words += [f"{now.in_doubt:,} in doubt"] if now.in_doubt else []
    seconds, done = now.at_s - earlier.at_s, earlier.left - now.left
    if seconds > 0 and done > 0:
        a_minute = done / seconds * 60
        words.append(f"{a_minute:,.0f} requests a minute")
        minutes = round(now.left / a_minute)
        words.append(f"about {minutes:,} min left" if minutes else "less than a minute left")
    return ", ".join(words)
