"""Looking at files on other servers, and fetching them: bounded, and never where it must not go."""

from __future__ import annotations

import io
import ssl
from urllib.parse import urlsplit

import pytest

from migrator.errors import Interrupted
from migrator.featurebase import FetchRules, Seen, Unfetched
from migrator.featurebase.web import TRIES, Web
from tests.featurebase.conftest import Misbehave, Say

SECRET = (("Authorization", "Basic c2VjcmV0"),)


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def web(server, waits):
    """May speak to the local server, because its host is named; waiting takes no time."""
    rules = FetchRules(frozenset({urlsplit(server.url).netloc}), SECRET)
    made = Web(rules, wait=lambda seconds: waits.append(seconds) or True)
    yield made
    made.close()


def fetched(web: Web, url: str) -> bytes:
    to = io.BytesIO()
    web.fetch(url, to)
    return to.getvalue()


def code_of(call) -> str:
    with pytest.raises(Unfetched) as raised:
        call()
    assert str(raised.value)
    return raised.value.code


def says(status: int = 200, raw: bytes = b"content", **headers: str) -> Say:
    return Say(status, raw=raw, headers={name.replace("_", "-"): value for name, value in headers.items()})


# --- fetching -----------------------------------------------------------------------------------


def test_a_file_is_fetched_with_the_headers_of_its_host(server, web):
    server.script = [says(raw=b"\x00file")]
    assert fetched(web, f"{server.url}/a.bin?token=1") == b"\x00file"
    (heard,) = server.heard
    assert heard.path == "/a.bin?token=1"
    assert heard.headers["authorization"] == "Basic c2VjcmV0"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(says(404), "file-gone", id="404"),
        pytest.param(says(410), "file-gone", id="410"),
        pytest.param(says(401), "file-forbidden", id="401"),
        pytest.param(says(403), "file-forbidden", id="403"),
        pytest.param(says(400), "file-unreachable", id="400"),
        pytest.param(says(Content_Type="text/html; charset=utf-8"), "file-expired", id="login-page"),
        pytest.param(says(raw=b"\n<!DOCTYPE html><title>Sign in"), "file-expired", id="page-that-hides"),
        pytest.param(says(Content_Type="application/x-msdownload"), "file-blocked", id="type-of-a-program"),
        pytest.param(says(Content_Length=str(10**9)), "file-too-large", id="too-large-to-begin"),
        pytest.param(says(Content_Disposition='attachment; filename="x.exe"'), "file-blocked", id="program"),
        pytest.param(says(302, Location="http://elsewhere.example/a"), "file-insecure", id="redirect-to-http"),
        pytest.param(says(302, Location="https://elsewhere.example/a"), "file-unreachable", id="redirect-to-another-host"),
        pytest.param(says(302, Location="/again"), "file-unreachable", id="redirect-without-end"),
        pytest.param(says(302, Location="file:///etc/passwd"), "file-insecure", id="redirect-to-the-disk"),
    ],
)  # fmt: skip
def test_what_cannot_be_fetched_says_why_and_is_not_tried_again(server, web, waits, answer, code):
    server.script = [answer]
    assert code_of(lambda: fetched(web, f"{server.url}/a.bin")) == code
    assert waits == []


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(says(503), id="503"),
        pytest.param(says(429), id="429"),
        pytest.param(Misbehave("reset"), id="reset"),
        pytest.param(Misbehave("close"), id="closed"),
    ],
)
def test_what_may_help_is_tried_again_and_nothing_of_the_first_try_stays(server, web, waits, trouble):
    server.script = [trouble, says(raw=b"whole")]
    assert fetched(web, f"{server.url}/a.bin") == b"whole"
    assert len(waits) == 1
    server.script = [trouble]
    assert code_of(lambda: fetched(web, f"{server.url}/a.bin")) == "file-unreachable"
    assert len(waits) == TRIES


def test_a_server_that_says_how_long_is_believed_within_reason(server, web, waits):
    server.script = [says(429, Retry_After="7"), says(429, Retry_After="99999"), says()]
    fetched(web, f"{server.url}/a")
    assert waits == [7.0, 120.0]


def test_a_server_that_names_the_moment_is_believed_too(server, web, waits):
    long_ago = "Wed, 21 Oct 2015 07:28:00 GMT"
    server.script = [
        says(503, Retry_After=long_ago),
        says(503, Retry_After="Fri, 31 Dec 9999 23:59:59 GMT"),
        says(),
    ]
    fetched(web, f"{server.url}/a")
    assert waits == [0.0, 120.0]


def test_a_page_that_is_the_file_is_fetched(server, web):
    server.script = [says(raw=b"<html>report", Content_Type="text/html")]
    to = io.BytesIO()
    web.fetch(f"{server.url}/attachments/7", to, is_page=True)
    assert to.getvalue() == b"<html>report"
    assert fetched(web, f"{server.url}/report.html") == b"<html>report"


