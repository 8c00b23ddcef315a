"""The export and how to read it as they were typed, for the commands that a user is told to type next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migrator.readers import ReadOptions


def source_words(paths: Sequence[Path], read: ReadOptions) -> str:
    """`tickets.csv --encoding cp1252`."""
    from migrator.reports.words import quoted

    return " ".join(map(quoted, (*map(str, paths), *reading_words(read))))


def reading_words(read: ReadOptions) -> Iterator[str]:
    """`--encoding`, `cp1252`; nothing where all is left to detection."""
    for option, value in (
        ("--reader", read.reader),
        ("--encoding", read.encoding),
        ("--delimiter", read.delimiter),
        ("--sheet", read.sheet),
    ):
        if value:
            yield from (option, value)
    if read.fast:
        yield "--fast-excel"


def typed_words(
    paths: Sequence[Path],
    read: ReadOptions,
    mapping_name: str,
    overrides: Sequence[str],
    values_files: Sequence[Path],
) -> tuple[str, ...]:
    """All that `migrator run` must be told of an export and what to make of it."""
    sets = (word for each in overrides for word in ("--set", each))
    values = (word for file in values_files for word in ("--values", str(file)))
    return (*map(str, paths), *reading_words(read), "--mapping", mapping_name, *sets, *values)
