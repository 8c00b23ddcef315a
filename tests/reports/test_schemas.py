"""The documents keep to the schemas that are shipped with the package, and the schemas say all of them."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from migrator.reports import Redactor, Told, plan_document, write_results
from tests.reports.support import (
    history,
    plan,
    proof,
    result,
    standing,
    troubled_plan,
    troubled_standing,
)


def schema(name: str) -> dict[str, Any]:
    return json.loads((files("migrator.reports") / "schemas" / name).read_text(encoding="utf-8"))


def faults(document: object, name: str) -> list[str]:
    return [
        f"{each.json_path}: {each.message}"
        for each in Draft202012Validator(schema(name)).iter_errors(document)
    ]


@pytest.mark.parametrize("name", ["report-1.json", "validate-1.json"])
def test_a_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(plan_document(plan()), id="clean"),
        pytest.param(plan_document(troubled_plan(limit=7)), id="troubled"),
        pytest.param(plan_document(Redactor().plan(troubled_plan())), id="redacted"),
    ],
)
def test_a_plan_keeps_to_its_schema_and_the_schema_says_all_of_it(document: dict[str, object]) -> None:
    assert faults(document, "validate-1.json") == []
    assert set(document) == set(schema("validate-1.json")["properties"])


@pytest.mark.parametrize(
    ("where", "told"),
    [
        pytest.param(standing(), None, id="nothing-but-the-rows"),
        pytest.param(troubled_standing(), Told(history(), proof()), id="everything"),
    ],
)
def test_a_report_keeps_to_its_schema_and_the_schema_says_all_of_it(
    tmp_path: Path, where: Any, told: Told | None
) -> None:
    write_results(where, [result(number=1)], tmp_path, told)
    document = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert faults(document, "report-1.json") == []
    assert set(document) == set(schema("report-1.json")["properties"])


def test_a_schema_catches_what_does_not_keep_to_it() -> None:
    document = plan_document(plan()) | {"rows": "many"}
    del document["ready"]
    assert len(faults(document, "validate-1.json")) == 2
