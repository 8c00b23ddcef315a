import gzip
import io
import os
import zipfile

import pytest

from migrator.errors import SourceError
from migrator.readers.blobs import OnDisk
from migrator.readers.kinds import Kind, kind_of, must_be_file
from tests.readers.support import workbook, write


def zipped(*names):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return packed.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path):
    os.mkfifo(tmp_path / "tickets.csv")
    with pytest.raises(SourceError, match="a pipe or a device"):
        must_be_file(tmp_path / "tickets.csv")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(SourceError, match="this is a folder"):
        must_be_file(tmp_path)


def test_a_json_number_of_any_length_is_recognised(tmp_path):
    assert kind_of(OnDisk(write(tmp_path, "tickets.json", b'[{"id": ' + b"9" * 70_000 + b"}]"))) is Kind.JSON


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        pytest.param(b"", "empty", "export it again", id="empty"),
        pytest.param(b"\xef\xbb\xbf \r\n\n", "empty", "export it again", id="blank"),
        pytest.param(b"version https://git-lfs.github.com/spec/v1\noid", "git-LFS", "git lfs pull", id="lfs"),
        pytest.param(b"%PDF-1.7 ...", "a PDF", "the helpdesk exported", id="pdf"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "a picture", "the helpdesk exported", id="png"),
        pytest.param(gzip.compress(b"id,a\n"), "gzip twice", "unpack it", id="gzip-in-gzip"),
        pytest.param(zipped("xl/workbook.bin"), "not supported", "save it as .xlsx", id="xlsb"),
        pytest.param(
            zipped("[Content_Types].xml", "word/document.xml"), "no workbook", "exported", id="docx"
        ),
        pytest.param(zipped("xl/workbook.xml")[:60], "cut off", "download it again", id="zip-cut-off"),
        pytest.param(OLE + b"\0" * 600, "no workbook", "exported", id="doc"),
        pytest.param(
            OLE + b"\0" * 900 + "EncryptedPackage".encode("utf-16-le"),
            "password",
            "without the password",
            id="locked",
        ),
        pytest.param(b"SQLite format 3\0" + b"\0" * 80, "a database", "exported", id="ledger"),
        pytest.param(b"<!DOCTYPE html><html><body>Log in", "a web page", "exported", id="web-page"),
        pytest.param(
            b"This XML file does not appear to have any style information",
            "from a browser",
            "right click",
            id="saved-from-a-browser",
        ),
        pytest.param(b"+----+---+\n| id | a |\n+----+---+\n", "drawn with lines", "--batch", id="console"),
        pytest.param(b'var tickets = [{"id": 1}];', "a script", "begins with", id="script"),
        pytest.param(b'window.T["a"] = {"id": 1}', "a script", "begins with", id="script-of-a-page"),
        pytest.param(b'callback([{"id": 1}])', "a script", "begins with", id="jsonp"),
        pytest.param(b'// made today\n[{"id": 1}]', "behind a comment", "remove", id="comment"),
        pytest.param(b'/* a */ {"id": 1}', "behind a comment", "remove", id="block-comment"),
        pytest.param(b'"[{\\"id\\": 1}]"', "a string once more", "jq -r", id="json-in-a-string"),
        pytest.param(b"[{'id': 1, 'a': None}]", "what Python prints", "json.dump", id="python"),
        pytest.param(b"- id: 1\n  subject: a\n- id: 2\n", "YAML", "as JSON or CSV", id="yaml"),
        pytest.param(
            b"From: Ann <ann@example.com>\nTo: ben@example.com\n\nHi", "an e-mail message", "from", id="mail"
        ),
        pytest.param(
            b"From: ann@example.com\nSubject: a, b, c\n\nHi,\nit fails, too,\nBye",
            "an e-mail",
            "from",
            id="mail-2",
        ),
        pytest.param(b"// a\n{id: 1}", "behind a comment", "remove", id="comment-json5"),
        pytest.param(
            b"From ann@example.com Mon Jan  1\nReceived: by x\n\nHi", "an e-mail message", "from", id="mbox"
        ),
        pytest.param(
            b"tickets.json".ljust(257, b"\0") + b"ustar\x0000", "a tar archive", "unpack it", id="tar"
        ),
        pytest.param(bytes(range(256)) * 20, "neither text nor a workbook", "exported", id="bytes"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_way_out(tmp_path, content, message, hint):
    with pytest.raises(SourceError) as caught:
        kind_of(OnDisk(write(tmp_path, "tickets.csv", content)))
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.at == "tickets.csv"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        pytest.param("t.xlsx", b"id,a\n1,x\n", Kind.TABLE, id="csv-named-xlsx"),
        pytest.param("t.csv", b'{"id": 1}\n', Kind.JSON, id="json-named-csv"),
        pytest.param("t.json", b"[id];[name]\n1;x\n", Kind.TABLE, id="csv-with-brackets"),
        pytest.param("t.json", b"{id},a\n1,x\n", Kind.TABLE, id="csv-with-braces"),
        pytest.param("t", b" \n[\n{", Kind.JSON, id="json-cut-off"),
        pytest.param("t", b"[]", Kind.JSON, id="empty-array"),
        pytest.param("t", '{"a": "ü"}'.encode("utf-16"), Kind.JSON, id="json-in-utf-16"),
        pytest.param("t.csv", b"id,a\n1,x\0y\n", Kind.TABLE, id="table-with-a-nul"),
        pytest.param("t.xls", b'\xef\xbb\xbf<?xml version="1.0"?><tickets/>', Kind.XML, id="xml-named-xls"),
        pytest.param("t.csv", b"<!-- RSS --><rss/>", Kind.XML, id="xml-without-a-declaration"),
        pytest.param("t.csv", zipped("tickets.json"), Kind.ARCHIVE, id="archive"),
    ],
)
def test_content_decides_and_never_the_name(tmp_path, name, content, kind):
    assert kind_of(OnDisk(write(tmp_path, name, content))) is kind


