"""Which kind of workbook a file is, and opening it as one; the kinds are listed in `sheets.py`."""

from __future__ import annotations

import zipfile

from migrator.errors import SourceError
from migrator.readers.blobs import Blob
from migrator.readers.calamine_book import CalamineBook
from migrator.readers.html_tables import HtmlTables
from migrator.readers.open_document import OpenDocument, is_open_document
from migrator.readers.package import Package
from migrator.readers.sheets import SAVE_AGAIN, Book
from migrator.readers.spreadsheet_xml import SpreadsheetXml, begins_spreadsheet_xml
from migrator.readers.text import HEAD_BYTES, glance

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How files begin that older office programs wrote."""


def open_book(blob: Blob, *, fast: bool = False) -> Book:
    """Open a file that `kinds.py` takes for a workbook.

    Args:
        fast: Read the rows of an `.xlsx` with calamine; `caution_of` says whether that can be, and its price.

    Raises:
        SourceError: it is damaged, protected, or would fill the memory.
    """
    with blob.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(OLE):
        return CalamineBook(blob, "xls")
    if head.startswith(b"PK"):
        if _holds_open_document(blob):
            return OpenDocument(blob)
        return CalamineBook(blob, "xlsx") if fast else Package(blob)
    return SpreadsheetXml(blob) if begins_spreadsheet_xml(glance(head)) else HtmlTables(blob)


def caution_of(book: Book, *, fast: bool) -> str:
    """What cannot be seen in a book, as `Book.caution`, if its rows are then read fast or not.

    Raises:
        SourceError: read fast, it would fill the memory.
    """
    if not (fast and isinstance(book, Package)):
        return book.caution
    book.refuse_sparse()
    return CalamineBook.caution


def _holds_open_document(blob: Blob) -> bool:
    try:
        with blob.seekable() as file, zipfile.ZipFile(file) as archive:
            return is_open_document(set(archive.namelist()))
    except zipfile.BadZipFile as error:
        raise SourceError("the workbook is damaged or was cut off", hint=SAVE_AGAIN, at=blob.name) from error
