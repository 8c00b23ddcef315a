"""Bad input of every kind is a named problem of the dry run, with a way out; the other rows are not touched."""

from __future__ import annotations

from typing import Any

import pytest

from migrator.model import Silent
from migrator.runner.control import Control, Telling
from migrator.runner.staging import dry_run
from tests.exports import MAPPING, Export, ticket
from tests.runner.test_migrate import given


def file(**said: str) -> dict[str, Any]:
    return ticket(1, attachments=[{"name": "a.png"} | said])


BAD = {
    "100-MB-by-address": (file(url="https://f.example/a.png", size="100000000"), "file-too-large"),
    "missing-file": (file(path="files/gone.png"), "file-missing"),
    "http-link": (file(url="http://f.example/a.png"), "file-insecure"),
    "exe": (file(name="a.exe", url="https://f.example/a.exe"), "file-blocked"),
    "no-address": (file(), "file-without-address"),
    "outside-the-export": (file(path="../../../etc/passwd"), "file-outside-export"),
    "scripts-in-html": (ticket(1, body="<p>x</p><script>alert(1)</script>"), "html-cleaned"),
    "email-with-a-space": (ticket(1, email="ann @example.com"), "author-email-invalid"),
    "author-without-identity": (ticket(1, email=""), "author-missing"),
    "year-9999": (ticket(1, created="9999-01-01T00:00:00Z"), "date-out-of-range"),
    "year-1969": (ticket(1, created="1969-01-01T00:00:00Z"), "date-out-of-range"),
}
STILL_SENT = {
    "file-too-large",
    "file-missing",
    "file-insecure",
    "file-blocked",
    "file-without-address",
    "file-outside-export",
    "html-cleaned",
}


@pytest.mark.parametrize(("row", "code"), BAD.values(), ids=BAD)
def test_bad_input_is_a_named_problem_with_a_way_out(sandbox, tmp_path, row, code):
    export = Export(tmp_path).tickets(row, ticket(2))
    with given(sandbox, export.path) as (_, inputs):
        plan = dry_run(inputs, Telling(Silent(), Control()))
    assert [group.code for group in plan.problems] == [code]
    assert all(example.hint and example.message for group in plan.problems for example in group.examples)
    assert (plan.ready, plan.rejected) == ((2, 0) if code in STILL_SENT else (1, 1))


@pytest.mark.parametrize(("megabytes", "code", "rejected"), [(6, "body-large", 0), (51, "body-too-large", 1)])
def test_a_body_that_no_help_desk_ever_wrote_is_told(sandbox, tmp_path, megabytes, code, rejected):
    export = Export(tmp_path).tickets(ticket(1, body="x" * 1_000_000 * megabytes), ticket(2))
    export.mapping.write_text(MAPPING.replace("as: html", "as: text"))
    with given(sandbox, export.path) as (_, inputs):
        plan = dry_run(inputs, Telling(Silent(), Control()))
    assert [group.code for group in plan.problems] == [code]
    assert plan.rejected == rejected


def test_a_sparse_file_of_100_mb_is_ready_to_be_uploaded(sandbox, tmp_path):
    export = Export(tmp_path)
    with (export.folder / "files" / "large.bin").open("wb") as large:
        large.truncate(100_000_000)
    with given(sandbox, export.tickets(ticket(1, "files/large.bin")).path) as (_, inputs):
        plan = dry_run(inputs, Telling(Silent(), Control()))
    assert (plan.ready, plan.problems) == (1, ())
