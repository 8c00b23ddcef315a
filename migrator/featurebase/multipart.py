"""A request with files as `multipart/form-data` (RFC 7578), read from the disk while it is sent.

The same step and files give the same bytes. Featurebase wants the JSON as text in a part `data`, and each
file in a part named after its custom field (featurebase.md section 7); which files a step has is decided in
`filing.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from migrator.model import Step, Upload

BLOCK_BYTES = 65_536
OpenUpload = Callable[[Upload], BinaryIO]
"""Opens a file for reading from its first byte. Raises OSError."""
_END = b"\r\n"


class FileChanged(OSError):
    """A file is no longer what it was when its step was prepared; the request has not been completed."""


@dataclass(frozen=True, slots=True)
class Form:
    """The body of one request; may be sent again, and is read anew each time."""

    step: Step
    open_upload: OpenUpload

    @property
    def content_type(self) -> str:
        return f'multipart/form-data; boundary="{self._boundary}"'

    @property
    def size_bytes(self) -> int:
        framed = len(self._data_part()) + len(self._close())
        return framed + sum(
            len(self._head(upload)) + upload.size_bytes + len(_END) for upload in self.step.uploads
        )

    def __iter__(self) -> Iterator[bytes]:
        """The bytes in blocks.

        Raises:
            FileChanged: A file is not the one that was prepared. The form then lacks its last boundary, so
                that no server takes it for complete.
            OSError: A file cannot be read.
        """
        yield self._data_part()
        for upload in self.step.uploads:
            yield self._head(upload)
            yield from _content(upload, self.open_upload)
            yield _END
        yield self._close()

    @property
    def _boundary(self) -> str:
        """Made of what is sent, so that no content can be written to hold it."""
        digest = hashlib.sha256(self.step.body)
        for upload in self.step.uploads:
            digest.update(f"{upload.part}\n{upload.sha256}\n".encode())
        return f"migrator-{digest.hexdigest()[:40]}"

    def _data_part(self) -> bytes:
        """Without a content type: some servers would not take a typed part for the text that it is."""
        head = f'--{self._boundary}\r\nContent-Disposition: form-data; name="data"\r\n\r\n'
        return head.encode() + self.step.body + _END

    def _head(self, upload: Upload) -> bytes:
        names = f'name="{_quoted(upload.part)}"; filename="{_quoted(upload.name)}"'
        head = (
            f"--{self._boundary}\r\nContent-Disposition: form-data; {names}\r\n"
            f"Content-Type: {upload.content_type}\r\n\r\n"
        )
        return head.encode("utf-8", "replace")

    def _close(self) -> bytes:
        return f"--{self._boundary}--\r\n".encode()


def check_upload(upload: Upload, open_upload: OpenUpload) -> None:
    """Reads a file once to see that it is still the one that was prepared.

    Raises:
        FileChanged: It is another.
        OSError: It cannot be read.
    """
    for _ in _content(upload, open_upload):
        pass


def _content(upload: Upload, open_upload: OpenUpload) -> Iterator[bytes]:
    """A file in blocks; its last byte comes only once the whole is known to be what was prepared."""
    digest, left = hashlib.sha256(), upload.size_bytes
    held = b""
    with open_upload(upload) as file:
        while block := file.read(BLOCK_BYTES):
            left -= len(block)
            digest.update(block)
            if left < 0:
                break
            if held:
                yield held
            held = block
    if left or digest.hexdigest() != upload.sha256:
        raise FileChanged(f"{upload.name!r} has changed since it was prepared")
    yield held


def _quoted(text: str) -> str:
    """A name inside quotes, as browsers write it (WHATWG HTML, section 4.10.21.8)."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
