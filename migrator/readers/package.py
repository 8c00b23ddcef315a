"""The inside of an `.xlsx` file: is it safe to open, which sheets has it, which cells have their rows.

openpyxl reads the workbook's structure, styles and shared texts; the rows are read here. Its own read-only
cells hide whether a formula had a cached result, and grow in memory with every row. Its private attributes
are touched in this module only.
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from xml.etree.ElementTree import Element, ParseError, iterparse

from migrator.errors import SourceError, UnreadableSource
from migrator.readers.cells import CellReader, Fault, style_of

MOST_UNPACKED_BYTES = 1 << 26
"""More than this must be explained by the size of the file: cells take twenty times their bytes in memory."""
MOST_EXPANSION = 200
MOST_COLUMNS = 16_384
MOST_ROWS = 1_048_576

BROKEN = (
    ParseError,
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OverflowError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
"""What openpyxl, zipfile and expat raise for files that are damaged or made to hurt."""

_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ROW, _CELL, _DATA = (f"{_NAMESPACE}{tag}" for tag in ("row", "c", "sheetData"))
_SAVE_AGAIN = "open it in a spreadsheet, save it as .xlsx, and give that file"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet, not yet read."""

    name: str
    hidden: bool
    member: str
    """Its path inside the package."""
    rows: int
    """What the sheet says about its own length; 0 where it does not. Only good for progress."""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row of a sheet, from column A on."""

    number: int
    cells: list[str]
    faults: tuple[Fault, ...]


class Package:
    """An open workbook; use it with `with`.

    Raises:
        SourceError: it is damaged, or would fill the memory.
    """

    def __init__(self, path: Path) -> None:
        import openpyxl

        self._name = path.name
        self._file = path.open("rb")  # ours, because openpyxl leaves it open when it fails
        try:
            check_package(path)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about parts that hold no data
                # Any: openpyxl declares none of the attributes that are used here.
                self._book: Any = openpyxl.load_workbook(self._file, read_only=True, data_only=True)
        except (*BROKEN, OSError) as error:
            self._file.close()
            raise SourceError("the workbook is damaged", hint=_SAVE_AGAIN, at=path.name) from error
        except SourceError:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._book.close()
        self._file.close()

    def sheets(self) -> list[Sheet]:
        return [
            Sheet(str(s.title), s.sheet_state != "visible", s._worksheet_path, s.max_row or 0)
            for s in self._book.worksheets
        ]

    def rows(self, sheet: Sheet) -> Iterator[Row]:
        """The rows that the sheet holds, top to bottom; rows that it does not mention are left out.

        Raises:
            UnreadableSource: at the row behind which the sheet is damaged.
        """
        reader = self._cell_reader()
        number = 0
        try:
            for element in _row_elements(self._book._archive, sheet.member):
                following = int(element.get("r", number + 1))
                if not number < following <= MOST_ROWS:
                    raise ValueError("rows are not in order, or too many")
                row = _row(element, following, reader)
                number = following
                yield row
        except BROKEN as error:
            raise UnreadableSource(
                f"the workbook is damaged behind row {number}",
                hint=_SAVE_AGAIN,
                at=f"{self._name}[{sheet.name}], row {number + 1}",
            ) from error

    def _cell_reader(self) -> CellReader:
        from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE

        custom = self._book._number_formats

        def code(format_id: int) -> str:
            if format_id < BUILTIN_FORMATS_MAX_SIZE:
                return BUILTIN_FORMATS.get(format_id, "General")
            return str(custom[format_id - BUILTIN_FORMATS_MAX_SIZE])

        styles = [style_of(style.numFmtId, code(style.numFmtId)) for style in self._book._cell_styles]
        texts: Sequence[str] = next((sheet._shared_strings for sheet in self._book.worksheets), [])
        return CellReader(texts, styles, self._book.epoch)


def check_package(path: Path) -> None:
    """Refuse what would fill the memory or call for other files.

    Raises:
        SourceError: too large when unpacked, encrypted, or with a document type declaration.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
            if unpacked > MOST_UNPACKED_BYTES and unpacked > MOST_EXPANSION * path.stat().st_size:
                raise SourceError(
                    f"the workbook would unpack to {unpacked >> 20} MB, far more than its size explains",
                    hint=_SAVE_AGAIN,
                    at=path.name,
                )
            for member in archive.infolist():
                if member.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in _head(archive, member):
                    raise SourceError(
                        "the workbook holds a document type declaration, which no spreadsheet writes",
                        hint=_SAVE_AGAIN,
                        at=path.name,
                    )
    except (*BROKEN, OSError) as error:
        raise SourceError(
            "the workbook is damaged or was cut off",
            hint=f"download it again, or {_SAVE_AGAIN}",
            at=path.name,
        ) from error


def _head(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as file:
        head = file.read(1 << 16)
    return head.replace(b"\0", b"")  # UTF-16 has them between its letters


def _row_elements(archive: zipfile.ZipFile, member: str) -> Iterator[Element]:
    """Each `<row>`, forgotten as soon as the next is asked for."""
    data: Element | None = None
    with archive.open(member) as file:
        for event, element in iterparse(file, events=("start", "end")):  # noqa: S314  # DTDs are refused above
            if event == "start":
                if element.tag == _DATA:
                    data = element
            elif element.tag == _ROW and data is not None:
                yield element
                data.clear()


def _row(element: Element, number: int, reader: CellReader) -> Row:
    cells: list[str] = []
    faults: list[Fault] = []
    for cell in element:
        if cell.tag != _CELL:
            continue
        place = cell.get("r")
        position = _position(place.rstrip("0123456789")) if place else len(cells)
        if position < len(cells) or position >= MOST_COLUMNS:
            raise ValueError("cells are not in order")
        cells.extend([""] * (position - len(cells)))
        cells.append(reader.read(cell, position, faults))
    return Row(number, cells, tuple(faults))


@lru_cache(maxsize=MOST_COLUMNS)
def _position(letters: str) -> int:
    """`A` is 0, `AA` is 26."""
    position = 0
    for letter in letters[:4]:
        position = position * 26 + ord(letter) - ord("A") + 1
    return position - 1
