"""Small files in the shapes that helpdesks write, and short ways to read them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from hypothesis import strategies as st

from migrator.model import Record
from migrator.readers import ReadOptions, Source, open_source


def write(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def opened(*paths: Path, **options: Any) -> Source:
    return open_source(paths, ReadOptions(**options))


def read(*paths: Path, **options: Any) -> list[Record]:
    return list(opened(*paths, **options).records())


def codes(record: Record) -> list[str]:
    return [problem.code for problem in record.problems]


def told(source: Source) -> dict[str, int]:
    """The notices of a source after one pass: code and count."""
    list(source.records())
    counts: dict[str, int] = {}
    for notice in source.notices:
        counts[notice.code] = counts.get(notice.code, 0) + notice.count
    return counts


def zipped(path: Path, files: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def workbook(
    path: Path, sheets: Mapping[str, Sequence[Sequence[object]]], hidden: Sequence[str] = ()
) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        if name in hidden:
            sheet.sheet_state = "hidden"
    book.save(path)
    return path


def patched_sheet(path: Path, rows_xml: str, *, date1904: bool = False) -> Path:
    """A workbook whose first sheet holds exactly this XML, as no library would write it."""
    workbook(path, {"T": [["a"]]})
    packed = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(path, "w") as new:
        for member in old.infolist():
            data = old.read(member)
            if member.filename == "xl/worksheets/sheet1.xml":
                namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
                data = (
                    f'<worksheet xmlns="{namespace}"><sheetData>{rows_xml}</sheetData></worksheet>'.encode()
                )
            elif member.filename == "xl/workbook.xml" and date1904:
                data = data.replace(b"<workbookPr", b'<workbookPr date1904="1"')
            new.writestr(member.filename, data)
    return path


def zendesk_ticket(number: int, **keys: Any) -> dict[str, Any]:
    return {
        "id": number,
        "via": {"channel": "email"},
        "raw_subject": f"Subject {number}",
        "subject": f"Subject {number}",
        "description": f"Text {number}",
        "status": "open",
        "requester_id": 501,
        "submitter_id": 501,
        "assignee_id": 601,
        "satisfaction_rating": None,
        "created_at": "2024-01-01T10:00:00Z",
        "updated_at": "2024-01-02T10:00:00Z",
        **keys,
    }


def json_lines(*objects: Any) -> str:
    return "".join(json.dumps(each) + "\n" for each in objects)


# --- damage -----------------------------------------------------------------------------------

DAMAGE = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 6), st.binary(max_size=6)), min_size=1, max_size=4
)
"""Where, as a share of the length, how many bytes go, and what comes in their place."""


def damaged(content: bytes, damage: Sequence[tuple[float, int, bytes]]) -> bytes:
    changed = bytearray(content)
    for share, removed, added in damage:
        place = int(share * len(changed))
        changed[place : place + removed] = added
    return bytes(changed)
