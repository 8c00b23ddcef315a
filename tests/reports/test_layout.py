import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.reports.layout import Figure, Paint, Sheet, columns, fitted, wrapped


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("abc", 3, id="ascii"),
        pytest.param("日本", 4, id="wide"),
        pytest.param("é", 1, id="precomposed"),
        pytest.param("e\u0301", 1, id="combining"),
        pytest.param("😀", 2, id="emoji"),
    ],
)
def test_columns_are_counted_as_a_terminal_counts(text: str, expected: int) -> None:
    assert columns(text) == expected


@given(st.text(max_size=200), st.integers(2, 60))
def test_no_line_is_wider_than_it_may_be_and_no_letter_is_lost(text: str, width: int) -> None:
    lines = list(wrapped(text, width))
    assert all(columns(line) <= width for line in lines)
    printable = "".join(character for character in text if character.isprintable() and character != " ")
    assert len("".join(lines).replace(" ", "")) >= len(printable)


@given(st.text(max_size=100), st.integers(2, 40))
def test_a_fitted_text_is_one_line_and_fits(text: str, width: int) -> None:
    line = fitted(text, width)
    assert columns(line) <= width
    assert line.isprintable()


def test_later_lines_hang_under_the_first() -> None:
    sheet = Sheet(40, colour=False)
    sheet.say("- one two three four five six seven eight nine ten", indent=2, hang=2)
    assert sheet.text() == "  - one two three four five six seven\n    eight nine ten"


def test_numbers_stand_right_and_notes_beside_them() -> None:
    sheet = Sheet(40, colour=False)
    sheet.figures([Figure("日本", "5", "a note"), Figure("tickets", "1,222"), Figure("x", "0", "n " * 12)])
    assert sheet.text().split("\n") == [
        "  日本         5   a note",
        "  tickets  1,222",
        "  x            0   n n n n n n n n n n n",
        "                   n",
    ]


def test_a_label_that_is_too_long_is_shortened_and_its_number_kept() -> None:
    sheet = Sheet(40, colour=False)
    sheet.figures([Figure("x" * 100, "1,222", "note")])
    assert all(columns(line) <= 40 for line in sheet.text().split("\n"))
    assert "1,222" in sheet.text()
    assert "note" in sheet.text()


def test_what_does_not_print_cannot_steer_the_terminal() -> None:
    sheet = Sheet(80, colour=False)
    sheet.say("\x1b[2Jgone\u202e\r\n\x07")
    sheet.verbatim("\x1b]0;title\x07", indent=0)
    sheet.facts({"from": "\x1b[2J"})
    assert re.search(r"[\x00-\x09\x0b-\x1f\u202e]", sheet.text()) is None


def test_colours_are_there_only_when_asked_for_and_change_no_word() -> None:
    plain, painted = Sheet(80, colour=False), Sheet(80, colour=True)
    for sheet in (plain, painted):
        sheet.say("Not ready", paint=Paint.BAD)
        sheet.heading("Problems")
    assert "\x1b" not in plain.text()
    assert painted.text() == "\x1b[1;31mNot ready\x1b[0m\n\n\x1b[1mProblems\x1b[0m"
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted.text()) == plain.text()
