import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.mapping import bbcode, markup
from tests.mapping.support import is_safe


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", ""),
        ("a < b\r\nc", "a &lt; b<br>c"),
        ("[B]b[/b] [i]i[/i] [u]u[/u] [s]s[/s]", "<strong>b</strong> <em>i</em> <u>u</u> <s>s</s>"),
        ("[url=https://e.example]w[/url]", '<a href="https://e.example">w</a>'),
        ("[url]https://e.example[/url]", '<a href="https://e.example">https://e.example</a>'),
        ("[email]a@example.com[/email]", '<a href="mailto:a@example.com">a@example.com</a>'),
        ("[img]https://e.example/İ.png[/IMG]", '<img src="https://e.example/İ.png">'),
        ("[quote=Ada]q[/quote]", "<blockquote><p><strong>Ada</strong></p>q</blockquote>"),
        ("[code]a [b]\nc[/code]", "<pre>a [b]\nc</pre>"),
        ("[list][*]a[*]b[/list]", "<ul><li>a</li><li>b</li></ul>"),
        ("[list=1][*]a[list][*]b[/list][/list]", "<ol><li>a<ul><li>b</li></ul></li></ol>"),
        ("[color=red]a[/color] [size=3]b[/size]", "a b"),
        ("[b]open [i]both", "<strong>open <em>both</em></strong>"),
        ("[b]a[i]b[/b]c[/i]", "<strong>a<em>b</em></strong>c[/i]"),
        ("[x] [/b] [*] [code]", "[x] [/b] [*] [code]"),
    ],
)
def test_tags(source, expected):
    assert bbcode.to_html(source) == expected


PIECES = st.sampled_from(
    ["[b]", "[/b]", "[url=", "[url]", "[/url]", "javascript:x", "]", "[img]", "[/img]", "[list]", "[*]", "[/list]",
     "[code]", "[/code]", "<script>", "[quote=x]", "[/quote]", "a", "\n", '"']
)  # fmt: skip


@given(st.lists(PIECES, max_size=20).map("".join))
def test_any_bbcode_is_safe(source):
    assert is_safe(markup.from_bbcode(source)[0])


@pytest.mark.parametrize(
    "piece", ["[b]", "[/b]", "[url][/code]", "[code]", "[list][*]", "[quote=a]", "[i][/b]"]
)
def test_tags_without_an_end_are_no_way_to_hang_a_run(piece):
    source = piece * (100_000 // len(piece))
    assert len(bbcode.to_html(source)) < 100 * len(source)  # minutes, if it were quadratic
