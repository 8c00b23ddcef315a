"""The files that a sandbox holds: where they lie, what is allowed, and how one comes from an address.

Which custom field a file belongs to is not known here (`custom_fields.py`).
"""

from __future__ import annotations

import contextlib
import http.client
import mimetypes
import re
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, unquote, urlsplit

from migrator.sandbox.answers import Refusal, refused
from migrator.sandbox.formats import is_uri

MAX_FILES = 10
MAX_UPLOAD_BYTES = 400 * 1024 * 1024
MAX_FETCHED_BYTES = 10 * 1024 * 1024
FETCH_TIMEOUT_S = 5.0
LOOPBACK = ("127.0.0.1", "localhost", "::1")
# featurebase.md, section 7: executables; the whole list is not published.
BLOCKED = re.compile(
    r"exe|bat|cmd|com|msi|scr|pif|cpl|dll|jse?|mjs|vb[se]|wsf|wsh|hta|psm?1|sh|bash|zsh|jar|app|apk|deb|rpm|dmg"
    r"|pkg|reg|lnk"
)
_KEY = re.compile(r"[0-9a-f]{24}")


@dataclass(frozen=True, slots=True)
class Stored:
    """One file of a ticket."""

    key: str
    name: str
    url: str = ""
    """Where it lies when it is not kept here."""


class Attachments:
    """A folder of files, each under a random key.

    Args:
        folder: Kept after `close`; None takes a temporary folder, which goes.
        base_url: Where the sandbox serves the files from, without a final slash.
    """

    def __init__(self, folder: Path | None, base_url: str, *, loopback_allowed: bool) -> None:
        self._base_url = base_url
        self._kept = folder is not None
        self._folder = folder or Path(tempfile.mkdtemp(prefix="sandbox-files-"))
        self._folder.mkdir(parents=True, exist_ok=True)
        self._loopback_allowed = loopback_allowed
        self._types: dict[str, str] = {}

    def create(self, filename: str) -> tuple[str, BinaryIO]:
        """A new, empty file to write to, and its key.

        Raises:
            Refusal: 400: the name has no room here, or a type that is blocked.
        """
        check_name(filename)
        key = secrets.token_hex(12)
        return key, (self._folder / key).open("wb")

    def put(self, content: bytes, content_type: str = "") -> str:
        """Stores a file that no request brought, and gives its key."""
        key = secrets.token_hex(12)
        (self._folder / key).write_bytes(content)
        if content_type:
            self._types[key] = content_type
        return key

    def open(self, key: str, name: str) -> tuple[BinaryIO, int, str] | None:
        """Content, size in bytes and content type; None where there is no such file."""
        if not _KEY.fullmatch(key):
            return None
        try:
            file = (self._folder / key).open("rb")
        except OSError:
            return None
        kind = self._types.get(key) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        return file, (self._folder / key).stat().st_size, kind

    def remove(self, key: str) -> None:
        with contextlib.suppress(OSError):
            (self._folder / key).unlink()

    def from_address(self, url: str, name: str | None, param: str) -> Stored:
        """A file by URL: HTTPS only (featurebase.md, section 7).

        A rehearsal leaves other people's servers alone: an https address is believed and not fetched. One
        of this machine is fetched, where that is allowed, so that dead and oversized files can be tried.

        Raises:
            Refusal: 400: not https, a blocked type, or what was fetched is no usable file.
        """
        parts = urlsplit(url) if is_uri(url) else None
        if parts is None or parts.scheme not in ("http", "https"):
            raise refused("a file needs an https URL", param)
        wanted = name or unquote(parts.path.rsplit("/", 1)[-1]) or "file"
        check_name(wanted, param)
        if self._loopback_allowed and parts.scheme == "http" and parts.hostname in LOOPBACK:
            return Stored(self.put(_fetched(url, param)), wanted)
        if parts.scheme != "https":
            raise refused("a file's URL must be https", param)
        return Stored(secrets.token_hex(12), wanted, url)

    def url_of(self, stored: Stored) -> str:
        """Where a file can be had: from us when it is kept here, else where it came from."""
        return stored.url or f"{self._base_url}/files/{stored.key}/{quote(stored.name, safe='')}"

    def close(self) -> None:
        if not self._kept:
            shutil.rmtree(self._folder, ignore_errors=True)


def check_name(filename: str, param: str = "") -> None:
    """Refuses nameless files and blocked types."""
    if not filename.strip() or len(filename) > 255:
        raise refused("a file needs a name of 1 to 255 characters", param)
    ending = filename.rstrip(". ").rpartition(".")[2].casefold()
    if "." in filename and BLOCKED.fullmatch(ending):
        raise refused(f"files of type .{ending} are not allowed", param)


def _fetched(url: str, param: str) -> bytes:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=FETCH_TIMEOUT_S)
    try:
        connection.request("GET", f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}")
        answer = connection.getresponse()
        content = answer.read(MAX_FETCHED_BYTES + 1)
    except (OSError, http.client.HTTPException):
        raise refused("the file could not be downloaded", param) from None
    finally:
        connection.close()
    if answer.status != 200:
        raise refused(f"the file could not be downloaded: HTTP {answer.status}", param)
    if len(content) > MAX_FETCHED_BYTES:
        raise Refusal(400, "invalid_request", "a file by URL may have at most 10 MB", param=param)
    return content
