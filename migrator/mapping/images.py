"""Images inside texts: whose they are, and what becomes of them.

The text is HTML that `markup.py` has cleaned, so that every image has the one form that is looked for here.
What is embedded in the text itself (`data:`) is part of it, and stays unless images are dropped.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from migrator.mapping.file_rules import Inline
from migrator.model import FileRef

EMBEDDED = "data:"
_IMAGE = re.compile(r"""<img((?:\s[\w-]+="[^"]*")*)>""")
_ATTRIBUTE = re.compile(r"""\s([\w-]+)="([^"]*)\"""")
_HELPDESKS = (
    *("zendesk.com", "zdusercontent.com", "zdassets.com", "freshdesk.com", "freshservice.com"),
    *("freshworks.com", "intercom.io", "intercom.com", "intercomcdn.com", "intercom-attachments.com"),
    *("helpscout.net", "helpscout.com", "hubspot.com", "hubspotusercontent.com", "gorgias.com", "gorgias.io"),
    *("kayako.com", "frontapp.com", "atlassian.net", "atlassian.com", "service-now.com", "zohodesk.com"),
    *("zoho.com", "zoho.eu", "groovehq.com", "happyfox.com", "crisp.chat", "livechatinc.com", "tawk.to"),
    *("wix.com", "teamwork.com"),
)
"""Domains under which helpdesks keep the images of their tickets, and lose them when the account ends."""


@dataclass(slots=True)
class Images:
    """Handles the texts of one ticket and remembers their images."""

    inline: Inline
    own_hosts: frozenset[str]
    """Hosts that the mapping names as the old helpdesk's, beside those that everybody knows."""
    hosts: list[str] = field(default_factory=list)
    endangered: dict[str, int] = field(default_factory=dict)
    """Images that stay where they are, on a helpdesk that is about to be left, by host."""

    def of(self, text: str) -> tuple[str, tuple[FileRef, ...]]:
        """The text as it is sent, and the images that became files of it."""
        if "<img" not in text:
            return text, ()
        files: list[FileRef] = []

        def handled(image: re.Match[str]) -> str:
            said = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(image[1])}
            return self._handle(image[0], said, files)

        return _IMAGE.sub(handled, text), tuple(files)

    def _handle(self, tag: str, said: dict[str, str], files: list[FileRef]) -> str:
        """What stands in the place of an image."""
        address = said.get("src", "").strip()
        is_embedded = address[:5].casefold() == EMBEDDED
        url = f"https:{address}" if address.startswith("//") else address
        host = EMBEDDED if is_embedded else _host(url)
        self.hosts.append(host)
        if self.inline is Inline.KEEP or (is_embedded and self.inline is Inline.ATTACH):
            if not is_embedded and self._is_endangered(host):
                self.endangered[host] = self.endangered.get(host, 0) + 1
            return tag
        name = said.get("alt", "").strip() or ("image" if is_embedded else _name(url))
        if self.inline is Inline.ATTACH:
            files.append(FileRef(_file_name(name, url), url, inline=True))
        return f"(image: {html.escape(name, quote=False)})"

    def _is_endangered(self, host: str) -> bool:
        return host in self.own_hosts or any(host == each or host.endswith(f".{each}") for each in _HELPDESKS)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _name(url: str) -> str:
    try:
        return unquote(urlsplit(url).path).rpartition("/")[2] or "image"
    except ValueError:
        return "image"


def _file_name(name: str, url: str) -> str:
    """What people call the image, with the ending of its file where they left it out."""
    _, dot, ending = _name(url).rpartition(".")
    return name if "." in name or not dot or len(ending) > 5 else f"{name}.{ending}"
