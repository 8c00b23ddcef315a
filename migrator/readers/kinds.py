"""What a file is, by its content: a workbook, JSON, XML, a delimited table, an archive, or nothing readable.

Never by its name: `.xls` that is XML, `.xlsx` that is CSV and `.json` that holds one object a line all occur.
"""

from __future__ import annotations

import json
import re
import stat
import zipfile
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

from migrator.errors import SourceError
from migrator.model import shown
from migrator.readers.blobs import Blob
from migrator.readers.books import OLE
from migrator.readers.html_tables import begins_html
from migrator.readers.open_document import is_open_document
from migrator.readers.spreadsheet_xml import begins_spreadsheet_xml
from migrator.readers.text import CHUNK_BYTES, HEAD_BYTES, check_name, glance


class Kind(StrEnum):
    WORKBOOK = "workbook"
    JSON = "json"
    XML = "xml"
    TABLE = "table"
    ARCHIVE = "archive"


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
    (b"\x1f\x8b", "compressed with gzip twice", "unpack it, and give the file inside"),
    (b"MIME-Version:", "a web page in one file (MHTML)", "open it in a spreadsheet, and save it as .xlsx"),
    (b"BZh", "compressed with bzip2", "unpack it, and give the file inside"),
    (b"\xfd7zXZ", "compressed with xz", "unpack it, and give the file inside"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", "unpack it, and give the file inside"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it, and give the files inside"),
    (b"Rar!", "a RAR archive", "unpack it, and give the files inside"),
    (b"SQLite format 3\0", "a database, perhaps a ledger of this tool", ""),
    (b"PK\x05\x06", "an empty ZIP archive", ""),
)
_TAR_MAGIC, _TAR_PLACE = b"ustar", 257
_GIVE_EXPORT = "give the file that the helpdesk exported: CSV, xlsx, JSON, XML or ZIP"
_TEXTS = tuple(  # how it begins, what it is, the way out
    (re.compile(pattern, re.IGNORECASE), what, way_out)
    for pattern, what, way_out in (
        (
            r"(?:(?:--|/\*|#)[^\n]*\n\s*)*"
            r"(?:INSERT\s+INTO|CREATE\s+(?:TABLE|DATABASE)|DROP\s+TABLE|SET\s+[@\w]+\s*=)\b"
            r"|-- (?:\w+ )?(?:MySQL|MariaDB|PostgreSQL|phpMyAdmin|Adminer)\b",
            "a dump of a database (SQL)",
            "export the table of the tickets as CSV, with the names of its columns",
        ),
        (
            r"\+(?:-+\+)+\s*\n",
            "a table drawn with lines, as the console of a database shows it",
            "export it as CSV; `mysql --batch` writes tabs instead of lines",
        ),
        (
            r"(?:(?:var|let|const)\s+[\w$]+\s*=|window[\w$.\['\"\]]*\s*=|[\w$.]{1,40}\()\s*[\[{]",
            "a script (JavaScript) with data in it",
            "remove what stands around the data, so that the file begins with [ or {, and ends so",
        ),
        (
            r"(?://[^\n]*\n\s*|/\*[^*]*\*/\s*)+(?:\[\s*[\[{\"\]]|\{\s*(?:[\"'}]|\w+\s*:))",
            "JSON behind a comment, which JSON does not know",
            "remove the comment",
        ),
        (
            r'"\s*[\[{]\s*\{?\s*\\"',
            "JSON that was written as a string once more",
            "take one layer off: `jq -r . FILE > tickets.json`",
        ),
        (
            r"[\[{]\s*\{?\s*'[^'\n]{1,60}'\s*:",
            "what Python prints, and no JSON",
            "write it with `json.dump`, and give that file",
        ),
        (
            r"This XML file does not appear to have any style information",
            "saved from a browser, which adds a sentence of its own to XML",
            "download it with a right click and 'Save link as', and give that file",
        ),
    )
)
"""None of these begins a table: a row that is no header may stand above one, but not these."""
_HEADERS_OF_MAIL = (
    r"(?:From|To|Cc|Reply-To|Return-Path|Delivered-To|Received|Subject|Date|Message-ID|MIME-Version"
    r"|Content-Type|DKIM-Signature|Authentication-Results|ARC-[\w-]+|X-[\w-]+): "
)
_TITLES = tuple(
    (re.compile(pattern, re.IGNORECASE), what, way_out)
    for pattern, what, way_out in (
        (
            r"(?:-{3}\s*\n)?-\s+[\w -]{1,40}:\s[^\n]*\n\s+[\w -]{1,40}:\s(?s:.*?)\n-\s",
            "YAML",
            "export it as JSON or CSV",
        ),
        (
            r"(?:(?:From|To|Return-Path|Delivered-To):[^\n]*@[^\n]*\n|From \S+@[^\n]*\n|Received: [^\n]*\n"
            r"|Message-ID: <[^\n]*\n)(?:[ \t][^\n]*\n)*" + _HEADERS_OF_MAIL,
            "an e-mail message, or a mailbox of them",
            "export the tickets from the helpdesk; messages alone do not say which tickets they are",
        ),
    )
)
"""What may also be written above a table: who made it, for whom, and when."""
_LOOK_LINES = 50
_PART_OF_TITLE = re.compile(r"\s|-\s|[\w-]+: ")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLD_WORKBOOK = ("Workbook\0".encode("utf-16-le"), "Book\0".encode("utf-16-le"))
"""Names of streams inside an `.xls`, of 1997 and later, and of 1995."""
_MOST_CONTROL_SHARE = 0.1


