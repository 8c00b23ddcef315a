"""What the sandbox's tests share: a client made of `http.client`, and the description as a judge of answers."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from migrator.sandbox import Sandbox

VERSION = "2026-01-01.nova"
UNDOCUMENTED = (405, 408, 409, 413)
"""Statuses that any HTTP server may give and the description leaves out."""


@cache
def description() -> dict[str, Any]:
    return json.loads(files("migrator.sandbox").joinpath("openapi.json").read_text(encoding="utf-8"))


@cache
def judge() -> OpenAPI:
    """A validator that is not the sandbox's."""
    # One test checks the description itself; here that would only cost seconds.
    return OpenAPI.from_dict(description(), config=Config(spec_validator_cls=None))


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    json: Any

    @property
    def code(self) -> str:
        return self.json["error"]["code"]


class Api:
    """Speaks to one sandbox over one connection and holds every answer against the description."""

    def __init__(self, sandbox: Sandbox, key: str | None = None) -> None:
        self.sandbox = sandbox
        self.key = sandbox.key if key is None else key
        self.connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=10)

    def __enter__(self) -> Api:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        content_type: str = "application/json",
        **headers: str,
    ) -> Reply:
        sent = {"Authorization": f"Bearer {self.key}", "Featurebase-Version": VERSION}
        if body is not None:
            sent["Content-Type"] = content_type
        self.connection.request(method, path, body, {**sent, **headers})
        answer = self.connection.getresponse()
        raw = answer.read()
        reply = Reply(answer.status, dict(answer.headers), json.loads(raw))
        if reply.status not in UNDOCUMENTED:
            check_answer(method, path, reply.status, raw, reply.headers)
        return reply

    def get(self, path: str, **headers: str) -> Reply:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: object, **headers: str) -> Reply:
        return self.send("POST", path, json.dumps(body).encode(), **headers)

    def patch(self, path: str, body: object) -> Reply:
        return self.send("PATCH", path, json.dumps(body).encode())

    def delete(self, path: str) -> Reply:
        return self.send("DELETE", path)

    def form(self, method: str, path: str, data: object, *uploads: tuple[str, str, bytes]) -> Reply:
        """Sends `data` and files `(part, file name, content)` as multipart/form-data."""
        boundary = "b0undary"
        parts = [('name="data"', json.dumps(data).encode())] if data is not None else []
        parts += [(f'name="{part}"; filename="{name}"', content) for part, name, content in uploads]
        body = b"".join(
            f"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
            for head, content in parts
        )
        body += f"--{boundary}--\r\n".encode()
        return self.send(method, path, body, f'multipart/form-data; boundary="{boundary}"')

    # --- names of the seed ---------------------------------------------------------------------

    def category(self, name: str = "Support") -> str:
        return id_of(self.sandbox.workspace.categories, "name", name)

    def status(self, name: str) -> str:
        return id_of(self.sandbox.workspace.statuses, "name", name)

    def field(self, label: str) -> str:
        return id_of(self.sandbox.workspace.fields, "label", label)

    def option(self, label: str, option: str) -> str:
        options = self.sandbox.workspace.fields[self.field(label)]["options"]
        return next(each["id"] for each in options if each["label"] == option)

    def admin(self, name: str = "Ada Brook") -> str:
        return id_of(self.sandbox.workspace.admins, "name", name)

    def ticket(self, **more: Any) -> dict[str, Any]:
        """A body that is accepted."""
        return {
            "ticketCategoryId": self.category(),
            "title": "Cannot log in",
            "author": {"email": "john@example.com"},
            "skipNotifications": True,
            **more,
        }

    def make(self, **more: Any) -> dict[str, Any]:
        """A ticket that exists."""
        reply = self.post("/v2/tickets", self.ticket(**more))
        assert reply.status == 201, reply.json
        return reply.json


def id_of(objects: dict[str, dict[str, object]], key: str, name: str) -> str:
    return next(identity for identity, each in objects.items() if each[key] == name)


def mock_request(method: str, path: str, body: bytes | None = None) -> MockRequest:
    """A request as the judge wants it."""
    parts = urlsplit(path)
    args: dict[str, Any] = {}
    for name, _, value in (each.partition("=") for each in parts.query.split("&") if each):
        args.setdefault(name, []).append(value)
    return MockRequest(
        "https://do.featurebase.app",
        method.lower(),
        parts.path,
        args=args,
        headers={"Featurebase-Version": VERSION, "Authorization": "Bearer sk_x"},
        data=body,
        content_type="application/json",
    )


def check_answer(method: str, path: str, status: int, raw: bytes, headers: dict[str, str]) -> None:
    """Fails when the description does not allow this answer; paths that it does not have are not judged."""
    if urlsplit(path).path.count("/") > 5 or "nowhere" in path:
        return
    response = MockResponse(raw, status_code=status, headers=headers, content_type="application/json")
    judge().validate_response(mock_request(method, path), response)
