"""The schema that editors use is current, and takes what the tool takes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from migrator.cli.shipped import find_mapping, mapping_names, shipped
from migrator.mapping import mapping_schema


def faults(text: str) -> list[str]:
    document = YAML(typ="safe", pure=True).load(text)
    return [each.json_path for each in Draft7Validator(mapping_schema()).iter_errors(document)]


def test_the_shipped_schema_is_current(golden):
    text = json.dumps(mapping_schema(), ensure_ascii=False, indent=2) + "\n"
    golden(shipped("mappings") / "schema.json", text)


def test_it_is_a_schema_and_every_key_says_what_it_means():
    schema = mapping_schema()
    Draft7Validator.check_schema(schema)
    for model in (schema, *schema["definitions"].values()):
        silent = [key for key, said in model["properties"].items() if not said.get("description")]
        assert silent == []


@pytest.mark.parametrize("name", mapping_names())
def test_a_shipped_mapping_keeps_to_it_and_names_it(name):
    text = find_mapping(name).read_text(encoding="utf-8")
    assert faults(text) == []
    assert text.startswith("# yaml-language-server: $schema=./schema.json\n")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("kye: id", ["$"], id="misspelt-key"),
        pytest.param("notify: maybe", ["$.notify"], id="neither-true-nor-false"),
        pytest.param("replies: {each: comments}", ["$.replies", "$.replies"], id="incomplete"),
        pytest.param("timezone: UTC", [], id="fine"),
    ],
)
def test_it_finds_what_is_no_mapping(line: str, expected: list[Any]):
    whole = (
        "key: 7\ncategory: 1\nticket: {title: {from: a, values: {no: false}}, author: {email: {from: b}}}\n"
    )
    assert faults(whole + line) == expected
