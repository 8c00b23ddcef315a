"""The files that lie beside a page: what each is for, and what has been done to its cells."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Use(StrEnum):
    """What a file is made for, as its page says it."""

    READING = "for reading: what could start a formula has an apostrophe in front"
    TEXT_CELLS = "for reading: every cell is text"
    FEEDING_BACK = "exact, to be corrected and fed back: open it as text only"
    CORRECTING = "exact, every cell is text: to be corrected in a spreadsheet and fed back"
    MACHINES = "for machines"


@dataclass(frozen=True, slots=True)
class Beside:
    """One file."""

    name: str
    holds: str
    use: Use
