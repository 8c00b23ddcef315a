"""Requests that are too large to send in a test."""

from __future__ import annotations

import pytest

from migrator.sandbox.app import App, Request
from migrator.sandbox.attachments import MAX_UPLOAD_BYTES, Attachments
from migrator.sandbox.multipart import Part
from migrator.sandbox.options import SandboxOptions
from migrator.sandbox.seed import workspace
from migrator.sandbox.store import Store


@pytest.fixture
def app(tmp_path):
    store = Store(None, seed=1)
    attachments = Attachments(tmp_path, "http://127.0.0.1", loopback_allowed=False)
    yield App(store, workspace(store.salt), attachments, SandboxOptions(), "http://127.0.0.1")
    store.close()


@pytest.mark.parametrize(
    ("more_bytes", "status"),
    [pytest.param(1, 413, id="one-byte-too-many"), pytest.param(0, 400, id="within")],
)
def test_files_may_have_400_mb_together(app, more_bytes, status):
    data = Part("data", None, b"{}", "", 2)
    uploads = [
        Part("customFields.x", "a.bin", b"", "", size) for size in (MAX_UPLOAD_BYTES - 1, 1 + more_bytes)
    ]
    request = Request("POST", "/v2/tickets", "", None, "multipart/form-data", parts=(data, *uploads))
    assert app.handle(request).status == status
