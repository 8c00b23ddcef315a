"""What the workbooks that are ZIP packages of XML have in common: `.xlsx` and `.ods`.

Whether a package is safe to open, and what is said of one that is damaged; what its parts mean is known in
`package.py` and `open_document.py`.
"""

from __future__ import annotations

import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import IO, Self
from xml.etree.ElementTree import ParseError

from migrator.errors import MigratorError, SourceError, UnreadableSource
from migrator.readers.blobs import Blob
from migrator.readers.sheets import SAVE_AGAIN, Row, Sheet
from migrator.readers.xml_stream import TooMuch, head_of, refuse_declaration

MOST_UNPACKED_BYTES = 1 << 26
"""More than this must be explained by the size of the file: cells take twenty times their bytes in memory."""
MOST_EXPANSION = 200

_BROKEN = (
    ParseError,
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    OverflowError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
"""What zipfile, expat and our own reading raise for files that are damaged or made to hurt."""


class ZippedBook(ABC):
    """An open package; a `Book`.

    Raises:
        SourceError: it is damaged, protected with a password, or would fill the memory.
    """

    kind: str
    caution = ""

    def __init__(self, blob: Blob) -> None:
        self._name = blob.name
        self._member: IO[bytes] | None = None
        self._member_bytes = 1
        with ExitStack() as opened:
            try:
                file = opened.enter_context(blob.seekable())
                self._archive = opened.enter_context(zipfile.ZipFile(file))
                _check(self._archive, blob)
                self._sheets = self._look(opened)
            except (*_BROKEN, OSError) as error:
                raise SourceError(
                    "the workbook is damaged or was cut off",
                    hint=f"download it again, or {SAVE_AGAIN}",
                    at=blob.name,
                ) from error
            self._opened = opened.pop_all()

    @abstractmethod
    def _look(self, opened: ExitStack) -> list[Sheet]:
        """Learn what is needed to read sheets, and find them.

        Args:
            opened: What is closed together with the book.
        """

    @abstractmethod
    def _rows(self, sheet: Sheet) -> Iterator[Row]:
        """As `Book.rows`; may raise whatever comes of damage."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    def sheets(self) -> list[Sheet]:
        return self._sheets

    @property
    def share(self) -> float:
        return self._member.tell() / self._member_bytes if self._member else 0

    def rows(self, sheet: Sheet) -> Iterator[Row]:
        number = 0
        try:
            for row in self._rows(sheet):
                yield row
                number = row.number
        except MigratorError:
            raise
        except _BROKEN as error:
            raise UnreadableSource(
                str(error) if isinstance(error, TooMuch) else f"the workbook is damaged behind row {number}",
                hint=SAVE_AGAIN,
                at=f"{self._name}[{sheet.name}], row {number + 1}",
            ) from error

    @contextmanager
    def _reading(self, place: str) -> Iterator[IO[bytes]]:
        """A part, whose place tells how far the sheet in hand was read."""
        self._member_bytes = max(self._archive.getinfo(place).file_size, 1)
        with self._archive.open(place) as self._member:
            yield self._member


def _check(archive: zipfile.ZipFile, blob: Blob) -> None:
    """Refuse what would fill the memory or call for other files.

    Raises:
        SourceError: too large when unpacked, or with a document type declaration.
    """
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > MOST_UNPACKED_BYTES and unpacked > MOST_EXPANSION * blob.size_bytes:
        raise SourceError(
            f"the workbook would unpack to {unpacked >> 20} MB, far more than its size explains",
            hint=SAVE_AGAIN,
            at=blob.name,
        )
    for member in archive.infolist():
        if member.filename.endswith((".xml", ".rels")):
            with archive.open(member) as file:
                refuse_declaration(head_of(file), blob.name)
