"""Everything that goes over the line is allowed by the API's own description, and nobody is notified."""

from __future__ import annotations

import json
import re
from email.parser import BytesParser
from urllib.parse import urlsplit

import pytest

from migrator.cli.shipped import shipped
from migrator.featurebase import Client, Connection, Rate, Unnamed
from migrator.model import Silent
from migrator.runner.control import Control, Telling
from migrator.runner.migrate import migrate
from migrator.runner.open import open_ledger
from migrator.runner.outlook import RunOptions
from migrator.sandbox import Sandbox, SandboxOptions
from tests.recorder import Exchange, Recorder
from tests.runner.test_migrate import given
from tests.sandbox.support import VERSION, check_answer, judge, mock_request
from tests.test_samples import inputs_of

SAMPLES = {"helpdesk-csv": ("helpdesk/tickets.csv", "helpdesk"), "zendesk": ("zendesk", "zendesk")}


@pytest.fixture(scope="module", params=SAMPLES)
def exchanges(request, tmp_path_factory) -> list[Exchange]:
    """Every request and answer of a whole migration, the directory's included."""
    sample, mapping = SAMPLES[request.param]
    folder = tmp_path_factory.mktemp("contract")
    with Sandbox(SandboxOptions(rate_limit=None)) as sandbox, Recorder(sandbox.url) as tap:
        connection = Connection(base_url=tap.url, keys=(sandbox.key,), rate=Rate(per_minute=600_000))
        with Client(connection) as client:
            inputs = inputs_of(sample, mapping, client)
            with open_ledger(folder / "t.ledger", inputs.source, [shipped("samples") / sample]) as ledger:
                telling = Telling(Silent(), Control())
                ended = migrate(ledger, inputs, RunOptions(settle_s=1), client, lambda *_: None, telling)
        assert ended.error is None
        assert ended.standing.counts.created == len(sandbox.tickets()) > 0
    return tap.exchanges


def test_every_request_is_allowed_by_the_description(exchanges):
    for each in exchanges:
        request = mock_request(each.method, each.path, each.body or None)
        judge().validate_request(request)
        headers = {name.lower(): value for name, value in each.headers.items()}
        assert headers["featurebase-version"] == VERSION
        assert headers["authorization"].startswith("Bearer ")
        if each.body:
            assert headers["content-type"] == "application/json"


def test_every_answer_is_one_that_the_description_allows(exchanges):
    for each in exchanges:
        check_answer(each.method, each.path, each.status, each.answer, each.answer_headers)


def test_every_request_that_could_notify_somebody_says_not_to(exchanges):
    writing = [
        each
        for each in exchanges
        if each.method in ("POST", "PATCH") and urlsplit(each.path).path.startswith("/v2/tickets")
    ]
    assert {each.method for each in writing} == {"POST", "PATCH"}
    assert any(each.path.endswith("/reply") for each in writing)
    assert all(json.loads(each.body)["skipNotifications"] is True for each in writing)


# --- files ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def forms(tmp_path_factory) -> list[Exchange]:
    """The multipart requests of a migration whose tickets bring more files than one request takes."""
    folder = tmp_path_factory.mktemp("forms")
    (folder / "export" / "files").mkdir(parents=True)
    files = [{"name": f"{number}.txt", "path": f"files/{number}.txt"} for number in range(11)]
    for file in files:
        (folder / "export" / file["path"]).write_text(file["name"])
    ticket = {
        "id": "T-1",
        "subject": "Files",
        "email": "ann@example.com",
        "files": files[:10],
        "last": files[10],
    }
    (folder / "export" / "tickets.ndjson").write_text(json.dumps(ticket))
    (folder / "m.yaml").write_text(FILES_MAPPING)
    with Sandbox(SandboxOptions(rate_limit=None)) as sandbox, Recorder(sandbox.url) as tap:
        with (
            given(sandbox, folder / "export", url=tap.url, unnamed_fields=Unnamed.KEPT) as (client, inputs),
            open_ledger(folder / "t.ledger", inputs.source, [folder / "export"]) as ledger,
        ):
            telling = Telling(Silent(), Control())
            ended = migrate(ledger, inputs, RunOptions(settle_s=1), client, lambda *_: None, telling)
        assert ended.error is None
        assert ended.standing.counts.created == 1
    return [each for each in tap.exchanges if "multipart" in each.headers.get("Content-Type", "")]


FILES_MAPPING = """\
key: id
category: Support
ticket:
  title: {from: subject}
  author: {email: {from: email}}
  fields:
    Legacy ID: {from: id, legacy_id: true}
    Files: {from: files, as: files}
    Contract: {from: last, as: files}
"""


def test_a_form_has_the_json_as_data_and_files_under_their_fields(forms):
    assert [each.method for each in forms] == ["POST", "PATCH"]
    counts = []
    for each in forms:
        head = f"Content-Type: {each.headers['Content-Type']}\r\n\r\n".encode()
        data, *files = BytesParser().parsebytes(head + each.body).get_payload()
        assert data.get_param("name", header="content-disposition") == "data"
        judge().validate_request(mock_request(each.method, each.path, data.get_payload(decode=True)))
        names = [file.get_param("name", header="content-disposition") for file in files]
        assert all(re.fullmatch(r"customFields\.[0-9a-f]{24}", name) for name in names)
        counts.append(len(files))
        said = json.loads(data.get_payload(decode=True))
        assert said["skipNotifications"] is True
        assert "T-1" in said["customFields"].values()
    assert counts == [10, 1]


def test_answers_to_forms_are_allowed_too(forms):
    for each in forms:
        check_answer(each.method, each.path, each.status, each.answer, each.answer_headers)
