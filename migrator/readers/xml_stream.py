"""XML of any size, a piece at a time: what the books that are XML have in common.

Nothing here knows a vocabulary. Documents with a document type declaration are refused before they are
parsed, so that no entity is ever expanded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element, iterparse

from migrator.errors import SourceError

_HEAD_BYTES = 1 << 16


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


def pieces(file: IO[bytes], piece: str) -> Iterator[tuple[str, Element]]:
    """The elements of a document in their order, with flat memory.

    Args:
        piece: The tag of those that are wanted whole, with everything inside.

    Yields:
        `("end", element)` for each whole piece; `("start", element)`, `("end", element)` for every other
        element that stands outside of pieces. All are forgotten when the next one is asked for.
    """
    around: list[Element] = []
    inside = 0
    for event, element in iterparse(file, events=("start", "end")):  # noqa: S314  # declarations are refused
        if event == "start":
            if element.tag == piece:
                inside += 1
            elif not inside:
                around.append(element)
                yield event, element
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
