"""Which names a mapping says itself, and which only its rows can say."""

from __future__ import annotations

import pytest

from tests.mapping.support import mapping


def said(extra: str, **options) -> list[tuple[str, str, str | None]]:
    """Where, name and fallback of everything after the category."""
    names = mapping(extra, **options).names()
    assert (names[0].among, names[0].named.value) == ("categories", "Support")
    return [(each.among, each.named.value, each.named.fallback) for each in names[1:]]


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        pytest.param("{from: s}", [], id="from-the-row"),
        pytest.param("New", [("New", None)], id="constant"),
        pytest.param(
            "{from: s, values: {a: New, b: Done, c: New}}", [("New", None), ("Done", None)], id="table"
        ),
        pytest.param(
            "{from: s, values: {a: New}, unmapped: Done}", [("New", None), ("Done", None)], id="unlisted"
        ),
        pytest.param(
            "{from: s, values: {a: New}, unmapped: {action: empty}}", [("New", None)], id="unlisted-empty"
        ),
        pytest.param("{from: s, missing: New}", [("New", None)], id="missing"),
        pytest.param("{from: s, unmapped: New}", [("New", None)], id="fallback"),
        pytest.param("{from: s, missing: Old, unmapped: New}", [("Old", "New"), ("New", None)], id="both"),
        pytest.param("{value: New, optional: true}", [("New", "")], id="optional"),
        pytest.param("{template: \"{{ row['s'] }}\"}", [], id="template"),
    ],
)
def test_a_rule_says_its_constants_its_targets_and_its_ways_out(rule, names):
    assert said(f"  status: {rule}\n") == [("statuses", *each) for each in names]


def test_fields_say_their_label_and_their_choices():
    made = mapping("  fields:\n    Prio: {from: p, values: {a: High}, optional: true}\n    T: {from: t}\n")
    assert [(each.among, each.named.value, each.field, each.optional) for each in made.names()[1:]] == [
        ("fields", "Prio", "", True),
        ("options", "High", "Prio", False),
        ("fields", "T", "", False),
    ]


def test_people_and_companies_are_names_too():
    extra = (
        "  assignee: {from: a, unmapped: Ada}\n  company: Acme\n"
        "replies: {each: c, body: {from: b}, author: {from: a}, fallback_agent: any}\n"
    )
    assert said(extra) == [("admins", "Ada", None), ("companies", "Acme", None), ("admins", "any", None)]


def test_a_value_table_in_a_file_says_its_targets():
    tables = {"s.csv": [(1, ("a", "New")), (2, ("b", "Done"))]}
    names = said("  status: {from: s, values: s.csv}\n", tables=tables)
    assert [name for _, name, _ in names] == ["New", "Done"]
