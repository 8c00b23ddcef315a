"""Cells of a workbook: what they look like, and how their text is written.

Every cell is typed as text, so that nothing in it is computed and no id loses a zero. What XML cannot
carry is escaped the way every spreadsheet reads it back. Source: Office Open XML, ECMA-376 part 1,
sections 18.3 (cells), 18.8 (styles) and 22.9.2.19 (escapes).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from html import escape

NAMES = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
MOST_CHARACTERS = 32_767
"""Of one cell, in units of UTF-16, as Excel counts them."""

_SHORT = MOST_CHARACTERS // 6
"""A text of so many characters fits in any case: none is written as more than six units."""


class Look(StrEnum):
    """What a cell looks like."""

    PLAIN = "plain"
    HEADER = "header"
    OURS = "ours"
    """Written by us, beside the source's own cells."""
    WRONG = "wrong"
    FILL_IN = "fill-in"
    TITLE = "title"
    PROSE = "prose"


def style_of(look: Look) -> int:
    """The number by which cells and columns name a look."""
    return _STYLE_OF[look]


def fits(cells: Sequence[str]) -> bool:
    """Whether cells can be written and come back exactly, from whatever program has saved them."""
    together = "".join(cells)
    if "\0" in together:
        return False
    return len(together) <= _SHORT or all(len(_units(cell)) <= 2 * MOST_CHARACTERS for cell in cells)


def cut(text: str) -> str:
    """A text of ours, cut where a cell ends."""
    if len(text) <= _SHORT:
        return text
    return _units(text)[: 2 * MOST_CHARACTERS].decode("utf-16-le", "ignore")


def _units(text: str) -> bytes:
    """A text in UTF-16, two bytes a unit, with half of a surrogate pair spelled out as `escaped` does."""
    return text.encode("utf-16-le", "backslashreplace")


@cache
def letters_of(place: int) -> str:
    """`A` for 0, `AA` for 26."""
    letters = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def row_xml(number: int, cells: Sequence[str], looks: Sequence[Look]) -> str:
    """One row of a sheet.

    Args:
        number: Counted from 1.
        looks: One a cell; what is left over is plain.
    """
    plain = len(cells) - len(looks)
    styled = (*looks, *([Look.PLAIN] * plain)) if plain > 0 else looks
    parts = [
        f'<c r="{letters}{number}" {_TEXT[look]}{escaped(cell)}</t></is></c>'
        if cell
        else f'<c r="{letters}{number}" {_BLANK[look]}'
        for letters, cell, look in zip(map(letters_of, range(len(cells))), cells, styled, strict=False)
    ]
    return f'<row r="{number}">{"".join(parts)}</row>'


_UNWRITABLE = r"\x01-\x08\x0b-\x1f\ufffe\uffff"
_NOT_XML = re.compile(rf"[{_UNWRITABLE}]|_(?=x[0-9A-Fa-f]{{4}}[_{_UNWRITABLE}])")
"""What is escaped: signs that XML cannot carry, and what would be read as such an escape, be it that its last
sign becomes one only because the next one is escaped."""


def escaped(text: str) -> str:
    """A text as XML holds it. Half of a surrogate pair is spelled out, as in every file of ours."""
    if text.isalnum():
        return text
    # Most texts have line breaks and nothing else that is out of the ordinary; the pattern is slow.
    if "_x" in text or not (text.isprintable() or text.replace("\n", " ").isprintable()):
        text = text.replace("\0", "\ufffd").encode("utf-8", "backslashreplace").decode()
        text = _NOT_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return escape(text, quote=False) if "&" in text or "<" in text or ">" in text else text


_FONT = '<name val="Calibri"/><family val="2"/>'
_FONTS = (
    f'<font><sz val="11"/>{_FONT}</font>',
    f'<font><b/><sz val="11"/>{_FONT}</font>',
    f'<font><sz val="11"/><color rgb="FF555555"/>{_FONT}</font>',
    f'<font><sz val="11"/><color rgb="FF7A0C00"/>{_FONT}</font>',
    f'<font><b/><sz val="14"/>{_FONT}</font>',
)


def _fill(colour: str) -> str:
    return f'<fill><patternFill patternType="solid"><fgColor rgb="FF{colour}"/></patternFill></fill>'


_FILLS = (
    '<fill><patternFill patternType="none"/></fill>',
    '<fill><patternFill patternType="gray125"/></fill>',  # every reader takes the first two as given
    _fill("DDE6F0"),
    _fill("F4F4F4"),
    _fill("FFD9D6"),
    _fill("FFF6CC"),
)


def _box(colour: str) -> str:
    sides = ("left", "right", "top", "bottom")
    lines = "".join(f'<{side} style="thin"><color rgb="FF{colour}"/></{side}>' for side in sides)
    return f"<border>{lines}<diagonal/></border>"


_BORDERS = (
    "<border><left/><right/><top/><bottom/><diagonal/></border>",
    '<border><left/><right/><top/><bottom style="thin"/><diagonal/></border>',
    _box("B3261E"),
    _box("B59A00"),
)
_TEXT_FORMAT = 49  # built in: what a person types into such a cell stays as typed
_LOOKS = {
    Look.PLAIN: (0, 0, 0, ""),
    Look.HEADER: (1, 2, 1, ""),
    Look.OURS: (2, 3, 0, ""),
    Look.WRONG: (3, 4, 2, ""),
    Look.FILL_IN: (0, 5, 3, ""),
    Look.TITLE: (4, 0, 0, ""),
    Look.PROSE: (0, 0, 0, ' wrapText="1"'),
}
"""The places of font, fill and border in the lists above, and how text is aligned."""
_STYLE_OF = {look: number for number, look in enumerate(_LOOKS, start=1)}
_TEXT = {look: f's="{style}" t="inlineStr"><is><t xml:space="preserve">' for look, style in _STYLE_OF.items()}
_BLANK = {look: f's="{style}"/>' for look, style in _STYLE_OF.items()}


def styles_xml() -> str:
    """The part of a workbook that says what its looks are."""
    formats = "".join(
        f'<xf numFmtId="{_TEXT_FORMAT}" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0"'
        ' applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
        f'<alignment vertical="top"{wrap}/></xf>'
        for font, fill, border, wrap in _LOOKS.values()
    )
    nothing = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
    return (
        f'<styleSheet {NAMES}><fonts count="{len(_FONTS)}">{"".join(_FONTS)}</fonts>'
        f'<fills count="{len(_FILLS)}">{"".join(_FILLS)}</fills>'
        f'<borders count="{len(_BORDERS)}">{"".join(_BORDERS)}</borders>'
        f'<cellStyleXfs count="1">{nothing}</cellStyleXfs>'
        f'<cellXfs count="{len(_LOOKS) + 1}">{nothing}{formats}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )
