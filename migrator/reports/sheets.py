"""A workbook (xlsx) of plain text, written row by row as fast as a table in text.

For long tables that people open: every cell is text, so that nothing in it is a formula or loses a
leading zero, and memory stays flat. openpyxl, which can do more, takes ten times as long. Source: Office
Open XML, ECMA-376 part 1, section 18.3.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import IO, Self
from xml.sax.saxutils import escape

MOST_ROWS = 1_000_000
"""Rows of one sheet; what is more goes to further sheets (Excel opens 1,048,576)."""
MOST_CHARACTERS = 32_767
"""Of one cell, as Excel takes them."""

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NAMES = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_VENDOR = "application/vnd.openxmlformats"
_FROZEN = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
_COLUMNS = '<col min="1" max="99" width="36" customWidth="1" style="1"/>'
_FLUSH_CHARACTERS = 1 << 18


class TextWorkbook:
    """Sheets of text cells; use it with `with`, which completes the file where nothing went wrong."""

    def __init__(
        self,
        file: IO[bytes],
        name: str,
        columns: Sequence[str],
        notes: Sequence[str],
        rows_a_sheet: int = MOST_ROWS,
    ) -> None:
        """
        Args:
            name: Of the first sheet; further ones are numbered.
            columns: The header, which stands on every sheet and stays in sight.
            notes: What to know about the file, a line each, on a last sheet of its own.
        """
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._name = name
        self._columns = columns
        self._notes = notes
        self._rows_a_sheet = rows_a_sheet
        self._names: list[str] = []
        self._sheet: IO[bytes] | None = None
        self._rows = 0
        self._waiting: list[str] = []
        self._waiting_characters = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._complete()
        elif self._sheet is not None:
            self._sheet.close()
        self._zip.close()

    def add(self, cells: Sequence[str]) -> None:
        """Writes one row below the last."""
        if self._sheet is None or self._rows > self._rows_a_sheet:
            self._begin(
                self._name if not self._names else f"{self._name} {len(self._names) + 1}", self._columns
            )
        self._put(cells)

    def _complete(self) -> None:
        if self._sheet is None:
            self._begin(self._name, self._columns)
        self._begin("About", ())
        for note in self._notes:
            self._put((note,))
        self._end()
        self._write_parts()

    def _begin(self, name: str, columns: Sequence[str]) -> None:
        if self._sheet is not None:
            self._end()
        self._names.append(name)
        self._rows = 0
        self._sheet = self._zip.open(f"xl/worksheets/sheet{len(self._names)}.xml", "w", force_zip64=True)
        frozen = (
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if columns else ""
        )
        self._waiting.append(
            f'{_HEAD}<worksheet {_NAMES}><sheetViews><sheetView workbookViewId="0">{frozen}</sheetView>'
            f"</sheetViews><cols>{_COLUMNS}</cols><sheetData>"
        )
        if columns:
            self._put(columns)

    def _put(self, cells: Sequence[str]) -> None:
        row = "".join(map(_cell, cells))
        self._waiting.append(f"<row>{row}</row>")
        self._waiting_characters += len(row)
        self._rows += 1
        if self._waiting_characters >= _FLUSH_CHARACTERS:
            self._flush()

    def _end(self) -> None:
        assert self._sheet is not None
        self._waiting.append("</sheetData></worksheet>")
        self._flush()
        self._sheet.close()
        self._sheet = None

    def _flush(self) -> None:
        assert self._sheet is not None
        self._sheet.write("".join(self._waiting).encode())
        self._waiting.clear()
        self._waiting_characters = 0

    def _write_parts(self) -> None:
        """What makes sheets a workbook: their names, where they lie, and the one style of their cells."""
        numbers = range(1, len(self._names) + 1)
        last = len(self._names) + 1
        named = "".join(
            f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
            for number, name in zip(numbers, self._names, strict=True)
        )
        sheets = f"<sheets>{named}</sheets>"
        related = [(number, "worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
        typed = [(f"xl/worksheets/sheet{number}.xml", "worksheet") for number in numbers]
        parts = {
            "[Content_Types].xml": _types([*typed, ("xl/workbook.xml", "sheet.main"), (_STYLES, "styles")]),
            "_rels/.rels": _relations([(1, "officeDocument", "xl/workbook.xml")]),
            "xl/workbook.xml": f'<workbook {_NAMES} xmlns:r="{_RELATED}">{sheets}</workbook>',
            "xl/_rels/workbook.xml.rels": _relations([*related, (last, "styles", "styles.xml")]),
            _STYLES: _STYLE,
        }
        for name, text in parts.items():
            self._zip.writestr(name, _HEAD + text)


_STYLES = "xl/styles.xml"
_STYLE = (
    f'<styleSheet {_NAMES}><fonts count="1"><font/></fonts>'
    '<fills count="1"><fill><patternFill/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    # number format 49 is text: what a person types into such a column stays as typed
    '<cellXfs count="2"><xf/><xf numFmtId="49" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def _types(parts: Iterable[tuple[str, str]]) -> str:
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{_VENDOR}-officedocument.spreadsheetml.{kind}+xml"/>'
        for name, kind in parts
    )
    relations = f'<Default Extension="rels" ContentType="{_VENDOR}-package.relationships+xml"/>'
    return f'<Types xmlns="{_PACKAGE}/content-types">{relations}{overrides}</Types>'


def _relations(parts: Iterable[tuple[int, str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATED}/{kind}" Target="{target}"/>'
        for number, kind, target in parts
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def _cell(text: str) -> str:
    text = text[:MOST_CHARACTERS]
    if not text.isprintable():
        text = _NOT_XML.sub("\ufffd", text)
    if not text.isalnum():
        text = escape(text)
    return f'<c s="1" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
