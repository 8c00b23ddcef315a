"""Exports that bring files along, and an old helpdesk that still has some."""

from __future__ import annotations

import json
import threading
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

MAPPING = """\
key: id
category: Support
timezone: UTC
ticket:
  title: {from: subject}
  content: {from: body, as: html}
  author: {email: {from: email}}
  createdAt: {from: created, as: datetime}
  fields:
    Legacy ID: {from: id, legacy_id: true}
    Files: {from: attachments, as: files, optional: true}
replies:
  each: comments
  optional: true
  fallback_agent: any
  body: {from: body, as: html}
  author: {from: author}
  private: {from: private}
  createdAt: {from: created_at, as: datetime}
  files: {from: files, as: files}
"""
AGENT = {"kind": "agent", "email": "ada@sandbox.example", "name": "Ada Brook"}


def ticket(number: int, *paths: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"N-{number}",
        "subject": f"Question {number}",
        "body": "<p>How?</p>",
        "email": "ann@example.com",
        "created": "2024-05-01T08:00:00Z",
        "attachments": [{"name": path.rpartition("/")[2], "path": path} for path in paths],
        "comments": [],
    } | changes


def reply(*files: dict[str, str], private: str = "false") -> dict[str, Any]:
    return {
        "body": "<p>Look.</p>",
        "author": AGENT,
        "private": private,
        "created_at": "2024-05-01T09:00:00Z",
        "files": list(files),
    }


class Export:
    """A folder with tickets and files, or a ZIP of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "export"
        (self.folder / "files").mkdir(parents=True)
        self.mapping = folder / "m.yaml"
        self.mapping.write_text(MAPPING)
        self.path = self.folder

    def put(self, name: str, content: bytes) -> str:
        (self.folder / "files" / name).write_bytes(content)
        return f"files/{name}"

    def tickets(self, *tickets: dict[str, Any]) -> Export:
        text = "".join(json.dumps(each) + "\n" for each in tickets)
        (self.folder / "tickets.ndjson").write_text(text)
        return self

    def zipped(self) -> Export:
        self.path = self.folder.with_suffix(".zip")
        with zipfile.ZipFile(self.path, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(self.folder.rglob("*")):
                if path.is_file():
                    archive.write(path, path.relative_to(self.folder))
        return self


def files_of(ticket: dict[str, Any]) -> list[tuple[str, bytes]]:
    """Name and content of every file in the ticket's fields, as the sandbox serves them."""
    found: list[tuple[str, bytes]] = []
    for value in ticket["customFields"].values():
        if isinstance(value, str) and value.startswith(("[", "{")):
            kept = json.loads(value)
            for each in kept if isinstance(kept, list) else [kept]:
                with urllib.request.urlopen(each["url"]) as answer:
                    found.append((each["name"], answer.read()))
    return found


def said(ticket: dict[str, Any]) -> str:
    return ticket["content"] + "".join(part["bodyHtml"] or "" for part in ticket["conversationParts"])


class Desk(ThreadingHTTPServer):
    """The old helpdesk: gives its files to those who know the password."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _DeskHandler)
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def put(self, name: str, content: bytes) -> dict[str, str]:
        self.files[f"/{name}"] = content
        return {"name": name, "url": f"http://{self.host}/{name}"}


class _DeskHandler(BaseHTTPRequestHandler):
    server: Desk

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        content = self.server.files.get(self.path)
        known = self.headers.get("Authorization") == PASSWORD
        self.send_response(404 if content is None else 200 if known else 401)
        self.send_header("Content-Length", str(len(content or b"") if known else 0))
        self.end_headers()
        if known and self.command == "GET":
            self.wfile.write(content or b"")

    do_HEAD = do_GET  # noqa: N815 - a name that http.server asks for

    def log_message(self, *_: object) -> None: ...


PASSWORD = "Basic cGFzc3dvcmQ"


@contextmanager
def running_desk() -> Iterator[Desk]:
    with Desk() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def fetching(export: Export, desk: Desk, **more: str) -> None:
    """Lets the mapping fetch the desk's files; the password is in `DESK_AUTH`."""
    said = {**more, "fetch": f"{{hosts: ['{desk.host}'], headers: {{Authorization: {{env: DESK_AUTH}}}}}}"}
    text = "".join(f"  {name}: {value}\n" for name, value in said.items())
    export.mapping.write_text(f"{MAPPING}files:\n{text}")
