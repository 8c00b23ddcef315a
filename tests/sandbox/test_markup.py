"""HTML cleaned, and HTML as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.sandbox.markup import plain_text, sanitised


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        pytest.param("<p>a &lt; b</p>", "<p>a &lt; b</p>", id="escaped-text"),
        pytest.param("a<script>x</script>b", "ab", id="script"),
        pytest.param('<p style="x" onclick="y">a</p>', "<p>a</p>", id="attributes"),
        pytest.param('<a href="https://x.example">a</a>', '<a href="https://x.example">a</a>', id="link"),
        pytest.param('<a href=" JavaScript:x">a</a>', "<a>a</a>", id="javascript"),
        pytest.param('<img src="data:image/png;base64,x">', "<img>", id="data-uri"),
        pytest.param("<custom>a</custom>", "a", id="unknown-tag"),
    ],
)
def test_cleaning(html, clean):
    assert sanitised(html) == clean


@given(st.text(alphabet="<>/ab\"'= script&;!-", max_size=80))
def test_cleaning_twice_changes_nothing_more(html):
    once = sanitised(html)
    assert sanitised(once) == once


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("<p>a</p><p>b</p>", "a\nb", id="paragraphs"),
        pytest.param("a<br>b", "a\nb", id="break"),
        pytest.param("<ul><li>a</li><li>b</li></ul>", "- a\n- b", id="list"),
        pytest.param("&lt;b&gt;", "<b>", id="entities"),
        pytest.param('<a href="https://x.example">here</a>', "[https://x.example] here", id="link"),
        pytest.param("<style>p {}</style>a", "a", id="style"),
    ],
)
def test_as_text(html, text):
    assert plain_text(html) == text
