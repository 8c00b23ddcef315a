"""One JSON object per line, as several helpdesks export tickets.

A blank line is nothing; a line that holds an array, or several objects, is several records. Lines end at LF
only: U+2028 and its like are text.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from json import JSONDecodeError

from migrator.errors import UnreadableSource
from migrator.model import Record, shown
from migrator.readers.base import Pass
from migrator.readers.json_scan import LONGEST_VALUE_CHARACTERS, Scanner, items
from migrator.readers.json_shape import JsonFile
from migrator.readers.json_text import JsonParser, is_incomplete, records_of
from migrator.readers.text import how_far
from migrator.readers.trees import Item, TreeSource


class JsonLines(TreeSource):
    """One or more files of JSON lines, read one after the other.

    Args:
        joined_by: The helpdesk reader that made these records, if they come back from a file of rejects:
            they are taken as they are.
        helpdesk: Whose export they came from.
    """

    def __init__(self, files: Sequence[JsonFile], joined_by: str = "", helpdesk: str = "") -> None:
        super().__init__(joined_by or "json-lines", files)
        self._files = tuple(files)
        self.helpdesk = helpdesk
        self.why = "one JSON object a line"
        if joined_by:
            self.why = f"records that were joined from a {joined_by} export and rejected before"

    def _read(self, current: Pass) -> Iterator[Record]:
        for file, shown_file in zip(self._files, self.files, strict=True):
            with file.encoding.open(file.blob, newline="\n") as text:
                current.position = how_far(text)
                lines = islice(read_lines(text, file.name), int(file.header), None)
                yield from records_of(lines, file.name, current)
            current.finish_part(shown_file.size_bytes)


def read_lines(text: io.TextIOWrapper, name: str) -> Iterator[Item]:
    """Every value of a stream of JSON lines.

    Raises:
        UnreadableSource: at the line that is not JSON.
    """
    parser = JsonParser()
    number = 0
    while line := text.readline(LONGEST_VALUE_CHARACTERS):
        number += 1
        content = line.strip(" \t\r\n\ufeff")
        if not content:
            continue
        at = f"{name}, line {number}"
        try:
            tree, end = parser.decode(content) if content.startswith("{") else (None, 0)
        except RecursionError:
            # The end of the line is the end of the record, so it alone is in trouble.
            yield Item("", None, content, number, too_deep=True)
            continue
        except JSONDecodeError as error:
            raise _broken(error, at, whole=line.endswith("\n")) from error
        if end == len(content):
            yield Item("", tree, content, number, tuple(parser.repeated))
        else:
            for item in items(Scanner(io.StringIO(content), name, number)):
                yield replace(item, line=number)


def _broken(error: JSONDecodeError, at: str, *, whole: bool) -> UnreadableSource:
    if not whole and is_incomplete(error):
        return UnreadableSource(
            "the file ends in the middle of a record: it was cut off",
            hint="export or download it again",
            at=at,
        )
    reason = error.msg[:1].lower() + error.msg[1:]
    near = shown(error.doc[error.pos : error.pos + 100], 20)
    return UnreadableSource(
        f"this is not JSON: {reason}, near {near!r}",
        hint="correct or remove that line, or export the file again",
        at=at,
    )
