"""Images inside texts are counted by host, and kept, attached or dropped as the mapping says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.mapping.file_rules import Inline
from migrator.mapping.images import Images
from migrator.mapping.markup import from_html
from migrator.model import FileRef

ZENDESK = '<img src="https://acme.zendesk.com/attachments/token/x/?name=a.png" alt="screen">'
PUBLIC = '<img src="//cdn.example/pics/b%20c.jpg">'
DATA = '<img src="data:image/png;base64,AAAA" alt="logo">'
TEXT = f"<p>see {ZENDESK} and {PUBLIC}{DATA}</p>"


def handled(
    inline: Inline, text: str = TEXT, own: tuple[str, ...] = ()
) -> tuple[Images, str, tuple[FileRef, ...]]:
    images = Images(inline, frozenset(own))
    clean, removed = from_html(text)
    assert removed == {}
    return images, *images.of(clean)


@pytest.mark.parametrize("inline", Inline)
def test_every_image_is_counted_by_its_host(inline):
    images, _, _ = handled(inline)
    assert images.hosts == ["acme.zendesk.com", "cdn.example", "data:"]


def test_kept_images_stay_as_they_are_and_those_of_the_old_helpdesk_are_in_danger():
    images, text, files = handled(Inline.KEEP)
    assert text == from_html(TEXT)[0]
    assert files == ()
    assert dict(images.endangered) == {"acme.zendesk.com": 1}
    assert dict(handled(Inline.KEEP, own=("cdn.example",))[0].endangered) == {
        "acme.zendesk.com": 1,
        "cdn.example": 1,
    }


def test_attached_images_become_files_named_where_they_stood():
    images, text, files = handled(Inline.ATTACH)
    assert text.startswith("<p>see (image: screen) and (image: b c.jpg)<img ")
    assert files == (
        FileRef("screen", "https://acme.zendesk.com/attachments/token/x/?name=a.png", inline=True),
        FileRef("b c.jpg", "https://cdn.example/pics/b%20c.jpg", inline=True),
    )
    assert not images.endangered


def test_dropped_images_leave_their_names():
    _, text, files = handled(Inline.DROP)
    assert text == "<p>see (image: screen) and (image: b c.jpg)(image: logo)</p>"
    assert files == ()


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        pytest.param('<img src="https://a.example/x.png" alt="the screen">', "the screen.png", id="ending-from-the-address"),
        pytest.param('<img src="https://a.example/x.png" alt="y.gif">', "y.gif", id="its-own-ending"),
        pytest.param('<img src="https://a.example/">', "image", id="nameless"),
    ],
)  # fmt: skip
def test_an_attached_image_has_a_name_with_an_ending(tag, name):
    assert [file.name for file in handled(Inline.ATTACH, tag)[2]] == [name]


def test_a_name_cannot_bring_markup_back():
    _, text, _ = handled(
        Inline.DROP, '<img src="https://a.example/x" alt="&lt;script&gt;alert(1)&lt;/script&gt;">'
    )
    assert text == "(image: &lt;script&gt;alert(1)&lt;/script&gt;)"


@given(st.text(alphabet='<>="& imgsrclt/:datap.x', max_size=60))
def test_whatever_stands_in_a_text_it_stays_safe_and_keeping_changes_nothing(text):
    clean = from_html(text)[0]
    assert Images(Inline.KEEP, frozenset()).of(clean) == (clean, ())
    dropped, _ = Images(Inline.DROP, frozenset()).of(clean)
    assert "<img" not in dropped
    assert from_html(dropped)[0] == dropped
