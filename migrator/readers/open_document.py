"""OpenDocument spreadsheets (`.ods`), as LibreOffice and others write them; streamed, with flat memory.

Source: OpenDocument 1.3, part 3, chapters 9 (tables) and 19 (attributes).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

from migrator.errors import SourceError
from migrator.readers.cells import Fault, checked_number, checked_text, duration_text, moment_text
from migrator.readers.sheets import MOST_COLUMNS, MOST_ROWS, Row, Sheet
from migrator.readers.xml_stream import pieces
from migrator.readers.zipped_book import ZippedBook

_CONTENT = "content.xml"
_OFFICE, _TABLE, _STYLE, _TEXT = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "table", "style", "text")
)
_ERROR_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_LASTED = re.compile(r"(-)?P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")


def is_open_document(members: set[str]) -> bool:
    return {"mimetype", _CONTENT} <= members


class OpenDocument(ZippedBook):
    """An open `.ods`."""

    kind = "ods"

    def _look(self, opened: ExitStack) -> list[Sheet]:  # noqa: ARG002  # nothing else is opened
        self._refuse_password()
        return list(self._find_sheets())

    def _rows(self, sheet: Sheet) -> Iterator[Row]:
        number = 0
        for element, repeated in self._row_elements(int(sheet.place)):
            cells, faults = _cells(element)
            if number + repeated > MOST_ROWS:
                raise ValueError("too many rows")
            hidden = element.get(f"{_TABLE}visibility") in ("collapse", "filter")
            if cells or faults:
                for each in range(number + 1, number + repeated + 1):
                    yield Row(each, cells[:], tuple(faults), hidden)
            number += repeated

    def _row_elements(self, wanted: int) -> Iterator[tuple[Element, int]]:
        """The rows of one table, each with how often it stands there."""
        table = -1
        with self._reading(_CONTENT) as part:
            for event, element in pieces(part, f"{_TABLE}table-row"):
                if element.tag == f"{_TABLE}table":
                    table += event == "start"
                    if table == wanted and event == "end":
                        return
                elif table == wanted and element.tag == f"{_TABLE}table-row":
                    yield element, _repeated(element, "rows")

    def _find_sheets(self) -> Iterator[Sheet]:
        style = ""
        hidden_styles: set[str] = set()
        found = 0
        with self._archive.open(_CONTENT) as content:
            for event, element in pieces(content, f"{_TABLE}table-row"):
                if event != "start":
                    continue
                if element.tag == f"{_STYLE}style":
                    style = element.get(f"{_STYLE}name", "")
                elif element.get(f"{_TABLE}display") == "false":
                    hidden_styles.add(style)
                elif element.tag == f"{_TABLE}table":
                    name = element.get(f"{_TABLE}name", "")
                    hidden = element.get(f"{_TABLE}style-name") in hidden_styles
                    yield Sheet(name, hidden, str(found))
                    found += 1

    def _refuse_password(self) -> None:
        manifest = "META-INF/manifest.xml"
        if manifest in self._archive.namelist() and b"encryption-data" in self._archive.read(manifest):
            raise SourceError(
                "the workbook is protected with a password",
                hint="open it in a spreadsheet, save it without the password, and give that file",
                at=self._name,
            )


def _repeated(element: Element, what: str) -> int:
    times = int(element.get(f"{_TABLE}number-{what}-repeated", "1"))
    if times < 1:
        raise ValueError("repeated less than once")
    return times


def _cells(row: Element) -> tuple[list[str], list[Fault]]:
    """The cells of a row up to the last one that says something."""
    cells: list[str] = []
    faults: list[Fault] = []
    position = 0
    for cell in row:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        before = len(faults)
        text = _cell(cell, position, faults)
        times = _repeated(cell, "columns")
        if text or len(faults) > before:
            if position + times > MOST_COLUMNS:
                raise ValueError("too many columns")
            cells += [""] * (position - len(cells)) + [text] * times
        position += times
    return cells, faults


def _cell(cell: Element, position: int, faults: list[Fault]) -> str:
    if cell.get(_ERROR_TYPE) == "error":
        faults.append(Fault("error-cell", position, _shown(cell)))
        return ""
    match cell.get(f"{_OFFICE}value-type", ""):
        case "float" | "percentage" | "currency":
            number = checked_number(cell.get(f"{_OFFICE}value", ""), position, faults)
            shown = _shown(cell)
            return shown if shown.isdigit() and shown.lstrip("0") == number.lstrip("0") else number
        case "date":
            said = cell.get(f"{_OFFICE}date-value", "")
            return moment_text(datetime.fromisoformat(said)) if "T" in said else said
        case "time":
            return _time(cell.get(f"{_OFFICE}time-value", ""))
        case "boolean":
            return cell.get(f"{_OFFICE}boolean-value", "")
        case _:
            return checked_text(cell.get(f"{_OFFICE}string-value") or _shown(cell), position, faults)


def _time(said: str) -> str:
    """`PT30H05M00S` as a time of day, or as a duration where no day has so many hours."""
    found = _LASTED.fullmatch(said)
    if not found:
        raise ValueError("no duration")
    minus, days, hours, minutes, seconds = found.groups()
    lasted = timedelta(
        days=int(days or 0), hours=int(hours or 0), minutes=int(minutes or 0), seconds=float(seconds or 0)
    )
    if minus or lasted >= timedelta(days=1):
        return duration_text(-lasted if minus else lasted)
    return duration_text(lasted).zfill(len("00:00:00"))


def _shown(cell: Element) -> str:
    """The text of a cell as it is shown, without comments; a paragraph a line."""
    return "\n".join(_inside(each) for each in cell if each.tag == f"{_TEXT}p")


def _inside(element: Element) -> str:
    parts = [element.text or ""]
    for child in element:
        match child.tag.removeprefix(_TEXT):
            case "s":
                parts.append(" " * min(int(child.get(f"{_TEXT}c", "1")), MOST_COLUMNS))
            case "tab":
                parts.append("\t")
            case "line-break":
                parts.append("\n")
            case "span" | "a":
                parts.append(_inside(child))
        parts.append(child.tail or "")
    return "".join(parts)
