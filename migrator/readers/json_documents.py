"""JSON documents: an array of records, an envelope around one list, several of these in a row, or one record.

Read as a stream: a file of 2 GB needs no more memory than its longest record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from migrator.errors import SourceError
from migrator.model import Record, SourceRef
from migrator.readers.base import LEDGER_KEY, Pass, Source
from migrator.readers.json_lines import first_text, source_file
from migrator.readers.json_shape import JsonFile
from migrator.readers.json_text import record_of
from migrator.readers.text import how_far


class JsonDocuments(Source):
    """One or more files of JSON documents, read one after the other."""

    def __init__(self, files: Sequence[JsonFile]) -> None:
        super().__init__("json", [source_file(file) for file in files])
        self._files = tuple(files)
        self._keys = tuple(_records_key(file) for file in files)
        self.ledger_id = first_text(files, LEDGER_KEY)
        self.why = f"JSON with a list {self._keys[0]!r}" if self._keys[0] else "JSON records"
        for file, key in zip(files, self._keys, strict=True):
            if file.encoding.notice:
                self.notice("encoding-assumed", file.encoding.notice, file.path.name)
            if others := sorted(set(file.samples) - {key}):
                self.notice(
                    "list-left-out", f"other lists were not read: {', '.join(others)}", file.path.name
                )

    def _read(self, current: Pass) -> Iterator[Record]:
        for file, key, shown_file in zip(self._files, self._keys, self.files, strict=True):
            number = 0
            with file.scan(key.__eq__) as (found, text):
                current.position = how_far(text)
                try:
                    for number, item in enumerate(found, start=1):
                        ref = SourceRef(file.path.name, number, "", item.line)
                        yield record_of(ref, item)
                finally:
                    current.position = None
            if not number:
                current.tell("no-rows", "the file holds no records", file.path.name)
            current.finish_part(shown_file.size_bytes)


def _records_key(file: JsonFile) -> str:
    """The list of an envelope that holds the records. Nothing is guessed.

    Raises:
        SourceError: there are several, and none is called `tickets`.
    """
    if not file.envelope or "tickets" in file.samples:
        return "tickets" if file.envelope else ""
    if len(file.samples) > 1:
        raise SourceError(
            f"several lists could be the tickets: {', '.join(sorted(file.samples))}",
            hint="keep the list of tickets in a file of its own",
            at=file.path.name,
        )
    return next(iter(file.samples))
