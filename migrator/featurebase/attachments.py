"""One file on its own: whether it can travel, in which way, and how it is named where it cannot.

Which field or message takes it is decided in `filing.py`. Source: featurebase.md sections 5.4 and 7.
"""

from __future__ import annotations

import json
import re
from enum import StrEnum
from html import escape
from urllib.parse import quote, urlsplit

from migrator.featurebase import limits
from migrator.model import FileRef, FileRules, Step, TicketSeen, Upload

_URI_MARKS = "%:/?#[]@!$&'()*+,;=~"
"""What a URI may hold beside letters, digits and `-._` (RFC 3986, section 2)."""
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][\w.+-]{0,99}/[A-Za-z0-9][\w.+-]{0,99}", re.ASCII)
_IN_WORDS = re.compile(r'<p>\(file: (?:<a href="[^"<>]*">)?[^<>]*(?:</a>)?\)</p>')
_UNTIDY = re.compile(r"[^0-9A-Za-z]+")
_UNTYPED = "application/octet-stream"
_NAME_MOST = 255
FIELD_PART = "customFields."
"""How the name of a multipart part begins that carries a file of a custom field (section 7)."""


class Way(StrEnum):
    """How a file gets there."""

    URL = "url"
    """Featurebase downloads it."""
    UPLOAD = "upload"
    """We send its bytes: a local file, or one that only we may fetch."""


def way_of(file: FileRef, rules: FileRules) -> Way:
    return Way.UPLOAD if file.path or is_fetched(file, rules) else Way.URL


def is_fetched(file: FileRef, rules: FileRules) -> bool:
    """Whether the mapping says that we fetch this file ourselves."""
    return not file.path and limits.is_web_address(file.url) and host_of(file.url) in rules.fetched_from


def fault_of(file: FileRef, rules: FileRules) -> str:
    """The code of the problem that keeps a file from travelling; empty where there is none."""
    way = way_of(file, rules)
    if file.fault:
        return file.fault
    if way is Way.URL and not limits.is_web_address(file.url, ("https",)):
        return "file-insecure" if limits.is_web_address(file.url) else "file-without-address"
    if limits.blocked_extension(file.name, limits.file_name_in(file.url)):
        return "file-blocked"
    # Limits of attachments are not documented; what holds for files of fields is kept to, because
    # one file that is refused would cost the whole message.
    most_bytes = limits.UPLOAD_MOST_BYTES if way is Way.UPLOAD else limits.FILE_URL_MOST_BYTES
    return "file-too-large" if file.size_bytes is not None and file.size_bytes > most_bytes else ""


def host_of(url: str) -> str:
    """The host of a web address in lower case, with its port where it names one."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    return f"{host}:{parts.port}" if parts.port else host


def as_uri(address: str) -> str:
    """A web address in ASCII (RFC 3987, section 3.1); one that is a URI already stays as it is."""
    return quote(address, safe=_URI_MARKS, errors="replace")


def as_upload(file: FileRef, field_id: str) -> Upload:
    """The file as one part of a multipart request."""
    return Upload(
        part=FIELD_PART + field_id,
        name=_plain_name(file),
        path=file.path or as_uri(file.url),
        size_bytes=file.size_bytes or 0,
        sha256=file.sha256,
        content_type=file.content_type if _MEDIA_TYPE.fullmatch(file.content_type) else _UNTYPED,
    )


def are_there(step: Step, seen: TicketSeen) -> bool:
    """Whether a change that brings files has been made: its fields hold files of these names, and what else
    it says of custom fields."""
    fields = seen.custom_fields or {}
    held = {field: file_names(value) for field, value in fields.items()}
    said = json.loads(step.body).get("customFields", {})
    return all(
        any(is_named(upload.name, name) for name in held.get(upload.part.removeprefix(FIELD_PART), ()))
        for upload in step.uploads
    ) and all(fields.get(field) == value for field, value in said.items() if not file_names(value))


def is_named(sent: str, seen: object) -> bool:
    """Whether a file has the name that was sent, or what is left of it where a service keeps plain letters
    and digits only."""
    if not isinstance(seen, str) or sent == seen:
        return sent == seen
    return seen.isascii() and _UNTIDY.sub("_", sent).lower() == _UNTIDY.sub("_", seen).lower()


def file_names(value: object) -> list[object]:
    """The names of a field's files, None for one without; they come as JSON text (section 7), and might as
    JSON. Empty for what holds no files."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return []
    files = value if isinstance(value, list) else [value]
    return [file.get("name") for file in files if isinstance(file, dict)]


def in_words(file: FileRef, where: str = "") -> str:
    """HTML that names a file, with a link where it has an address.

    Args:
        where: In which field of the ticket it is, where it is in one: then no link is needed.
    """
    name = escape(file.name or "file", quote=False)
    if where:
        return f"<p>(file: {name}, in the field {escape(where, quote=False)} of this ticket)</p>"
    if limits.is_web_address(file.url):
        name = f'<a href="{escape(as_uri(file.url))}">{name}</a>'
    return f"<p>(file: {name})</p>"


def files_named_in(text: str) -> tuple[str, ...]:
    """What `in_words` has put into a text, each piece as it stands there."""
    return tuple(_IN_WORDS.findall(text))


def _plain_name(file: FileRef) -> str:
    """A name without folders and control characters, whose end (the extension) is kept."""
    name = (file.name or limits.file_name_in(file.url)).replace("\\", "/").rpartition("/")[2]
    printable = "".join(letter for letter in name if letter.isprintable()).strip()
    return printable[-_NAME_MOST:] or "file"
