"""The comments of one sheet: what they say, and the boxes that show it.

A comment is two things in a workbook: a text (ECMA-376 part 1, section 18.7) and a drawing, still in the
old VML (part 4, section 19.4), without which Excel shows nothing. Texts leave for a temporary file as they
come; of a box only its cell is kept, because its place depends on how wide the columns become.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import IO

from migrator.reports.workbook_cells import NAMES, cut, escaped, letters_of

AUTHOR = "migrator"

_BOX_WIDTH, _BOX_ROWS = 320, 6
"""Of a box, in pixels and in rows."""
_INSET = 15
"""Pixels between a box and the left side of the column in which it begins."""
_PIXELS_A_CHARACTER = 7
_DEFAULT_WIDTH = 9
_SHAPES_A_BLOCK = 1024
"""Ids of shapes are given out in blocks, and the drawing names every block that it takes."""
_IN_MEMORY_BYTES = 1 << 20

_SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;visibility:hidden"'
    ' fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/>'
    '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"/>'
    '<x:ClientData ObjectType="Note">'
    "<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{left}, {inset}, {top}, 4, {right}, {within}, {bottom}, 4"
    "</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{place}</x:Column>"
    "</x:ClientData></v:shape>"
)


class Comments:
    """Takes comments in, cell by cell; `close` it."""

    def __init__(self) -> None:
        self._texts: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 - as long as the sheet
        self._cells = array("I")
        self._text_bytes = 0

    def __bool__(self) -> bool:
        return bool(self._cells)

    def close(self) -> None:
        self._texts.close()

    def add(self, row: int, place: int, text: str) -> None:
        """Takes in the comment of one cell. Rows and places are counted from 0."""
        self._text_bytes += self._texts.write(
            f'<comment ref="{letters_of(place)}{row + 1}" authorId="0"><text>'
            f'<t xml:space="preserve">{escaped(cut(text))}</t></text></comment>'.encode()
        )
        self._cells.extend((row, place))

    @property
    def size_bytes(self) -> int:
        """About as large as the larger one of their two parts becomes."""
        return max(self._text_bytes, len(self._cells) // 2 * len(_SHAPE))

    def texts(self) -> Iterator[bytes]:
        """The part that says what the comments are, a piece at a time."""
        yield f"<comments {NAMES}><authors><author>{AUTHOR}</author></authors><commentList>".encode()
        self._texts.seek(0)
        while piece := self._texts.read(_IN_MEMORY_BYTES):
            yield piece
        yield b"</commentList></comments>"

    def boxes(self, widths: Sequence[int]) -> Iterator[bytes]:
        """The part that draws them.

        Args:
            widths: Of the columns, in characters.
        """
        blocks = range(1, len(self._cells) // 2 // _SHAPES_A_BLOCK + 2)
        yield (
            '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
            ' xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
            f'<o:idmap v:ext="edit" data="{",".join(map(str, blocks))}"/></o:shapelayout>{_SHAPE_TYPE}'
        ).encode()
        ends: dict[int, tuple[int, int]] = {}
        cells = iter(self._cells)
        for number, (row, place) in enumerate(zip(cells, cells, strict=True), start=1):
            if place not in ends:
                ends[place] = _end(place + 1, widths)
            right, within = ends[place]
            top = max(0, row - 1)
            yield _SHAPE.format(
                id=_SHAPES_A_BLOCK + number,
                left=place + 1,
                inset=_INSET,
                top=top,
                right=right,
                within=within,
                bottom=top + _BOX_ROWS,
                row=row,
                place=place,
            ).encode()
        yield b"</xml>"


def _end(first: int, widths: Sequence[int]) -> tuple[int, int]:
    """The column in which a box ends that begins in column `first`, and how many pixels within it."""
    left, place = _INSET + _BOX_WIDTH, first
    while left > (wide := (widths[place] if place < len(widths) else _DEFAULT_WIDTH) * _PIXELS_A_CHARACTER):
        left -= wide
        place += 1
    return place, left
