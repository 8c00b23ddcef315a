"""The shared texts of an `.xlsx` file, with flat memory.

A workbook keeps every text once, in one list, and its cells say the number. The list may be larger than the
memory, so it lies in blocks in an unnamed temporary file, and only a few blocks are held. It is read no
further than anybody asked for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache

from migrator.readers.base import room_for_it, temporary_file

BLOCK_CHARACTERS = 1 << 15
_BLOCKS_IN_MEMORY = 16
_BETWEEN = "\0"
"""XML cannot hold it."""


class SharedTexts:
    """Texts by their number."""

    def __init__(self, texts: Iterator[str]) -> None:
        self._texts = texts
        self._file = temporary_file()
        self._firsts: list[int] = []
        """The number of each block's first text."""
        self._ends: list[int] = []
        self._open: list[str] = []
        """Texts that are in no block yet."""
        self._before = 0
        """How many texts are in blocks."""
        self._size = 0
        self._block = lru_cache(_BLOCKS_IN_MEMORY)(self._read_block)

    def __getitem__(self, number: int) -> str:
        """The text with this number, from 0.

        Raises:
            IndexError: there is no such text.
            DiskFull: there is no room for the temporary file.
        """
        while number >= self._before + len(self._open):
            self._take()
        if number < 0:
            raise IndexError(number)
        if number >= self._before:
            return self._open[number - self._before]
        block = bisect_right(self._firsts, number) - 1
        return self._block(block)[number - self._firsts[block]]

    def close(self) -> None:
        with suppress(OSError):  # what is still held back is not wanted any more
            self._file.close()

    def _take(self) -> None:
        """Read one more text."""
        text = next(self._texts, None)
        if text is None:
            raise IndexError("a cell asks for a text that is not there")
        self._open.append(text)
        self._size += len(text)
        if self._size >= BLOCK_CHARACTERS or len(self._open) >= BLOCK_CHARACTERS // 16:
            self._store()

    def _store(self) -> None:
        content = _BETWEEN.join(self._open).encode()
        with room_for_it():
            end = self._file.seek(0, 2) + self._file.write(content)
        self._firsts.append(self._before)
        self._ends.append(end)
        self._before += len(self._open)
        self._open.clear()
        self._size = 0

    def _read_block(self, block: int) -> list[str]:
        begin = self._ends[block - 1] if block else 0
        with room_for_it():
            self._file.seek(begin)  # writes what is still held back
        return self._file.read(self._ends[block] - begin).decode().split(_BETWEEN)
