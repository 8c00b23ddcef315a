"""A workbook of exact text cells with looks, comments and drop-down lists, written with flat memory.

Rows leave for the disk as they come, at the speed of a table in text; openpyxl and XlsxWriter, which can
do more, take many times as long over rows with comments. What the sheets say is decided elsewhere;
`workbook_cells.py` writes cells, `workbook_comments.py` comments, and `workbook_parts.py` what makes sheets a
workbook. Source: Office Open XML, ECMA-376 part 1, section 18.3.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import IO, Self

from migrator.reports.workbook_cells import NAMES, Look, letters_of, row_xml, style_of
from migrator.reports.workbook_comments import Comments
from migrator.reports.workbook_parts import HEAD, RELATED, Sheet, parts_of, relations_of

MOST_COLUMNS = 16_000
LISTS_SHEET = "migrator lists"
"""Hidden: where drop-down lists keep their values, because a list inside a rule holds 255 characters only."""

_FROZEN = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
_REFUSAL = (
    ' showErrorMessage="1" errorTitle="Not in the list"'
    ' error="Choose one of the list. Another value has to be known to the mapping first."'
)
MOST_BYTES = 1 << 30
"""Beyond which a part is written as ZIP with 64 bits, and a streamed sheet must not grow. Not every Excel
opens such a part, so none is written without need."""
_FLUSH_CHARACTERS = 1 << 18
_IN_MEMORY_BYTES = 1 << 20


class Book:
    """Sheets in the order in which they are asked for; use it with `with`, which completes the file."""

    def __init__(self, file: IO[bytes], ledger_id: str = "") -> None:
        """
        Args:
            ledger_id: Stands in the properties of the file; "" where there is none.
        """
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._ledger_id = ledger_id
        self._pages: list[Page] = []
        self._spools: dict[int, IO[bytes]] = {}
        """Where the rows of a sheet wait, by its number; those of a streamed one do not."""
        self._streamed: tuple[Page, IO[bytes]] | None = None
        self._lists: list[Sequence[str]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._complete()
                self._zip.close()
        finally:
            self._drop()

    def sheet(self, name: str) -> Page:
        """A sheet that waits in a temporary file, so that several can be written side by side."""
        spool = SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 - closed by _drop
        self._pages.append(Page(name, spool, self))
        self._spools[len(self._pages)] = spool
        return self._pages[-1]

    def stream(self, name: str, widths: Sequence[int]) -> Page:
        """A sheet that goes straight into the file: as long as it is written, no other one is streamed.

        Args:
            widths: As in `Page.arrange`.
        """
        self._end_stream()
        out = self._zip.open(_path_of(len(self._pages) + 1), "w")
        page = Page(name, out, self)
        self._pages.append(page)
        self._streamed = page, out  # first of all, so that it is closed where the disk is full
        page.arrange(widths)
        out.write((HEAD + page.head()).encode())
        return page

    def list_of(self, values: Sequence[str]) -> str:
        """Keeps values for a drop-down list; returns the reference to them."""
        if values not in self._lists:
            self._lists.append(values)
        letter = letters_of(self._lists.index(values))
        return f"'{LISTS_SHEET}'!${letter}$1:${letter}${len(values)}"

    def _complete(self) -> None:
        self._end_stream()
        if self._lists:
            page = self.sheet(LISTS_SHEET)
            page.is_hidden = True
            for number in range(max(map(len, self._lists))):
                page.add([values[number] if number < len(values) else "" for values in self._lists])
        for number, page in enumerate(self._pages, start=1):
            if number in self._spools:
                self._write(_path_of(number), page.pieces(self._spools[number]), page.size_bytes)
            if page.comments:
                self._write_comments(number, page)
        sheets = [
            Sheet(each.name, each.filter_reference, each.is_hidden, bool(each.comments))
            for each in self._pages
        ]
        for path, text in parts_of(sheets, self._ledger_id):
            self._write(path, (text.encode(),), len(text))

    def _write_comments(self, number: int, page: Page) -> None:
        size_bytes = page.comments.size_bytes
        self._write(f"xl/comments{number}.xml", page.comments.texts(), size_bytes)
        drawing = f"xl/drawings/vmlDrawing{number}.vml"
        self._write(drawing, page.comments.boxes(page.widths), size_bytes, head="")
        related = [
            ("rId1", "comments", f"../comments{number}.xml"),
            ("rId2", "vmlDrawing", f"../drawings/vmlDrawing{number}.vml"),
        ]
        relations = relations_of(related)
        self._write(f"xl/worksheets/_rels/sheet{number}.xml.rels", (relations.encode(),), len(relations))

    def _write(self, path: str, pieces: Iterable[bytes], size_bytes: int, head: str = HEAD) -> None:
        """
        Args:
            size_bytes: About as large as the part becomes.
        """
        with self._zip.open(path, "w", force_zip64=size_bytes > MOST_BYTES) as part:
            part.write(head.encode())
            for piece in pieces:
                part.write(piece)

    def _end_stream(self) -> None:
        if self._streamed is not None:
            page, out = self._streamed
            page.flush()
            out.write(page.tail().encode())
            out.close()
            self._streamed = None

    def _drop(self) -> None:
        """Lets go of everything; what cannot be written any more has been complained of already."""
        with suppress(OSError, ValueError):
            if self._streamed is not None:
                self._streamed[1].close()
        with suppress(OSError):
            self._zip.close()
        for page in self._pages:
            page.comments.close()
        for spool in self._spools.values():
            spool.close()


class Page:
    """One sheet, written from top to bottom. Made by `Book`."""

    def __init__(self, name: str, out: IO[bytes], book: Book) -> None:
        self.name = name
        self.rows = 0
        self.size_bytes = 0
        """Of the rows that have been flushed."""
        self.widths: Sequence[int] = ()
        self.is_hidden = False
        self.comments = Comments()
        self._out = out
        self._book = book
        self._has_header = False
        self._rules: list[str] = []
        self._waiting: list[str] = []
        self._waiting_characters = 0

    def add(
        self, cells: Sequence[str], looks: Sequence[Look] = (), comments: dict[int, str] | None = None
    ) -> None:
        """Writes one row below the last.

        Args:
            cells: As `fits` has them.
            looks: One a cell; what is left over is plain.
            comments: By the place of their cell.
        """
        row = row_xml(self.rows + 1, cells, looks)
        self._waiting.append(row)
        self._waiting_characters += len(row)
        if self._waiting_characters >= _FLUSH_CHARACTERS:
            self.flush()
        for place, comment in (comments or {}).items():
            self.comments.add(self.rows, place, comment)
        self.rows += 1

    def arrange(self, widths: Sequence[int]) -> None:
        """Makes the first row a header: it stays in sight and has a filter. Widths are in characters."""
        self._has_header = True
        self.set_widths(widths)

    def set_widths(self, widths: Sequence[int]) -> None:
        """In characters, from the first column on; what a person types into these columns is text too."""
        self.widths = widths

    def offer(self, place: int, rows: tuple[int, int], values: Sequence[str], *, only: bool) -> None:
        """Gives the cells of one column a drop-down list.

        Args:
            rows: The first and the last, counted from 0.
            values: At least one.
            only: Nothing else is accepted there.
        """
        letter = letters_of(place)
        self._rules.append(
            f'<dataValidation type="list" allowBlank="1" showInputMessage="1"{_REFUSAL if only else ""}'
            f' sqref="{letter}{rows[0] + 1}:{letter}{rows[1] + 1}">'
            f"<formula1>{self._book.list_of(values)}</formula1></dataValidation>"
        )

    @property
    def filter_reference(self) -> str:
        """The cells that the filter of the header covers; "" without one."""
        if not self._has_header:
            return ""
        return f"$A$1:${letters_of(len(self.widths) - 1)}${max(self.rows, 2)}"

    def pieces(self, spool: IO[bytes]) -> Iterator[bytes]:
        """The whole sheet, from where its rows wait."""
        self.flush()
        yield self.head().encode()
        spool.seek(0)
        while piece := spool.read(_IN_MEMORY_BYTES):
            yield piece
        yield self.tail().encode()

    def head(self) -> str:
        plain = style_of(Look.PLAIN)
        columns = "".join(
            f'<col min="{place}" max="{place}" width="{width}" style="{plain}" customWidth="1"/>'
            for place, width in enumerate(self.widths, start=1)
        )
        return (
            f'<worksheet {NAMES} xmlns:r="{RELATED}"><sheetViews><sheetView workbookViewId="0">'
            f"{_FROZEN if self._has_header else ''}</sheetView></sheetViews>"
            f"{f'<cols>{columns}</cols>' if columns else ''}<sheetData>"
        )

    def tail(self) -> str:
        covered = self.filter_reference.replace("$", "")
        rules = "".join(self._rules)
        return (
            "</sheetData>"
            + (f'<autoFilter ref="{covered}"/>' if covered else "")
            + (f'<dataValidations count="{len(self._rules)}">{rules}</dataValidations>' if rules else "")
            + ('<legacyDrawing r:id="rId2"/>' if self.comments else "")
            + "</worksheet>"
        )

    def flush(self) -> None:
        self.size_bytes += self._out.write("".join(self._waiting).encode())
        self._waiting.clear()
        self._waiting_characters = 0


def _path_of(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"
