"""Multipart bodies: the same each time, of the size they say, and never complete with a file that has changed."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from email.parser import BytesParser
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.featurebase import Client, Connection, FileChanged, Rate, check_upload
from migrator.featurebase.multipart import BLOCK_BYTES, Form
from migrator.model import Done, InDoubt, Step, StepKind, Upload
from tests.featurebase.conftest import KEY, TICKET, Say

BODY = '{"title":"Größe"}'.encode()


def upload(content: bytes, name: str = "a.bin", part: str = "customFields.f-1") -> Upload:
    return Upload(part, name, name, len(content), hashlib.sha256(content).hexdigest())


def create(*uploads: Upload) -> Step:
    return Step(StepKind.CREATE, "POST", "/v2/tickets", BODY, uploads=uploads)


def opening(**contents: bytes) -> Callable[[Upload], BinaryIO]:
    return lambda each: io.BytesIO(contents[each.path.replace(".", "_")])


def parts(form: Form) -> list[tuple[str | None, str | None, bytes]]:
    """As a parser that is not ours reads it."""
    head = f"Content-Type: {form.content_type}\r\n\r\n".encode()
    message = BytesParser().parsebytes(head + b"".join(form))
    return [
        (
            part.get_param("name", header="content-disposition"),
            part.get_filename(),
            part.get_payload(decode=True),
        )
        for part in message.get_payload()
    ]


def test_the_body_comes_as_data_and_each_file_under_its_field():
    form = Form(create(upload(b"one", "a.bin"), upload(b"two", "b.bin")), opening(a_bin=b"one", b_bin=b"two"))
    assert parts(form) == [
        ("data", None, BODY),
        ("customFields.f-1", "a.bin", b"one"),
        ("customFields.f-1", "b.bin", b"two"),
    ]


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4))
def test_a_form_has_the_size_that_it_says_and_is_the_same_each_time(contents):
    names = {f"{number}.bin": content for number, content in enumerate(contents)}
    form = Form(
        create(*(upload(content, name) for name, content in names.items())),
        lambda each: io.BytesIO(names[each.path]),
    )
    assert b"".join(form) == b"".join(form)
    assert len(b"".join(form)) == form.size_bytes


@pytest.mark.parametrize(
    "name", ['quote".txt', "semi;colon.txt", "ümlaut 😀.txt", "line\r\nX-Evil: 1.txt", "\ud800.txt"]
)
def test_a_strange_name_stays_inside_its_header(name):
    form = Form(create(upload(b"x", name)), lambda _: io.BytesIO(b"x"))
    head = b"".join(form).partition(b'filename="')[2].partition(b"\r\n\r\n")[0]
    assert head.endswith(b'"\r\nContent-Type: application/octet-stream')
    assert head.count(b"\r\n") == 1
    assert len(b"".join(form)) == form.size_bytes


@pytest.mark.parametrize(
    ("prepared", "now"),
    [
        pytest.param(b"abc", b"abd", id="other-bytes"),
        pytest.param(b"abc", b"ab", id="shorter"),
        pytest.param(b"abc", b"abcd", id="longer"),
        pytest.param(b"abc", b"", id="empty"),
        pytest.param(b"", b"a", id="was-empty"),
        pytest.param(b"x" * 3 * BLOCK_BYTES, b"x" * (3 * BLOCK_BYTES - 1) + b"y", id="last-byte-of-many"),
    ],
)
def test_a_file_that_has_changed_never_makes_a_complete_form(prepared, now):
    changed, open_upload = upload(prepared), opening(a_bin=now)
    form = Form(create(changed), open_upload)
    sent: list[bytes] = []
    with pytest.raises(FileChanged):
        sent.extend(form)
    assert not b"".join(sent).endswith(b"--\r\n")
    assert len(b"".join(sent)) < form.size_bytes
    with pytest.raises(FileChanged):
        check_upload(changed, open_upload)


def test_an_empty_file_is_a_file():
    assert parts(Form(create(upload(b"")), opening(a_bin=b"")))[1] == ("customFields.f-1", "a.bin", b"")


def test_a_large_file_is_never_in_memory():
    class Endless(io.RawIOBase):
        left = 50 * BLOCK_BYTES
        most = 0

        def read(self, size: int = -1) -> bytes:
            Endless.most = max(Endless.most, size)
            given = b"0" * min(size, self.left)
            self.left -= len(given)
            return given

    content = upload(b"0" * Endless.left)
    assert sum(map(len, Form(create(content), lambda _: Endless()))) > Endless.most * 49
    assert Endless.most == BLOCK_BYTES


# --- over the line ------------------------------------------------------------------------------


def client_of(server) -> Client:
    return Client(Connection(base_url=server.url, keys=(KEY,), rate=Rate(per_minute=600_000), timeout_s=5))


def test_a_step_with_files_is_sent_as_a_form_of_known_length(server):
    server.script = [Say(201, TICKET)]
    step = create(upload(b"one"))
    with client_of(server) as client:
        outcome = client.send(step, open_upload=opening(a_bin=b"one"))
    assert isinstance(outcome, Done)
    (heard,) = server.heard
    assert heard.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert int(heard.headers["content-length"]) == len(heard.body)
    assert "transfer-encoding" not in heard.headers
    assert heard.body == b"".join(Form(step, opening(a_bin=b"one")))


def test_after_a_429_the_same_form_is_read_and_sent_again(server):
    server.script = [Say(429, {}, {"Retry-After": "0"}), Say(201, TICKET)]
    with client_of(server) as client:
        assert isinstance(client.send(create(upload(b"one")), open_upload=opening(a_bin=b"one")), Done)
    first, second = server.heard
    assert first.body == second.body


def test_a_file_that_changes_while_it_is_sent_leaves_doubt_and_no_whole_form(server):
    server.script = [Say(201, TICKET)]
    with client_of(server) as client:
        outcome = client.send(create(upload(b"one")), open_upload=opening(a_bin=b"two"))
    assert isinstance(outcome, InDoubt)
    assert all(not heard.body.endswith(b"--\r\n") for heard in server.heard)


def test_a_step_with_files_needs_somebody_who_opens_them(server):
    with client_of(server) as client, pytest.raises(ValueError, match="cannot be sent"):
        client.send(create(upload(b"one")))
    assert server.heard == []


def test_a_body_keeps_its_meaning():
    assert json.loads(parts(Form(create(), opening()))[0][2]) == {"title": "Größe"}
