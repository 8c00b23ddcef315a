import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.reports.rich_text import MOST_CHARACTERS, rich_text


def told(markup: str) -> list[tuple[str, str]]:
    """Blocks as kind and text, styles in square brackets."""
    return [
        (
            block.kind,
            "".join(f"[{run.style} {run.text}]" if run.style else run.text for run in block.runs),
        )
        for block in rich_text(markup).blocks
    ]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        pytest.param("<p>one<br>two</p><p>three</p>", [("text", "one\ntwo"), ("text", "three")], id="lines"),
        pytest.param("plain & simple", [("text", "plain & simple")], id="no-tags"),
        pytest.param(
            "<p>a <b>bold</b> and <em>soft</em></p>", [("text", "a [strong bold] and [em soft]")], id="styles"
        ),
        pytest.param("<ul><li>x</li><li>y</li></ul>", [("item", "x"), ("item", "y")], id="list"),
        pytest.param(
            "<blockquote><p>said</p></blockquote>after", [("quote", "said"), ("text", "after")], id="quote"
        ),
        pytest.param("<pre>a\n  b</pre>", [("code", "a\n  b")], id="pre"),
        pytest.param("<h2>Title</h2>text", [("heading", "Title"), ("text", "text")], id="heading"),
        pytest.param("<table><tr><td>a</td><td>b</td></tr></table>", [("text", "a · b")], id="table"),
        pytest.param(
            '<a href="javascript:alert(1)">click</a>', [("text", "[link click]")], id="link-loses-its-address"
        ),
        pytest.param(
            '<img src="https://files.example.com/x/chart.png?k=1">',
            [("text", "[picture picture: chart.png, from files.example.com]")],
            id="picture",
        ),
        pytest.param(
            '<img alt="Logo" src="data:image/png;base64,AAAA">',
            [("text", "[picture picture: Logo]")],
            id="data-picture",
        ),
        pytest.param(
            '<img src="http://[">', [("text", "[picture picture: without a name]")], id="no-address"
        ),
        pytest.param("<p>un<b>closed", [("text", "un[strong closed]")], id="unclosed"),
        pytest.param("</p></b>stray", [("text", "stray")], id="stray-ends"),
        pytest.param("&lt;script&gt;", [("text", "<script>")], id="escaped-stays-words"),
        pytest.param("<p> </p>", [], id="blank"),
    ],
)
def test_html_becomes_blocks_of_words(markup: str, expected: list[tuple[str, str]]) -> None:
    assert told(markup) == expected


def test_a_long_text_is_cut_and_says_so() -> None:
    text = rich_text(f"<p>{'x' * 9_000}</p>")
    assert (len(text.blocks[0].runs[0].text), text.is_cut) == (MOST_CHARACTERS, True)
    assert not rich_text("<p>short</p>").is_cut


@given(st.text(alphabet="<>/abpuliimgsrc=\"' &;\n!-"))
def test_no_markup_whatever_makes_it_fail(markup: str) -> None:
    assert all(
        block.kind in ("text", "heading", "item", "quote", "code") for block in rich_text(markup).blocks
    )
