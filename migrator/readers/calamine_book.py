"""Workbooks through calamine: `.xls`, and `.xlsx` in a hurry.

calamine is a native library: many times faster than reading the XML of a sheet here, but it holds the sheet
in memory and gives values only. Spreadsheet errors are blank, and what only a number format shows is missing.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from types import TracebackType
from typing import Self

from migrator.errors import SourceError, UnreadableSource
from migrator.readers.blobs import Blob
from migrator.readers.cells import (
    Fault,
    checked_number,
    checked_text,
    duration_text,
    moment_text,
)
from migrator.readers.sheets import SAVE_AGAIN, Row, Sheet

_HEAD_BYTES = 1 << 20
_FILE_PASS = 0x2F
_EXACT = 10**15
"""Below this, every whole number is exact in a spreadsheet."""


class CalamineBook:
    """A `Book` that calamine reads.

    Raises:
        SourceError: it is damaged, or protected with a password.
    """

    caution = (
        "of this workbook only values can be seen: spreadsheet errors such as #N/A and formulas without a "
        "result are blank, zeros that a number format adds are missing, midnight is a day without a time, "
        "and hidden rows look like all others"
    )

    def __init__(self, blob: Blob, kind: str) -> None:
        from python_calamine import CalamineWorkbook

        self.kind = kind
        self.share = 0.0
        self._name = blob.name
        with blob.seekable() as file:
            try:
                with _no_panic():
                    self._book = CalamineWorkbook.from_filelike(file)
            except _Broken as error:
                file.seek(0)
                raise _refused(file.read(_HEAD_BYTES), blob.name) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._book.close()

    def sheets(self) -> list[Sheet]:
        from python_calamine import SheetTypeEnum, SheetVisibleEnum

        return [
            Sheet(each.name, each.visible != SheetVisibleEnum.Visible, each.name)
            for each in self._book.sheets_metadata
            if each.typ == SheetTypeEnum.WorkSheet
        ]

    def rows(self, sheet: Sheet) -> Iterator[Row]:
        self.share = 0.0
        try:
            with _no_panic():
                content = self._book.get_sheet_by_name(sheet.name)
                begins, rows = content.start, content.iter_rows()
        except _Broken as error:
            raise UnreadableSource(
                "the sheet is damaged", hint=SAVE_AGAIN, at=f"{self._name}[{sheet.name}]"
            ) from error
        left = [""] * (begins[1] if begins else 0)
        last = content.end[0] + 1 if content.end else 1
        for number, values in enumerate(rows, start=1):
            self.share = number / last
            faults: list[Fault] = []
            cells = [
                value
                if isinstance(value, str) and value.isascii() and "\0" not in value
                else _text(value, position, faults)
                for position, value in enumerate(values, start=len(left))
            ]
            yield Row(number, left + cells, tuple(faults))


def _text(value: object, position: int, faults: list[Fault]) -> str:
    match value:
        case float() if value.is_integer() and abs(value) < _EXACT:
            return str(int(value))
        case str():
            return checked_text(value, position, faults)
        case bool():
            return "true" if value else "false"
        case int() | float():
            return checked_number(repr(value), position, faults)
        case timedelta():
            return duration_text(value)
        case date() | time():
            return moment_text(value)
    raise TypeError(f"calamine gave a {type(value).__name__}")


def _refused(head: bytes, file: str) -> SourceError:
    if _has_password(head):
        return SourceError(
            "the workbook is protected with a password",
            hint="open it in a spreadsheet, save it without the password, and give that file",
            at=file,
        )
    return SourceError(
        "the workbook is damaged or was cut off", hint=f"download it again, or {SAVE_AGAIN}", at=file
    )


def _has_password(head: bytes) -> bool:
    """Whether an `.xls` says so in one of its first records, behind the one that opens the workbook.

    Source: [MS-XLS], 2.1.7.20.1 (globals substream) and 2.4.117 (FilePass).
    """
    place = head.find(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    for _ in range(4):
        if place < 0:
            break
        record, length = struct.unpack_from("<HH", head.ljust(place + 4, b"\0"), place)
        if record == _FILE_PASS:
            return True
        place += 4 + length
    return False


class _Broken(Exception):
    """calamine cannot read it."""


@contextmanager
def _no_panic() -> Iterator[None]:
    """calamine panics at some damaged files: that is a `BaseException`, and a report on standard error."""
    from python_calamine import CalamineError

    standard_error = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123  # a device
            os.dup2(nowhere.fileno(), 2)
        yield
    except CalamineError as error:
        raise _Broken(str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # its class cannot be imported
            raise
        raise _Broken("calamine panicked") from error
    finally:
        os.dup2(standard_error, 2)
        os.close(standard_error)