def test_a_workbook_is_one_whatever_its_name(tmp_path):
    path = workbook(tmp_path / "t.xlsx", {"T": [["a"]]})
    assert kind_of(OnDisk(path.rename(tmp_path / "t.csv"))) is Kind.WORKBOOK


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(SourceError, match="no such file") as caught:
        must_be_file(tmp_path / "none.csv")
    assert caught.value.hint == "check the path"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="everything is readable to root")
def test_a_file_that_may_not_be_read_is_refused(tmp_path):
    path = write(tmp_path, "t.csv", "id\n")
    path.chmod(0)
    with pytest.raises(SourceError, match="cannot be read"):
        kind_of(OnDisk(path))


@pytest.mark.parametrize(
    "beginning",
    [
        pytest.param("From: 2024-01-01\nTo: 2024-02-01\nid,subject\n", id="a-title-of-two-days"),
        pytest.param("From,To,Subject\na@example.com,b@example.com,x\n", id="columns-of-mail"),
        pytest.param("- id,subject\n1,a\n", id="a-header-with-a-dash"),
        pytest.param("[id];[subject]\n1;a\n", id="a-header-in-brackets"),
        pytest.param("Sum(a),Count(b)\n1,2\n", id="a-header-with-functions"),
        pytest.param("let me,know\n1,2\n", id="a-header-of-words"),
        pytest.param("From: ops@example.com\nReport: tickets\nid,subject,state\n1,a,b\n", id="who-made-it"),
        pytest.param(
            "From: ops@example.com\nTo: ben@example.com\n\nid;subject\n1;a\n", id="who-and-for-whom"
        ),
        pytest.param(
            "From: ops@example.com\nDate: today\nSubject: a, b, c\nid,subject,state\n1,a,b\n",
            id="like-a-mail",
        ),
        pytest.param("- Report: tickets\n  Date: today\nid,subject\n1,a\n", id="a-list-above-it"),
        pytest.param("- By: ops\n  On: Monday\n- For: Ben\nid|subject\n1|a\n", id="a-longer-list-above-it"),
        pytest.param("// exported\n[id],subject,state\n1,a,b\n", id="a-comment-above-brackets"),
        pytest.param("// exported\n{id},subject,state\n1,a,b\n", id="a-comment-above-braces"),
    ],
)
def test_a_table_that_begins_oddly_is_a_table(tmp_path, beginning):
    assert kind_of(OnDisk(write(tmp_path, "t.csv", beginning))) is Kind.TABLE
