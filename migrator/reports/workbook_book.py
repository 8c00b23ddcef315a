"""A workbook of exact text cells with colours, comments and drop-down lists, written with flat memory.

Every cell is typed as text: nothing in it is computed, no id loses a zero, and what a workbook cannot hold
(control characters) is escaped the way every spreadsheet reads it back. What the sheets say is decided
elsewhere. XlsxWriter instead of openpyxl: half the time and a third of the memory, because comments and
cells leave for the disk as they come; `sheets.py`, which is faster still, knows no comments and no lists.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self, cast

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

MOST_CHARACTERS = 32_767
"""Of one cell, in units of UTF-16, as Excel counts them."""
MOST_COLUMNS = 16_000
LISTS_SHEET = "migrator lists"
"""Hidden: where drop-down lists keep their values, because a list inside a rule holds 255 characters only."""
AUTHOR = "migrator"

_COMMENT_SIZE = {"width": 320, "height": 120, "author": AUTHOR}


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


_TEXT: dict[str, object] = {"num_format": "@", "valign": "top"}
_LOOKS: dict[Look, dict[str, object]] = {
    Look.PLAIN: _TEXT,
    Look.HEADER: {**_TEXT, "bold": True, "bg_color": "#DDE6F0", "bottom": 1},
    Look.OURS: {**_TEXT, "font_color": "#555555", "bg_color": "#F4F4F4"},
    Look.WRONG: {
        **_TEXT,
        "bg_color": "#FFD9D6",
        "font_color": "#7A0C00",
        "border": 1,
        "border_color": "#B3261E",
    },
    Look.FILL_IN: {**_TEXT, "bg_color": "#FFF6CC", "border": 1, "border_color": "#B59A00"},
    Look.TITLE: {"bold": True, "font_size": 14},
    Look.PROSE: {"num_format": "@", "text_wrap": True, "valign": "top"},
}


def fits(cell: str) -> bool:
    """Whether a cell can be written and comes back exactly, from whatever program has saved it."""
    if "\0" in cell:
        return False
    return (
        len(cell) <= MOST_CHARACTERS // 2 or len(cell.encode("utf-16-le", "replace")) // 2 <= MOST_CHARACTERS
    )


class Book:
    """Sheets in the order in which they are asked for; use it with `with`, which completes the file."""

    def __init__(self, file: IO[bytes], ledger_id: str = "") -> None:
        """
        Args:
            ledger_id: Stands in the properties of the file; "" where there is none.
        """
        from xlsxwriter import Workbook  # slow to import

        self._folder = tempfile.TemporaryDirectory(prefix="migrator-")
        options = {"constant_memory": True, "tmpdir": self._folder.name}
        self._file = _Patient(file)
        self._book: Any = Workbook(cast(Any, self._file), options)
        self._book.use_zip64()
        self._book.set_properties({"author": AUTHOR, "keywords": ledger_id})
        self._looks = {look: self._book.add_format(facts) for look, facts in _LOOKS.items()}
        self._lists: list[Sequence[str]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._folder:
            if error is not None:  # half a book is nobody's; its parts are files that wait to be put together
                for sheet in self._book.worksheets():
                    sheet.row_data_fh.close()
                return
            self._write_lists()
            self._book.close()
            if self._file.failed is not None:
                raise self._file.failed

    def sheet(self, name: str) -> Page:
        return Page(self._book.add_worksheet(name), self._looks, self)

    def list_of(self, values: Sequence[str]) -> str:
        """Keeps values for a drop-down list; returns the reference to them."""
        if values not in self._lists:
            self._lists.append(values)
        letter = _letters(self._lists.index(values))
        return f"='{LISTS_SHEET}'!${letter}$1:${letter}${len(values)}"

    def _write_lists(self) -> None:
        if not self._lists:
            return
        page = self.sheet(LISTS_SHEET)
        page.hide()
        for number in range(max(map(len, self._lists))):
            page.add([values[number] if number < len(values) else "" for values in self._lists])


class Page:
    """One sheet, written from top to bottom. Made by `Book.sheet`."""

    def __init__(self, sheet: Worksheet, looks: dict[Look, Any], book: Book) -> None:
        self._sheet: Any = sheet
        self._looks = looks
        self._book = book
        self.rows = 0

    def add(
        self, cells: Sequence[str], looks: Sequence[Look] = (), comments: dict[int, str] | None = None
    ) -> None:
        """Writes one row below the last.

        Args:
            cells: Each of which `fits`.
            looks: One a cell; what is left over is plain.
            comments: By the place of their cell.
        """
        for place, cell in enumerate(cells):
            look = self._looks[looks[place] if place < len(looks) else Look.PLAIN]
            if not cell:
                self._sheet.write_blank(self.rows, place, None, look)
                continue
            # what UTF-8 cannot carry (half of a surrogate pair) is spelled out, as in every file of ours
            text = cell if cell.isascii() else cell.encode("utf-8", "backslashreplace").decode()
            self._sheet.write_string(self.rows, place, text, look)
        for place, comment in (comments or {}).items():
            self._sheet.write_comment(self.rows, place, comment[:MOST_CHARACTERS], _COMMENT_SIZE)
        self.rows += 1

    def arrange(self, widths: Sequence[int]) -> None:
        """Makes the first row a header: it stays in sight and has a filter. Widths are in characters."""
        self._sheet.freeze_panes(1, 0)
        self._sheet.autofilter(0, 0, max(self.rows - 1, 1), len(widths) - 1)
        self.set_widths(widths)

    def set_widths(self, widths: Sequence[int]) -> None:
        """What a person types into these columns is text too."""
        for place, width in enumerate(widths):
            self._sheet.set_column(place, place, width, self._looks[Look.PLAIN])

    def offer(self, place: int, rows: tuple[int, int], values: Sequence[str], *, only: bool) -> None:
        """Gives the cells of one column a drop-down list.

        Args:
            rows: The first and the last, counted from 0.
            values: At least one.
            only: Nothing else is accepted there.
        """
        rule = {
            "validate": "list",
            "source": self._book.list_of(values),
            "show_error": only,
            "error_title": "Not in the list",
            "error_message": "Choose one of the list. Another value has to be known to the mapping first.",
        }
        self._sheet.data_validation(rows[0], place, rows[1], place, rule)

    def hide(self) -> None:
        self._sheet.hide()


class _Patient:
    """A file whose first failure is kept and whose later writes go nowhere.

    XlsxWriter leaves a half-written package behind, whose end Python would try to write when nobody can
    catch what happens then.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.failed: OSError | None = None

    def write(self, data: bytes) -> int:
        if self.failed is None:
            try:
                return self._file.write(data)
            except OSError as failed:
                self.failed = failed
        return len(data)

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def seekable(self) -> bool:
        return True

    def flush(self) -> None:
        if self.failed is None:
            self._file.flush()


def _letters(place: int) -> str:
    """`A` for 0, `AA` for 26."""
    from xlsxwriter.utility import xl_col_to_name

    return xl_col_to_name(place)


_AS_WE_WROTE_IT = re.compile(
    rb"<dc:creator>migrator</dc:creator>.*<cp:lastModifiedBy>migrator</cp:lastModifiedBy>"
    rb"<dcterms:created[^>]*>([^<]+)<.*<dcterms:modified[^>]*>\1<",
    re.DOTALL,
)


def is_untouched(path: Path) -> bool:
    """Whether a file is a workbook of ours that nobody has saved since; False for anything else."""
    try:
        with zipfile.ZipFile(path) as package:
            return _AS_WE_WROTE_IT.search(package.read("docProps/core.xml")) is not None
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return False
