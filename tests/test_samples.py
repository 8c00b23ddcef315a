"""Every sample has a shipped mapping and an expected plan; and the samples really migrate."""

from __future__ import annotations

import json

import pytest

from migrator.cli.shipped import find_mapping, mapping_names, shipped
from migrator.featurebase import Client, Connection, Rate
from migrator.mapping import load_mapping
from migrator.model import Silent
from migrator.readers import ReadOptions, open_source, read_table
from migrator.reports import plan_document
from migrator.runner.control import Control, Telling
from migrator.runner.migrate import migrate
from migrator.runner.open import open_ledger
from migrator.runner.outlook import RunOptions
from migrator.runner.staging import Inputs, dry_run
from tests.conftest import ROOT

CASES = [
    pytest.param("helpdesk/tickets.csv", "helpdesk", id="helpdesk-csv"),
    pytest.param("helpdesk/tickets.xlsx", "helpdesk", id="helpdesk-xlsx"),
    pytest.param("zendesk", "zendesk", id="zendesk"),
    pytest.param("zendesk-xml", "zendesk", id="zendesk-xml"),
    pytest.param("zendesk-csv", "zendesk-csv", id="zendesk-csv"),
    pytest.param("zendesk-warehouse", "zendesk-warehouse", id="zendesk-warehouse"),
    pytest.param("intercom", "intercom", id="intercom"),
    pytest.param("intercom-csv", "intercom-csv", id="intercom-csv"),
    pytest.param("intercom-messages", "intercom-messages", id="intercom-messages"),
    pytest.param("helpscout", "helpscout", id="helpscout"),
    pytest.param("hubspot", "hubspot", id="hubspot"),
    pytest.param("hubspot-csv", "hubspot-csv", id="hubspot-csv"),
    pytest.param("hubspot-tables", "hubspot-csv", id="hubspot-tables"),
    pytest.param("gorgias", "gorgias", id="gorgias"),
    pytest.param("front", "front", id="front"),
    pytest.param("front-csv", "front-csv", id="front-csv"),
    pytest.param("crisp", "crisp", id="crisp"),
    pytest.param("groove", "groove", id="groove"),
    pytest.param("canny", "canny", id="canny"),
    pytest.param("uservoice", "uservoice", id="uservoice"),
    pytest.param("freshdesk", "freshdesk", id="freshdesk"),
    pytest.param("freshdesk-export", "freshdesk", id="freshdesk-export"),
    pytest.param("freshdesk-csv", "freshdesk-csv", id="freshdesk-csv"),
    pytest.param("freshservice", "freshservice", id="freshservice"),
    pytest.param("freshservice-csv", "freshservice-csv", id="freshservice-csv"),
    pytest.param("servicenow", "servicenow", id="servicenow"),
    pytest.param("servicenow-json", "servicenow", id="servicenow-json"),
    pytest.param("servicenow-csv", "servicenow-csv", id="servicenow-csv"),
    pytest.param("zammad", "zammad", id="zammad"),
    pytest.param("spiceworks", "spiceworks", id="spiceworks"),
    pytest.param("topdesk", "topdesk", id="topdesk"),
    pytest.param("topdesk-table", "topdesk", id="topdesk-table"),
    pytest.param("zoho-desk", "zoho-desk", id="zoho-desk"),
    pytest.param("zoho-desk-json", "zoho-desk", id="zoho-desk-json"),
    pytest.param("zoho-desk-csv", "zoho-desk-csv", id="zoho-desk-csv"),
    pytest.param("jira", "jira", id="jira"),
    pytest.param("jira-csv", "jira", id="jira-csv"),
    pytest.param("jira-xml", "jira", id="jira-xml"),
    pytest.param("github", "github", id="github"),
    pytest.param("github-graphql", "github", id="github-graphql"),
    pytest.param("osticket", "osticket", id="osticket"),
    pytest.param("osticket-json", "osticket", id="osticket-json"),
    pytest.param("glpi", "glpi", id="glpi"),
    pytest.param("glpi-api", "glpi", id="glpi-api"),
    pytest.param("request-tracker", "request-tracker", id="request-tracker"),
    pytest.param("request-tracker-api", "request-tracker", id="request-tracker-api"),
    pytest.param("kayako", "kayako", id="kayako"),
    pytest.param("kayako-classic", "kayako", id="kayako-classic"),
    pytest.param("liveagent", "liveagent", id="liveagent"),
    pytest.param("wix-answers", "wix-answers", id="wix-answers"),
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
    assert {case.values[1] for case in CASES} == set(mapping_names())


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
