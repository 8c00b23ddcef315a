"""Packed bytes as a stream that cannot hurt: bounded as it is read, never by what a header promises."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from lzma import LZMAError
from pathlib import Path
from typing import IO, Literal, cast

from migrator.errors import UnreadableSource
from migrator.readers.base import room_for_it, temporary_file
from migrator.readers.blobs import Blob
from migrator.readers.zipped_book import MOST_EXPANSION, MOST_UNPACKED_BYTES

GZIP_MAGIC = b"\x1f\x8b"
_COPY_BYTES = 1 << 20
_DAMAGED = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    LZMAError,
    EOFError,
    NotImplementedError,  # a method of packing that Python does not know
    RuntimeError,  # encrypted after all
)


class Unpacked(io.RawIOBase):
    """The bytes of something packed.

    Args:
        packed: Unpacks as it is read.
        packed_bytes: Its length as it lies on the disk.
        tell: How far it was read, on the scale of the blob's size; by default the unpacked bytes.
    """

    def __init__(
        self, packed: IO[bytes], name: str, packed_bytes: int, tell: Callable[[], int] | None = None
    ) -> None:
        super().__init__()
        self._packed = packed
        self._name = name
        self._most_bytes = max(MOST_UNPACKED_BYTES, MOST_EXPANSION * packed_bytes)
        self._read_bytes = 0
        self._tell = tell

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        view = memoryview(buffer)
        try:
            read = self._packed.read(len(view))
        except _DAMAGED as error:
            raise UnreadableSource(
                "what is packed is damaged, or not what the archive says of it",
                hint="download it again, or unpack it yourself and give the files",
                at=self._name,
            ) from error
        self._read_bytes += len(read)
        if self._read_bytes > self._most_bytes:
            raise UnreadableSource(
                f"it unpacks to more than {MOST_EXPANSION} times its size: made to fill disks",
                hint="unpack it yourself if you trust it, and give the files",
                at=self._name,
            )
        view[: len(read)] = read
        return len(read)

    def tell(self) -> int:
        return self._tell() if self._tell else self._read_bytes

    def close(self) -> None:
        if not self.closed:
            self._packed.close()
        super().close()


def nameless_copy(stream: IO[bytes]) -> IO[bytes]:
    """The same bytes in a temporary file that nobody can open by name, from its beginning.

    Raises:
        DiskFull: there is no room for it.
    """
    with stream:
        copy = temporary_file()
        try:
            while chunk := stream.read(_COPY_BYTES):
                with room_for_it():
                    copy.write(chunk)
            with room_for_it():
                copy.seek(0)  # writes what is still held back
        except BaseException:
            with suppress(OSError):  # it tries once more
                copy.close()
            raise
    return copy


@dataclass(frozen=True, slots=True)
class Gunzipped:
    """What is inside a gzip file."""

    blob: Blob

    @property
    def name(self) -> str:
        return self.blob.name

    @property
    def path(self) -> Path:
        return self.blob.path

    @property
    def size_bytes(self) -> int:
        return self.blob.size_bytes

    def open(self, mode: Literal["rb"], /) -> io.BufferedReader:
        packed = self.blob.open(mode)
        # gzip reads ahead in its own buffer, so the place is that of the packed file: what the size counts.
        unpacked = gzip.GzipFile(fileobj=packed, mode="rb")
        return io.BufferedReader(_Owning(unpacked, self.name, self.size_bytes, packed))

    def seekable(self) -> IO[bytes]:
        return nameless_copy(self.open("rb"))


class _Owning(Unpacked):
    """Closes the packed file, too, which `GzipFile` leaves open."""

    def __init__(self, unpacked: gzip.GzipFile, name: str, packed_bytes: int, packed: IO[bytes]) -> None:
        super().__init__(cast(IO[bytes], unpacked), name, packed_bytes, packed.tell)
        self._file = packed

    def close(self) -> None:
        super().close()
        self._file.close()


def unpack(blob: Blob) -> Blob:
    """The blob itself, or what is inside if it is a gzip file."""
    with blob.open("rb") as file:
        return Gunzipped(blob) if file.read(len(GZIP_MAGIC)) == GZIP_MAGIC else blob
