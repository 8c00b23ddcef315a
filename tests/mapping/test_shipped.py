"""What holds for the mappings that come with the tool, line by line."""

import pytest
from ruamel.yaml import YAML

from migrator.cli.shipped import find_mapping

OVER = {"Resolved", "Canceled", "Closed"}


def ticket_rules(name):
    return YAML(typ="safe", pure=True).load(find_mapping(name).read_text(encoding="utf-8"))["ticket"]


@pytest.mark.parametrize(
    "name", ["jira", "servicenow", "servicenow-csv", "zoho-desk", "zoho-desk-csv", "glpi"]
)
def test_a_status_that_says_it_is_over_closes_the_ticket(name):
    rules = ticket_rules(name)
    over = {str(value).casefold() for value, target in rules["status"]["values"].items() if target in OVER}
    closed = {str(value).casefold() for value, is_open in rules["open"]["values"].items() if is_open is False}
    assert over == closed
