"""What `inspect` says must be decided is what the shipped mapping leaves open, and nothing else."""

from __future__ import annotations

import pytest

from migrator.cli.shipped import mapping_names, shipped
from tests.runner.test_draft import inspected, offline


def asked(path):
    """The decisions about an export, by code."""
    return {each.code: each for each in inspected(path, mapping_names()).decisions}


@pytest.mark.parametrize("sample", ["jira", "jira-csv", "github", "servicenow-json", "glpi", "zendesk-xml"])
def test_people_whom_a_mapping_knows_otherwise_than_by_address_are_not_asked_for(sample):
    assert not {"author-missing", "author-unknown"} & asked(shipped("samples") / sample).keys()


@pytest.mark.parametrize("sample", ["zendesk", "canny", "hubspot-csv", "freshservice-csv", "topdesk"])
def test_tickets_without_an_author_are_counted_as_the_dry_run_counts_them(sample):
    path = shipped("samples") / sample
    seen = inspected(path, mapping_names())
    decision = next(each for each in seen.decisions if each.code == "author-missing")
    found = next(each for each in offline(path, seen.mapping).problems if each.code == "author-missing")
    assert decision.count == found.count


@pytest.mark.parametrize(
    ("sample", "columns"),
    [
        pytest.param(
            "servicenow", {"opened_at", "sys_created_on", "comments[].created_at"}, id="of-both-kinds"
        ),
        pytest.param("glpi", {"opened_at"}, id="only-those-that-are-read"),
        pytest.param("osticket", {"Date Created"}, id="not-those-that-nobody-reads"),
        pytest.param("intercom-csv", None, id="said-by-each-row"),
        pytest.param("jira", None, id="dates-without-a-clock-are-not-read"),
    ],
)
def test_times_without_a_zone_are_told_where_the_mapping_reads_them_by_its_own_clock(sample, columns):
    decision = asked(shipped("samples") / sample).get("zone-assumed")
    assert (set(decision.columns) if decision else None) == columns
