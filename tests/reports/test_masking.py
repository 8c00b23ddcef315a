"""What of a value is shown to whoever did not ask for the values themselves."""

from __future__ import annotations

import pytest

from migrator.reports.masking import masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("ada@example.com", "a***@e***.com", id="address"),
        pytest.param("Ada Lovelace", "A*** L***", id="name"),
        pytest.param("+49 170 1234567", "*** *** ***", id="phone-number"),
        pytest.param("x" * 340, "(340 characters)", id="long-text"),
        pytest.param("two\nlines", "(9 characters)", id="lines"),
        pytest.param("https://files.example.com/u/ada.png?key=1", "https://files.example.com/…", id="url"),
        pytest.param("http://[", "https:///…", id="no-url"),
        pytest.param("Ada <ada@example.com>", "A*** <***@e***.com>", id="name-and-address"),
        pytest.param("", "", id="blank"),
    ],
)
def test_a_mask_says_what_it_is_and_not_whose(text, expected):
    assert masked(text) == expected
