"""Feeds an XML document of any size to a handler, a part at a time.

Document types are refused before anything of them is read, so no entity is ever declared and nothing outside
is ever asked for; the length of a single tag is bounded. What an element means is said by the handler.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Protocol, TextIO
from xml.parsers import expat

from migrator.errors import UnreadableSource
from migrator.readers.json_scan import LONGEST_VALUE_CHARACTERS
from migrator.readers.xml_dumps import by_table

_CHUNK_CHARACTERS = 1 << 16
_BEGINNING = re.compile(r"[\ufeff\s]*(?:<\?xml\b[^>]*>)?")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FORBIDDEN_REFERENCE = re.compile(
    "&#(?:[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]));"
)
"""Characters that XML may not hold, and exports do all the same: a parser would stop at the first."""
_LONGEST_REFERENCE = 12
_CUT_OFF = frozenset(("no element found", "unclosed token", "unclosed CDATA section", "partial character"))


class Handler(Protocol):
    """Is told what stands in a document, in its order."""

    line: Callable[[], int]
    """Set by `feed`: the line of what is being told."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def text(self, text: str) -> None: ...

    def end(self, name: str) -> None: ...


def feed(text: TextIO, name: str, handler: Handler, *, whole: bool = True) -> Iterator[None]:
    """Parse a document, and stop after each part of it.

    Args:
        whole: The document must end with the text.

    Raises:
        UnreadableSource: at the line where it is no XML, is cut off, or was made to break programs.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = _CHUNK_CHARACTERS

    def refuse(*_: object) -> None:
        raise UnreadableSource(
            "the file declares a document type, behind which entities can grow without bound (a 'billion "
            "laughs' attack); no export needs one",
            hint="remove <!DOCTYPE ...> from the beginning of the file, if you trust it",
            at=f"{name}, line {parser.CurrentLineNumber}",
        )

    def begin(name: str, attributes: dict[str, str]) -> None:
        """The root: a prefix that it has is that of the whole vocabulary, and says nothing."""
        vocabulary = name.rpartition(":")[0]
        if vocabulary:
            own = f"{vocabulary}:"
            parser.StartElementHandler = lambda name, attributes: handler.start(
                name.removeprefix(own), attributes
            )
            parser.EndElementHandler = lambda name: handler.end(name.removeprefix(own))
        else:
            parser.StartElementHandler, parser.EndElementHandler = by_table(name, handler.start, handler.end)
        parser.StartElementHandler(name, attributes)

    handler.line = lambda: parser.CurrentLineNumber
    parser.StartElementHandler = begin
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = refuse
    reached = quiet = 0

    def following() -> int:
        """The parser reads a torn tag from its beginning again, so of a long one it gets long parts."""
        return max(_CHUNK_CHARACTERS, quiet // 2)

    try:
        for chunk in _chunks(text, following):
            parser.Parse(chunk, False)
            quiet = quiet + len(chunk) if parser.CurrentByteIndex == reached else 0
            reached = parser.CurrentByteIndex
            if quiet > LONGEST_VALUE_CHARACTERS:
                raise UnreadableSource(
                    f"a single tag is longer than {LONGEST_VALUE_CHARACTERS >> 20} million characters",
                    hint="check that this is an export of tickets",
                    at=f"{name}, line {parser.CurrentLineNumber}",
                )
            yield
        if whole:
            parser.Parse("", True)
            yield
    except expat.ExpatError as error:
        raise _broken(error, name) from error


def _chunks(text: TextIO, characters: Callable[[], int]) -> Iterator[str]:
    """The text without its declaration, which names an encoding that the text no longer has.

    Args:
        characters: How much is to be read next.
    """
    beginning = text.read(_CHUNK_CHARACTERS)
    declared = _BEGINNING.match(beginning)
    rest = beginning[declared.end() :] if declared else beginning
    rest = "\n" * beginning.count("\n", 0, len(beginning) - len(rest)) + rest
    while True:
        read = text.read(characters())
        # A reference that the end of a part tears is kept for the next one.
        torn = rest.rfind("&", -_LONGEST_REFERENCE) if read else -1
        whole, rest = (rest, read) if torn < 0 else (rest[:torn], rest[torn:] + read)
        if whole:
            yield _allowed(whole)
        if not read:
            return


def _allowed(text: str) -> str:
    if _FORBIDDEN.search(text):
        text = _FORBIDDEN.sub("\ufffd", text)
    return _FORBIDDEN_REFERENCE.sub("\ufffd", text) if "&#" in text else text


def _broken(error: expat.ExpatError, name: str) -> UnreadableSource:
    at = f"{name}, line {error.lineno}"
    reason = expat.ErrorString(error.code)
    if reason in _CUT_OFF:
        return UnreadableSource(
            "the file ends in the middle of an element: it was cut off",
            hint="export or download it again",
            at=at,
        )
    return UnreadableSource(
        f"this is not XML: {reason}", hint="export the file again, or correct it at that place", at=at
    )
