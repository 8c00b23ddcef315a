"""What every file of nested records keeps, whatever it is written in: its lists, and their records in order.

A helpdesk reader sees nothing but this, so the same one reads JSON, XML and tables. How a file becomes trees
is the business of the module of its kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from migrator.model import Notice, Problem, Value
from migrator.readers.base import LEDGER_FILE_KEY, LEDGER_KEY, Source, SourceFile
from migrator.readers.blobs import Blob
from migrator.readers.text import Encoding

Tree = dict[str, Value]

SAMPLES = 3
"""How many records of each list are looked at to know what it holds."""
_IDENTITY = frozenset(
    (
        *("id", "key", "number", "uuid", "guid", "sysid", "displayid", "ticketid", "niceid", "nr"),
        *("subject", "title", "summary", "createdat"),
    )
)
"""What has one of these is a record itself, whatever stands in it; as `letters` writes them."""


@dataclass(frozen=True, slots=True)
class Item:
    """One value of a file."""

    key: str
    """The list that holds it: the key of a JSON envelope, the name of an XML element; empty where there is
    none (JSON lines, an array, a table)."""
    tree: Value | None
    text: str
    """As it stands in the file; empty where the tree is all there is."""
    line: int
    """At which it begins, from 1; 0 where a file has no lines."""
    repeated: tuple[str, ...] = ()
    """Keys that stand twice in one object."""
    listed: bool = False
    """It is an element of a list."""
    too_deep: bool = False
    """It could not be decoded because it is nested too deeply."""
    problems: tuple[Problem, ...] = ()
    """What the file itself found wrong with it."""
    row: int = 0
    """As `SourceRef.row` counts, where the file counts otherwise than record by record."""


def is_record(tree: Tree) -> bool:
    """Whether an object says itself which record it is, and does not only stand around records."""
    return any(letters(key) in _IDENTITY for key, value in tree.items() if isinstance(value, str))


def letters(name: str) -> str:
    """A name as different writers of one format agree about it: `Ticket-ID` is `ticketid`."""
    return name.casefold().replace("-", "").replace("_", "")


class TreeFile(Protocol):
    """A file, or a member of an archive, that holds one or more lists of records."""

    @property
    def name(self) -> str:
        """As `SourceRef.file` wants it: without folders; `export.zip/tickets.json` in an archive."""

    @property
    def path(self) -> Path:
        """Of the file on this disk: of the archive, for a member."""

    @property
    def kind(self) -> str:
        """`json`, `ndjson`, `xml`, `csv`."""

    @property
    def details(self) -> str:
        """How it is read, for a person: `UTF-8, lists: tickets, users`."""

    @property
    def size_bytes(self) -> int: ...

    @property
    def notices(self) -> Sequence[Notice]:
        """What was assumed about it."""

    @property
    def samples(self) -> dict[str, list[Tree]]:
        """The first records of each list, by its key as in `Item.key`; a list may be empty."""

    @property
    def alone(self) -> frozenset[str]:
        """Those of the keys under which one object stands, and no list."""

    def scan(
        self, wanted: Callable[[str], bool]
    ) -> AbstractContextManager[tuple[Iterator[Item], Callable[[], int]]]:
        """The records of the lists that are wanted, in the order of the file, and how many bytes were read.

        A list without a key is always wanted.
        """


@dataclass(frozen=True, slots=True)
class TreeText:
    """What text files of nested records have in common, as `TreeFile` wants it."""

    blob: Blob
    encoding: Encoding

    @property
    def name(self) -> str:
        return self.blob.name

    @property
    def path(self) -> Path:
        return self.blob.path

    @property
    def size_bytes(self) -> int:
        return self.blob.size_bytes

    @property
    def notices(self) -> tuple[Notice, ...]:
        told = self.encoding.notice
        return (Notice("encoding-assumed", told, self.name),) if told else ()


class TreeSource(Source):
    """A source of such files; rejected records among them know their ledger."""

    def __init__(self, reader: str, files: Sequence[TreeFile]) -> None:
        super().__init__(reader, [source_file(file) for file in files])
        self.ledger_id = first_text(files, LEDGER_KEY)
        self.ledger_name = first_text(files, LEDGER_FILE_KEY)
        for file in files:
            self.notice_all(file.notices)


def source_file(file: TreeFile) -> SourceFile:
    return SourceFile(file.name, file.kind, file.size_bytes, file.details, file.path)


def first_text(files: Sequence[TreeFile], key: str) -> str:
    """The first text under a key in the samples of the files."""
    for file in files:
        for objects in file.samples.values():
            for each in objects:
                if isinstance(found := each.get(key), str) and found:
                    return found
    return ""
