"""The `files` section of a mapping: what becomes of files that cannot simply travel, and of images in texts.

Nothing is carried out here: images are dealt with in `images.py`, and the rest is not this room's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from migrator.mapping import spec
from migrator.mapping.locate import Path
from migrator.model import FileRules, Named, Origin

AT: Path = ("files",)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::\d{1,5})?")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
"""A token (RFC 9110, section 5.6.2)."""
_NOT_THEIRS = frozenset({"host", "content-length", "transfer-encoding", "connection", "range"})


class Inline(StrEnum):
    """What becomes of images inside texts."""

    KEEP = "keep"
    """They stay where they are."""
    ATTACH = "attach"
    """They become files of their message, named where they stood."""
    DROP = "drop"
    """Only their name stays."""


@dataclass(frozen=True, slots=True)
class FilesPlan:
    """The section, ready to run."""

    rules: FileRules
    inline: Inline
    headers: Mapping[str, str]
    """For fetching: a header's name and the variable of the environment that holds its value."""


def files_plan(
    said: spec.Files,
    mapped: Sequence[str],
    origin: Callable[[Path], Origin],
    complain: Callable[[Path, str, str], None],
) -> FilesPlan:
    """The section as it runs; what makes no sense is complained about.

    Args:
        mapped: Labels of the custom fields that the mapping fills with files: the only one of them takes the
            uploads of messages, where no field is named for that.
    """
    fetch = said.fetch
    for number, host in enumerate(fetch.hosts if fetch else ()):
        if not _HOST.fullmatch(host.casefold()):
            hint = "write the host alone: `acme.zendesk.com`, without https:// and path"
            complain((*AT, "fetch", "hosts", number), f"{host!r} is no host", hint)
    for name, value in (fetch.headers if fetch else {}).items():
        if not _HEADER.fullmatch(name) or name.casefold() in _NOT_THEIRS:
            complain((*AT, "fetch", "headers", name), "this header cannot be set", "such as `Authorization`")
        if not _VARIABLE.fullmatch(value.env):
            hint = "such as `{env: ZENDESK_AUTH}`; the value itself never stands in a mapping"
            # What stands there instead may be the secret itself, so it is not repeated.
            complain((*AT, "fetch", "headers", name), "`env` is no name of a variable", hint)
    labels = said.field or (mapped if len(mapped) == 1 else ())
    at = origin((*AT, "field") if said.field else AT)
    rules = FileRules(
        origin=origin(AT),
        hold=said.on_refused == "hold",
        fields=tuple(Named(label, at) for label in labels),
        by_note=said.without_field == "note",
        fetched_from=frozenset(host.casefold() for host in fetch.hosts) if fetch else frozenset(),
    )
    headers = {name: value.env for name, value in fetch.headers.items()} if fetch else {}
    return FilesPlan(rules, Inline(said.inline), MappingProxyType(headers))
