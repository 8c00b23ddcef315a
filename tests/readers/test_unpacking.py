import gzip
import io
import tempfile
from collections import deque
from contextlib import closing

import pytest

from migrator.errors import DiskFull, UnreadableSource
from migrator.readers.blobs import OnDisk
from migrator.readers.shared_texts import BLOCK_CHARACTERS, SharedTexts
from migrator.readers.unpacking import nameless_copy, unpack
from tests.readers.support import opened, read, workbook, write, zipped

ROWS = "id,title\n" + "".join(f"{n},row number {n}\n" for n in range(1, 500))


def test_a_gzip_file_is_read_as_what_is_inside(tmp_path):
    source = opened(write(tmp_path, "t.csv.gz", gzip.compress(ROWS.encode())))
    seen = []
    for record in source.records():
        assert record.ref.file == "t.csv.gz"
        seen.append(source.read_bytes)
    assert len(seen) == 499
    assert seen == sorted(seen)
    assert seen[-1] <= source.size_bytes == source.read_bytes


def test_a_gzip_file_in_a_folder_or_an_archive_is_read_too(tmp_path):
    content = gzip.compress(ROWS.encode())
    (tmp_path / "folder").mkdir()
    write(tmp_path / "folder", "t.csv.gz", content)
    assert (
        len(read(tmp_path / "folder")) == len(read(zipped(tmp_path / "t.zip", {"t.csv.gz": content}))) == 499
    )


def test_a_workbook_may_be_gzipped(tmp_path):
    book = workbook(tmp_path / "t.xlsx", {"T": [["id"], ["007"]]}).read_bytes()
    (record,) = read(write(tmp_path, "t.xlsx.gz", gzip.compress(book)))
    assert record.values == {"id": "007"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(gzip.compress(ROWS.encode())[:-9], "damaged", id="cut-off"),
        pytest.param(gzip.compress(ROWS.encode())[:-8] + bytes(8), "damaged", id="wrong-check-sum"),
        pytest.param(gzip.compress(b" " * (65 << 20)), "unpacks to more than", id="bomb"),
    ],
)
def test_a_gzip_file_that_is_damaged_or_made_to_hurt_is_refused(tmp_path, content, message):
    blob = unpack(OnDisk(write(tmp_path, "t.csv.gz", content)))
    with blob.open("rb") as file, pytest.raises(UnreadableSource, match=message):
        deque(iter(lambda: file.read(1 << 20), b""), maxlen=0)


def test_other_files_are_left_as_they_are(tmp_path):
    blob = OnDisk(write(tmp_path, "t.csv", ROWS))
    assert unpack(blob) is blob


@pytest.fixture
def small_disk():
    """No file may grow beyond a hundred bytes."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("copies", [1, 5_000], ids=["at-the-end", "in-the-midst"])
def test_a_disk_without_room_for_the_copy_is_told(small_disk, copies):
    with pytest.raises(DiskFull, match="no room left for temporary files") as full:
        nameless_copy(io.BytesIO(b"x" * 1_000 * copies))
    assert "TMPDIR" in full.value.hint


def test_a_disk_without_room_for_the_texts_of_a_workbook_is_told(small_disk):
    texts = SharedTexts(iter(["x" * BLOCK_CHARACTERS] * 3))
    with pytest.raises(DiskFull, match="no room left for temporary files"), closing(texts):
        assert [texts[number] for number in (2, 0)]


def test_a_folder_for_temporary_files_that_is_not_there_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(DiskFull, match="no room left for temporary files"):
        nameless_copy(io.BytesIO(b"x"))
