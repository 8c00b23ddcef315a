import contextlib
import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.mapping import markup
from tests.mapping.support import is_safe


def read_back(made: str) -> str:
    inner = made.removeprefix("<p>").removesuffix("</p>")
    return html.unescape(inner.replace("</p><p>", "\n\n").replace("<br>", "\n"))


@given(st.text())
def test_every_character_of_a_text_can_be_read_back(text):
    assert read_back(markup.from_text(text)) == re.sub(r"\r\n?", "\n", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        ("one\ntwo\r\nthree\rfour", "<p>one<br>two<br>three<br>four</p>"),
        ("one\n\ntwo", "<p>one</p><p>two</p>"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("{{dc.name}}", "<p>{{dc.name}}</p>"),
    ],
)
def test_text_keeps_its_paragraphs_and_lines(text, expected):
    assert markup.from_text(text) == expected


@pytest.mark.parametrize(
    ("source", "expected", "removed"),
    [
        ("<p>a<script>b</script>c</p>", "<p>ac</p>", {"script": 1}),
        ('<p onclick="x()">a</p>', "<p>a</p>", {"event attribute": 1}),
        ("<iframe src='https://x'>f</iframe>a", "a", {"frame": 1}),
        ('<a href="javascript:x()">a</a>', '<a rel="noopener noreferrer">a</a>', {"unsafe link": 1}),
        ('<a href="jav&#97;script:x()">a</a>', '<a rel="noopener noreferrer">a</a>', {"unsafe link": 1}),
        ('<a href="data:text/html,x">a</a>', '<a rel="noopener noreferrer">a</a>', {"unsafe link": 1}),
        ('<a href="https://x/y?a=1&amp;b=2">a</a>', '<a href="https://x/y?a=1&amp;b=2" rel="noopener noreferrer">a</a>', {}),
        ('<img src="https://x/y.png" alt="a>b">', '<img src="https://x/y.png" alt="a&gt;b">', {}),
        ('a<img src="cid:1">b<img src="cid:2">', "ab", {"image embedded in a mail": 2}),
        ('a<img src="y.png">', "a", {"image without a web address": 1}),
        ('a<img alt="z">', "a", {"image without a web address": 1}),
        ('<img src="data:image/png;base64,AA==">', '<img src="data:image/png;base64,AA==">', {}),
        ('<img src="data:text/html,x">', "", {"image without a web address": 1}),
        ("<style>p {}</style><title>t</title><p>a</p>", "<p>a</p>", {}),
        ("<blockquote><p>q</p></blockquote><table><tr><td>1</td></tr></table>",
         "<blockquote><p>q</p></blockquote><table><tbody><tr><td>1</td></tr></tbody></table>", {}),
        ("on = off, data: x, a script: y", "on = off, data: x, a script: y", {}),
        ('<a title=">" onclick="x()">a</a>', '<a title="&gt;" rel="noopener noreferrer">a</a>', {"event attribute": 1}),
        ("<a title='a>b' href='javascript:x()'>a</a>", '<a title="a&gt;b" rel="noopener noreferrer">a</a>', {"unsafe link": 1}),
        ('<IMG ALT=">" SRC="cid:1">a', "a", {"image embedded in a mail": 1}),
        ("<p>onclick=1 <b>a</b></p>", "<p>onclick=1 <b>a</b></p>", {}),
        ("<p>open", "<p>open</p>", {}),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)  # fmt: skip
def test_html_is_cleaned_and_what_went_is_counted(source, expected, removed):
    assert markup.from_html(source) == (expected, removed)


def test_html_that_was_escaped_is_unescaped_once():
    assert markup.from_escaped_html("&lt;p&gt;a &amp;lt; b&lt;/p&gt;")[0] == "<p>a &lt; b</p>"


def test_markdown_becomes_html_and_html_inside_it_stays_text():
    made, removed = markup.from_markdown("# T\n\na **b**\nc <script>x</script>\n\n|h|\n|-|\n|~~d~~|\n")
    assert "<h1>T</h1>" in made
    assert "<strong>b</strong><br>" in made
    assert "&lt;script&gt;" in made
    assert "<td><s>d</s></td>" in made
    assert removed == {}


def test_links_of_markdown_cannot_execute():
    made, _ = markup.from_markdown("[a](javascript:x) [b](data:text/html,x) ![c](cid:1)")
    assert not re.search(r"(?:href|src)=\"(?!https?:)", made)


def test_html_that_is_nested_beyond_reason_is_refused():
    with pytest.raises(markup.TooDeep):
        markup.from_html("<div>" * 50_000)
    assert markup.from_html("<p>a" * 5_000)[0].startswith("<p>a</p>")


@pytest.mark.parametrize(
    "piece", ["<img ", "<script", '<a href="data:', "<img src=x ", "<!--", "<![CDATA[", "<a b='"]
)
def test_html_without_an_end_is_no_way_to_hang_a_run(piece):
    with contextlib.suppress(markup.TooDeep):  # which is an answer too, and an early one
        assert (
            "<img" not in markup.from_html(piece * (200_000 // len(piece)))[0]
        )  # minutes, if it were quadratic


@pytest.mark.parametrize(
    ("source", "blank"),
    [("", True), ("<p> &nbsp;<br></p>", True), ("<p>a</p>", False), ('<img src="https://x">', False)],
)
def test_blank_is_what_nobody_would_see(source, blank):
    assert markup.is_blank(source) is blank


PIECES = st.sampled_from(
    ["<script>", "</script>", "<SCRIPT/x>", "<img src=", "x onerror=alert(1)", ">", "'", '"', "<a href=", "javascript:", "JaVa\tScript:",
     "&#x6a;avascript:", "data:text/html,", "data:image/svg+xml,", "data:image/png;base64,AA", "<svg", "<math><mtext>", "<style>", "</style>",
     "<iframe srcdoc=", "<p onclick=a()", " ", "<!--", "-->", "<![CDATA[", "]]>", "<noscript>", "</noscript>", "<textarea>", "<title>", "cid:1",
     "text", "&lt;", "<b", "/", "<template>", "<select>", "<table>", "https://x.example/", "//x"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14).map("".join), st.sampled_from(["html", "escaped", "markdown", "text"]))
def test_nothing_that_executes_ever_comes_through(source, kind):
    match kind:
        case "html":
            made = markup.from_html(source)[0]
        case "escaped":
            made = markup.from_escaped_html(html.escape(source))[0]
        case "markdown":
            made = markup.from_markdown(source)[0]
        case _:
            made = markup.from_text(source)
    assert is_safe(made)
