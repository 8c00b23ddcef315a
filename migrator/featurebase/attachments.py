"""The files of a message: those that Featurebase fetches itself, and words for those that it cannot.

Files of custom fields are built in `values.py`. Source: featurebase.md sections 5.4 and 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from migrator.featurebase import limits
from migrator.featurebase.findings import Findings
from migrator.model import FileRef

_URI_MARKS = "%:/?#[]@!$&'()*+,;=~"
"""What a URI may hold beside letters, digits and `-._` (RFC 3986, section 2)."""


@dataclass(frozen=True, slots=True)
class Attached:
    """What becomes of a message's files."""

    urls: tuple[str, ...]
    """To be fetched, each once, in the source's order."""
    text: str
    """HTML that names the others, with a link where they have an address; empty where there are none."""


def attached(files: tuple[FileRef, ...], findings: Findings) -> Attached:
    """Sort files into those that travel and those that are only named, which are counted as left out."""
    urls: dict[str, None] = {}
    words: list[str] = []
    for file in files:
        if _travels(file):
            urls[as_uri(file.url)] = None
        else:
            words.append(_in_words(file))
    findings.leave_out("files", len(words))
    return Attached(tuple(urls), "".join(words))


def as_uri(address: str) -> str:
    """A web address in ASCII (RFC 3987, section 3.1); one that is a URI already stays as it is."""
    return quote(address, safe=_URI_MARKS, errors="replace")


def _travels(file: FileRef) -> bool:
    if not limits.is_web_address(file.url, ("https",)):
        return False
    # Limits of attachments are not documented; what holds for files of fields is kept to, because
    # one file that is refused would cost the whole message.
    too_large = file.size_bytes is not None and file.size_bytes > limits.FILE_URL_MOST_BYTES
    return not too_large and not limits.blocked_extension(file.name, limits.file_name_in(file.url))


def _in_words(file: FileRef) -> str:
    name = escape(file.name or "file", quote=False)
    if limits.is_web_address(file.url):
        name = f'<a href="{escape(as_uri(file.url))}">{name}</a>'
    return f"<p>(file: {name})</p>"
