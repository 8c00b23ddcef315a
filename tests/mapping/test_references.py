"""References in HTML: what is one, what is not, and that nothing else is ever touched."""

from __future__ import annotations

import re
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.errors import MappingComplaints
from migrator.mapping import References, Target, load_mapping_text

WORDS = ("#{id}", "ticket {id}")
LINKS = ("https://acme.example/agent/tickets/{id}",)
KNOWN = {"1234": Target(57, "https://new.example/t/57?a=1&b=2"), "N-7": Target(8, "")}
NEW = "https://new.example/t/57?a=1&amp;b=2"


def rewritten(html: str, text=WORDS, links=LINKS) -> str:
    return References(tuple(links), tuple(text)).rewriter().rewritten(html, KNOWN.get)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("see #1234", "see #57", id="sign"),
        pytest.param("<p>#1234, (#1234).</p>", "<p>#57, (#57).</p>", id="beside-punctuation"),
        pytest.param("Ticket 1234", "Ticket 57", id="word-in-any-case"),
        pytest.param("ticket\n 1234", "ticket\n 57", id="over-a-line"),
        pytest.param("ticket N-7!", "ticket 8!", id="id-with-letters"),
        pytest.param("#9999 ticket 12345 #12", "#9999 ticket 12345 #12", id="no-ticket-of-ours"),
        pytest.param("a#1234 &#1234; x/#1234 #1234a #1234-5", "a#1234 &#1234; x/#1234 #1234a #1234-5", id="part-of-something-else"),
        pytest.param("tickets 1234", "tickets 1234", id="another-word"),
        pytest.param('<a href="https://acme.example/agent/tickets/1234">#1234</a>', f'<a href="{NEW}">#57</a>', id="link"),
        pytest.param("<a class='x' href='https://acme.example/agent/tickets/1234/'>x</a>", f"<a class='x' href='{NEW}'>x</a>", id="link-in-single-quotes"),
        pytest.param("at https://acme.example/agent/tickets/1234.", f"at {NEW}.", id="address-in-text"),
        pytest.param('<a href="https://acme.example/agent/tickets/N-7">x</a>', '<a href="https://acme.example/agent/tickets/N-7">x</a>', id="link-without-a-new-address"),
        pytest.param('<a href="https://acme.example/agent/tickets/1234/edit">x</a>', '<a href="https://acme.example/agent/tickets/1234/edit">x</a>', id="a-longer-link"),
        pytest.param('<a href="https://other.example/agent/tickets/1234">x</a>', '<a href="https://other.example/agent/tickets/1234">x</a>', id="another-host"),
        pytest.param('<p title="#1234"><img alt="ticket 1234" src="x#1234"></p>', '<p title="#1234"><img alt="ticket 1234" src="x#1234"></p>', id="attributes"),
        pytest.param("<!-- #1234 --><code>#1234</code><pre>ticket 1234 <b>#1234</b></pre>#1234", "<!-- #1234 --><code>#1234</code><pre>ticket 1234 <b>#1234</b></pre>#57", id="code-and-comments"),
        pytest.param("1 < 2 #1234 > 0", "1 < 2 #1234 > 0", id="what-may-be-a-tag-is-left-alone"),
    ],
)  # fmt: skip
def test_a_reference_is(html, expected):
    assert rewritten(html) == expected


def test_links_alone_and_words_alone():
    assert rewritten("#1234 https://acme.example/agent/tickets/1234", text=()) == f"#1234 {NEW}"
    assert rewritten("#1234 https://acme.example/agent/tickets/1234", links=()).startswith("#57 https://acme")


def test_the_ids_are_told_in_their_order_whether_or_not_anybody_knows_them():
    html = '<a href="https://acme.example/agent/tickets/9">x</a> #1234 ticket 77 <code>#5</code>'
    assert References(LINKS, WORDS).rewriter().ids(html) == ["9", "1234", "77"]


def test_it_is_kept_as_text():
    references = References(LINKS, WORDS)
    assert References.from_text(references.to_text()) == references
    assert not References.from_text(References().to_text())


TEXT = st.text(st.characters(exclude_characters="<>&\"'", exclude_categories=("Cs",)), max_size=20)
TAGS = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<br/>",
        '<img alt="#1234" src="ticket 1234">',
        "<b title='#1234'>",
        "</b>",
        "<!-- ticket 1234 -->",
    ]
)
VERBATIM = TEXT.map(lambda text: f"<code>#1234 {text} ticket 1234</code>")
REFERENCES = st.sampled_from(
    [" #1234 ", " ticket 1234 ", ' <a rel="x" href="https://acme.example/agent/tickets/1234">y</a> ']
)


@given(st.lists(TEXT.map(lambda text: escape(text)) | TAGS | VERBATIM | REFERENCES))
def test_only_references_change_and_each_of_them_does(pieces):
    """With what is between the references left out, nothing is different; and none of them is left."""
    html = "".join(pieces)
    made = rewritten(html)
    outside = re.sub(r"<code>.*?</code>|<!--.*?-->|<(?!a )[^>]*>", "", made, flags=re.DOTALL)
    mine = [piece for piece in pieces if "1234" in piece and piece.startswith(" ")]
    assert not re.search(r" (#1234|ticket 1234) |tickets/1234", outside)
    assert made.count(NEW) == sum("href" in piece for piece in mine)
    back = made.replace(NEW, "https://acme.example/agent/tickets/1234")
    assert re.sub(r"(?<= #)57(?= )|(?<= ticket )57(?= )", "1234", back) == html or "57" in html


@given(st.text(alphabet="<>\"'#&;/ at1234ickehrf=-!", max_size=80))
def test_no_html_however_broken_is_lost_or_slow(html):
    find = {"1234": Target(1234, "https://acme.example/agent/tickets/1234")}.get
    assert References(LINKS, WORDS).rewriter().rewritten(html, find) == html


BASE = "key: id\ncategory: Support\nticket:\n  title: {from: subject}\n  author: {email: {from: email}}\n"


def test_nothing_is_looked_for_unless_asked_and_then_the_usual_words_are():
    assert not load_mapping_text(BASE, "m.yaml", tables={}).plan.rewriting
    asked = load_mapping_text(BASE + "references: {rewrite: true}\n", "m.yaml", tables={})
    assert asked.plan.rewriting == References((), WORDS)


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("{text: ['#{id}']}", "references are not rewritten"),
        ("{rewrite: true, text: ['ticket']}", "a reference has `{id}` in the place of the ticket's id, once"),
        ("{rewrite: true, links: ['https://x.example/{id}/{id}']}", "a reference has `{id}` in the place of the ticket's id, once"),
        ("{rewrite: true, text: ['{id}']}", "every word of a text would be a reference"),
        ("{rewrit: true}", "there is no `rewrit` here"),
    ],
)  # fmt: skip
def test_a_section_that_makes_no_sense_is_told(section, message):
    with pytest.raises(MappingComplaints) as caught:
        load_mapping_text(f"{BASE}references: {section}\n", "m.yaml", tables={})
    assert caught.value.complaints[0].message == message
