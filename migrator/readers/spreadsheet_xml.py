"""Spreadsheets in the XML of 2003 ("SpreadsheetML"), which helpdesks name `.xls`; streamed, with flat memory.

Source: Microsoft's "XML Spreadsheet Reference" (Office XP and 2003).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, time
from types import TracebackType
from typing import BinaryIO, Self
from xml.etree.ElementTree import Element, ParseError

from migrator.errors import SourceError, UnreadableSource
from migrator.readers.blobs import Blob
from migrator.readers.cells import (
    Fault,
    Shape,
    Style,
    checked_number,
    checked_text,
    duration_text,
    moment_text,
    style_of,
)
from migrator.readers.sheets import MOST_COLUMNS, MOST_ROWS, Row, Sheet
from migrator.readers.xml_stream import TooMuch, head_of, pieces, refuse_declaration

_URN = "urn:schemas-microsoft-com:office:spreadsheet"
_SS = f"{{{_URN}}}"
_EXPORT_AGAIN = "export it again, as CSV if the helpdesk can"
_FIRST_DAY = datetime(1899, 12, 31)  # noqa: DTZ001  # spreadsheets know no zones
_NO_STYLE = Style()
_DATES = {"Short Date": Shape.DATE, "Medium Date": Shape.DATE, "Long Date": Shape.DATE}
"""Formats that go by a name instead of a code."""


def begins_spreadsheet_xml(text: str) -> bool:
    """Whether a document that begins with `text` is one."""
    return _URN in text and "Workbook" in text


class SpreadsheetXml:
    """An open workbook of this kind; a `Book`.

    Raises:
        SourceError: it is damaged, or was cut off.
    """

    kind = "spreadsheet-xml"
    caution = ""

    def __init__(self, blob: Blob) -> None:
        self._name = blob.name
        self._blob = blob
        self._size_bytes = max(blob.size_bytes, 1)
        self._file: BinaryIO | None = None
        self._styles: dict[str, Style] = {}
        with blob.open("rb") as file:
            refuse_declaration(head_of(file), blob.name)
        try:
            self._sheets = self._look()
        except (ParseError, ValueError, LookupError) as error:
            line = error.position[0] if isinstance(error, ParseError) else 0
            raise SourceError(
                str(error)
                if isinstance(error, TooMuch)
                else "the workbook is damaged or was cut off: its XML is broken",
                hint=_EXPORT_AGAIN,
                at=f"{blob.name}, line {line}" if line else blob.name,
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()

    def sheets(self) -> list[Sheet]:
        return self._sheets

    @property
    def share(self) -> float:
        return self._file.tell() / self._size_bytes if self._file and not self._file.closed else 0

    def rows(self, sheet: Sheet) -> Iterator[Row]:
        number = 0
        found = -1
        try:
            with self._blob.open("rb") as self._file:
                for event, element in pieces(self._file, f"{_SS}Row"):
                    if element.tag == f"{_SS}Worksheet":
                        found += event == "start"
                        if found > int(sheet.place):
                            return
                    elif found == int(sheet.place) and element.tag == f"{_SS}Row":
                        following = int(element.get(f"{_SS}Index", number + 1))
                        if not number < following <= MOST_ROWS:
                            raise ValueError("rows are not in order, or too many")
                        row = self._row(element, following)
                        number = following
                        yield row
                        number += int(element.get(f"{_SS}Span", 0))
        except (ParseError, ValueError, LookupError) as error:
            raise UnreadableSource(
                str(error) if isinstance(error, TooMuch) else f"the workbook is damaged behind row {number}",
                hint=_EXPORT_AGAIN,
                at=f"{self._name}[{sheet.name}], row {number + 1}",
            ) from error

    def _look(self) -> list[Sheet]:
        """Go through the whole document once, for the sheets and the styles of their cells."""
        names: list[str] = []
        hidden: set[int] = set()
        style = ""
        with self._blob.open("rb") as file:
            for event, element in pieces(file, f"{_SS}Row"):
                tag = element.tag.rpartition("}")[2]
                if event == "end":
                    if tag == "Visible" and (element.text or "").strip() != "SheetVisible":
                        hidden.add(len(names) - 1)
                elif tag == "Worksheet":
                    names.append(element.get(f"{_SS}Name", ""))
                elif tag == "Style":
                    style = element.get(f"{_SS}ID", "")
                elif tag == "NumberFormat":
                    self._styles[style] = _style(element.get(f"{_SS}Format", ""))
        return [Sheet(name, place in hidden, str(place)) for place, name in enumerate(names)]

    def _row(self, element: Element, number: int) -> Row:
        cells: list[str] = []
        faults: list[Fault] = []
        position = 0
        for cell in element:
            if cell.tag != f"{_SS}Cell":
                continue
            place = int(cell.get(f"{_SS}Index", position + 1)) - 1
            covered = int(cell.get(f"{_SS}MergeAcross", 0))
            if place < position or covered < 0 or place + covered >= MOST_COLUMNS:
                raise ValueError("cells are not in order")
            cells += [""] * (place - len(cells))
            cells.append(self._cell(cell, place, faults))
            position = place + 1 + covered
        return Row(number, cells, tuple(faults), element.get(f"{_SS}Hidden") == "1")

    def _cell(self, cell: Element, position: int, faults: list[Fault]) -> str:
        data = cell.find(f"{_SS}Data")
        if data is None:
            if cell.get(f"{_SS}Formula"):
                faults.append(Fault("formula-without-value", position, ""))
            return ""
        text = "".join(data.itertext())
        style = self._styles.get(cell.get(f"{_SS}StyleID", ""), _NO_STYLE)
        match data.get(f"{_SS}Type", "String"):
            case "Number" | "DateTime" as kind:
                with suppress(ValueError):  # what an exporter took for one is text
                    if kind == "DateTime":
                        return _moment(datetime.fromisoformat(text), style.shape)
                    number = checked_number(text, position, faults)
                    return number.zfill(style.zeros) if number.isdigit() else number
            case "Boolean":
                return "true" if text.strip() == "1" else "false"
            case "Error":
                faults.append(Fault("error-cell", position, text))
                return ""
        return checked_text(text, position, faults)


def _style(code: str) -> Style:
    return Style(_DATES[code]) if code in _DATES else style_of(0, code)


def _moment(moment: datetime, shape: Shape) -> str:
    """Times of day stand on the last day of 1899, and durations begin there."""
    if shape is Shape.DURATION:
        return duration_text(moment.replace(tzinfo=None) - _FIRST_DAY)
    if moment.date() == _FIRST_DAY.date():
        return moment_text(moment.time())
    return moment_text(moment.date() if shape is Shape.DATE and moment.time() == time() else moment)
