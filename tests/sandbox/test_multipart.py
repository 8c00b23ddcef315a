"""Forms, read in pieces of any size."""

from __future__ import annotations

import io
from typing import BinaryIO

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from migrator.sandbox.answers import Refusal
from migrator.sandbox.multipart import boundary_of, read_parts


class Shelf:
    """Keeps files in memory, and remembers what was removed."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def create(self, filename: str) -> tuple[str, BinaryIO]:
        key, files = str(len(self.files)), self.files

        class File(io.BytesIO):
            def close(self) -> None:
                files[key] = self.getvalue()
                super().close()

        return key, File()

    def remove(self, key: str) -> None:
        self.files.pop(key, None)


class Drip:
    """A body that arrives in pieces of one size."""

    def __init__(self, content: bytes, piece_bytes: int) -> None:
        self._content = io.BytesIO(content)
        self._piece_bytes = piece_bytes

    def read(self, size: int) -> bytes:
        return self._content.read(min(size, self._piece_bytes))


CONTENTS = st.one_of(
    st.binary(max_size=200),
    st.lists(st.sampled_from([b"\r", b"\n", b"-", b"--", b"bound", b"\r\n--boun", b"x"]), max_size=12).map(
        b"".join
    ),
)


@given(parts=st.lists(st.tuples(st.booleans(), CONTENTS), max_size=4), piece_bytes=st.integers(1, 300))
def test_parts_come_back_exactly_whatever_the_pieces(parts, piece_bytes):
    # A sender chooses a boundary that its parts do not hold (RFC 2046, section 5.1.1).
    assume(all(b"\r\n--bound" not in b"\r\n" + content for _, content in parts))
    body = b"preamble\r\n"
    for is_file, content in parts:
        name = b'; filename="a \\"b\\".txt"' if is_file else b""
        body += (
            b'--bound\r\nContent-Disposition: form-data; name="n"' + name + b"\r\n\r\n" + content + b"\r\n"
        )
    shelf = Shelf()
    read = list(read_parts(Drip(body + b"--bound--\r\nepilogue", piece_bytes), b"bound", shelf, 1000))
    assert [
        (part.filename == 'a "b".txt', part.value or shelf.files.get(part.key, b"")) for part in read
    ] == parts
    assert [part.size_bytes for part in read] == [len(content) for _, content in parts]


@given(cut=st.integers(0, 130), piece_bytes=st.integers(1, 300))
def test_a_form_cut_anywhere_is_refused_and_its_last_file_removed(cut, piece_bytes):
    body = (
        b'--bound\r\nContent-Disposition: form-data; name="n"; filename="f"\r\n\r\n'
        + b"x" * 60
        + b"\r\n--bound--"
    )
    shelf = Shelf()
    with pytest.raises(Refusal):
        list(read_parts(Drip(body[:cut], piece_bytes), b"bound", shelf, 1000))
    assert list(shelf.files) in ([], ["0"])
    assert cut > len(body) - 4 or shelf.files == {}


def test_a_value_that_is_too_long_is_refused():
    body = b'--b\r\nContent-Disposition: form-data; name="data"\r\n\r\n' + b"x" * 100 + b"\r\n--b--"
    with pytest.raises(Refusal) as caught:
        list(read_parts(Drip(body, 7), b"b", Shelf(), 99))
    assert caught.value.status == 413


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        pytest.param("multipart/form-data; boundary=abc", b"abc", id="bare"),
        pytest.param('Multipart/Form-Data; charset=utf-8; boundary="a b"', b"a b", id="quoted"),
    ],
)
def test_the_boundary_is_found(content_type, boundary):
    assert boundary_of(content_type) == boundary