@pytest.mark.parametrize("kind", ["application/vnd.ms-excel", "application/msword; charset=utf-8"])
def test_a_document_that_office_has_written_as_a_page_is_fetched(server, web, kind):
    written = b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table>'
    server.script = [says(raw=written, Content_Type=kind)]
    assert fetched(web, f"{server.url}/report.xls") == written


@pytest.mark.parametrize("kind", ["application/octet-stream", "binary/octet-stream", "text/plain"])
def test_a_page_without_a_type_of_its_own_is_none_of_ours(server, web, kind):
    server.script = [says(raw=b"<html><title>Sign in", Content_Type=kind)]
    assert code_of(lambda: fetched(web, f"{server.url}/report.xls")) == "file-expired"


def test_a_stop_is_obeyed_while_waiting(server):
    server.script = [says(503)]
    web = Web(FetchRules(frozenset({urlsplit(server.url).netloc})), wait=lambda _: False)
    with pytest.raises(Interrupted):
        fetched(web, f"{server.url}/a")
    web.close()


def test_a_file_without_end_is_given_up(server):
    server.script = [says(raw=b"x" * 1_001)]
    web = Web(FetchRules(frozenset({urlsplit(server.url).netloc})), most_bytes=1_000)
    assert code_of(lambda: fetched(web, f"{server.url}/a")) == "file-too-large"
    web.close()


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254", "0.0.0.0"],
)
def test_private_addresses_are_no_place_for_files(host):
    """Whatever listens there: over https nothing is said before the address is looked at."""
    web = Web(FetchRules(), wait=lambda _: True)
    assert code_of(lambda: web.look(f"https://{host}:9/a")) == "file-unreachable"
    web.close()


def test_a_connection_that_reached_a_private_address_is_cut_before_a_word_is_said(server):
    web = Web(FetchRules(), wait=lambda _: True)
    address = urlsplit(server.url).netloc
    assert code_of(lambda: fetched(web, f"https://{address}/a")) == "file-unreachable"
    assert server.heard == []
    web.close()


@pytest.mark.parametrize(("host", "by_proxy"), [("files.example", 1), ("127.0.0.1:9", 0)])
def test_only_a_named_host_is_reached_by_the_proxy_of_the_environment(server, monkeypatch, host, by_proxy):
    for name in ("NO_PROXY", "no_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", server.url)
    web = Web(FetchRules(frozenset({"files.example"})), wait=lambda _: True)
    assert code_of(lambda: web.look(f"https://{host}/a")) == "file-unreachable"
    web.close()
    assert min(server.connections, 1) == by_proxy


def test_plain_http_is_for_named_hosts_of_this_machine_only(server):
    web = Web(FetchRules())
    assert code_of(lambda: fetched(web, f"{server.url}/a")) == "file-insecure"
    assert server.heard == []
    web.close()


def test_a_secret_is_in_no_repr():
    assert "c2VjcmV0" not in repr(FetchRules(frozenset({"a.example"}), SECRET))


def test_certificates_are_checked():
    assert ssl.create_default_context().verify_mode is ssl.CERT_REQUIRED


# --- looking ------------------------------------------------------------------------------------


def test_a_head_that_says_enough_is_enough(server, web):
    server.script = [says(raw=b"", Content_Length="1234", Content_Type="image/png")]
    assert web.look(f"{server.url}/a.png") == Seen(1234, "image/png")
    assert [heard.method for heard in server.heard] == ["HEAD"]


def test_where_head_is_not_liked_the_first_bytes_tell(server, web):
    ranged = says(206, raw=b"%PDF-1.7", Content_Range="bytes 0-1023/5000000", Content_Type="application/pdf")
    server.script = [says(405, raw=b""), ranged]
    assert web.look(f"{server.url}/a.pdf") == Seen(5_000_000, "application/pdf")
    assert server.heard[1].headers["range"] == "bytes=0-1023"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(says(Content_Type="text/html"), "file-expired", id="page"),
        pytest.param(says(raw=b"\n<!DOCTYPE HTML><title>Sign in"), "file-expired", id="page-that-hides"),
        pytest.param(says(403), "file-forbidden", id="signed-link-that-has-expired"),
        pytest.param(says(404), "file-gone", id="gone"),
        pytest.param(says(500), "file-unreachable", id="in-trouble"),
        pytest.param(Misbehave("close"), "file-unreachable", id="silent"),
    ],
)
def test_what_is_no_file_says_why(server, web, answer, code):
    server.script = [says(405, raw=b""), answer]
    assert code_of(lambda: web.look(f"{server.url}/a.pdf")) == code


def test_a_server_that_is_asked_too_often_is_asked_once_more(server, web, waits):
    server.script = [
        says(429),
        says(429, Retry_After="3"),
        says(raw=b"", Content_Length="5", Content_Type="image/png"),
    ]
    assert web.look(f"{server.url}/a.png") == Seen(5, "image/png")
    assert waits == [3.0]


def test_a_page_may_be_the_file(server, web):
    server.script = [says(405, raw=b""), says(raw=b"<html>", Content_Type="text/html")]
    assert web.look(f"{server.url}/a.html", is_page=True).content_type == "text/html"
