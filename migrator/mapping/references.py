"""References to other tickets inside texts: «#1234», «ticket 1234», links to the old helpdesk.

Found and rewritten in HTML that is otherwise left as it is, to the letter: only in text and in `href`, never
in tags, other attributes, comments or code. Which ids are tickets, and what became of them, is for the caller
to say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape, unescape

from migrator.mapping import spec
from migrator.mapping.locate import Path

AT: Path = ("references",)
ID = "{id}"

_ID = r"(?P<id>[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*)"
_BEFORE, _AFTER = r"(?<![\w&/-])", r"(?![\w/-])"
"""An id ends where its word does; `&#1234;` is a character, and no reference."""
_MARKUP = re.compile(r"<!--.*?-->|<(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+>", re.DOTALL)
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)")
_HREF = re.compile(r"(?P<before>\shref\s*=\s*)(?P<quote>[\"'])(?P<url>[^\"']*)(?P=quote)", re.IGNORECASE)
_VERBATIM = frozenset({"code", "pre", "samp", "kbd", "script", "style", "textarea"})


@dataclass(frozen=True, slots=True)
class Target:
    """What became of a ticket."""

    number: int
    url: str
    """Empty where it is not known: then links stay as they are."""


Find = Callable[[str], Target | None]
"""What became of the ticket with an old id; None where there is no such ticket."""


@dataclass(frozen=True, slots=True)
class References:
    """How tickets are referred to, ready to run; without patterns nothing is looked for."""

    links: tuple[str, ...] = ()
    text: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.links or self.text)

    def to_text(self) -> str:
        """For keeping; `from_text` reads it again. Empty where nothing is looked for."""
        return json.dumps({"links": self.links, "text": self.text}) if self else ""

    @classmethod
    def from_text(cls, text: str) -> References:
        said = json.loads(text or "{}")
        return cls(tuple(said.get("links", ())), tuple(said.get("text", ())))

    def rewriter(self) -> Rewriter:
        return Rewriter(self)


class Rewriter:
    """Finds and rewrites references in HTML. Pure."""

    def __init__(self, references: References) -> None:
        links = "|".join(_pattern(each, number) for number, each in enumerate(references.links))
        words = "|".join(_pattern(each, 1000 + number) for number, each in enumerate(references.text))
        self._url = re.compile(rf"(?:{links})/?") if links else None
        # A link is longer than the words in it, so it goes first.
        either = "|".join(
            part
            for part in (
                rf"(?P<link>(?:{links})(?![\w/?#-]))" if links else "",
                f"(?P<word>{words})" if words else "",
            )
            if part
        )
        self._in_text = re.compile(f"{_BEFORE}(?:{either}){_AFTER}", re.IGNORECASE) if either else None

    def ids(self, html: str) -> list[str]:
        """The id in every reference, in their order."""
        found: list[str] = []

        def note(id_: str) -> None:
            found.append(id_)

        self.rewritten(html, note)
        return found

    def rewritten(self, html: str, find: Find) -> str:
        """The same HTML with every reference to a ticket that `find` knows pointing to what became of it."""
        return "".join(self._pieces(html, find))

    def _pieces(self, html: str, find: Find) -> Iterator[str]:
        verbatim: list[str] = []
        at = 0
        for markup in _MARKUP.finditer(html):
            text = html[at : markup.start()]
            yield text if verbatim else self._text(text, find)
            tag = _TAG.match(markup[0])
            name = tag["name"].lower() if tag else ""
            if tag and name in _VERBATIM:
                if not tag["end"]:
                    verbatim.append(name)
                elif name in verbatim:
                    verbatim.remove(name)
            yield self._link(markup[0], find) if name == "a" and not verbatim else markup[0]
            at = markup.end()
        yield html[at:] if verbatim else self._text(html[at:], find)

    def _text(self, text: str, find: Find) -> str:
        if self._in_text is None:
            return text

        def instead(match: re.Match[str]) -> str:
            id_, start, end = _id_in(match)
            target = find(id_)
            if target is None:
                return match[0]
            if match.groupdict().get("link"):
                return escape(target.url) if target.url else match[0]
            return match[0][: start - match.start()] + str(target.number) + match[0][end - match.start() :]

        return self._in_text.sub(instead, text)

    def _link(self, tag: str, find: Find) -> str:
        href = _HREF.search(tag)
        url = self._url.fullmatch(unescape(href["url"])) if href and self._url else None
        target = find(_id_in(url)[0]) if url else None
        if href is None or target is None or not target.url:
            return tag
        return tag[: href.start("url")] + escape(target.url) + tag[href.end("url") :]


def references_of(said: spec.References, complain: Callable[[Path, str, str], None]) -> References:
    """The section as it runs; what makes no sense is complained about."""
    for name, patterns in (("links", said.links), ("text", said.text)):
        for number, pattern in enumerate(patterns):
            if pattern.count(ID) != 1:
                example = "https://acme.zendesk.com/agent/tickets/{id}" if name == "links" else "ticket {id}"
                message = "a reference has `{id}` in the place of the ticket's id, once"
                complain((*AT, name, number), message, f"such as `{example}`")
            elif pattern == ID:
                hint = "add the sign or the word in front of it: `#{id}`"
                complain((*AT, name, number), "every word of a text would be a reference", hint)
    if not said.rewrite:
        for name in sorted(said.model_fields_set - {"rewrite"}):
            complain((*AT, name), "references are not rewritten", "add `rewrite: true`")
        return References()
    return References(tuple(said.links), tuple(said.text))


def _pattern(pattern: str, number: int) -> str:
    """A pattern as a regular expression, its id under a name of its own."""
    before, _, after = pattern.partition(ID)
    words = r"\s+".join(map(re.escape, before.split(" ")))
    return words + _ID.replace("<id>", f"<id{number}>") + re.escape(after)


def _id_in(match: re.Match[str]) -> tuple[str, int, int]:
    """The id in a match, with its place."""
    name = next(name for name, found in match.groupdict().items() if name.startswith("id") and found)
    return match[name], match.start(name), match.end(name)
