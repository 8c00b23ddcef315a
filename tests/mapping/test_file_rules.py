"""The `files` section of a mapping: what it says, and what is wrong with it."""

from __future__ import annotations

import pytest

from migrator.errors import MappingComplaints
from migrator.mapping import load_mapping_text
from migrator.mapping.file_rules import FilesPlan, Inline

BASE = "key: id\ncategory: Support\nticket:\n  title: {from: t}\n  author: {email: {from: e}}\n"


def plan(files: str = "", fields: str = "") -> FilesPlan:
    text = BASE + (f"  fields: {fields}\n" if fields else "") + (f"files: {files}\n" if files else "")
    return load_mapping_text(text, "m.yaml", tables={}).files


def test_nothing_said_means_that_no_file_costs_its_ticket():
    files = plan()
    assert (files.rules.hold, files.rules.by_note, files.inline) == (False, True, Inline.KEEP)
    assert (files.rules.fetched_from, dict(files.headers), files.rules.fields) == (frozenset(), {}, ())


def test_everything_said():
    files = plan(
        "{field: [Files, More], on_refused: hold, without_field: link, inline: attach, "
        "fetch: {hosts: [Acme.zendesk.com, '127.0.0.1:8080'], headers: {Authorization: {env: ZENDESK_AUTH}}}}"
    )
    assert (files.rules.hold, files.rules.by_note, files.inline) == (True, False, Inline.ATTACH)
    assert [each.value for each in files.rules.fields] == ["Files", "More"]
    assert files.rules.fetched_from == {"acme.zendesk.com", "127.0.0.1:8080"}
    assert dict(files.headers) == {"Authorization": "ZENDESK_AUTH"}
    assert files.rules.origin.at == "m.yaml, line 6, files"


@pytest.mark.parametrize(
    ("fields", "taken"),
    [
        pytest.param("{Files: {from: a, as: files}}", ["Files"], id="the-only-one"),
        pytest.param("{Files: {from: a, as: files}, Contract: {from: b, as: files}}", [], id="which-of-two"),
        pytest.param("{Priority: {from: p}}", [], id="no-field-for-files"),
    ],
)
def test_uploads_of_messages_go_to_the_only_field_that_is_mapped_to_files(fields, taken):
    assert [each.value for each in plan(fields=fields).rules.fields] == taken


@pytest.mark.parametrize(
    ("files", "at", "message"),
    [
        pytest.param("{on_refused: skip}", "files.on_refused", "'skip' is not known here", id="policy"),
        pytest.param("{inlin: keep}", "files.inlin", "there is no `inlin` here", id="misspelt"),
        pytest.param("{fetch: {hosts: []}}", "files.fetch.hosts", "this is empty", id="no-host"),
        pytest.param("{fetch: {hosts: ['https://a.example/x']}}", "files.fetch.hosts.0", "'https://a.example/x' is no host", id="address-for-host"),
        pytest.param("{fetch: {hosts: [a.example], headers: {Authorization: secret}}}", "files.fetch.headers.Authorization", "keys and values are needed here", id="secret-in-the-file"),
        pytest.param("{fetch: {hosts: [a.example], headers: {Authorization: {env: 'my secret'}}}}", "files.fetch.headers.Authorization", "`env` is no name of a variable", id="no-variable"),
        pytest.param("{fetch: {hosts: [a.example], headers: {Host: {env: X}}}}", "files.fetch.headers.Host", "this header cannot be set", id="header-of-the-line"),
        pytest.param("{fetch: {hosts: [a.example], headers: {'X\\r\\nY': {env: X}}}}", "files.fetch.headers", "this header cannot be set", id="two-headers-in-one"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said_with_its_place(files, at, message):
    with pytest.raises(MappingComplaints) as raised:
        plan(files)
    (complaint,) = raised.value.complaints
    assert at in complaint.at
    assert message in complaint.message
    assert complaint.hint


@pytest.mark.parametrize("header", ["hunter 2", "{env: hunter 2}"], ids=["alone", "as-the-name"])
def test_a_secret_that_stands_in_the_mapping_is_in_no_complaint(header):
    with pytest.raises(MappingComplaints) as raised:
        plan(f"{{fetch: {{hosts: [a.example], headers: {{Authorization: {header}}}}}}}")
    assert "hunter" not in repr(raised.value)
