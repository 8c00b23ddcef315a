"""BBCode, as forums and some helpdesks write it, to HTML.

Tags that nobody knows, or that close what is not open, are text. What comes out is not yet clean:
`markup.py` cleans it like any HTML.
"""

from __future__ import annotations

import html
import re
from collections import deque

DEEPEST_TAG = 100
"""Tags inside more tags than that are text."""

_SIMPLE = {
    **{"table": "table", "tr": "tr", "td": "td", "th": "th", "ul": "ul", "ol": "ol", "li": "li"},
    **{"b": "strong", "i": "em", "u": "u", "s": "s", "sub": "sub", "sup": "sup", "quote": "blockquote"},
}
_WORDS_STAY = {"color", "size", "font", "center", "left", "right", "justify", "highlight", "indent"}
_VERBATIM = {"code", "pre", "img", "url", "email"}
"""What stands inside is no BBCode; of links and pictures, where it is an address."""
_NAMES = "|".join(sorted({*_SIMPLE, *_WORDS_STAY, *_VERBATIM, "list", r"\*", "hr", "br"}))
_END = re.compile(rf"\[/({'|'.join(sorted(_VERBATIM))})\]", re.IGNORECASE)
_TAG = re.compile(rf"\[(/?)({_NAMES})(?:[= ]([^\[\]\r\n]{{0,2000}}))?\]", re.IGNORECASE)


def to_html(source: str) -> str:
    return _Writer(source.replace("\r\n", "\n").replace("\r", "\n")).write()


class _Writer:
    """Walks through the tags once, with what is open on a stack."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._ends: dict[str, deque[re.Match[str]]] = {tag: deque() for tag in _VERBATIM}
        for end in _END.finditer(source):
            self._ends[end[1].casefold()].append(end)
        self._parts: list[str] = []
        self._open: list[tuple[str, str]] = []
        """Tags with what closes them."""
        self._place = 0

    def write(self) -> str:
        while found := _TAG.search(self._source, self._place):
            self._text(self._source[self._place : found.start()])
            self._place = found.end()
            closes, tag, value = found[1], found[2].casefold(), (found[3] or "").strip("\"' ")
            if not (self._close(tag) if closes else self._start(tag, value)):
                self._text(found[0])
        self._text(self._source[self._place :])
        self._parts += [closing for _, closing in reversed(self._open)]
        return "".join(self._parts)

    def _text(self, text: str) -> None:
        self._parts.append(html.escape(text, quote=False).replace("\n", "<br>"))

    def _start(self, tag: str, value: str) -> bool:
        """Open a tag; False where it has no meaning here."""
        if len(self._open) >= DEEPEST_TAG:
            return False
        if tag in _VERBATIM and not (tag in ("url", "email") and value):
            return self._verbatim(tag)
        match tag:
            case "hr" | "br":
                self._parts.append(f"<{tag}>")
            case "*":
                if not any(each == "list" for each, _ in self._open):
                    return False
                self._close("*", only_inside="list")
                self._push("*", "<li>", "</li>")
            case "list":
                kind = "ol" if value else "ul"
                self._push("list", f"<{kind}>", f"</{kind}>")
            case "url" | "email":
                address = f"mailto:{value}" if tag == "email" else value
                self._push(tag, f'<a href="{html.escape(address)}">', "</a>")
            case "quote":
                said = f"<p><strong>{html.escape(value, quote=False)}</strong></p>" if value else ""
                self._push(tag, f"<blockquote>{said}", "</blockquote>")
            case _:
                element = _SIMPLE.get(tag)
                self._push(tag, f"<{element}>" if element else "", f"</{element}>" if element else "")
        return True

    def _verbatim(self, tag: str) -> bool:
        ends = self._ends[tag]
        while ends and ends[0].start() < self._place:
            ends.popleft()
        if not ends:
            return False
        inside = self._source[self._place : ends[0].start()]
        self._place = ends[0].end()
        shown = html.escape(inside.strip())
        match tag:
            case "img":
                self._parts.append(f'<img src="{shown}">')
            case "url":
                self._parts.append(f'<a href="{shown}">{shown}</a>')
            case "email":
                self._parts.append(f'<a href="mailto:{shown}">{shown}</a>')
            case _:
                self._parts.append(f"<pre>{html.escape(inside, quote=False)}</pre>")
        return True

    def _push(self, tag: str, opening: str, closing: str) -> None:
        self._parts.append(opening)
        self._open.append((tag, closing))

    def _close(self, tag: str, only_inside: str = "") -> bool:
        """Close the innermost such tag and what is open inside it; False where none is."""
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index][0] == only_inside:
                return False
            if self._open[index][0] == tag:
                self._parts += [closing for _, closing in reversed(self._open[index:])]
                del self._open[index:]
                return True
        return False
