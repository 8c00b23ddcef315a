import time

import pytest

from migrator.mapping.patterns import UnsafePattern, compile_pattern


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a*)*",
        "(?:a+b?)*c",
        "(a|a)*b",
        "(a|ab)*c",
        "(.*a){20}",
        "((x+x+)+y)",
        "(?=(a+)+)b",
        "(?:(?:a|b+)c*)+",
    ],
)
def test_patterns_whose_time_can_explode_are_refused(pattern):
    with pytest.raises(UnsafePattern):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "^(deleted|spam)$",
        "^[^;]*;[^;]*;(.*)$",
        r"\s+",
        r"(?:\d++,)*",
        r"(?i)re: ",
        "(x|y)+",
        "(?:cat|dog)*",
        "a{2,5}",
        "(?>a+)+",
    ],
)
def test_usual_patterns_are_fine(pattern):
    assert compile_pattern(pattern)


@pytest.mark.parametrize("pattern", ["(", "[z-a]", "*", "a" * 1001, "(?P<x>a)(?P<x>b)", "a{99999999999}"])
def test_what_is_no_pattern_is_refused(pattern):
    with pytest.raises(UnsafePattern):
        compile_pattern(pattern)


def test_atomic_and_possessive_repeats_really_are_harmless():
    begun = time.monotonic()
    assert compile_pattern(r"(?:\d++,)*$").match("1" * 5000 + "x") is None
    assert compile_pattern("(?>a+)+$").match("a" * 5000 + "b") is None
    assert time.monotonic() - begun < 60  # exponential would outlast the machine
