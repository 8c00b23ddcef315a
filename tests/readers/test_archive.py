import io
import stat
import struct
import zipfile

import pytest

from migrator.errors import SourceError, UnreadableSource
from migrator.readers import archive as archive_module
from migrator.readers.archive import Archive
from tests.readers.support import json_lines, opened, read, told, workbook, write, zendesk_ticket, zipped

TICKETS = json_lines({"id": 1, "title": "a"}, {"id": 2, "title": "b"})


def link(name):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def encrypted(path, name):
    """A member whose directory entry says that it needs a password."""
    content = bytearray(path.read_bytes())
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.index(magic)
        while name.encode() not in content[start : start + 46 + 100]:
            start = content.index(magic, start + 1)
        content[start + place] |= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_a_member_is_read_in_place(tmp_path, method):
    source = opened(zipped(tmp_path / "export.zip", {"tickets.json": TICKETS}, method))
    assert [record.values["id"] for record in source.records()] == ["1", "2"]
    assert {record.ref.file for record in source.records()} == {"export.zip/tickets.json"}
    assert [(file.name, file.path.name) for file in source.files] == [
        ("export.zip/tickets.json", "export.zip")
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("t.csv", "id,a\n1,x\n", id="csv"),
        pytest.param("t.json", '[{"id": 1, "a": "x"}]', id="json"),
        pytest.param("t.xml", "<tickets><ticket><id>1</id><a>x</a></ticket></tickets>", id="xml"),
    ],
)
def test_every_kind_of_file_is_read_in_an_archive(tmp_path, name, content):
    (record,) = read(zipped(tmp_path / "export.zip", {name: content}))
    assert record.values == {"id": "1", "a": "x"}


def test_a_workbook_is_read_in_an_archive(tmp_path):
    book = workbook(tmp_path / "t.xlsx", {"T": [["id"], ["007"]]}).read_bytes()
    (record,) = read(zipped(tmp_path / "export.zip", {"t.xlsx": book}))
    assert (record.values, str(record.ref)) == ({"id": "007"}, "export.zip/t.xlsx[T], row 2")


@pytest.mark.parametrize("top", ["", "acme-export/", "a/b/"], ids=["flat", "one-folder", "two-folders"])
def test_a_folder_and_an_archive_of_it_give_the_same_records(tmp_path, top):
    parts = {f"tickets-{n}.json": json_lines(zendesk_ticket(n), zendesk_ticket(n + 100)) for n in (10, 2)}
    users = json_lines({"id": 501, "name": "Wanda", "role": "end-user"})
    files = {**parts, "users.json": users, "attachments/1/tickets.json": "[]"}
    (tmp_path / "folder").mkdir()
    for name, content in files.items():
        path = tmp_path / "folder" / top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    packed = zipped(tmp_path / "folder.zip", {f"{top}{name}": content for name, content in files.items()})
    unpacked, inside = (
        [(r.values, r.ref.file.removeprefix("folder.zip/"), r.ref.row) for r in read(each)]
        for each in (tmp_path / "folder", packed)
    )
    assert unpacked == inside
    assert [values["id"] for values, _, _ in inside] == ["2", "102", "10", "110"]


@pytest.mark.parametrize(
    ("info", "reason"),
    [
        pytest.param(zipfile.ZipInfo("../evil.json"), "points outside", id="parent"),
        pytest.param(zipfile.ZipInfo("a/../../evil.json"), "points outside", id="parent-in-the-midst"),
        pytest.param(zipfile.ZipInfo("/etc/evil.json"), "points outside", id="absolute"),
        pytest.param(zipfile.ZipInfo("C:/evil.json"), "points outside", id="drive"),
        pytest.param(zipfile.ZipInfo("..\\evil.json"), "points outside", id="backslash"),
        pytest.param(zipfile.ZipInfo("con.json"), "name is that of a device", id="device"),
        pytest.param(link("link.json"), "is a link", id="symlink"),
    ],
)
def test_a_member_whose_name_leads_away_is_left_out_and_told(tmp_path, info, reason):
    path = zipped(tmp_path / "export.zip", {"tickets.json": TICKETS})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(info, '{"id": 666}')
    source = opened(path)
    assert [record.values["id"] for record in source.records()] == ["1", "2"]
    assert [n.code for n in source.notices if reason in n.message] == ["member-left-out"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param({"image.png": b"\x89PNG"}, "holds no export", id="pictures-only"),
        pytest.param({"attachments/1/a.csv": "id\n1\n"}, "holds no export", id="attachments-only"),
        pytest.param({"inner.zip": b"PK"}, r"holds other archives: inner\.zip", id="archives-only"),
        pytest.param({"a.csv": "id\n1\n", "b.json": "[{}]"}, "of different kinds", id="kinds"),
        pytest.param({"a.csv": ""}, "empty", id="empty-member"),
    ],
)
def test_an_archive_that_cannot_be_one_export_is_refused(tmp_path, files, message):
    with pytest.raises(SourceError, match=message):
        opened(zipped(tmp_path / "export.zip", files))


