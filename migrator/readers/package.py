"""The inside of an `.xlsx` file: which sheets has it, which cells have their rows.

The parts of the package are found by their relations and read by their local names, so that files in the
strict dialect of the standard, whose namespaces differ, are read too. Rows are streamed: openpyxl's own
read-only mode hides whether a formula had a cached result, holds all shared texts in memory, and walks a
whole sheet that does not say how large it is. What cells say is decided in `cells.py`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from functools import lru_cache
from xml.etree.ElementTree import Element, fromstring

from migrator.errors import SourceError
from migrator.readers.cells import CellReader, Fault, Style, rich_text, style_of
from migrator.readers.shared_texts import SharedTexts
from migrator.readers.sheets import MOST_COLUMNS, MOST_ROWS, Row, Sheet
from migrator.readers.xml_stream import TooMuch, head_of, pieces
from migrator.readers.zipped_book import ZippedBook

MOST_CELLS_AT_ONCE = 50_000_000
_DIMENSION = re.compile(rb'<dimension ref="(?:[A-Z]+\d+:)?([A-Z]+)(\d+)"')


class Package(ZippedBook):
    """An open `.xlsx` or `.xlsm`."""

    kind = "xlsx"

    def _rows(self, sheet: Sheet) -> Iterator[Row]:
        number = 0
        with self._reading(sheet.place) as part:
            for event, element in pieces(part, f"{{{self._namespace}}}row"):
                if event == "start" or not element.tag.endswith("}row"):
                    continue
                following = int(element.get("r", number + 1))
                if not number < following <= MOST_ROWS:
                    raise ValueError("rows are not in order, or too many")
                yield _row(element, following, self._cells)
                number = following

    def refuse_sparse(self) -> None:
        """Refuse a sheet that would fill the memory of a reader that holds every cell between the outermost.

        Raises:
            SourceError: a sheet says that it is that large.
        """
        for sheet in self._sheets:
            with self._archive.open(sheet.place) as file:
                said = _DIMENSION.search(head_of(file))
            if said and (_position(said[1].decode()) + 1) * int(said[2]) > MOST_CELLS_AT_ONCE:
                raise SourceError(
                    f"the sheet {sheet.name!r} is too large to be read fast",
                    hint="read it with --no-fast-excel",
                    at=self._name,
                )

    def _look(self, opened: ExitStack) -> list[Sheet]:
        from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

        package = self._related("")
        book_place = next(place for kind, place in package.values() if kind == "officeDocument")
        book = self._part(book_place)
        self._namespace = book.tag.rpartition("}")[0].removeprefix("{")
        related = self._related(book_place)
        by_kind = dict(related.values())
        styles = _styles(self._part(by_kind["styles"])) if "styles" in by_kind else [Style()]
        is_1904 = any(each.get("date1904", "0") in ("1", "true") for each in _all(book, "workbookPr"))
        epoch: datetime = MAC_EPOCH if is_1904 else WINDOWS_EPOCH
        texts = SharedTexts(self._shared_texts(by_kind.get("sharedStrings", "")))
        opened.callback(texts.close)
        self._cells = CellReader(texts, styles, epoch, self._namespace)
        return [
            Sheet(each.get("name", ""), each.get("state", "visible") != "visible", place, self._pivots(place))
            for each in _all(book, "sheet")
            for kind, place in [related.get(_relation(each), ("", ""))]
            if kind == "worksheet" and place in self._archive.namelist()
        ]

    def _part(self, place: str) -> Element:
        return fromstring(self._archive.read(place))  # noqa: S314  # declarations are refused

    def _related(self, place: str) -> dict[str, tuple[str, str]]:
        """The parts that a part refers to: by id, the last word of their type, and their place."""
        folder, name = posixpath.split(place)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if folder and relations not in self._archive.namelist():  # a sheet that refers to nothing has none
            return {}
        return {
            each.get("Id", ""): (
                each.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, each.get("Target", ""))).lstrip("/"),
            )
            for each in _all(self._part(relations), "Relationship")
            if each.get("TargetMode") != "External"
        }

    def _pivots(self, place: str) -> bool:
        """Whether a sheet shows a pivot table."""
        return any(kind == "pivotTable" for kind, _ in self._related(place).values())

    def _shared_texts(self, place: str) -> Iterator[str]:
        if not place or place not in self._archive.namelist():
            return
        with self._archive.open(place) as file:
            for event, element in pieces(file, f"{{{self._namespace}}}si"):
                if event == "end" and element.tag.endswith("}si"):
                    yield rich_text(element)


def _all(element: Element, name: str) -> Iterator[Element]:
    """Every element of a local name, whatever its namespace."""
    return (each for each in element.iter() if each.tag.rpartition("}")[2] == name)


def _relation(sheet: Element) -> str:
    """The `r:id` of a sheet; its namespace differs between the dialects."""
    return next((value for key, value in sheet.items() if key.endswith("}id")), "")


def _styles(part: Element) -> list[Style]:
    """The styles that cells refer to by number (ECMA-376 part 1, 18.8.10)."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    codes = BUILTIN_FORMATS | {
        int(each.get("numFmtId", "")): each.get("formatCode", "") for each in _all(part, "numFmt")
    }
    used = [int(each.get("numFmtId", "0")) for group in _all(part, "cellXfs") for each in group]
    return [style_of(format_id, codes.get(format_id, "General")) for format_id in used] or [Style()]


def _row(element: Element, number: int, reader: CellReader) -> Row:
    cells: list[str] = []
    faults: list[Fault] = []
    for cell in element:
        if not cell.tag.endswith("}c"):
            continue
        place = cell.get("r")
        position = _position(place.rstrip("0123456789")) if place else len(cells)
        if position >= MOST_COLUMNS:
            raise TooMuch(f"a row has more than {MOST_COLUMNS:,} cells, as no spreadsheet has them")
        if position < len(cells):
            raise ValueError("cells are not in order")
        if position > len(cells):
            cells.extend([""] * (position - len(cells)))
        cells.append(reader.read(cell, position, faults))
    return Row(number, cells, tuple(faults), element.get("hidden", "0") in ("1", "true"))


@lru_cache(maxsize=MOST_COLUMNS)
def _position(letters: str) -> int:
    """`A` is 0, `AA` is 26."""
    position = 0
    for letter in letters[:4]:
        position = position * 26 + ord(letter) - ord("A") + 1
    return position - 1
