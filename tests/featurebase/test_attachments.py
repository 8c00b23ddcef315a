"""One file on its own: which travel, in which way, and how the others are named."""

from __future__ import annotations

import json

import pytest

from migrator.featurebase.attachments import Way, are_there, as_upload, as_uri, fault_of, in_words, way_of
from migrator.model import FileRef, FileRules, Step, StepKind, TicketSeen

URL = "https://files.example/a.png"
LOCAL = FileRef("a.png", path="/export/a.png", size_bytes=3, sha256="00")
FETCHED = FileRules(fetched_from=frozenset({"desk.example", "desk.example:8443"}))


@pytest.mark.parametrize(
    ("file", "fault"),
    [
        pytest.param(FileRef("a.png", URL), "", id="https"),
        pytest.param(FileRef("a.png", URL, size_bytes=10_000_000), "", id="just-small-enough"),
        pytest.param(FileRef("a.png", URL, size_bytes=10_000_001), "file-too-large", id="too-large-to-download"),
        pytest.param(FileRef("a.png", "http://files.example/a.png"), "file-insecure", id="http"),
        pytest.param(FileRef("a", "javascript:alert(1)"), "file-without-address", id="script"),
        pytest.param(FileRef("a", "https://"), "file-without-address", id="no-host"),
        pytest.param(FileRef("a.exe", "https://files.example/1"), "file-blocked", id="blocked-by-name"),
        pytest.param(FileRef("a", "https://files.example/a.BAT"), "file-blocked", id="blocked-by-address"),
        pytest.param(FileRef("a.exe. ", URL), "file-blocked", id="blocked-behind-dots"),
        pytest.param(LOCAL, "", id="local"),
        pytest.param(FileRef("a.sh", path="/export/a.sh"), "file-blocked", id="local-blocked"),
        pytest.param(FileRef("a", path="/export/a", size_bytes=400_000_001), "file-too-large", id="too-large-to-upload"),
        pytest.param(FileRef("a", path="../a", fault="file-outside-export"), "file-outside-export", id="not-to-be-had"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_travel_says_why(file, fault):
    assert fault_of(file, FileRules()) == fault


@pytest.mark.parametrize(
    ("file", "way"),
    [
        pytest.param(FileRef("a", URL), Way.URL, id="elsewhere"),
        pytest.param(FileRef("a", "https://desk.example/a"), Way.UPLOAD, id="named-host"),
        pytest.param(FileRef("a", "https://DESK.example/a"), Way.UPLOAD, id="any-case"),
        pytest.param(FileRef("a", "http://desk.example/a"), Way.UPLOAD, id="its-http-too"),
        pytest.param(FileRef("a", "https://desk.example:8443/a"), Way.UPLOAD, id="named-port"),
        pytest.param(FileRef("a", "https://desk.example:9999/a"), Way.URL, id="other-port"),
        pytest.param(FileRef("a", "https://desk.example.evil.example/a"), Way.URL, id="longer-name"),
        pytest.param(LOCAL, Way.UPLOAD, id="local"),
    ],
)
def test_what_featurebase_cannot_download_is_uploaded(file, way):
    assert way_of(file, FETCHED) is way


def test_a_large_file_of_a_named_host_travels():
    assert fault_of(FileRef("a", "https://desk.example/a", size_bytes=50_000_000), FETCHED) == ""


@pytest.mark.parametrize(
    ("file", "text"),
    [
        pytest.param(FileRef("a.png", "http://f.example/a.png"), '<p>(file: <a href="http://f.example/a.png">a.png</a>)</p>', id="http"),
        pytest.param(FileRef("a.png", path="/disk/a.png"), "<p>(file: a.png)</p>", id="local"),
        pytest.param(FileRef("", path="/disk/a.png"), "<p>(file: file)</p>", id="without-name"),
        pytest.param(FileRef("a", "javascript:alert(1)"), "<p>(file: a)</p>", id="script"),
        pytest.param(FileRef("<b>&", "http://e.example/?a=1&b='\""), '<p>(file: <a href="http://e.example/?a=1&amp;b=&#x27;%22">&lt;b&gt;&amp;</a>)</p>', id="markup"),
    ],
)  # fmt: skip
def test_a_file_is_named_and_linked_where_it_has_an_address(file, text):
    assert in_words(file) == text


def test_a_file_that_travels_elsewhere_is_named_with_its_place():
    assert in_words(LOCAL, "A & B") == "<p>(file: a.png, in the field A &amp; B of this ticket)</p>"


@pytest.mark.parametrize(
    ("file", "name", "content_type"),
    [
        pytest.param(FileRef("a.png", path="/e/1", content_type="image/png"), "a.png", "image/png", id="as-told"),
        pytest.param(FileRef("../../etc/passwd", path="/e/1"), "passwd", "application/octet-stream", id="folders"),
        pytest.param(FileRef("C:\\x\\a.txt", path="/e/1"), "a.txt", "application/octet-stream", id="windows-folders"),
        pytest.param(FileRef('a"\r\nX: y.txt', path="/e/1"), 'a"X: y.txt', "application/octet-stream", id="control-characters"),
        pytest.param(FileRef("", path="/e/1"), "file", "application/octet-stream", id="nameless"),
        pytest.param(FileRef("a", path="/e/1", content_type="text/html\r\nX: y"), "a", "application/octet-stream", id="forged-type"),
        pytest.param(FileRef("x" * 300 + ".png", path="/e/1"), "x" * 251 + ".png", "application/octet-stream", id="long-name-keeps-its-end"),
    ],
)  # fmt: skip
def test_an_upload_has_a_harmless_name_and_type(file, name, content_type):
    upload = as_upload(file, "f-1")
    assert (upload.part, upload.name, upload.content_type) == ("customFields.f-1", name, content_type)


@pytest.mark.parametrize(
    ("address", "uri"),
    [
        ("https://e.example/a%20b?x=1&y=[2]#z", "https://e.example/a%20b?x=1&y=[2]#z"),
        ("https://e.example/Übersicht.pdf", "https://e.example/%C3%9Cbersicht.pdf"),
        ("https://e.example/{a}|b", "https://e.example/%7Ba%7D%7Cb"),
        ("https://e.example/\ud800", "https://e.example/?"),
    ],
)
def test_an_address_is_sent_as_a_uri(address, uri):
    assert as_uri(address) == uri


@pytest.mark.parametrize(
    ("value", "there"),
    [
        pytest.param('[{"key":"k","name":"a.png","url":"u"},{"name":"b"}]', True, id="json-text-of-several"),
        pytest.param('{"name":"a.png"}', True, id="json-text-of-one"),
        pytest.param([{"name": "a.png"}], True, id="json"),
        pytest.param('[{"name":"b.png"}]', False, id="another"),
        pytest.param("a.png", False, id="no-json"),
        pytest.param(None, False, id="nothing"),
    ],
)
def test_files_are_there_when_their_field_names_them(value, there):
    seen = TicketSeen(1, "id", custom_fields={"f-1": value, "f-2": '{"name":"a.png"}'})
    assert are_there(bringing({}), seen) is there


@pytest.mark.parametrize(
    ("said", "there"),
    [
        pytest.param({"t": "new"}, True, id="as-said"),
        pytest.param({"t": "old"}, False, id="another-value"),
        pytest.param({"gone": None}, True, id="cleared"),
        pytest.param({"u": {"url": "https://files.example/b.png", "name": "b.png"}}, True, id="by-address"),
    ],
)
def test_a_change_with_files_is_made_when_what_else_it_says_is_there_too(said, there):
    """Its files may have been there before."""
    seen = TicketSeen(1, "id", custom_fields={"f-1": '{"name":"a.png"}', "t": "new"})
    assert are_there(bringing(said), seen) is there


def bringing(fields: dict[str, object]) -> Step:
    body = json.dumps({"customFields": fields} if fields else {}).encode()
    return Step(StepKind.UPDATE, "PATCH", "/v2/tickets/{number}", body, uploads=(as_upload(LOCAL, "f-1"),))
