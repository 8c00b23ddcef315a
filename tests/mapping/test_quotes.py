import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.mapping import quotes

HISTORY = "> old\n> older\n>> oldest"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"New.\n\nOn Mon, 1 Jan 2024 at 10:00, Ada <a@example.com> wrote:\n\n{HISTORY}\n", "New.", id="address"),
        pytest.param(f"New.\nOn 1 Jan 2024, Ada wrote:\n{HISTORY}\n", "New.", id="english"),
        pytest.param(f"Neu.\n\nAm 01.02.2024 um 10:00 schrieb Ada Brook:\n{HISTORY}", "Neu.", id="german"),
        pytest.param(f"Oui.\n\nLe lun. 1 janv. 2024 à 10:00,\nAda Brook a écrit :\n{HISTORY}", "Oui.", id="two-lines"),
        pytest.param(f"New.\n{HISTORY}", "New.", id="without-introduction"),
        pytest.param("New.\n\n-----Original Message-----\nFrom: a\nold", "New.", id="separator"),
        pytest.param("New.\n\nFrom: a\nSent: b\nTo: c\nSubject: d\n\nold", "New.", id="header"),
        pytest.param("Neu.\n________________________________\nVon: a\nGesendet: b\nAn: c\nBetreff: d\nalt", "Neu.", id="underline"),
        pytest.param("New.\r\n\r\n*From:* a\r\n*Sent:* b\r\n*To:* c\r\n\r\nold", "New.", id="bold-header"),
    ],
)  # fmt: skip
def test_the_history_below_an_answer_goes(text, expected):
    assert quotes.from_text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("Just words.\nMore: words", id="no-history"),
        pytest.param(f"On 1 Jan 2024, Ada wrote:\n{HISTORY}\nAnd my answer.", id="answer-below"),
        pytest.param("> why?\nBecause.\n> when?\nNow.", id="answers-between"),
        pytest.param(HISTORY, id="nothing-but-a-quote"),
        pytest.param("From: here\nto: there", id="two-words-with-colons"),
        pytest.param("On Monday she wrote: hello", id="a-sentence"),
    ],
)
def test_a_text_that_is_no_answer_above_its_history_stays_as_it_is(text):
    assert quotes.from_text(text) == text


QUOTED = '<blockquote type="cite"><p>old <b>x</b></p><blockquote>older</blockquote></blockquote>'


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(f"<p>New.</p>{QUOTED}", "<p>New.</p>", id="cite"),
        pytest.param(f"<div><p>New.</p>{QUOTED}</div><br>", "<div><p>New.</p></div><br>", id="inside"),
        pytest.param(
            '<div>New.</div><div class="gmail_quote"><div class="gmail_attr">On x wrote:<br></div><div>a</div></div>',
            "<div>New.</div>",
            id="gmail",
        ),
        pytest.param(
            f'<p>New.</p><div class="moz-cite-prefix">On 1.1.24, Ada wrote:<br></div>{QUOTED}',
            "<p>New.</p>",
            id="thunderbird",
        ),
        pytest.param(f"<p>New.</p>On 1 Jan 2024, Ada &lt;a@example.com&gt; wrote:<br>{QUOTED}", "<p>New.</p>", id="words"),
        pytest.param(
            '<p>New.</p><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> a</div><p>old</p>',
            "<p>New.</p>",
            id="outlook",
        ),
    ],
)  # fmt: skip
def test_the_history_below_an_answer_in_html_goes(source, expected):
    assert quotes.from_html(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("", id="nothing"),
        pytest.param("<p>a</p><blockquote>said</blockquote>", id="quote-of-the-writer"),
        pytest.param(f"{QUOTED}<p>My answer.</p>", id="answer-below"),
        pytest.param(QUOTED, id="nothing-but-a-quote"),
        pytest.param('<p class="note">gmail_quote type=cite</p>', id="words"),
    ],
)
def test_html_that_is_no_answer_above_its_history_stays_as_it_is(source):
    assert quotes.from_html(source) == source


LINES = st.sampled_from(
    ["> q", "own", "", "On 1 Jan 2024, A wrote:", "From: a", "Sent: b", "To: c", "_" * 32, ">"]
)


@given(st.lists(LINES, max_size=12).map("\n".join))
def test_only_a_tail_ever_goes(text):
    left = quotes.from_text(text)
    assert text.startswith(left)
    assert bool(left.strip()) == bool(text.strip())


@pytest.mark.parametrize(
    "piece", ["<blockquote type=cite>", "<div class='", "On 1 ", ">\n", "From: a\n", "On 1 wrote "]
)
def test_texts_without_an_end_are_no_way_to_hang_a_run(piece):
    source = piece * (100_000 // len(piece))
    assert len(quotes.from_text(source)) <= len(source)  # minutes, if it were quadratic
    assert len(quotes.from_html(source)) <= len(source)
