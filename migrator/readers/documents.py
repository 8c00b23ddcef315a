"""Documents of nested records that no helpdesk is known by: JSON and XML.

An array of records, an envelope around one list, several of these in a row, the repeated element of an XML
file, or one record. Read as a stream: a file of 2 GB needs no more memory than its longest record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from migrator.errors import SourceError
from migrator.model import Record, SourceRef
from migrator.readers.base import LEDGER_FILE_KEY, LEDGER_KEY, Pass, Source
from migrator.readers.json_text import record_of
from migrator.readers.trees import TreeFile, first_text, source_file

_TICKETS = ("tickets", "ticket")


class Documents(Source):
    """One or more files of one kind, read one after the other.

    Args:
        reader: `json` or `xml`.
    """

    def __init__(self, files: Sequence[TreeFile], reader: str) -> None:
        super().__init__(reader, [source_file(file) for file in files])
        self._files = tuple(files)
        self._keys = tuple(_records_key(file) for file in files)
        self.ledger_id = first_text(files, LEDGER_KEY)
        self.ledger_name = first_text(files, LEDGER_FILE_KEY)
        name = reader.upper()
        self.why = f"{name} with a list {self._keys[0]!r}" if self._keys[0] else f"{name} records"
        for file, key in zip(files, self._keys, strict=True):
            self.notice_all(file.notices)
            if others := sorted(set(file.samples) - {key}):
                self.notice("list-left-out", f"other lists were not read: {', '.join(others)}", file.name)

    def _read(self, current: Pass) -> Iterator[Record]:
        for file, key, shown_file in zip(self._files, self._keys, self.files, strict=True):
            number = 0
            with file.scan(key.__eq__) as (found, current.position):
                try:
                    for number, item in enumerate(found, start=1):
                        ref = SourceRef(file.name, number, "", item.line)
                        yield record_of(ref, item)
                finally:
                    current.position = None
            if not number:
                current.tell("no-rows", "the file holds no records", file.name)
            current.finish_part(shown_file.size_bytes)


def _records_key(file: TreeFile) -> str:
    """The list that holds the records. Nothing is guessed.

    Raises:
        SourceError: there are several, and none is called `tickets`.
    """
    keys = sorted(file.samples)
    if tickets := [key for key in _TICKETS if key in keys]:
        return tickets[0]
    if len(keys) > 1:
        raise SourceError(
            f"several lists could be the tickets: {', '.join(keys)}",
            hint="keep the list of tickets in a file of its own",
            at=file.name,
        )
    return keys[0] if keys else ""
