"""Cleans HTML for storing, and turns it into text for showing.

Enough for a rehearsal; not a sanitiser to rely on elsewhere.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

INLINE = frozenset(("a", "b", "code", "em", "i", "img", "s", "span", "strong", "td", "th", "u"))
SILENT = frozenset(("script", "style", "template", "iframe", "object"))
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
BLOCKS = HEADINGS | {
    "blockquote",
    "br",
    "div",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "table",
    "tbody",
    "thead",
    "tr",
    "ul",
}
ALLOWED = INLINE | BLOCKS
KEPT_ATTRIBUTES = {"a": "href", "img": "src"}


def sanitised(html: str) -> str:
    """The HTML with what could run or hide taken out, as a service may do before it stores a body."""
    cleaner = _Cleaner()
    cleaner.feed(html)
    cleaner.close()
    return "".join(cleaner.out)


def plain_text(html: str) -> str:
    """The words of an HTML body with its line breaks; addresses of links and images follow in brackets."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(reader.out)).strip()


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        elif not self._silent and tag in ALLOWED:
            wanted = KEPT_ATTRIBUTES.get(tag)
            kept = [
                f' {name}="{escape(value)}"'
                for name, value in attrs
                if name == wanted
                and value
                and value.strip().lower().startswith(("https:", "http:", "mailto:"))
            ]
            self.out.append(f"<{tag}{''.join(kept)}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        elif not self._silent and tag in ALLOWED:
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.out.append(escape(data, quote=False))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT
        self._break(tag)
        if tag == "li":
            self.out.append("- ")
        address = dict(attrs).get(KEPT_ATTRIBUTES.get(tag, ""))
        if address:
            self.out.append(f"[{address[:200]}] ")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in SILENT))
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.out.append(data)

    def _break(self, tag: str) -> None:
        if tag in BLOCKS and self.out and not self.out[-1].endswith("\n"):
            self.out.append("\n")
