"""Ctrl-C and its relatives."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click

from migrator.runner.control import Control

_STOPPING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""The last one says that the terminal was closed; Windows has no such word."""


def obey_signals(control: Control) -> None:
    """The first Ctrl-C drains, the second cancels; a polite kill or a closed terminal is a Ctrl-C.

    The work is done by a thread: a handler interrupts the main thread anywhere, also where it holds
    a lock that stopping needs.
    """
    if threading.current_thread() is not threading.main_thread():
        return  # only the main thread may; whoever embeds us elsewhere keeps its own handlers

    def interrupted(_number: int, _frame: object) -> None:
        threading.Thread(target=_interrupt, args=(control,), daemon=True).start()

    for number in _STOPPING:
        signal.signal(number, interrupted)


@contextmanager
def ctrl_c_aborts() -> Iterator[None]:
    """While nothing has begun that must be finished, Ctrl-C and its like end the program where it stands.

    So it is while a question is asked, and while an export is only looked at.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.default_int_handler) for number in _STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(control: Control) -> None:
    if control.stopping:
        click.echo("\nGiving up on what is in flight; it will be looked for next time.", err=True)
    else:
        click.echo("\nStopping: waiting for what is in flight (Ctrl-C again to give up on it).", err=True)
    control.interrupt()