def test_a_member_with_a_password_is_refused_by_name(tmp_path):
    path = zipped(tmp_path / "export.zip", {"tickets.json": TICKETS})
    encrypted(path, "tickets.json")
    with pytest.raises(SourceError, match="protected with a password") as caught:
        opened(path)
    assert caught.value.at == "export.zip/tickets.json"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused(tmp_path):
    path = zipped(tmp_path / "export.zip", {"tickets.json": TICKETS})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("tickets.json", "{}")
    with pytest.raises(SourceError, match="two files of this name"):
        opened(path)


def test_what_unpacks_beyond_measure_is_refused_as_it_is_read(tmp_path):
    bomb = b'{"id": 1, "a": "' + b" " * (65 << 20)
    with pytest.raises(UnreadableSource, match="unpacks to more than") as caught:
        read(zipped(tmp_path / "export.zip", {"tickets.json": bomb}))
    assert caught.value.at == "export.zip/tickets.json"


def test_a_directory_that_lies_about_sizes_is_refused(tmp_path):
    path = zipped(tmp_path / "export.zip", {"tickets.json": TICKETS})
    content = bytearray(path.read_bytes())
    struct.pack_into("<L", content, content.index(b"PK\x01\x02") + 24, 5)
    path.write_bytes(content)
    with pytest.raises(UnreadableSource, match="damaged, or not what the archive says"):
        read(path)


def test_members_that_share_their_bytes_are_refused(tmp_path):
    """One stretch of bytes under thousands of names is how the densest bombs are made."""
    path = zipped(tmp_path / "export.zip", {"t1.json": TICKETS * 50})
    content = path.read_bytes()
    start = content.index(b"PK\x01\x02")
    entry = content[start : content.index(b"PK\x05\x06")]
    entries = b"".join(entry.replace(b"t1.json", b"t%d.json" % n) for n in range(1, 10))
    end = bytearray(content[content.index(b"PK\x05\x06") :])
    struct.pack_into("<HHL", end, 8, 9, 9, len(entries))
    path.write_bytes(content[:start] + entries + end)
    with pytest.raises(SourceError, match=r"damaged|claims more than it holds"):
        read(path)


def test_a_directory_longer_than_any_export_is_not_even_read(tmp_path):
    path = zipped(tmp_path / "export.zip", {"tickets.json": TICKETS})
    content = bytearray(path.read_bytes())
    struct.pack_into(
        "<L", content, content.index(b"PK\x05\x06") + 12, archive_module.MOST_DIRECTORY_BYTES + 1
    )
    path.write_bytes(content)
    with pytest.raises(SourceError, match="more files than any export"):
        Archive(path)


@pytest.mark.parametrize("kept", [0.3, 0.7, 0.99])
def test_an_archive_that_was_cut_off_is_refused(tmp_path, kept):
    path = zipped(tmp_path / "export.zip", {"tickets.json": TICKETS * 100})
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(SourceError, match="damaged"):
        opened(path)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        pytest.param("müller.csv".encode(), "müller.csv", id="utf-8-without-saying-so"),
        pytest.param("müller.csv".encode("cp1252"), "müller.csv", id="windows-1252"),
        pytest.param("müller.csv".encode("cp437"), "müller.csv", id="dos"),
    ],
)
def test_names_in_old_encodings_are_readable(tmp_path, raw, name):
    placeholder = "x" * len(raw)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(placeholder, "id\n1\n")
    path = write(tmp_path, "export.zip", packed.getvalue().replace(placeholder.encode(), raw))
    assert [member.inside for member in Archive(path).members] == [name]


def test_what_else_lies_in_an_archive_is_counted(tmp_path):
    files = {"tickets.json": TICKETS, ".hidden.json": "x", "logo.png": "x", "a/b.png": "x"}
    assert told(opened(zipped(tmp_path / "export.zip", files))) == {"file-ignored": 3}


def test_a_member_without_a_name_is_no_file(tmp_path):
    """No program writes it, but damage may."""
    path = zipped(tmp_path / "export.zip", {"x": "id\n9\n", "t.csv": "id\n1\n"}, zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    entry = content.index(b"PK\x01\x02")
    struct.pack_into("<HH", content, entry + 28, 0, 1)  # its name becomes an extra field
    path.write_bytes(content)
    assert [record.values["id"] for record in read(path)] == ["1"]
