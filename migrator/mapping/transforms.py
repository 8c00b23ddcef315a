"""What a rule may do to a text on its way: look it up, take a part, replace, read a number.

Plain functions and small tables; which of them a rule uses is decided in `compile.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from migrator.model import FileRef, Value

_NAME_AND_MAIL = re.compile(r"\s*(?P<name>[^<>]*?)\s*<\s*(?P<email>[^<>\s]+@[^<>\s]+)\s*>\s*")
TRUE = frozenset({"true", "yes", "1", "on", "y", "t"})
FALSE = frozenset({"false", "no", "0", "off", "n", "f"})
_PLAIN_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")
_GROUPED = {
    ".": re.compile(r"[+-]?\d{1,3}(?:[,\s’']\d{3})+(?:\.\d+)?"),
    ",": re.compile(r"[+-]?(?:\d{1,3}(?:[.\s’']\d{3})+|\d+)(?:,\d+)?"),
}


class Lookup:
    """A value table: exactly as written first, then without regard to case and outer blanks."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._exact = dict(pairs)
        self._folded: dict[str, str] = {}
        disputed: set[str] = set()
        for source, target in self._exact.items():
            key = source.strip().casefold()
            if self._folded.setdefault(key, target) != target:
                disputed.add(key)
        for key in disputed:
            del self._folded[key]

    def __getitem__(self, text: str) -> str:
        """The target of `text`. Raises `KeyError` where the table does not list it."""
        found = self._exact.get(text)
        return found if found is not None else self._folded[text.strip().casefold()]

    def listed(self) -> tuple[str, ...]:
        return tuple(self._exact)

    def targets(self) -> tuple[str, ...]:
        """What values may become, each once."""
        return tuple(dict.fromkeys(self._exact.values()))


def split_text(separator: str, text: str) -> list[str]:
    """The parts without outer blanks; empty ones are left out."""
    return [part for each in text.split(separator) if (part := each.strip())]


def as_boolean(text: str) -> bool | None:
    """What `yes`, `false`, `1` ... mean; None where it is not one of them."""
    folded = text.strip().casefold()
    if folded in TRUE:
        return True
    return False if folded in FALSE else None


def as_number(text: str, locale: str = "") -> str | None:
    """Plain decimal text; None where it is no number.

    Without a locale only a decimal point is read, and no thousands marks: `1.234` and `1,234` mean
    different numbers in different places.
    """
    tidy = text.strip()
    if locale in ("", "en") and _PLAIN_NUMBER.fullmatch(tidy):
        return tidy.removeprefix("+")
    mark = {"": None, "en": "."}.get(locale, ",")
    if mark is None or not _GROUPED[mark].fullmatch(tidy):
        return None
    digits = re.sub(r"[\s’']", "", tidy).removeprefix("+")
    return digits.replace(",", "") if mark == "." else digits.replace(".", "").replace(",", ".")


FILE_ADDRESS = ("url", "href", "link", "content_url", "download_url", "file_url", "attachment_url")
"""Keys under which a home-made export may say where a file is; the first is the canonical shape's."""
_FILE_NAME = ("name", "file_name", "filename", "title")


def as_file(value: Value) -> FileRef | None:
    """A file by its address or path, or as `{name, url | path, size, type, inline}`; None for anything else.

    Address and name may have other usual keys. One that has only a name is a file that cannot be had, and
    says so.
    """
    if isinstance(value, str):
        value = {"url" if "://" in value else "path": value.strip()}
    if not isinstance(value, Mapping):
        return None
    url, path, name = _text(value, *FILE_ADDRESS), _text(value, "path"), _text(value, *_FILE_NAME)
    has_address = bool(path) or "://" in url
    if not has_address and not name:
        return None
    size = _text(value, "size")
    return FileRef(
        name=name or _last_part(url or path),
        url=url if has_address else "",
        path=path,
        size_bytes=int(size) if size.isascii() and size.isdecimal() and len(size) < 16 else None,
        content_type=_text(value, "type"),
        inline=as_boolean(_text(value, "inline")) or False,
        fault="" if has_address else "file-without-address",
    )


def _text(value: Mapping[str, Value], *keys: str) -> str:
    """What stands under the first of these keys that says something; empty where none does."""
    said = (value.get(key) for key in keys)
    return next((found for found in said if isinstance(found, str) and found), "")


def _last_part(address: str) -> str:
    try:
        path = urlsplit(address).path
    except ValueError:  # an address that only looks like one, such as `http://[`
        path = address
    return unquote(path.rstrip("/").replace("\\", "/").rpartition("/")[2]) or "file"


@dataclass(frozen=True, slots=True)
class Address:
    """A person as one text may name them: `"Last, First" <mail>`, an address, or a bare name."""

    email: str
    name: str


def as_address(text: str) -> Address:
    found = _NAME_AND_MAIL.fullmatch(text[:1000]) if "<" in text else None
    if found:
        return Address(found["email"], found["name"].strip("\"' "))
    tidy = text.strip()
    return Address(tidy, "") if "@" in tidy else Address("", tidy)
