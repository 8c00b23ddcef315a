"""Reads the body of an HTTP/1.1 request from its socket, whatever way it is framed (RFC 9112, section 6)."""

from __future__ import annotations

import re
from email.message import Message
from io import BufferedIOBase

from migrator.sandbox.answers import Refusal, refused

BLOCK_BYTES = 65_536
LONGEST_CHUNK_LINE = 1024
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,15}")


class Body:
    """A body that has perhaps not arrived yet.

    Args:
        limit_bytes: A body may not be longer; it is not read further then.

    Raises:
        Refusal: 400 or 413; the connection is then of no more use.
    """

    def __init__(self, source: BufferedIOBase, headers: Message, limit_bytes: int) -> None:
        self._source = source
        self._limit_bytes = limit_bytes
        self._read_bytes = 0
        self._broken = False
        self._chunked = headers.get("Transfer-Encoding", "").strip().lower() == "chunked"
        length = headers.get("Content-Length") or "0"
        if "Transfer-Encoding" in headers and not self._chunked:
            raise refused("only the transfer coding chunked is understood", "Transfer-Encoding")
        if not (length.isascii() and length.isdigit() and len(length) < 16):
            raise refused("not a length", "Content-Length")
        self._left = 0 if self._chunked else int(length)
        self._ended = not self._chunked and self._left == 0
        self._check_size(self._left)

    def read(self, size: int) -> bytes:
        """At most `size` bytes; empty at the end.

        Raises:
            ConnectionError: The client went away before its body was complete.
        """
        if self._broken:
            raise refused("not a chunk", "Transfer-Encoding")
        if self._chunked and not self._ended and self._left == 0:
            self._next_chunk()
        if self._ended:
            return b""
        block = self._source.read(min(size, self._left))
        if not block:
            raise ConnectionError("the client went away")
        self._left -= len(block)
        self._read_bytes += len(block)
        if self._left == 0:
            if self._chunked:
                self._source.readline(LONGEST_CHUNK_LINE)
            else:
                self._ended = True
        return block

    def all(self, limit_bytes: int) -> bytes:
        """The whole body in memory.

        Raises:
            Refusal: 413: it is longer than `limit_bytes`; the rest can still be drained.
        """
        blocks = bytearray()
        while block := self.read(BLOCK_BYTES):
            blocks += block
            if len(blocks) > limit_bytes:
                raise Refusal(413, "invalid_request", f"a body may have at most {limit_bytes} bytes")
        return bytes(blocks)

    def drain(self) -> None:
        """Reads what is left to nowhere, so that the connection can be used again."""
        while self.read(BLOCK_BYTES):
            pass

    def _next_chunk(self) -> None:
        line = self._source.readline(LONGEST_CHUNK_LINE)
        if not line:
            raise ConnectionError("the client went away")
        size = line.split(b";")[0].strip()
        if not _CHUNK_SIZE.fullmatch(size):  # `int` alone would also take signs and underscores
            self._broken = True
            raise refused("not a chunk", "Transfer-Encoding")
        self._left = int(size, 16)
        self._check_size(self._read_bytes + self._left)
        if self._left == 0:
            self._ended = True
            while self._source.readline(LONGEST_CHUNK_LINE).strip():
                pass

    def _check_size(self, size_bytes: int) -> None:
        if size_bytes > self._limit_bytes:
            raise Refusal(413, "invalid_request", f"a body may have at most {self._limit_bytes} bytes")
