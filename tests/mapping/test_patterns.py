import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.mapping.patterns import PatternGaveUp, UnsafePattern, compile_pattern


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


@pytest.mark.parametrize(
    "pattern",
    ["(", "[z-a]", "*", "a" * 1001, "(?P<x>a)(?P<x>b)", "a{99999999999}", "(" * 400 + "a" + ")" * 400],
    ids=["open", "range", "nothing-to-repeat", "long", "name-twice", "endless-count", "nested-deeply"],
)
def test_what_is_no_pattern_is_refused(pattern):
    with pytest.raises(UnsafePattern):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [("b+", "abbc", "bb"), ("a(b+)", "abbc", "bb"), ("x", "abc", ""), ("a(x)?", "abc", "")],
    ids=["whole", "group", "none", "empty-group"],
)
def test_a_match_takes_its_group_or_all_of_it(pattern, text, expected):
    assert compile_pattern(pattern).take(text) == expected


def test_replacements_know_groups():
    assert compile_pattern(r"(\d)\s(\d)").replace(r"\1\2", "52 267") == "52267"


def test_a_pattern_looks_at_no_endless_text_and_at_the_start_of_one_for_a_condition():
    with pytest.raises(PatternGaveUp, match="100,000") as fault:
        compile_pattern("a").take("x" * 100_001)
    assert fault.value.code == "text-too-long"
    assert compile_pattern("^x").matches("x" * 100_001)
    assert not compile_pattern("a").matches("x" * 100_000 + "a")


SLOW = r"x*x*x*x*[^xz]y"
"""Its time grows with the fourth power of the text, which no look at its structure forbids."""


def test_a_pattern_that_is_merely_slow_gives_up():
    slow = compile_pattern(SLOW)
    with pytest.raises(PatternGaveUp, match=re.escape(repr(SLOW))) as fault:
        slow.take("x" * 20_000 + "zy")
    assert fault.value.code == "pattern-too-slow"


def test_atomic_and_possessive_repeats_really_are_harmless():
    assert not compile_pattern(r"^(?:\d++,)*$").matches("1" * 5000 + "x")
    assert not compile_pattern("^(?>a+)+$").matches("a" * 5000 + "b")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        pytest.param("a{e}", "a{e}", id="brace"),
        pytest.param("(?:cat){s<=1}", "cat{s<=1}", id="approximate"),
        pytest.param("[{}]x{2}", "}xx", id="class"),
        pytest.param(r"\{{x}", "{{x}", id="escaped"),
        pytest.param("a{,2}b", "aab", id="quantifier"),
        pytest.param(r"\N{BULLET}", "\u2022", id="named"),
    ],
)
def test_braces_mean_what_they_mean_in_the_standard_library(pattern, text):
    assert re.fullmatch(pattern, text)
    assert compile_pattern(f"^(?:{pattern})$").matches(text)
    assert not compile_pattern(f"^(?:{pattern})$").matches(f"{text}?")


@given(
    st.lists(st.sampled_from(["a", "b+", r"\d", "[^a]", "(a|b)", "^", "$", ".", r"\s*", "{", r"\bb", "x?"])),
    st.text("ab1 {x\n", max_size=12),
)
def test_what_is_found_is_what_the_standard_library_finds(pieces, text):
    pattern = "".join(pieces)
    found = re.search(pattern, text)
    assert compile_pattern(f"({pattern})").take(text) == (found[0] if found else "")


def test_a_pattern_survives_pickling_which_takes_it_to_other_processes():
    again = pickle.loads(pickle.dumps(compile_pattern("a(b)")))
    assert again.take("ab") == "b"
    assert again == compile_pattern("a(b)")
