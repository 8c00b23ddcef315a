"""XML of any size, a piece at a time: what the books that are XML have in common.

Nothing here knows a vocabulary. Documents with a document type declaration are refused before they are
parsed, so that no entity is ever expanded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, cast
from xml.etree.ElementTree import Element, XMLPullParser

from migrator.errors import SourceError

_HEAD_BYTES = 1 << 16
_CHUNK_BYTES = 1 << 14
_MOST_ELEMENTS = 1 << 18
"""In one row: sixteen for each of the cells that a row can have."""
_LONGEST_BYTES = 1 << 24
"""Of text without any tag; spreadsheets keep some ten thousand characters of a cell."""


def refuse_declaration(head: bytes, file: str) -> None:
    """Refuse a document type declaration, which may hold entities that grow without bound.

    Raises:
        SourceError: the beginning of a document holds one.
    """
    if b"<!DOCTYPE" in head.replace(b"\0", b""):  # UTF-16 has NULs between its letters
        raise SourceError(
            "the workbook holds a document type declaration, which no spreadsheet writes",
            hint="open it in a spreadsheet, save it as .xlsx, and give that file",
            at=file,
        )


def head_of(file: IO[bytes]) -> bytes:
    return file.read(_HEAD_BYTES)


class TooMuch(ValueError):
    """A row or a cell outgrows every table; the sentence says which."""


def pieces(file: IO[bytes], piece: str) -> Iterator[tuple[str, Element]]:
    """The elements of a document in their order, with flat memory.

    Args:
        piece: The tag of those that are wanted whole, with everything inside.

    Yields:
        `("end", element)` for each whole piece; `("start", element)`, `("end", element)` for every other
        element that stands outside of pieces. All are forgotten when the next one is asked for.

    Raises:
        TooMuch: a piece holds more elements, or an element more text, than any table.
        ParseError: it is no XML.
    """
    around: list[Element] = []
    inside = elements = quiet = 0
    parser: XMLPullParser[Element] = XMLPullParser(("start", "end"))
    while True:
        # The parser reads a tag that is torn from its beginning again, so of a long one it gets long parts.
        chunk = file.read(max(_CHUNK_BYTES, quiet // 2))
        if chunk:
            parser.feed(chunk)
        else:
            parser.close()
        quiet += len(chunk)
        for event, element in cast(Iterator[tuple[str, Element]], parser.read_events()):
            quiet = 0
            if event == "start":
                if element.tag == piece:
                    inside += 1
                    elements = 0
                elif not inside:
                    around.append(element)
                    yield event, element
                elements += 1
            elif element.tag == piece:
                inside -= 1
                if not inside:
                    yield event, element
                    if around:
                        around[-1].clear()
            elif not inside:
                yield event, element
                around.pop()
                if around:
                    around[-1].clear()
        if not chunk:
            return
        if inside and elements > _MOST_ELEMENTS:
            raise TooMuch("a row is longer than any spreadsheet has them")
        if quiet > _LONGEST_BYTES:
            raise TooMuch(f"a cell is longer than {_LONGEST_BYTES >> 20} MB")
