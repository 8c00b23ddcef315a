"""What people wrote, as HTML that is safe to show.

Plain text, Markdown, Jira's two formats, BBCode, HTML and HTML that was escaped once too often become the
same kind of HTML: no scripts, no event attributes, no frames, no links that execute, images only by http(s)
or as data. The visible words stay as they are.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from migrator.mapping import adf, bbcode, jira_markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from nh3 import Cleaner

DEEPEST_NESTING = 1_000
"""Cleaning takes quadratic time in the depth; no mail is written this deep."""

_HIDDEN = {"script", "style", "title", "iframe", "noframes", "noembed", "noscript"}
"""Elements whose text is not meant to be read: it goes with them."""
_SUSPECTS = {
    "script": re.compile(r"<\s*script|script\s*:"),
    "frame": re.compile(r"<\s*i?frame"),
    "object": re.compile(r"<\s*object"),
    "embed": re.compile(r"<\s*embed"),
    "applet": re.compile(r"<\s*applet"),
    "on": re.compile(r"on[a-z]+\s*="),
    "data": re.compile(r"data\s*:"),
    "href": re.compile(r"href\s*=\s*[\"']?[^\"'>]{0,40}&"),
    "src": re.compile(r"src\s*=\s*[\"']?[^\"'>]{0,40}&"),
}
"""What makes a closer look worth its time, in lower-case HTML; the cleaning itself does not depend on it.
Each by letters without which there is no need to search."""
_IMAGE_TAG = re.compile(r"<ima?ge?\b", re.IGNORECASE)
_IMAGE = re.compile(r"""<img((?:\s[\w-]+="[^"]*")*)>""")
_IMAGE_SOURCE = re.compile(r"""\ssrc="(?:https?:|//|data:image/)""", re.IGNORECASE)
_DATA_IMAGE = re.compile(r"\s*data:image/(?:png|gif|jpe?g|webp|bmp|avif)[;,]", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_INSIDE_TAG = re.compile(r"<[^>]*")
_LINE_END = re.compile(r"\r\n?")


class TooDeep(ValueError):
    """HTML that is nested deeper than cleaning can bear."""


def from_text(text: str) -> str:
    """Escaped paragraphs: an empty line parts them, a single line break stays one.

    Every character can be read back (`</p><p>` is two line breaks, `<br>` one); only the kinds of
    line end, of which HTML has one, become the same.
    """
    if not text:
        return ""
    escaped = html.escape(_LINE_END.sub("\n", text), quote=False)
    return "<p>" + escaped.replace("\n\n", "</p><p>").replace("\n", "<br>") + "</p>"


def from_html(source: str) -> tuple[str, dict[str, int]]:
    """Clean HTML, and what had to go by kind: `{"script": 1, "image without address": 2}`.

    Raises:
        TooDeep: Elements are nested more than a thousand deep.
    """
    if source.count("<") > DEEPEST_NESTING and _depth(source) > DEEPEST_NESTING:
        raise TooDeep
    tags = _lower_tags(source)
    cleaner = _cleaner_for_data_images() if "data:" in tags else _cleaner()
    clean = cleaner.clean(source)
    if "<img" in clean:
        clean = _IMAGE.sub(lambda image: image[0] if _IMAGE_SOURCE.search(image[1]) else "", clean)
    images_lost = "<im" in tags and len(_IMAGE_TAG.findall(source)) != clean.count("<img ")
    return clean, _what_is_unsafe(source) if images_lost or _is_suspect(tags) else {}


def from_escaped_html(source: str) -> tuple[str, dict[str, int]]:
    """The same for HTML whose tags arrive as `&lt;p&gt;`: unescaped once."""
    return from_html(html.unescape(source))


def from_markdown(source: str) -> tuple[str, dict[str, int]]:
    """Markdown with tables and strike-through; HTML inside it is text, and a line break is one."""
    return from_html(_markdown().render(source))


def from_github(source: str) -> tuple[str, dict[str, int]]:
    """Markdown as GitHub has it: HTML inside it is HTML, so that the comments of a template stay hidden."""
    return from_html(_markdown(with_html=True).render(source))


def from_jira(source: str) -> tuple[str, dict[str, int]]:
    """Jira's wiki markup, as its CSV exports and the second version of its API have it."""
    return from_html(jira_markup.to_html(source))


def from_adf(source: str) -> tuple[str, dict[str, int]]:
    """The JSON text of an Atlassian document; what is none is plain text."""
    document = adf.document_in(source)
    return from_html(adf.to_html(document)) if document is not None else (from_text(source), {})


def from_bbcode(source: str) -> tuple[str, dict[str, int]]:
    return from_html(bbcode.to_html(source))


def is_blank(markup: str) -> bool:
    """Whether a reader would see nothing: no words and no picture."""
    return "<img" not in markup and not html.unescape(_TAG.sub("", markup)).strip()


@lru_cache(maxsize=1)
def _cleaner() -> Cleaner:
    import nh3

    return nh3.Cleaner(
        tags=nh3.ALLOWED_TAGS - _HIDDEN,
        clean_content_tags=_HIDDEN,
        url_schemes={"http", "https", "mailto", "tel"},
    )


@lru_cache(maxsize=1)
def _cleaner_for_data_images() -> Cleaner:
    """Slower, as it asks Python about every attribute: only for bodies that mention `data:`."""
    import nh3

    def keep(_tag: str, attribute: str, value: str) -> str | None:
        is_data = re.sub(r"[\s\x00-\x1f]", "", value[:40]).casefold().startswith("data:")
        return value if not is_data or (attribute == "src" and _DATA_IMAGE.match(value)) else None

    return nh3.Cleaner(
        tags=nh3.ALLOWED_TAGS - _HIDDEN,
        clean_content_tags=_HIDDEN,
        url_schemes={"http", "https", "mailto", "tel", "data"},
        attribute_filter=keep,
    )


@lru_cache(maxsize=2)
def _markdown(*, with_html: bool = False) -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": with_html, "breaks": True}).enable(["table", "strikethrough"])


# --- saying what was unsafe -------------------------------------------------------------------

_FRAMES = {"iframe", "frame", "object", "embed", "applet"}
_OPENING = re.compile(r"""<([a-z][a-z0-9]*)((?:\s[^\s"=<>]+="[^"]*")*)>""")
_ATTRIBUTE = re.compile(r"""\s([^\s"=<>]+)="([^"]*)\"""")
_EXECUTES = re.compile(r"(?:java|vb|live)script:|data:", re.IGNORECASE)


def _lower_tags(source: str) -> str:
    """Everything in HTML that may belong to a tag with what is in it, in lower case."""
    tags = "\n".join(_INSIDE_TAG.findall(source))
    # A tag goes on behind a `>` that is quoted; what is looked for there has an equals sign before it.
    return (tags if tags.count("=") == source.count("=") else source).lower()


def _is_suspect(lower: str) -> bool:
    return any(letters in lower and pattern.search(lower) for letters, pattern in _SUSPECTS.items())


def _what_is_unsafe(source: str) -> dict[str, int]:
    """Counts what the cleaner takes away and a person should know of."""
    removed: Counter[str] = Counter()
    for tag, attributes in _OPENING.findall(_lenient_cleaner().clean(source)):
        said = dict(_ATTRIBUTE.findall(attributes))
        if tag == "script":
            removed["script"] += 1
        elif tag in _FRAMES:
            removed["frame"] += 1
        elif tag == "img":
            removed[_fault_of_image(said.get("src", ""))] += 1
        removed["event attribute"] += sum(name.startswith("on") for name in said)
        removed["unsafe link"] += bool(_EXECUTES.match(_address(said.get("href", ""))))
    return {kind: count for kind, count in sorted(removed.items()) if kind and count}


def _fault_of_image(source: str) -> str:
    address = _address(source)
    if re.match(r"https?:|//", address, re.IGNORECASE) or _DATA_IMAGE.match(address):
        return ""
    return "image embedded in a mail" if address[:4].casefold() == "cid:" else "image without a web address"


def _address(written: str) -> str:
    """An address as a browser reads it: without white space and control characters."""
    return re.sub(r"[\s\x00-\x1f]", "", html.unescape(written))


@lru_cache(maxsize=1)
def _lenient_cleaner() -> Cleaner:
    """Lets everything pass that is counted, so that counting needs no parser of its own; its output
    is well-formed, and goes nowhere."""
    import nh3

    return nh3.Cleaner(
        tags=nh3.ALLOWED_TAGS | {"script"} | _FRAMES,
        clean_content_tags={"style", "noscript"},
        generic_attribute_prefixes={"on"},
        url_schemes={"http", "https", "mailto", "tel", "data", "cid", "javascript", "vbscript", "livescript"},
    )


_TAGS = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_NEVER_NESTED = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
    | {"p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot", "option", "colgroup"}
)
"""Elements without an end, and those that end where the next of their kind begins."""


def _depth(source: str) -> int:
    """How deep elements are nested, at most, as far as counting tags can tell."""
    now = deepest = 0
    for slash, tag in _TAGS.findall(source):
        if tag.casefold() not in _NEVER_NESTED:
            now = max(0, now - 1) if slash else now + 1
            deepest = max(deepest, now)
    return deepest
