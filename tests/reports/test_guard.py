import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.reports.guard import guarded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("000417", "000417", id="number-as-text"),
        pytest.param("https://x.example/?a=1", "https://x.example/?a=1", id="address"),
        pytest.param("a; b", "a; b", id="semicolon"),
        pytest.param("", "", id="blank"),
        pytest.param("=1+1", "'=1+1", id="equals"),
        pytest.param("+49 30", "'+49 30", id="plus"),
        pytest.param("-1", "'-1", id="minus"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="at"),
        pytest.param(" =1", "' =1", id="behind-a-space"),
        pytest.param("\t=1", "'\t'=1", id="behind-a-tab"),
        pytest.param("＝1", "'＝1", id="full-width"),
        pytest.param('"=1', "'\"=1", id="behind-a-quote"),
        pytest.param("a;=cmd|' /C calc'!A0", "a;'=cmd|' /C calc'!A0", id="behind-another-separator"),
        pytest.param("a\n=1", "a\n'=1", id="on-a-new-line"),
    ],
)
def test_a_formula_becomes_text_and_text_stays(text: str, expected: str) -> None:
    assert guarded(text) == expected


@given(st.text())
def test_taking_the_apostrophes_away_gives_the_text_back(text: str) -> None:
    bare = text.replace("'", "")
    assert guarded(bare).replace("'", "") == bare
