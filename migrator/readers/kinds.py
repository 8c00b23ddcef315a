"""What a file is, by its content: a workbook, JSON, a delimited table, or nothing that can be read.

Never by its name: `.xls` that is XML, `.xlsx` that is CSV and `.json` that holds one object a line all occur.
"""

from __future__ import annotations

import json
import stat
import zipfile
from enum import StrEnum
from pathlib import Path

from migrator.errors import SourceError
from migrator.readers.text import CHUNK_BYTES, HEAD_BYTES, check_name, glance


class Kind(StrEnum):
    WORKBOOK = "workbook"
    JSON = "json"
    TABLE = "table"


_REFUSED = (  # magic bytes, what it is, the way out
    (
        b"version https://git-lfs",
        "only the git-LFS pointer to the real file",
        "fetch the file itself: git lfs pull",
    ),
    (b"%PDF", "a PDF", ""),
    (b"\x89PNG", "a picture", ""),
    (b"\xff\xd8\xff", "a picture", ""),
    (b"GIF8", "a picture", ""),
    (b"\x1f\x8b", "compressed with gzip", "unpack it, and give the file inside"),
    (b"BZh", "compressed with bzip2", "unpack it, and give the file inside"),
    (b"\xfd7zXZ", "compressed with xz", "unpack it, and give the file inside"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", "unpack it, and give the file inside"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it, and give the files inside"),
    (b"Rar!", "a RAR archive", "unpack it, and give the files inside"),
    (b"SQLite format 3\0", "a database, perhaps a ledger of this tool", ""),
    (b"PK\x05\x06", "an empty ZIP archive", ""),
)
_GIVE_EXPORT = "give the file that the helpdesk exported: CSV, xlsx or JSON"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MOST_CONTROL_SHARE = 0.1


def kind_of(path: Path, encoding: str = "") -> Kind:
    """What a file is.

    Raises:
        SourceError: it is missing, empty, or nothing that can be read; the hint says what to do.
    """
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise _no_file(path, mode)
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except FileNotFoundError:
        raise SourceError("there is no such file", hint="check the path", at=path.name) from None
    except OSError as error:
        reason = error.strerror or "the system refuses"
        raise SourceError(
            f"the file cannot be read: {reason}", hint="check who may read it", at=path.name
        ) from error
    for magic, what, way_out in _REFUSED:
        if head.startswith(magic):
            raise SourceError(f"the file is {what}", hint=way_out or _GIVE_EXPORT, at=path.name)
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(path)
    if head.startswith(_OLE):
        raise _ole(path)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise SourceError("the file is empty", hint="export it again", at=path.name)
    if encoding:
        check_name(encoding)
    return _kind_of_text(path, glance(head, encoding))


def _no_file(path: Path, mode: int) -> SourceError:
    """A folder, or what gives its bytes only once: opening a pipe that nobody fills waits for ever."""
    if stat.S_ISDIR(mode):
        return SourceError("this is a folder, and a file is needed here", hint="name the file", at=path.name)
    return SourceError(
        "this is a pipe or a device, and an export is read more than once",
        hint="write it into a file first, and give that file",
        at=path.name,
    )


def _kind_of_zip(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise SourceError(
            "the file is a workbook or a ZIP archive that is damaged or was cut off",
            hint="download it again",
            at=path.name,
        ) from error
    if any(member.startswith("xl/") and member.endswith("workbook.xml") for member in members):
        return Kind.WORKBOOK
    if "xl/workbook.bin" in members or "mimetype" in members:
        raise SourceError(
            "the file is a workbook of a kind that is not supported",
            hint="open it in a spreadsheet, save it as .xlsx, and give that file",
            at=path.name,
        )
    if "[Content_Types].xml" in members:
        raise SourceError("the file is an office document, but no workbook", hint=_GIVE_EXPORT, at=path.name)
    raise SourceError(
        "ZIP archives are not supported yet",
        hint="unpack it, and give the files or the folder inside",
        at=path.name,
    )


def _ole(path: Path) -> SourceError:
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            if _ENCRYPTED in tail + chunk:
                return SourceError(
                    "the workbook is protected with a password",
                    hint="open it in a spreadsheet, save it without the password, and give that file",
                    at=path.name,
                )
            tail = chunk[-len(_ENCRYPTED) :]
    return SourceError(
        "the file is an old workbook (.xls)",
        hint="open it in a spreadsheet, save it as .xlsx or CSV, and give that file",
        at=path.name,
    )


def _kind_of_text(path: Path, text: str) -> Kind:
    controls = sum(1 for c in text if (c < " " and c not in "\t\r\n\f\0") or c == "\x7f")
    if controls > _MOST_CONTROL_SHARE * len(text) or text.count("\0") * 3 > len(text):
        raise SourceError("the file is neither text nor a workbook", hint=_GIVE_EXPORT, at=path.name)
    begin = text.lstrip("\ufeff \t\r\n")
    if begin[:1] == "<":
        raise SourceError(
            "the file is XML or HTML, which is not supported yet, whatever its name says",
            hint="open it in a spreadsheet and save it as .xlsx or CSV, or export JSON or CSV",
            at=path.name,
        )
    if _begins_json(begin):
        return Kind.JSON
    return Kind.TABLE


def _begins_json(text: str) -> bool:
    """Whether text begins with an array or an object; a header such as `[id];[name]` does not."""
    if text[:1] not in ("{", "["):
        return False
    inside = text[1:].lstrip()
    if text[0] == "{":
        return inside[:1] in ('"', "}", "")
    try:
        json.JSONDecoder(parse_int=str).raw_decode(inside)
    except json.JSONDecodeError as error:
        return inside[:1] in ("{", "[", '"', "]", "") or error.pos > 0
    except RecursionError:
        return True
    return True
