"""Keys, versions, hosts, bodies and connections."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest

from migrator.sandbox import Sandbox, SandboxError, SandboxOptions
from tests.sandbox.support import Api, judge


def raw(sandbox: Sandbox, text: bytes) -> bytes:
    """What comes back for bytes that no proper client would send."""
    parts = urlsplit(sandbox.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as connection:
        connection.sendall(text)
        answer = b""
        while block := connection.recv(65_536):
            answer += block
    return answer


def request(sandbox: Sandbox, line: str, *headers: str, body: bytes = b"") -> bytes:
    head = "\r\n".join([line, *headers, f"Authorization: Bearer {sandbox.key}", "Connection: close"])
    return raw(sandbox, head.encode() + b"\r\n\r\n" + body)


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer ", "Bearer sk_sandbox_", "Basic x", "bearer x", "KEY", "BearerKEY"]
)
def test_a_request_without_a_valid_key_is_refused_without_rate_headers(make_sandbox, value):
    sandbox = make_sandbox(rate_limit=10)
    with Api(sandbox) as api:
        reply = api.get("/v2/admins", Authorization=value.replace("KEY", sandbox.key))
    assert (reply.status, reply.json) == (401, {"success": False, "message": "Invalid API Key"})
    assert not any(name.startswith("X-RateLimit") for name in reply.headers)


def test_every_key_of_the_workspace_opens_it_and_shows_the_same(make_sandbox):
    sandbox = make_sandbox(keys=3)
    assert len(set(sandbox.keys)) == 3
    seen = []
    for key in sandbox.keys:
        with Api(sandbox, key) as api:
            seen.append(api.get("/v2/tickets/statuses").json)
    assert seen[0] == seen[1] == seen[2]


@pytest.mark.parametrize(
    ("version", "status"),
    [
        pytest.param("2026-01-01.nova", 200, id="nova"),
        pytest.param("2026-08-19.orbit", 200, id="orbit"),
        pytest.param("2025-12-12.clover", 404, id="older-shapes"),
        pytest.param("2027-01-01.pulsar", 404, id="unknown"),
        pytest.param("", 404, id="empty"),
    ],
)
def test_a_version_that_is_given_must_be_spoken_here(make_api, version, status):
    api = make_api(errors="documented")
    reply = api.get("/v2/tickets/statuses", **{"Featurebase-Version": version})
    assert reply.status == status
    assert status == 200 or reply.code == "version_not_supported"


def test_the_version_header_is_optional(sandbox):
    assert b" 200 OK" in request(sandbox, "GET /v2/admins HTTP/1.1", "Host: localhost")


def test_the_date_is_the_servers_clock(api):
    date = parsedate_to_datetime(api.get("/v2/admins").headers["Date"])
    assert abs(date.timestamp() - time.time()) < 5


def test_paths_and_methods_that_do_not_exist_are_told_apart(api):
    assert api.get("/v2/nowhere").status == 404
    assert api.send("PUT", "/v2/tickets", b"{}").status == 405
    assert api.get("/v2/tickets/abc").status == 400
    assert api.get("/v2/tickets/0").status == 400
    assert api.get(f"/v2/tickets/{10**17}").status == 404
    assert api.get(f"/v2/tickets/{10**30}").status == 400


@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "TRACE"])
def test_a_method_that_a_path_does_not_take_is_answered_with_those_that_it_does(api, method):
    reply = api.send(method, "/v2/tickets")
    assert (reply.status, reply.headers["Allow"]) == (405, "GET, POST")


def test_a_misspelt_query_parameter_is_refused(make_api):
    reply = make_api(errors="documented").get("/v2/tickets?statusId=1")
    assert (reply.status, reply.code) == (400, "parameter_not_supported")
    assert make_api().get(f"/v2/tickets?{'q=1&' * 1001}").status == 400


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(b"", "application/json", id="empty"),
        pytest.param(b"{", "application/json", id="broken"),
        pytest.param(b"[]", "application/json", id="list"),
        pytest.param(b"\xff", "application/json", id="no-utf-8"),
        pytest.param(b'{"a": NaN}', "application/json", id="nan"),
        pytest.param(b'{"a": 1e999}', "application/json", id="endless-number"),
        pytest.param(b'{"title": "\\ud800"}', "application/json", id="lone-surrogate"),
        pytest.param(b"[" * 100_000, "application/json", id="bottomless"),
        pytest.param(b"1" * 10_000, "application/json", id="huge-number"),
        pytest.param(b"{}", "text/plain", id="wrong-type"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(api, body, content_type):
    assert api.send("POST", "/v2/tickets", body, content_type).status == 400
    assert api.get("/v2/admins").status == 200


def test_a_body_that_is_too_long_is_refused_and_the_connection_lives(api):
    body = json.dumps(api.ticket(content="x" * (25 * 1024 * 1024))).encode()
    assert api.send("POST", "/v2/tickets", body).status == 413
    assert api.get("/v2/admins").status == 200


def test_a_body_may_come_in_chunks(sandbox):
    body = json.dumps({"email": "a@example.com"}).encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (body[:5], body[5:])) + b"0\r\n\r\n"
    headers = ("Host: localhost", "Content-Type: application/json", "Transfer-Encoding: chunked")
    assert b" 201 Created" in request(sandbox, "POST /v2/contacts HTTP/1.1", *headers, body=chunks)
    for size in (b"zz", b"-5", b"+5", b"0x5", b"5_0"):
        told = request(sandbox, "POST /v2/contacts HTTP/1.1", *headers, body=size + b"\r\n12345\r\n0\r\n\r\n")
        assert b" 400 " in told, size


@pytest.mark.parametrize(
    ("header", "status"),
    [
        pytest.param("Content-Length: x", b" 400 ", id="no-number"),
        pytest.param("Content-Length: -1", b" 400 ", id="negative"),
        pytest.param(f"Content-Length: {10**12}", b" 413 ", id="a-terabyte"),
        pytest.param("Transfer-Encoding: gzip", b" 400 ", id="unknown-coding"),
    ],
)
def test_a_body_whose_end_is_unknown_ends_the_connection(sandbox, header, status):
    assert status in request(sandbox, "POST /v2/contacts HTTP/1.1", "Host: localhost", header)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:80", "[::1]:8080"])
def test_our_own_names_are_answered(sandbox, host):
    assert b" 200 OK" in request(sandbox, "GET / HTTP/1.1", f"Host: {host}")


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "[::1", "127.0.0.1.nip.io"])
def test_foreign_names_for_this_machine_are_refused(sandbox, host):
    assert b" 403 " in request(sandbox, "GET /v2/admins HTTP/1.1", f"Host: {host}")
    assert b" 403 " in request(sandbox, "GET / HTTP/1.1", f"Host: {host}")


def test_clients_that_leave_cause_no_noise(sandbox, capfd):
    parts = urlsplit(sandbox.url)
    for head in (
        b"",
        b"POST /v2/tick",
        b"POST /v2/tickets HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{",
    ):
        with socket.create_connection((parts.hostname, parts.port)) as connection:
            connection.sendall(head)
    with Api(sandbox) as api:
        assert api.get("/v2/admins").status == 200
    sandbox.stop()
    assert capfd.readouterr() == ("", "")


def test_an_upload_that_breaks_off_leaves_no_file(make_sandbox, tmp_path):
    sandbox = make_sandbox(db=tmp_path / "s.db")
    head = b'--b\r\nContent-Disposition: form-data; name="customFields.1"; filename="%s"\r\n\r\nx\r\n'
    body = head % b"a.pdf" + head % b"b.pdf"
    message = (
        f"POST /v2/tickets HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {sandbox.key}\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {len(body) + 1}\r\n\r\n"
    )
    parts = urlsplit(sandbox.url)
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        connection.sendall(message.encode() + body)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(10) == b""
    assert list((tmp_path / "s.db.files").iterdir()) == []


def test_connections_are_kept_alive_and_served_side_by_side(make_sandbox):
    sandbox = make_sandbox(latency_s=0.2)
    apis = [Api(sandbox) for _ in range(10)]
    judge()  # slow the first time
    started = time.monotonic()
    threads = [
        threading.Thread(target=lambda api=api: [api.get("/v2/teams"), api.get("/v2/teams")]) for api in apis
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for api in apis:
        api.connection.close()
    assert 0.4 <= time.monotonic() - started < 3  # one after the other: 4
    assert sandbox.requests() == {("GET", "/v2/teams", 200): 20}


def test_stopping_ends_idle_connections_and_frees_the_port():
    with Sandbox() as sandbox:
        connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=5)
        connection.request("GET", "/")
        connection.getresponse().read()
        started = time.monotonic()
        sandbox.stop()
        assert time.monotonic() - started < 2
        connection.close()
    with Sandbox(SandboxOptions(port=urlsplit(sandbox.url).port)) as again:
        assert again.url == sandbox.url


def test_a_port_that_is_taken_is_said(sandbox):
    port = urlsplit(sandbox.url).port
    with pytest.raises(SandboxError, match=f"port {port}: it is in use already"):
        Sandbox(SandboxOptions(port=port)).start()


def test_it_stops_by_itself_when_nobody_comes():
    started = time.monotonic()
    Sandbox(SandboxOptions(stop_when_idle_s=0.2)).serve_forever()
    assert time.monotonic() - started < 3


def test_the_key_is_in_no_repr_and_no_count(sandbox):
    with Api(sandbox) as api:
        api.get("/v2/admins")
    assert sandbox.key not in f"{sandbox!r} {sandbox.options!r} {sandbox.requests()}"