def must_be_file(path: Path) -> None:
    """Refuse what cannot be opened, or would never end.

    Raises:
        SourceError: it is missing, a folder, a pipe or a device.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise SourceError("there is no such file", hint="check the path", at=shown(path.name)) from None
    except OSError as error:
        raise _unreadable(error, path.name) from error
    if not stat.S_ISREG(mode):
        raise _no_file(path, mode)


def kind_of(blob: Blob, encoding: str = "") -> Kind:
    """What a file is.

    Raises:
        SourceError: it is empty, or nothing that can be read; the hint says what to do.
    """
    try:
        with blob.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise _unreadable(error, blob.name) from error
    for magic, what, way_out in _REFUSED:
        if head.startswith(magic):
            raise SourceError(f"the file is {what}", hint=way_out or _GIVE_EXPORT, at=blob.name)
    if head[_TAR_PLACE:].startswith(_TAR_MAGIC):
        raise SourceError("the file is a tar archive", hint="unpack it, and give the folder", at=blob.name)
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(blob)
    if head.startswith(OLE):
        return _kind_of_ole(blob)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise SourceError("the file is empty", hint="export it again", at=blob.name)
    if encoding:
        check_name(encoding)
    return _kind_of_text(blob.name, glance(head, encoding))


def _unreadable(error: OSError, name: str) -> SourceError:
    reason = error.strerror or "the system refuses"
    return SourceError(f"the file cannot be read: {reason}", hint="check who may read it", at=shown(name))


def _no_file(path: Path, mode: int) -> SourceError:
    """A folder, or what gives its bytes only once: opening a pipe that nobody fills waits for ever."""
    if stat.S_ISDIR(mode):
        return SourceError("this is a folder, and a file is needed here", hint="name the file", at=path.name)
    return SourceError(
        "this is a pipe or a device, and an export is read more than once",
        hint="write it into a file first, and give that file",
        at=path.name,
    )


def _kind_of_zip(blob: Blob) -> Kind:
    try:
        with blob.seekable() as file, zipfile.ZipFile(file) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise SourceError(
            "the file is a workbook or a ZIP archive that is damaged or was cut off",
            hint="download it again",
            at=blob.name,
        ) from error
    if any(member.startswith("xl/") and member.endswith("workbook.xml") for member in members):
        return Kind.WORKBOOK
    if is_open_document(members):
        return Kind.WORKBOOK
    if "xl/workbook.bin" in members or "mimetype" in members:
        raise SourceError(
            "the file is a workbook of a kind that is not supported",
            hint="open it in a spreadsheet, save it as .xlsx, and give that file",
            at=blob.name,
        )
    if "[Content_Types].xml" in members:
        raise SourceError("the file is an office document, but no workbook", hint=_GIVE_EXPORT, at=blob.name)
    return Kind.ARCHIVE


def _kind_of_ole(blob: Blob) -> Kind:
    found = _find(blob, (_ENCRYPTED, *_OLD_WORKBOOK))
    if _ENCRYPTED in found:
        raise SourceError(
            "the workbook is protected with a password",
            hint="open it in a spreadsheet, save it without the password, and give that file",
            at=blob.name,
        )
    if not found:
        raise SourceError("the file is an office document, but no workbook", hint=_GIVE_EXPORT, at=blob.name)
    return Kind.WORKBOOK


def _find(blob: Blob, wanted: tuple[bytes, ...]) -> set[bytes]:
    """Which of some byte strings a file holds."""
    found: set[bytes] = set()
    tail = b""
    with blob.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            found.update(each for each in wanted if each in tail + chunk)
            tail = chunk[-max(map(len, wanted)) :]
    return found


def _kind_of_text(name: str, text: str) -> Kind:
    controls = sum(1 for c in text if (c < " " and c not in "\t\r\n\f\0") or c == "\x7f")
    if controls > 16 + _MOST_CONTROL_SHARE * len(text) or text.count("\0") * 3 > len(text):
        raise SourceError("the file is neither text nor a workbook", hint=_GIVE_EXPORT, at=name)
    begin = text.lstrip("\ufeff \t\r\n")
    if begins_spreadsheet_xml(begin) or (begins_html(begin) and "<table" in begin.lower()):
        return Kind.WORKBOOK
    if begin[:1] == "<":
        if begins_html(begin):
            raise SourceError(
                "the file is a web page without a table: perhaps what a link showed instead of the export",
                hint=_GIVE_EXPORT,
                at=name,
            )
        return Kind.XML
    for pattern, what, way_out in (*_TEXTS, *(() if _holds_rows(begin) else _TITLES)):
        if pattern.match(begin):
            raise SourceError(f"the file is {what}", hint=way_out, at=name)
    if _begins_json(begin):
        return Kind.JSON
    return Kind.TABLE


def _holds_rows(text: str) -> bool:
    """Whether two lines near the beginning are divided into as many cells, as those of a table are."""
    lines = [line for line in text.split("\n", _LOOK_LINES)[:_LOOK_LINES] if not _PART_OF_TITLE.match(line)]
    return any(
        one.count(delimiter) == other.count(delimiter) >= fewest
        for one, other in pairwise(lines)
        for delimiter, fewest in ((",", 2), (";", 1), ("\t", 1), ("|", 1))  # sentences have a comma, too
    )


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
