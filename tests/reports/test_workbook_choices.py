from __future__ import annotations

import pytest

from migrator.featurebase import Directory
from migrator.featurebase.entries import Admin, Category, Field, Option, Status
from migrator.mapping import load_mapping_text
from migrator.reports.workbook_choices import Choice, choices_of, key_columns_of

MAPPING = """\
key: id
category: {{from: Type}}
ticket:
  title: {{from: Subject}}
  author: {{email: {{from: Mail}}}}
  status: {status}
  assignee: {{from: [Agent, Owner], match_people: admins, unmapped: {{action: empty}}}}
  open: {{from: State, values: {{done: false}}, unmapped: true}}
  fields:
    Priority: {{from: Prio}}
"""
DIRECTORY = Directory(
    categories=(Category("c1", "Support"),),
    statuses=(Status("s1", "New"), Status("s2", "Resolved")),
    admins=(Admin("a1", "Ann Example", "ann@example.com"), Admin("a2", "Bob Example")),
    fields=(Field("f1", "Priority", "select", options=(Option("o1", "High"), Option("o2", "Low"))),),
)


def choices(status: str = "{from: State}", directory: Directory = DIRECTORY) -> dict[str, Choice]:
    mapping = load_mapping_text(MAPPING.format(status=status), "m.yaml", tables={})
    return {choice.rule: choice for choice in choices_of(mapping, directory)}


@pytest.mark.parametrize(
    ("rule", "columns", "values"),
    [
        pytest.param("category", ("Type",), ("Support",), id="category"),
        pytest.param("ticket.status", ("State",), ("New", "Resolved"), id="status"),
        pytest.param(
            "ticket.assignee", ("Agent", "Owner"), ("ann@example.com", "Bob Example"), id="assignee"
        ),
        pytest.param("ticket.fields.Priority", ("Prio",), ("High", "Low"), id="a-choice-of-a-field"),
    ],
)
def test_without_a_table_the_names_of_the_workspace_are_known(rule, columns, values):
    choice = choices()[rule]
    assert (choice.columns, choice.values) == (columns, values)


def test_with_a_table_what_it_lists_is_known_and_becomes_a_name_of_the_workspace():
    choice = choices("{from: State, values: {open: New, closed: Resolved}}")["ticket.status"]
    assert (choice.values, choice.only, choice.targets) == (("open", "closed"), True, ("New", "Resolved"))


@pytest.mark.parametrize(
    ("status", "only"),
    [
        pytest.param("{from: State, values: {open: New}}", True, id="nothing-else-is-mapped"),
        pytest.param("{from: State, values: {open: New}, unmapped: Resolved}", False, id="the-rest-is-too"),
    ],
)
def test_a_list_forbids_other_values_only_where_they_are_problems(status, only):
    assert choices(status)["ticket.status"].only is only


def test_a_cell_that_is_taken_apart_has_no_list():
    assert choices("{from: State, match: '^[a-z]+', values: {open: New}}")["ticket.status"].columns == ()


def test_a_template_has_no_column():
    choice = choices("{template: \"{{ row['State'] }}\", values: {open: New}}")["ticket.status"]
    assert choice.columns == ()


def test_what_nobody_fetched_offers_nothing():
    found = choices("{from: State, values: {open: New}}", Directory.unchecked())
    assert set(found) == {"ticket.status", "ticket.open"}
    assert found["ticket.status"].targets == ("New",)
    assert not found["ticket.status"].targets_only


def test_yes_and_no_are_all_that_a_flag_becomes():
    choice = choices()["ticket.open"]
    assert (choice.targets, choice.targets_only) == (("true", "false"), True)


@pytest.mark.parametrize(
    ("key", "columns"),
    [
        pytest.param("key: id", ("id",), id="one"),
        pytest.param("key: {{from: [No, id]}}", ("No", "id"), id="candidates"),
        pytest.param("key: {{template: \"{{{{ row['id'] }}}}\"}}", (), id="put-together"),
    ],
)
def test_the_columns_of_the_id_are_known(key: str, columns: tuple[str, ...]) -> None:
    mapping = load_mapping_text(
        MAPPING.replace("key: id", key).format(status="{from: State}"), "m.yaml", tables={}
    )
    assert key_columns_of(mapping) == columns
