"""What stands inside one line of Jira's wiki markup: emphasis, links, pictures, mentions, escapes.

A sign that does not clearly mean markup is text: `snake_case`, `--flag`, `2 * 3 * 4`. One walk through the
line, so that no text takes longer than its length.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

_PAIRS = {"*": "strong", "_": "em", "-": "s", "+": "u", "^": "sup", "~": "sub", "??": "cite"}
_SPECIAL = re.compile(r"\\|\{(?:[*_\-+^~]|\?\?)\}|\{\{|\[|!|\?\?|[*_\-+^~]|(?:https?|ftp)://", re.IGNORECASE)
_ESCAPABLE = frozenset("*_-+^~{}[]!|?#")
_LINK = re.compile(r"\[([^\[\]\r\n]{1,2000})\]")
_MONO = re.compile(
    r"\{\{(?:\{\}(?P<fenced>[^{}\n]{1,2000})\{\}|(?P<bare>(?:[^{}\n]|\{(?!\{)|\}(?!\})){1,2000}\}?))\}\}"
)
_PICTURE = re.compile(
    r"!([^!|\s][^!|\n]{0,500}\.[A-Za-z0-9]{2,5}(?:\?[^!|\s]{0,500})?)(?:\|([^!\n]{0,300}))?!"
)
_URL = re.compile(r"(?:https?|ftp)://[^\s<>\[\]{}|\"']+", re.IGNORECASE)
_BEHIND_URL = ".,;:!?)*_"
_ADDRESS = re.compile(r"(?:https?|ftp)://\S|mailto:\S|tel:\S|www\.\S", re.IGNORECASE)
_LINE_BREAK = re.compile(r"\\\\(?:\n|(?=\s|$))")

_Maker = Callable[[re.Match[str]], str]
"""HTML of what was found; "" where it means nothing after all."""


def to_html(text: str) -> str:
    """HTML of the text; line breaks stay line breaks."""
    return _Line(text).write()


class _Line:
    """One walk through a text. An opening sign is a guess until the closing one is found."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._parts: list[str] = []
        self._open: dict[str, list[int]] = {sign: [] for sign in _PAIRS}
        """Where in `_parts` an opening sign stands, for each sign."""

    def write(self) -> str:
        place = 0
        while found := _SPECIAL.search(self._text, place):
            self._plain(self._text[place : found.start()])
            place = self._special(found[0], found.start())
        self._plain(self._text[place:])
        return "".join(self._parts)

    def _plain(self, text: str) -> None:
        if "\n" in text:  # emphasis ends with its line
            for places in self._open.values():
                places.clear()
        escaped = html.escape(text, quote=False).replace("&amp;nbsp;", "&nbsp;")  # Jira's editor writes them
        self._parts.append(escaped.replace("\n", "<br>"))

    def _special(self, sign: str, place: int) -> int:
        """Write what begins here; returns where the text goes on."""
        match sign:
            case "\\":
                return self._backslash(place)
            case "[":
                return self._found(_LINK, place, _link) or self._literal(sign, place)
            case "!":
                return self._found(_PICTURE, place, _picture) or self._literal(sign, place)
            case "{{":
                return self._found(_MONO, place, _mono) or self._literal(sign, place)
            case _ if sign in _PAIRS:
                return self._emphasis(sign, place)
            case _ if sign.startswith("{"):
                return self._braced(sign, place)
        found = _URL.match(self._text, place)
        if not found:
            return self._literal(sign, place)
        url = found[0].rstrip(_BEHIND_URL)
        self._parts.append(_anchor(url, url))
        return place + len(url)

    def _literal(self, sign: str, place: int) -> int:
        self._parts.append(html.escape(sign, quote=False))
        return place + len(sign)

    def _found(self, pattern: re.Pattern[str], place: int, make: _Maker) -> int:
        """Where the text goes on behind a match; 0 where there is none, or it means nothing."""
        found = pattern.match(self._text, place)
        made = make(found) if found else ""
        if not found or not made:
            return 0
        self._parts.append(made)
        return found.end()

    def _backslash(self, place: int) -> int:
        if found := _LINE_BREAK.match(self._text, place):
            self._parts.append("<br>")
            return found.end()
        following = self._text[place + 1 : place + 2]
        if following in _ESCAPABLE:
            return self._literal(following, place + 1)
        # `\\server\share` is the name of a machine: both stay.
        return self._literal("\\\\" if following == "\\" else "\\", place)

    def _emphasis(self, sign: str, place: int) -> int:
        before, behind = self._text[place - 1 : place], self._text[place + len(sign) : place + len(sign) + 1]
        opened = self._open[sign]
        after_word = bool(before) and not before.isspace()
        before_word = bool(behind) and not behind.isspace()
        if opened and after_word and before != sign[0] and not _in_word(behind) and behind != sign[0]:
            self._wrap(sign, opened.pop())
            return place + len(sign)
        if before_word and behind != sign[0] and before != sign[0] and not _in_word(before):
            opened.append(len(self._parts))
        return self._literal(sign, place)

    def _braced(self, braced: str, place: int) -> int:
        """`{*}` is a `*` that counts inside a word too; the one that closes wears braces as well."""
        sign = braced[1:-1]
        if self._open[sign]:
            self._wrap(sign, self._open[sign].pop())
            return place + len(braced)
        self._open[sign].append(len(self._parts))
        return self._literal(braced, place)

    def _wrap(self, sign: str, opening: int) -> None:
        tag = _PAIRS[sign]
        self._parts[opening] = f"<{tag}>"
        self._parts.append(f"</{tag}>")
        for places in self._open.values():  # what was opened inside and not closed stays a sign
            while places and places[-1] > opening:
                places.pop()


def _in_word(character: str) -> bool:
    return character.isalnum()


def _anchor(address: str, words: str) -> str:
    return f'<a href="{html.escape(address)}">{html.escape(words, quote=False)}</a>'


def _link(found: re.Match[str]) -> str:
    """`[words|address]`, `[address]`, `[~person]`, `[^file]`; anything else in brackets is text."""
    words, bar, rest = found[1].partition("|")
    address = rest.partition("|")[0].strip() if bar else words.strip()
    if words.startswith("~") or address.startswith("~"):
        person = (address if address.startswith("~") else words)[1:].removeprefix("accountid:").strip()
        known = words.strip() if bar and not words.startswith("~") else person
        return html.escape(f"@{known}", quote=False)
    if address.startswith("^") and len(address) > 1:
        return f"<em>{html.escape(words.strip() if bar and words.strip() else address[1:], quote=False)}</em>"
    if not _ADDRESS.match(address):
        return ""
    full = f"https://{address}" if address[:4].casefold() == "www." else address
    shown = words.strip() if bar and words.strip() else address.removeprefix("mailto:")
    return _anchor(full, shown)


def _picture(found: re.Match[str]) -> str:
    """`!address|properties!`: a picture of the web; a file of the issue is named."""
    name = found[1].strip()
    if name.casefold().startswith(("http://", "https://")):
        return f'<img src="{html.escape(name)}">'
    return f"<em>{html.escape(name, quote=False)}</em>"


def _mono(found: re.Match[str]) -> str:
    return f"<code>{html.escape(found['fenced'] or found['bare'], quote=False)}</code>"
