"""Which ticket became which: old id and address, new number and address; for people and web servers.

The tables are for reading (their cells cannot start a formula); the rules for redirecting take only
addresses that no web server can misread.
"""

from __future__ import annotations

import csv
import hashlib
import re
import struct
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO
from urllib.parse import quote, urlsplit

from migrator.ledger import Result
from migrator.reports.beside import Beside, Use
from migrator.reports.files import private_bytes, private_file, remove
from migrator.reports.guard import guarded
from migrator.reports.workbook_book import Book
from migrator.reports.workbook_cells import cut
from migrator.reports.workbook_long import LongTable

TABLE = "crosswalk.csv"
WORKBOOK = "crosswalk.xlsx"
NGINX = "redirects.nginx.conf"
APACHE = "redirects.apache.conf"
COLUMNS = ("old_id", "old_url", "new_number", "new_url")
EXCERPT = 25
"""Tickets that the page shows."""

_PLACE_OF_ID = "{id}"
_WIDTHS = (24, 48, 16, 48)
_NOTES = (
    "Which ticket of the old helpdesk became which in Featurebase: one row a ticket.",
    "For reading: every cell is text, so that ids keep their zeros and nothing is computed.",
    f"{TABLE} beside this file says the same.",
)
_SAFE_URL = re.compile(r"https?://[A-Za-z0-9._~:/?#\[\]@!&()*+,;=%-]+")
"""Without quotes, blanks, $ and backslashes, which configuration files read as something else."""
_HOST = re.compile("https?://[^/?]*")

_NGINX_HEAD = """\
# Sends the old helpdesk's addresses on to Featurebase. Inside http { }: include this file;
# inside server { }: if ($migrated_ticket) { return 301 $migrated_ticket; }
# For many lines nginx may want a larger map_hash_max_size.
map $request_uri $migrated_ticket {
"""
_APACHE_HEAD = """\
# Sends the old helpdesk's addresses on to Featurebase (mod_alias). Addresses with a question mark
# cannot be told apart here; the rules for nginx have them.
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """One ticket, before and after."""

    old_id: str
    old_url: str
    """Empty where nobody said what old addresses look like."""
    number: int
    url: str


class Crosswalk:
    """Takes results in, one by one; use it with `with`, which completes the files where all went well.

    Raises:
        DiskFull, LedgerError: A file cannot be written.
    """

    def __init__(self, folder: Path, old_url: str = "") -> None:
        """
        Args:
            old_url: What old addresses look like, with `{id}` in the place of the id; "" where unknown.
        """
        self._folder = folder
        self._old_url = old_url
        self._host = ""
        self._open = ExitStack()
        self.count = 0
        self.excerpt: list[Pair] = []
        self.unsafe = 0
        """Tickets without a redirect, because an address could be misread, or be meant for another one."""

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            table = opened.enter_context(private_file(self._folder / TABLE, encoding="utf-8-sig"))
            file = opened.enter_context(private_bytes(self._folder / WORKBOOK))
            self._workbook = opened.enter_context(Book(file))
            self._tickets = LongTable(self._workbook, "Tickets", COLUMNS, _WIDTHS)
            self._rules: tuple[TextIO, ...] = ()
            self._open = opened.pop_all()
        self._table = csv.writer(table)
        self._table.writerow(COLUMNS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            about = self._workbook.sheet("About")
            about.set_widths((110,))
            for note in _NOTES:
                about.add((note,))
            if self._rules:
                self._rules[0].write("}\n")
        self._open.__exit__(kind, error, trace)
        if error is None and not self._rules:
            for name in (NGINX, APACHE):
                remove(self._folder / name)

    def add(self, result: Result) -> None:
        """Takes in one row, if it has a ticket."""
        if result.number is None:
            return
        pair = Pair(result.key, self._old_url_of(result), result.number, result.url)
        cells = (pair.old_id, pair.old_url, str(pair.number), pair.url)
        self._table.writerow(map(guarded, cells))
        self._tickets.add([cut(cell) for cell in cells])
        self.count += 1
        if len(self.excerpt) < EXCERPT:
            self.excerpt.append(pair)
        if pair.old_url:
            self._redirect(pair)

    @property
    def files(self) -> tuple[Beside, ...]:
        """What was written, for the page to name."""
        tables = (
            Beside(TABLE, "old id, old address, new number, new address", Use.READING),
            Beside(WORKBOOK, "the same as a workbook", Use.TEXT_CELLS),
        )
        rules = (
            Beside(NGINX, "redirects from old addresses to new ones, for nginx", Use.MACHINES),
            Beside(APACHE, "the same for Apache", Use.MACHINES),
        )
        return (*tables, *(rules if self._rules else ()))

    def _old_url_of(self, result: Result) -> str:
        """What was said on the command line wins over what the mapping says."""
        if not self._old_url:
            return result.old_url
        return self._old_url.replace(_PLACE_OF_ID, _in_url(result.key)) if result.key else ""

    def _redirect(self, pair: Pair) -> None:
        """Rules are for one host: the first one that is met, because paths of several may be the same."""
        if not self._rules:
            self._begin_rules()
        old_url, hash_sign, _ = pair.old_url.partition("#")  # of which no browser sends the rest
        found = _HOST.match(old_url)
        host = found[0] if found else ""
        path = f"/{old_url[len(host) :].removeprefix('/')}"
        is_shared = hash_sign and _in_url(pair.old_id) not in path
        is_safe = _SAFE_URL.fullmatch(old_url) and _SAFE_URL.fullmatch(pair.url)
        if not is_safe or is_shared or self._host not in ("", host) or not self._ruled.add(path):
            self.unsafe += 1
            return
        self._host = host
        nginx, apache = self._rules
        nginx.write(f'  "{path}" "{pair.url}";\n')
        if "?" not in path:
            apache.write(f'Redirect permanent "{path}" "{pair.url}"\n')

    def _begin_rules(self) -> None:
        nginx = self._open.enter_context(private_file(self._folder / NGINX))
        apache = self._open.enter_context(private_file(self._folder / APACHE))
        nginx.write(_NGINX_HEAD)
        apache.write(_APACHE_HEAD)
        self._rules = (nginx, apache)
        self._ruled = _Paths()


class _Paths:
    """Paths that have a rule already: nginx does not start where one stands twice.

    It takes the same memory for ten and for a million (a Bloom filter). Of a million paths it takes about one
    for one that it knows; of a hundred thousand, none.
    """

    def __init__(self) -> None:
        self._marks = bytearray(1 << 24)

    def add(self, path: str) -> bool:
        """Whether the path is a new one."""
        is_new = False
        for place in struct.unpack("<4I", hashlib.blake2b(path.encode(), digest_size=16).digest()):
            byte, mark = place >> 3 & 0xFFFFFF, 1 << (place & 7)
            is_new |= not self._marks[byte] & mark
            self._marks[byte] |= mark
        return is_new


def _in_url(key: str) -> str:
    return key if key.isascii() and key.isalnum() else quote(key, safe="", errors="backslashreplace")


def is_old_url(template: str) -> bool:
    """Whether a text says what old addresses look like: a web address with `{id}` in its path or query."""
    filled = template.replace(_PLACE_OF_ID, "1")
    try:
        is_address = _SAFE_URL.fullmatch(filled) is not None and bool(urlsplit(filled).hostname)
    except ValueError:  # an address that only looks like one
        return False
    return is_address and _PLACE_OF_ID in urlsplit(template).path + urlsplit(template).query
