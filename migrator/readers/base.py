"""The contract that every reader keeps, and what callers say and see of a source.

A reader recognises its files by content, then yields `Record`s as often as it is asked to, each time from
the beginning, with flat memory. How files are found and which reader gets them is decided in `opening.py`.
"""

from __future__ import annotations

import tempfile
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from migrator.errors import DiskFull, UnreadableSource
from migrator.model import Notice, Record, shown

if TYPE_CHECKING:
    from migrator.readers.local_files import LocalFile, LocalFiles

OWN_PREFIX = "migrator_"
"""Columns and keys of this shape were added by us, to a file of rejects, and are not the source's."""
LEDGER_KEY = "migrator_ledger"
READER_KEY = "migrator_reader"
LEDGER_FILE_KEY = "migrator_ledger_file"
PLACE_KEY = "migrator_row"
_NAMES_TOLD = 6


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user said about the source; an empty text leaves it to detection."""

    reader: str = ""
    """`delimited`, `workbook`, `json`, `json-lines` or the name of a helpdesk reader."""
    encoding: str = ""
    """As Python names it: `cp1252`."""
    delimiter: str = ""
    """One character, or `tab`."""
    sheet: str = ""
    """Of a workbook, or the list of records of a JSON or XML file."""
    fast: bool = False
    """Read workbooks faster, with more memory and with less to see of their cells."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a source."""

    name: str
    kind: str
    """`csv`, `xlsx`, `ndjson` or `json`: what it is, whatever its name says."""
    size_bytes: int
    details: str
    """How it is read, for a person: `UTF-8, semicolon`."""
    path: Path


def some(names: Sequence[str]) -> str:
    """The first of several names, as a message may show them, and how many more there are."""
    more = f" and {len(names) - _NAMES_TOLD:,} more" if len(names) > _NAMES_TOLD else ""
    return ", ".join(shown(name) for name in names[:_NAMES_TOLD]) + more


@contextmanager
def files_stay_as_they_are() -> Iterator[None]:
    """Say it clearly when a file that was readable a moment ago no longer is.

    Raises:
        UnreadableSource: instead of what the system or a decoder raises.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or "the system refuses"
        raise UnreadableSource(
            f"the export can no longer be read: {reason}", hint="check that its files are still in place"
        ) from error
    except UnicodeError as error:  # the whole file was checked against its encoding before
        raise UnreadableSource("the export was changed while it was read", hint="run it again") from error


def no_room() -> DiskFull:
    """What is said where a temporary file can grow no further."""
    return DiskFull(
        "there is no room left for temporary files",
        hint="free some space, or set TMPDIR to a folder on a larger disk",
    )


@contextmanager
def room_for_it() -> Iterator[None]:
    """Say it clearly when a temporary file can grow no further.

    Raises:
        DiskFull: instead of what the system raises.
    """
    try:
        yield
    except OSError as error:
        raise no_room() from error


def temporary_file() -> IO[bytes]:
    """A file for writing and reading that nobody can open by name; the caller closes it.

    Raises:
        DiskFull: there is no folder for it, or no room in it.
    """
    with room_for_it():
        return tempfile.TemporaryFile()


def _go_on() -> None:
    """What is said to a reading that nobody stops."""


@dataclass(slots=True)
class Pass:
    """One reading of a source: how far it is, and what it noticed on the way."""

    work: int
    """What there is to do, in the unit of `done`; more than the bytes where files are read twice."""
    notices: list[Notice] = field(default_factory=list)
    done: int = 0
    position: Callable[[], int] | None = None
    """How much of the part in hand is done; asked only when somebody wants to know."""
    pulse: Callable[[], None] = _go_on
    """As in `Source`; to be called also while records are only prepared, and none comes out."""
    _left_out: Counter[str] = field(default_factory=Counter)

    def tell(self, code: str, message: str, file: str = "", count: int = 1) -> None:
        self.notices.append(Notice(code, message, file, count))

    def left_out(self, what: str, count: int = 1) -> None:
        """Something of a record that is not brought, told once for the whole source.

        Args:
            what: In the plural, as a person says it: `system notes`.
        """
        self._left_out[what] += count

    def finish(self) -> None:
        """The source was read to its end."""
        self.done, self.position = self.work, None
        for what, count in (+self._left_out).items():
            self.tell("left-out", f"{what} that were not read: {count}", count=count)

    def finish_part(self, work: int) -> None:
        self.done += work
        self.position = None

    @property
    def progress(self) -> int:
        return min(self.work, self.done + (self.position() if self.position else 0))


class Source(ABC):
    """An opened export: what it is, and its records.

    Attributes:
        reader: Name of the reader: `delimited`, `workbook`, `json`, `json-lines`, `zendesk`.
        helpdesk: Whose export it is, by its content; empty where nothing tells.
        why: The evidence, in one sentence.
        columns: Keys of a table in the order of its header, repeats repeated; empty for nested records.
        added: Keys that a helpdesk reader adds beside the columns of a table, such as `comments`.
        ledger_id: The ledger that a file of rejects belongs to; empty for any other file, and after a
            dry run, which has none.
        ledger_name: The file name of that ledger, or of the one that running the export makes; empty for any
            file that is not one of rejects.
        pulse: Called at every record that is read; what it raises ends the reading there.
        size_bytes: Of all files together.
        local_files: What the export carries beside its records; None where it cannot carry any.
    """

    def __init__(self, reader: str, files: Sequence[SourceFile]) -> None:
        self.reader = reader
        self.files = tuple(files)
        self.helpdesk = ""
        self.why = ""
        self.columns: tuple[str, ...] = ()
        self.added: tuple[str, ...] = ()
        self.ledger_id = ""
        self.ledger_name = ""
        self.local_files: LocalFiles | None = None
        self.pulse: Callable[[], None] = _go_on
        self.size_bytes = sum(file.size_bytes for file in self.files)
        self._opening: list[Notice] = []
        self._complete: Pass | None = None
        self._pass = Pass(self.size_bytes)

    def records(self) -> Iterator[Record]:
        """A fresh pass over every record, in the order of the files.

        Raises:
            UnreadableSource: at the place where a file cannot be read further.
            DiskFull: there is no room for temporary files.
        """
        current = self._pass = Pass(self.size_bytes, pulse=self.pulse)
        with files_stay_as_they_are():
            for record in self._read(current):
                current.pulse()
                yield record
        current.finish()
        self._complete = current

    @abstractmethod
    def _read(self, current: Pass) -> Iterator[Record]:
        """Yield every record once; tell `current` how far it is and what was noticed."""

    def notice(self, code: str, message: str, file: str = "", count: int = 1) -> None:
        """Remember something that was seen while opening."""
        self._opening.append(Notice(code, message, file, count))

    def notice_all(self, notices: Iterable[Notice]) -> None:
        self._opening += notices

    def local_file(self, path: str) -> LocalFile | None:
        """The file of a ticket that the export itself carries, by the path that a record has for it.

        None where there is none, or where the path leads out of the export.
        """
        return self.local_files.find(path) if self.local_files else None

    @property
    def roles(self) -> tuple[str, ...]:
        """What each file holds, in the order of `files`: `tickets`, `users`; "" where it is not read."""
        return ("tickets",) * len(self.files)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What was detected, assumed or skipped; complete after one whole pass."""
        return (*self._opening, *(self._complete or self._pass).notices)

    @property
    def read_bytes(self) -> int:
        """How far the current pass is, on the scale of `size_bytes`."""
        current = self._pass
        return self.size_bytes * current.progress // current.work if current.work else self.size_bytes
