"""Bars on a terminal, lines in a file."""

from __future__ import annotations

from io import StringIO

import pytest

from migrator.cli.progress import LINE_EVERY_S, Bars


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_file_gets_whole_lines_now_and_then_and_one_at_the_end() -> None:
    stream, clock = StringIO(), Clock()
    bars = Bars(stream, now=clock)
    bars.start("sending", 18, "ticket")
    for _ in range(18):
        clock.now_s += LINE_EVERY_S / 4
        bars.note(failed=2, in_doubt=0)
        bars.advance()
    bars.done()
    lines = stream.getvalue().splitlines()
    assert [line.split("|")[0] for line in lines] == [f"sending: {at:3}%" for at in (22, 44, 67, 89, 100)]
    assert all("failed 2" in line and "in doubt" not in line for line in lines)
    assert "\r" not in stream.getvalue()


@pytest.mark.parametrize(("total", "said"), [(None, "7 row"), (10, "7/10")], ids=["unknown", "known"])
def test_how_far_it_is_is_told_with_the_unit(total: int | None, said: str) -> None:
    stream, clock = StringIO(), Clock()
    bars = Bars(stream, now=clock)
    bars.start("reading", total, "row")
    clock.now_s += LINE_EVERY_S
    bars.advance(7)
    assert said in stream.getvalue()
    assert " row/s" in stream.getvalue()


def test_what_is_quickly_done_says_nothing_in_a_file() -> None:
    stream = StringIO()
    bars = Bars(stream, now=Clock())
    bars.start("mapping", 2, "row")
    bars.advance(2)
    bars.done()
    assert stream.getvalue() == ""


def test_a_terminal_has_one_bar_that_goes_when_it_is_done() -> None:
    stream = Terminal()
    bars = Bars(stream)
    bars.start("sending", 3, "ticket")
    bars.advance(3)
    bars.done()
    drawn = stream.getvalue()
    assert "sending" in drawn
    assert "\n" not in drawn
    assert drawn.endswith("\r")
