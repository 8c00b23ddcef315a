"""Documents of nested records that no helpdesk is known by: JSON and XML.

An array of records, an envelope around one list, several of these in a row, the repeated element of an XML
file, or one record. Read as a stream: a file of 2 GB needs no more memory than its longest record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from migrator.errors import SourceError
from migrator.model import Record
from migrator.readers.base import Pass, some
from migrator.readers.json_text import records_of
from migrator.readers.tables import names_title
from migrator.readers.trees import Tree, TreeFile, TreeSource

_TICKETS = ("tickets", "ticket")


class Documents(TreeSource):
    """One or more files of one kind, read one after the other.

    Args:
        reader: `json` or `xml`.
        wanted: The list that holds the records, if the user named one.
    """

    def __init__(self, files: Sequence[TreeFile], reader: str, wanted: str = "") -> None:
        super().__init__(reader, files)
        self._files = tuple(files)
        self._keys = tuple(_records_key(file, wanted) for file in files)
        name = reader.upper()
        self.why = f"{name} with a list {self._keys[0]!r}" if self._keys[0] else f"{name} records"
        for file, key in zip(files, self._keys, strict=True):
            if others := sorted(set(file.samples) - file.alone - {key}):
                self.notice("list-left-out", f"other lists were not read: {some(others)}", file.name)

    def _read(self, current: Pass) -> Iterator[Record]:
        for file, key, shown_file in zip(self._files, self._keys, self.files, strict=True):
            # Where nothing was found there may yet be a record that cannot be read, and that is told.
            wanted = key.__eq__ if file.samples else lambda _: True
            with file.scan(wanted) as (found, current.position):
                yield from records_of(found, file.name, current)
            current.finish_part(shown_file.size_bytes)


def _records_key(file: TreeFile, wanted: str) -> str:
    """The list that holds the records: the one called tickets, the only one with titles, or the only list.

    Raises:
        SourceError: none of that tells one, or there is none called as the user says.
    """
    keys = sorted(file.samples)
    if wanted:
        named = [key for key in keys if key.casefold() == wanted.casefold() != ""]
        if wanted not in keys and len(named) != 1:
            known = some([repr(key) for key in keys if key]) or "no list with a name"
            raise SourceError(f"there is no list {wanted!r}", hint=f"it has: {known}", at=file.name)
        return wanted if wanted in keys else named[0]
    titled = [key for key in keys if any(map(_has_title, file.samples[key]))]
    lists = [key for key in keys if key not in file.alone]
    for told in (
        [key for key in _TICKETS if key in keys][:1],
        titled,
        [key for key in titled if key in lists],
        [] if titled else lists,
        keys,
    ):
        if len(told) == 1:
            return told[0]
    if not keys:
        return ""
    raise SourceError(
        f"several lists could be the tickets: {some(titled or lists or keys)}",
        hint="name one with --sheet",
        at=file.name,
    )


def _has_title(tree: Tree) -> bool:
    """Whether a record has a ticket's title, itself or in an object inside, as JSON:API writes them."""
    return names_title(tree) or any(isinstance(each, dict) and names_title(each) for each in tree.values())
