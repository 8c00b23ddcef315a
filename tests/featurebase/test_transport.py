"""The way to the service: through the proxy that the environment names, or straight."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from migrator.errors import WrongAddress
from migrator.featurebase import Connection
from migrator.featurebase.answers import Answer
from migrator.featurebase.transport import Failure, Transport
from tests.featurebase.conftest import KEY

ADDRESS = "https://featurebase.example"


def test_threads_inherit_connections_so_that_their_number_does_not_grow(server):
    transport = Transport(Connection(server.url, keys=(KEY,)))
    answers: list[Answer | Failure] = []

    def ask(together: threading.Barrier) -> None:
        together.wait(5)  # so that none has ended before the other begins
        answers.append(transport.exchange(0, "GET", "/v2/tickets", None))
        together.wait(5)

    for _ in range(5):
        together = threading.Barrier(2)
        crew = [threading.Thread(target=ask, args=(together,)) for _ in range(2)]
        for thread in crew:
            thread.start()
        for thread in crew:
            thread.join()
    transport.close()
    assert [type(each) for each in answers] == [Answer] * 10
    assert server.connections == 2


@contextmanager
def proxy() -> Iterator[tuple[str, list[bytes]]]:
    """One that lets nobody through; its address, and what it was asked first."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            line, _ = door.accept()
            with line:
                heard.append(line.recv(65_536))
                line.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{door.getsockname()[1]}", heard
        thread.join(5)


@pytest.fixture
def environment(monkeypatch):
    """Sets a variable in both spellings, after all that a machine may have set itself."""
    for name in ("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return monkeypatch.setenv


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "all_proxy"])
@pytest.mark.parametrize("scheme", ["", "http://"], ids=["host-only", "url"])
def test_a_tls_request_goes_through_the_proxy_which_never_sees_the_key(environment, name, scheme):
    with proxy() as (address, heard):
        environment(name, scheme + address)
        transport = Transport(Connection(ADDRESS, keys=(KEY,)))
        result = transport.exchange(0, "GET", "/v2/tickets", None)
        transport.close()
    assert isinstance(result, Failure)
    assert not result.sent
    assert heard[0].startswith(b"CONNECT featurebase.example:443 ")
    assert KEY.encode() not in heard[0]


@pytest.mark.parametrize("excepted", ["localhost", "*", ".localhost,localhost:1"])
def test_a_host_that_is_excepted_is_asked_directly(environment, excepted):
    environment("https_proxy", "http://127.0.0.1:9")
    environment("no_proxy", excepted)
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        transport = Transport(Connection(f"https://localhost:{port}", keys=(KEY,), timeout_s=0.2))
        transport.exchange(0, "GET", "/v2/tickets", None)
        transport.close()
        door.settimeout(5)
        line, _ = door.accept()
        line.close()


@pytest.mark.parametrize("value", ["socks5://127.0.0.1:9", "http://me:secret@[::1", "ftp://proxy.example"])
def test_a_proxy_that_cannot_be_used_is_an_error_that_does_not_show_it(environment, value):
    environment("https_proxy", value)
    with pytest.raises(WrongAddress, match="proxy") as caught:
        Transport(Connection(ADDRESS, keys=(KEY,)))
    assert "NO_PROXY" in caught.value.hint
    assert "secret" not in f"{caught.value!r} {caught.value} {caught.value.hint}"
