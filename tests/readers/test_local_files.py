import pytest

from migrator.errors import SourceError
from migrator.readers import open_local
from tests.readers.support import opened, write, zipped

TICKETS = '[{"id": 1}, {"id": 2}]'
PATHS = ["attachments/1/a.png", "./attachments/1/a.png", "attachments\\1\\a.png"]
OUTSIDE = [
    *("", ".", "..", "../secret.txt", "attachments/../../secret.txt", "/etc/hostname", "C:\\secret.txt"),
    *("attachments/1/.hidden", ".ssh/id", "attachments/1/none.png", "attachments/1", "attachments/1/a\0.png"),
    *("a" * 5000, "link.png", "linked/secret.txt"),
]


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, "secret.txt", "secret")
    export = tmp_path / "export"
    (export / "attachments" / "1").mkdir(parents=True)
    write(export, "tickets.json", TICKETS)
    write(export / "attachments" / "1", "a.png", b"picture")
    write(export / "attachments" / "1", ".hidden", b"hidden")
    (export / "link.png").symlink_to(tmp_path / "secret.txt")
    (export / "linked").symlink_to(tmp_path)
    return export


@pytest.fixture(params=["", "acme/"], ids=["flat", "one-folder"])
def archive(request, tmp_path):
    files = {"tickets.json": TICKETS, "attachments/1/a.png": b"picture", "attachments/1/.hidden": b"x"}
    return zipped(tmp_path / "export.zip", {f"{request.param}{name}": data for name, data in files.items()})


@pytest.mark.parametrize("path", PATHS)
def test_a_file_of_the_folder_is_found_and_opened(folder, path):
    found = opened(folder).local_file(path)
    assert (found.name, found.size_bytes) == ("a.png", 7)
    with found.open() as file, open_local(found.address) as again:
        assert file.read() == again.read() == b"picture"


@pytest.mark.parametrize("path", PATHS)
def test_a_member_of_the_archive_is_found_and_opened(archive, path):
    found = opened(archive).local_file(path)
    assert (found.name, found.size_bytes) == ("a.png", 7)
    assert found.address.startswith(f"{archive.resolve()}!/")
    with found.open() as file, open_local(found.address) as again:
        assert file.read() == again.read() == b"picture"


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda path: path[:30])
def test_nothing_outside_of_the_export_is_found(folder, archive, path):
    assert opened(folder).local_file(path) is None
    assert opened(archive).local_file(path) is None


def test_beside_a_single_file_only_folders_for_attachments_count(folder):
    (folder / "private").mkdir()
    write(folder / "private", "a.png", b"x")
    source = opened(folder / "tickets.json")
    assert source.local_file("attachments/1/a.png").size_bytes == 7
    assert source.local_file("private/a.png") is None
    assert source.local_file("tickets.json") is None


def test_an_archive_of_attachments_beside_the_tickets_is_looked_into(tmp_path):
    write(tmp_path, "tickets.json", TICKETS)
    zipped(tmp_path / "attachments.zip", {"1/a.png": b"picture"})
    source = opened(tmp_path)
    assert [file.name for file in source.files] == ["tickets.json"]
    assert source.local_file("1/a.png").size_bytes == 7


def test_a_member_that_is_gone_is_a_clear_error(archive):
    address = opened(archive).local_file("attachments/1/a.png").address
    zipped(archive, {"tickets.json": TICKETS})
    with pytest.raises(SourceError, match="no longer holds"):
        open_local(address)


def test_a_file_that_is_gone_is_an_error_of_the_system(folder):
    address = opened(folder).local_file("attachments/1/a.png").address
    (folder / "attachments" / "1" / "a.png").unlink()
    with pytest.raises(FileNotFoundError):
        open_local(address)
