"""What is kept of a workspace between commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from migrator.featurebase import Directory, Limited, Shape
from migrator.runner.memory import FILE, Taught, as_known, keep_limited, recall_limited

resource = pytest.importorskip("resource")  # of Unix
HOST = "https://sandbox.example"


def limited(endpoint: str) -> Limited:
    return Limited(endpoint, {"retry-after": "1"}, Shape.DOCUMENTED, "rate_limit_error")


@contextmanager
def files_of_at_most(size_bytes: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_what_cannot_be_written_to_its_end_leaves_what_was_there(tmp_path):
    keep_limited(limited("GET /v2/admins"), HOST, tmp_path)
    with pytest.raises(OSError, match="large"), files_of_at_most(10):
        keep_limited(limited("GET /v2/tickets"), HOST, tmp_path)
    kept = recall_limited(HOST, tmp_path)
    assert kept is not None
    assert kept[0] == limited("GET /v2/admins")
    assert [each.name for each in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize(
    ("asked", "taught", "before", "known"),
    [
        pytest.param("id", "label", "label", "id", id="asked"),
        pytest.param(None, "label", "id", "label", id="taught"),
        pytest.param(None, None, "label", "label", id="remembered"),
        pytest.param(None, None, None, "id", id="nobody-knows"),
    ],
)
def test_how_choices_are_sent_is_what_was_asked_for_else_taught_else_remembered(asked, taught, before, known):
    remembered = before and Directory(select_as=before)
    assert as_known(Directory(), asked, Taught(taught), remembered).select_as == known
