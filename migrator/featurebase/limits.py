"""The limits that Featurebase documents, as data, and the small questions about them.

Source of every number: featurebase.md, the section beside it. What follows from a limit being broken is
decided in `wire.py` and `fields.py`.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

TITLE_LEAST = 2
"""Characters, 5.2."""
TITLE_LONG = 512
"""Characters. The bound for tickets is unknown; this is the one for posts (5.2), so passing it only warns."""
AUTHOR_TEXT_MOST = 255
"""Characters of author.userId and author.name, 5.2."""
CONTACT_TEXT_MOST = 500
"""Characters of a contact's name and phone number, and of a company's id and name, 9 and 10."""
FIELD_TEXT_MOST = 10_000
"""Characters of a text field, 6."""
CHOICES_MOST = 100
"""Values of a multi-select, 6."""
FILES_MOST = 10
"""Files in one request, 7; files by URL are counted too, because nobody says that they are not."""
REPLY_FILES_MOST = 10
"""Attachments of one message, 5.4."""
FILE_URL_MOST_BYTES = 10_000_000
"""Size of a file that the server downloads, 7."""
UPLOAD_MOST_BYTES = 400_000_000
"""Size of all files of one multipart request together, 7; read as the smaller of two meanings of MB."""
BODY_LARGE_BYTES = 5_000_000
BODY_MOST_BYTES = 50_000_000
"""The largest body is unknown (14.11): one that no help desk ever wrote is refused here."""

BLOCKED_EXTENSIONS = frozenset(
    "exe bat cmd com msi scr pif cpl dll js jse mjs vbs vbe wsf wsh hta ps1 psm1 sh bash zsh "  # noqa: SIM905
    "jar app apk deb rpm dmg pkg reg lnk".split()
)
"""7: executables are refused; four are named, the rest is our conservative reading."""

BLOCKED_TYPES = frozenset(
    {
        "application/vnd.microsoft.portable-executable",
        "application/x-executable",
        "application/x-msdos-program",
        "application/x-msdownload",
        "application/x-msi",
        "application/x-sh",
    }
)
"""The same, by what a server calls them."""

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"(?=.{{1,254}}\Z)(?=[^@]{{1,64}}@){_LOCAL}@(?:{_LABEL}\.)+{_LABEL}\Z")


def is_email(text: str) -> bool:
    """Whether mail could reach this address: RFC 5321 section 4.1.2, dot-atom form, with a full domain."""
    return _EMAIL.match(text) is not None


def is_web_address(text: str, schemes: tuple[str, ...] = ("https", "http")) -> bool:
    """Whether a text is an absolute URL of one of the schemes."""
    try:
        url = urlsplit(text)
        return url.scheme in schemes and bool(url.hostname) and not re.search(r"[\x00-\x20\x7f]", text)
    except ValueError:
        return False


def blocked_extension(*names: str) -> str:
    """The first extension among file names that the service refuses; empty where there is none."""
    for name in names:
        _, dot, extension = name.rstrip(". ").rpartition(".")
        if dot and extension.lower() in BLOCKED_EXTENSIONS:
            return extension.lower()
    return ""


def file_name_in(url: str) -> str:
    """The last piece of a URL's path, decoded; empty where there is none. The URL must be well-formed."""
    return unquote(urlsplit(url).path).rpartition("/")[2]
