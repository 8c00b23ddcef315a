"""Ctrl-C and its relatives."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click

from migrator.runner.control import Control


def obey_signals(control: Control) -> None:
    """The first Ctrl-C drains, the second cancels; a polite kill or a closed terminal is a Ctrl-C.

    The work is done by a thread: a handler interrupts the main thread anywhere, also where it holds
    a lock that stopping needs.
    """
    if threading.current_thread() is not threading.main_thread():
        return  # only the main thread may; whoever embeds us elsewhere keeps its own handlers

    def interrupted(_number: int, _frame: object) -> None:
        threading.Thread(target=_interrupt, args=(control,), daemon=True).start()

    signal.signal(signal.SIGINT, interrupted)
    signal.signal(signal.SIGTERM, interrupted)
    if hasattr(signal, "SIGHUP"):  # the terminal was closed; Windows has no such word
        signal.signal(signal.SIGHUP, interrupted)


@contextmanager
def ctrl_c_aborts() -> Iterator[None]:
    """While a question is asked, Ctrl-C is an answer: it ends the program, as nothing has begun yet."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _interrupt(control: Control) -> None:
    if control.stopping:
        click.echo("\nGiving up on what is in flight; it will be looked for next time.", err=True)
    else:
        click.echo("\nStopping: waiting for what is in flight (Ctrl-C again to give up on it).", err=True)
    control.interrupt()
