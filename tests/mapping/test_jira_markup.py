import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.mapping import jira_markup, markup
from tests.mapping.support import is_safe


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("one\r\ntwo\rthree\n\nfour", "<p>one<br>two<br>three</p><p>four</p>", id="paragraphs"),
        pytest.param("h1. A *b*\nh6. C", "<h1>A <strong>b</strong></h1><h6>C</h6>", id="headings"),
        pytest.param("h7. no", "<p>h7. no</p>", id="no-heading"),
        pytest.param("a\n----\nb", "<p>a</p><hr><p>b</p>", id="rule"),
        pytest.param("bq. said", "<blockquote><p>said</p></blockquote>", id="quoted-line"),
        pytest.param(
            "{quote}a\n\nb{quote}c", "<blockquote><p>a</p><p>b</p></blockquote><p>c</p>", id="quote"
        ),
        pytest.param(
            "{panel:title=T|bgColor=#fff}a{panel}",
            "<blockquote><p><strong>T</strong></p><p>a</p></blockquote>",
            id="panel",
        ),
        pytest.param("{quote}open", "<blockquote><p>open</p></blockquote>", id="quote-without-end"),
        pytest.param(
            "{code:title=a.py|borderStyle=solid}\nif a < b:\n    *x*\n{code}",
            "<p><strong>a.py</strong></p><pre><code>if a &lt; b:\n    *x*</code></pre>",
            id="code",
        ),
        pytest.param("{noformat}_a_{noformat}", "<pre>_a_</pre>", id="noformat"),
        pytest.param("{code}no end", "<p>{code}no end</p>", id="code-without-end"),
        pytest.param(r"\{code}", "<p>{code}</p>", id="escaped-macro"),
        pytest.param(
            'a\n{adf:display=block}\n{"type":"panel","content":[{"type":"paragraph","content":'
            '[{"type":"text","text":"{code} < x"}]}]}\n{adf}\nb',
            "<p>a</p><blockquote><p>{code} &lt; x</p></blockquote><p>b</p>",
            id="a-piece-of-the-other-format",
        ),
        pytest.param('{adf:display=block}{"type":{adf}', '<pre>{"type":</pre>', id="a-torn-piece-of-it"),
        pytest.param("a {adf} b", "<p>a {adf} b</p>", id="its-end-alone"),
        pytest.param("{toc} {unknown:x=1}", "<p>{toc} {unknown:x=1}</p>", id="unknown-macros-stay"),
        pytest.param("{color:red}a{color} b", "<p>a b</p>", id="colour"),
        pytest.param("* a\n** b\n* c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", id="nested-list"),
        pytest.param(
            "# a\n#* b\n# c\nmore",
            "<ol><li>a<ul><li>b</li></ul></li><li>c<br>more</li></ol>",
            id="mixed-list",
        ),
        pytest.param("- a\n- b\n\nc", "<ul><li>a</li><li>b</li></ul><p>c</p>", id="dashes"),
        pytest.param("* a\n# b", "<ul><li>a</li></ul><ol><li>b</li></ol>", id="two-lists"),
        pytest.param(
            "||h||i||\n|a|*b*|\nc",
            "<table><tbody><tr><th>h</th><th>i</th></tr><tr><td>a</td><td><strong>b</strong></td></tr>"
            "</tbody></table><p>c</p>",
            id="table",
        ),
        pytest.param(
            "|a [x|https://e.example]|b\nb2|",
            '<table><tbody><tr><td>a <a href="https://e.example">x</a></td><td>b<br>b2</td></tr></tbody></table>',
            id="bars-and-lines-inside-cells",
        ),
    ],
)
def test_blocks(source, expected):
    assert jira_markup.to_html(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("*b* _i_ -d- +u+ ??c??", "<strong>b</strong> <em>i</em> <s>d</s> <u>u</u> <cite>c</cite>"),
        ("x ^2^ y ~3~", "x <sup>2</sup> y <sub>3</sub>"),
        ("*b _i_ b*", "<strong>b <em>i</em> b</strong>"),
        ("*a _b* c_", "<strong>a _b</strong> c_"),
        ("(*b*), *b*.", "(<strong>b</strong>), <strong>b</strong>."),
        ("snake_case_name 2*3*4 a - b - c --flag -x", "snake_case_name 2*3*4 a - b - c --flag -x"),
        ("2024-01-02 **x** * y *", "2024-01-02 **x** * y *"),
        ("*a\nb*", "*a<br>b*"),
        ("in{*}sid{*}e", "in<strong>sid</strong>e"),
        ("{{a *b*}} {{{}c d{}}}", "<code>a *b*</code> <code>c d</code>"),
        (r"\*a\* \[x] C:\dir \\host\share", r"*a* [x] C:\dir \\host\share"),
        ("a\\\\\nb", "a<br>b"),
        ("[w|https://e.example/a_b_c|smart-link]", '<a href="https://e.example/a_b_c">w</a>'),
        ("[https://e.example]", '<a href="https://e.example">https://e.example</a>'),
        ("[mailto:a@example.com]", '<a href="mailto:a@example.com">a@example.com</a>'),
        ("[Bug] [a|b] [w|javascript:x]", "[Bug] [a|b] [w|javascript:x]"),
        ("[~ada] [~accountid:5b10] [Ada|~accountid:5b10]", "@ada @5b10 @Ada"),
        ("[^notes.pdf] !pic.png|width=20! !a b.jpg!", "<em>notes.pdf</em> <em>pic.png</em> <em>a b.jpg</em>"),
        ("!https://e.example/p.png!", '<img src="https://e.example/p.png">'),
        ("Wow! Really! no.pic !", "Wow! Really! no.pic !"),
        (
            "see https://e.example/a_b?c=1&d=2.",
            'see <a href="https://e.example/a_b?c=1&amp;d=2">https://e.example/a_b?c=1&amp;d=2</a>.',
        ),
        ("a&nbsp;b <b> & c", "a&nbsp;b &lt;b&gt; &amp; c"),
    ],
)
def test_what_stands_in_a_line(source, expected):
    assert jira_markup.to_html(source) == f"<p>{expected}</p>"


PIECES = st.sampled_from(
    [
        *(
            "*",
            "_",
            "-",
            "+",
            "^",
            "~",
            "??",
            "{{",
            "}}",
            "{*}",
            "[",
            "]",
            "|",
            "||",
            "!",
            "\\",
            "\n",
            "\n\n",
        ),
        *("{code}", "{noformat}", "{quote}", "{panel:title=x}", "{color:red}", "h1. ", "bq. ", "* ", "## "),
        *(
            "https://e.example/x",
            "!a.png!",
            "[~ada]",
            "[x|javascript:a()]",
            "<script>",
            "&",
            '"',
            " ",
            "a",
            "word",
        ),
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_wiki_markup_is_safe(source):
    assert is_safe(markup.from_jira(source)[0])


@given(st.lists(PIECES | st.just("ω"), max_size=30).map("".join))
def test_no_word_is_lost(source):
    source = source.replace("|", "")  # behind a bar stand properties, which are not words
    assert markup.from_jira(source)[0].count("ω") >= source.count("ω")


@pytest.mark.parametrize(
    "piece", ["{code}", "{quote}", "[", "!a.b", "{{", "*a ", "_", "\\", "|a", "* x\n", "{*}", "!a.ab?", "- -"]
)
def test_markup_without_an_end_is_no_way_to_hang_a_run(piece):
    source = piece * (100_000 // len(piece))
    assert len(jira_markup.to_html(source)) < 100 * len(source)  # minutes, if it were quadratic
