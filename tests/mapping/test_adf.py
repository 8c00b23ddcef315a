import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.mapping import adf, markup
from tests.mapping.support import is_safe


def doc(*content):
    return {"type": "doc", "version": "1", "content": list(content)}


def text(words, *marks):
    return {"type": "text", "text": words, **({"marks": list(marks)} if marks else {})}


def node(kind, *content, **attrs):
    made = {"type": kind}
    return made | ({"attrs": attrs} if attrs else {}) | ({"content": list(content)} if content else {})


def p(*content):
    return node("paragraph", *(text(each) if isinstance(each, str) else each for each in content))


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        pytest.param(doc(), "", id="nothing"),
        pytest.param(doc(p("a < b"), p()), "<p>a &lt; b</p><p></p>", id="paragraphs"),
        pytest.param(node("heading", text("T"), level="2"), "<h2>T</h2>", id="heading"),
        pytest.param(node("heading", text("T"), level="x"), "<h3>T</h3>", id="heading-of-no-level"),
        pytest.param(
            p(text("a", {"type": "strong"}, {"type": "em"}), node("hardBreak"), text("b", {"type": "code"})),
            "<p><em><strong>a</strong></em><br><code>b</code></p>",
            id="marks",
        ),
        pytest.param(
            p(
                text("a", {"type": "strike"}, {"type": "underline"}),
                text("2", {"type": "subsup", "attrs": {"type": "sup"}}),
                text("c", {"type": "textColor", "attrs": {"color": "#f00"}}),
            ),
            "<p><u><s>a</s></u><sup>2</sup>c</p>",
            id="more-marks",
        ),
        pytest.param(
            p(text("w", {"type": "link", "attrs": {"href": 'https://e.example/?a="b"'}})),
            '<p><a href="https://e.example/?a=&quot;b&quot;">w</a></p>',
            id="link",
        ),
        pytest.param(
            node("bulletList", node("listItem", p("a"), node("orderedList", node("listItem", p("b"))))),
            "<ul><li>a<ol><li>b</li></ol></li></ul>",
            id="lists",
        ),
        pytest.param(
            node("orderedList", node("listItem", p("a"), p("b")), order="3"),
            '<ol start="3"><li><p>a</p><p>b</p></li></ol>',
            id="item-of-two-paragraphs",
        ),
        pytest.param(node("codeBlock", text("if a < b"), language="py"), "<pre><code>if a &lt; b</code></pre>", id="code"),
        pytest.param(node("blockquote", p("q")), "<blockquote><p>q</p></blockquote>", id="quote"),
        pytest.param(node("panel", p("i"), panelType="info"), "<blockquote><p>i</p></blockquote>", id="panel"),
        pytest.param(
            node("table", node("tableRow", node("tableHeader", p("h"), colspan="2")), node("tableRow", node("tableCell", p("c")))),
            '<table><tbody><tr><th colspan="2">h</th></tr><tr><td>c</td></tr></tbody></table>',
            id="table",
        ),
        pytest.param(
            node("taskList", node("taskItem", text("a"), state="DONE"), node("taskItem", text("b"), state="TODO")),
            "<ul><li>☑ a</li><li>☐ b</li></ul>",
            id="tasks",
        ),
        pytest.param(node("decisionList", node("decisionItem", text("d"))), "<ul><li>d</li></ul>", id="decisions"),
        pytest.param(node("expand", p("x"), title="More"), "<p><strong>More</strong></p><p>x</p>", id="expand"),
        pytest.param(p(node("mention", id="5b10", text="@Ada")), "<p>@Ada</p>", id="mention"),
        pytest.param(p(node("mention", id="5b10")), "<p>@5b10</p>", id="mention-without-name"),
        pytest.param(p(node("emoji", shortName=":tada:", text="🎉")), "<p>🎉</p>", id="emoji"),
        pytest.param(p(node("emoji", shortName=":own:")), "<p>:own:</p>", id="emoji-of-ones-own"),
        pytest.param(p(node("date", timestamp="1705276800000")), "<p>2024-01-15</p>", id="date"),
        pytest.param(p(node("date", timestamp="soon")), "<p>soon</p>", id="date-that-is-none"),
        pytest.param(p(node("status", text="DONE", color="green")), "<p>DONE</p>", id="status"),
        pytest.param(
            p(node("inlineCard", url="https://e.example/1")),
            '<p><a href="https://e.example/1">https://e.example/1</a></p>',
            id="card",
        ),
        pytest.param(
            node("mediaSingle", node("media", id="a1", type="file", alt="pic.png"), node("caption", text("c"))),
            "<p><em>pic.png</em><p>c</p></p>",
            id="media",
        ),
        pytest.param(
            node("mediaGroup", node("media", type="external", url="https://e.example/p.png")),
            '<p><img src="https://e.example/p.png" alt=""></p>',
            id="picture-of-the-web",
        ),
        pytest.param(node("rule"), "<hr>", id="rule"),
        pytest.param(node("novelty", p("kept"), text="own "), "own <p>kept</p>", id="unknown-nodes-keep-their-words"),
        pytest.param({"type": "doc", "content": "x"}, "", id="content-that-is-no-list"),
        pytest.param({}, "", id="no-node"),
    ],
)  # fmt: skip
def test_nodes(tree, expected):
    assert adf.to_html(tree) == expected


def test_deep_nesting_loses_its_form_and_no_word():
    tree = p("deep")
    for _ in range(5_000):
        tree = node("blockquote", tree)
    assert "deep" in adf.to_html(tree)


def test_json_text_is_a_document_and_anything_else_is_plain_text():
    assert markup.from_adf(json.dumps(doc(p("a")))) == ("<p>a</p>", {})
    assert markup.from_adf("a < b\nc") == ("<p>a &lt; b<br>c</p>", {})
    assert markup.from_adf("[" * 100_000)[0].startswith("<p>[[")


KINDS = st.sampled_from(
    [
        "doc",
        "paragraph",
        "text",
        "heading",
        "table",
        "tableRow",
        "tableCell",
        "media",
        "mention",
        "date",
        "listItem",
    ]
)
VALUES = st.sampled_from(
    ["", "1", "x", "<script>", "javascript:a()", "data:text/html,x", '"', "https://e.example"]
)
KEYS = st.sampled_from(["text", "url", "href", "id", "alt", "timestamp", "level", "order", "title", "type"])
TREES = st.recursive(
    VALUES,
    lambda inner: st.fixed_dictionaries(
        {"type": KINDS},
        optional={
            "content": st.lists(inner, max_size=3) | inner,
            "attrs": st.dictionaries(KEYS, VALUES | inner, max_size=3) | inner,
            "marks": st.lists(inner, max_size=2),
            "text": VALUES | inner,
        },
    ),
    max_leaves=12,
)


@given(TREES)
def test_any_tree_becomes_safe_html(tree):
    assert is_safe(markup.from_html(adf.to_html(tree))[0])
