"""What Ctrl-C means depends on whether something has begun that must be finished."""

from __future__ import annotations

import signal
import sys

import pytest

from migrator.cli.signals import ctrl_c_aborts

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no process can send itself a signal there")

STOPPING = [signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)]


@pytest.mark.parametrize("number", STOPPING, ids=["ctrl-c", "polite-kill", "closed-terminal"])
def test_where_nothing_has_begun_every_stop_ends_the_program_where_it_stands(number):
    with pytest.raises(KeyboardInterrupt), ctrl_c_aborts():
        signal.raise_signal(number)


def test_behind_it_signals_mean_what_they_meant_before():
    before = [signal.getsignal(number) for number in STOPPING]
    with ctrl_c_aborts():
        assert [signal.getsignal(number) for number in STOPPING] == [signal.default_int_handler] * 3
    assert [signal.getsignal(number) for number in STOPPING] == before
