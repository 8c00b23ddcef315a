"""The export and how to read it as they were typed, for the commands that a user is told to type next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migrator.readers import ReadOptions


def source_words(paths: Sequence[Path], read: ReadOptions) -> str:
    """`tickets.csv --encoding cp1252`."""
    from migrator.reports.words import quoted

    words = [str(path) for path in paths]
    for option, value in (
        ("--reader", read.reader),
        ("--encoding", read.encoding),
        ("--delimiter", read.delimiter),
        ("--sheet", read.sheet),
    ):
        words += [option, value] if value else []
    words += ["--fast-excel"] if read.fast else []
    return " ".join(map(quoted, words))
