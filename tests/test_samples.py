"""Every sample has a shipped mapping and an expected plan; and the samples really migrate."""

from __future__ import annotations

import json

import pytest

from migrator.cli.demo import SAMPLES
from migrator.cli.shipped import find_mapping, mapping_names, shipped
from migrator.featurebase import Client, Connection, Rate
from migrator.mapping import load_mapping
from migrator.model import Silent
from migrator.readers import ReadOptions, open_source, read_table
from migrator.reports import plan_document
from migrator.runner.control import Control, Telling
from migrator.runner.migrate import RunOptions, migrate
from migrator.runner.open import open_ledger
from migrator.runner.staging import Inputs, dry_run
from tests.conftest import ROOT

CASES = [
    pytest.param("helpdesk/tickets.csv", "helpdesk", id="helpdesk-csv"),
    pytest.param("helpdesk/tickets.xlsx", "helpdesk", id="helpdesk-xlsx"),
    pytest.param("zendesk", "zendesk", id="zendesk"),
]


def inputs_of(sample: str, mapping_name: str, client: Client) -> Inputs:
    mapping = load_mapping(find_mapping(mapping_name), read_table=read_table)
    source = open_source([shipped("samples") / sample], ReadOptions(mapping.reader))
    directory = client.fetch_directory(mapping.needs)
    return Inputs(source, mapping, directory, "https://sandbox.example", per_minute=1800)


def client_of(sandbox) -> Client:
    return Client(Connection(base_url=sandbox.url, keys=(sandbox.key,), rate=Rate(per_minute=600_000)))


@pytest.mark.parametrize(("sample", "mapping"), CASES)
def test_a_sample_has_its_expected_plan(make_sandbox, golden, request, sample, mapping):
    with client_of(make_sandbox(seed=1)) as client:
        plan = dry_run(inputs_of(sample, mapping, client), Telling(Silent(), Control()))
    name = request.node.callspec.id
    text = json.dumps(plan_document(plan), ensure_ascii=False, indent=1) + "\n"
    golden(ROOT / "tests" / "golden" / f"{name}.plan.json", text)


@pytest.mark.parametrize(("sample", "mapping"), CASES)
def test_a_sample_migrates_as_planned_and_nobody_is_told(make_sandbox, tmp_path, sample, mapping):
    sandbox = make_sandbox()
    telling = Telling(Silent(), Control())
    with client_of(sandbox) as client:
        inputs = inputs_of(sample, mapping, client)
        with open_ledger(tmp_path / "t.ledger", inputs.source, [shipped("samples") / sample]) as ledger:
            ended = migrate(ledger, inputs, RunOptions(settle_s=1), client, lambda *_: None, telling)
    assert ended.error is None
    assert ended.plan is not None
    assert ended.standing.counts.created == ended.plan.ready == len(sandbox.tickets())
    assert ended.standing.counts.failed == 0
    assert sandbox.notifications() == []


def test_every_shipped_mapping_has_a_sample():
    assert {sample.mapping for sample in SAMPLES} == set(mapping_names())


def test_csv_and_workbook_of_one_helpdesk_become_the_same_tickets(make_sandbox):
    """What a spreadsheet can carry, it carries: ids, dates and texts are the same."""
    from migrator.runner.prepare import prepare, survey

    telling = Telling(Silent(), Control())
    made = []
    with client_of(make_sandbox(seed=1)) as client:
        for sample in ("helpdesk/tickets.csv", "helpdesk/tickets.xlsx"):
            inputs = inputs_of(sample, "helpdesk", client)
            prepared = prepare(survey(inputs.source, inputs.mapping, telling), inputs.directory, telling)
            made.append({each.result.key: each.result for each in prepared if each.draft is not None})
    table, workbook = made
    assert len(table) > 200
    assert set(table) <= set(workbook)  # a workbook cannot have a ragged row
    assert {key: table[key].fingerprint for key in table} == {key: workbook[key].fingerprint for key in table}
