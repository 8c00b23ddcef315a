"""The texts of tickets as a page may show them: words with their emphasis, and nothing that can act.

HTML that a stranger wrote is taken apart into blocks of plain text; the page's own template writes the
tags around them. No attribute, address or tag of the stranger's ever gets into a page, so that there is
nothing to clean: links and pictures are named, not made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

MOST_CHARACTERS = 4_000
"""Of one text; more is cut, and said so."""

_STYLES = {
    "b": "strong",
    "strong": "strong",
    "i": "em",
    "em": "em",
    "code": "code",
    "tt": "code",
    "a": "link",
}
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = frozenset(
    {"p", "div", "ul", "ol", "li", "tr", "table", "blockquote", "pre", "hr", "dl", "dt", "dd", "section"}
    | _HEADINGS
)
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one style."""

    text: str
    style: str = ""
    """`strong`, `em`, `code`, `link`, `picture`, or "" for plain."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or whatever stands like one."""

    kind: str
    """`text`, `heading`, `item`, `quote` or `code`."""
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class RichText:
    """A text in blocks."""

    blocks: tuple[Block, ...]
    is_cut: bool = False


def rich_text(markup: str) -> RichText:
    """The first `MOST_CHARACTERS` of a text in HTML."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    reader.end_block()
    return RichText(tuple(reader.blocks), reader.is_cut)


class _Reader(HTMLParser):
    """Keeps words, and which styles they stand in."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.is_cut = False
        self._runs: list[Run] = []
        self._open: list[str] = []
        self._left = MOST_CHARACTERS

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        match tag:
            case "br":
                self._say("\n")
            case "img":
                self._say(_picture({name: value or "" for name, value in attrs}), "picture")
            case "td" | "th":
                self._say(" \u00b7 " if self._runs else "")
            case _ if tag in _BLOCKS:
                self.end_block()
                self._open.append(tag)
            case _ if tag in _STYLES:
                self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.end_block()
        if tag in self._open:
            del self._open[len(self._open) - 1 - self._open[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if "pre" not in self._open:
            data = _SPACE.sub(" ", data)
            if data == " " and not self._runs:
                return
        style = next((_STYLES[tag] for tag in reversed(self._open) if tag in _STYLES), "")
        self._say(data, style)

    def end_block(self) -> None:
        if any(run.text.strip() for run in self._runs):
            self.blocks.append(Block(self._kind(), tuple(self._runs)))
        self._runs = []

    def _kind(self) -> str:
        for tag in reversed(self._open):
            if tag in _HEADINGS:
                return "heading"
            if tag in _KINDS:
                return _KINDS[tag]
        return "text"

    def _say(self, text: str, style: str = "") -> None:
        if len(text) > self._left:
            text, self.is_cut = text[: self._left], True
        self._left -= len(text)
        if text:
            self._runs.append(Run(text, style))


_KINDS = {"li": "item", "blockquote": "quote", "pre": "code"}


def _picture(said: dict[str, str]) -> str:
    """A picture in words: `picture: chart.png, from files.example.com`."""
    source = said.get("src", "")
    if source[:5].casefold() == "data:":
        return f"picture: {said.get('alt') or 'part of the text'}"
    try:
        address = urlsplit(source)
        host, name = address.hostname or "", unquote(address.path).rpartition("/")[2]
    except ValueError:  # an address that only looks like one
        host, name = "", ""
    named = said.get("alt") or name or "without a name"
    return f"picture: {named}" + (f", from {host}" if host else "")
