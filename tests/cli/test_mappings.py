"""`migrator mappings` as a user runs it."""

from __future__ import annotations

import json

from migrator.cli.shipped import mapping_names, shipped
from migrator.mapping import mapping_schema


def test_the_list_says_what_each_is_for_and_how_sure_its_facts_are(tool):
    document = tool("mappings", "list", "--json").json
    assert list(document["mappings"]) == mapping_names()
    assert document["mappings"]["zendesk"].startswith("Zendesk: the full JSON export")
    assert set(document["sure"].values()) == {"seen", "documented", "unverified", ""}
    assert [name for name, sure in document["sure"].items() if not sure] == ["helpdesk"]
    assert "[unverified]" in tool("mappings", "list").stdout


def test_the_schema_is_printed_as_it_is_shipped(tool):
    printed = tool("mappings", "schema").stdout
    assert printed == (shipped("mappings") / "schema.json").read_text(encoding="utf-8")
    assert tool("mappings", "schema", "--json").json == {
        "schema": "migrator.mapping-schema/1",
        "document": mapping_schema(),
    }
    assert json.loads(printed)["title"] == "A mapping of migrator"
