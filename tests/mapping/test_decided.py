from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.errors import MappingComplaints
from migrator.mapping import load_mapping_text, with_decisions
from migrator.mapping.mapping import Mapping
from migrator.model import ValueDecision

MAPPING = """\
key: id
category: Support
ticket:
  title: {from: subject}
  author: {email: {from: mail}}
  status: {from: status, values: {open: In progress}}
  assignee: {from: agent, values: people.csv}
  fields:
    Level 1.5: {from: level, values: {a: b}}
replies:
  each: comments
  body: {from: body}
  author: {email: {from: by}}
  private: {from: private, values: {internal: true}}
"""


def mapping() -> Mapping:
    return load_mapping_text(MAPPING, "m.yaml", tables={"people.csv": [(1, ("Ann", "ann@example.com"))]})


def decided(rule: str, value: str, target: str, row: int = 2) -> ValueDecision:
    return ValueDecision(rule, value, target, f"problems.xlsx[Value maps], row {row}")


def table(found: Mapping, rule: str) -> dict[str, str]:
    from migrator.mapping.coverage import rules_of

    (lookup,) = [each.lookup for each in rules_of(found.plan) if each.name == rule]
    assert lookup is not None
    return {value: lookup[value] for value in lookup.listed()}


@pytest.mark.parametrize(
    ("rule", "before"),
    [
        pytest.param("ticket.status", {"open": "In progress"}, id="written-out"),
        pytest.param("ticket.assignee", {"Ann": "ann@example.com"}, id="in-a-csv-table"),
        pytest.param("ticket.fields.Level 1.5", {"a": "b"}, id="of-a-field-with-a-dot"),
        pytest.param("replies.private", {"internal": "true"}, id="of-messages"),
    ],
)
def test_a_decision_joins_the_table_of_its_rule(rule, before):
    target = "false" if rule == "replies.private" else "New"
    assert table(with_decisions(mapping(), [decided(rule, "odd", target)]), rule) == before | {"odd": target}


PRINTABLE = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1).filter(str.strip)


@given(PRINTABLE.filter(lambda value: value.strip().casefold() != "open"), PRINTABLE)
def test_any_value_and_any_target_survive_being_stored(value, target):
    stored = pickle.loads(pickle.dumps(with_decisions(mapping(), [decided("ticket.status", value, target)])))
    assert (
        table(stored, "ticket.status").get(value) == ("In progress" if value == "open" else target)
        or value.strip().casefold() == "open"
    )


def test_what_the_mapping_says_already_is_no_news():
    found = with_decisions(mapping(), [decided("ticket.status", "Open", "In progress")])
    assert (found.overrides, found.text) == ((), MAPPING)


@pytest.mark.parametrize(
    ("decisions", "told"),
    [
        pytest.param([decided("ticket.stat", "a", "b")], "no `values` for 'ticket.stat'", id="no-such-rule"),
        pytest.param([decided("ticket.title", "a", "b")], "no `values` for 'ticket.title'", id="no-table"),
        pytest.param(
            [decided("ticket.status", "open", "New")],
            "'open' becomes 'In progress' already",
            id="mapped-else",
        ),
        pytest.param(
            [decided("ticket.status", "x", "New"), decided("ticket.status", "x", "Resolved", 3)],
            "row 3: 'x' becomes 'New' already, not 'Resolved'",
            id="decided-twice",
        ),
    ],
)
def test_a_decision_that_does_not_fit_is_told_with_its_place(decisions, told):
    with pytest.raises(MappingComplaints) as caught:
        with_decisions(mapping(), decisions)
    assert told in str(caught.value)
    assert "problems.xlsx[Value maps], row" in str(caught.value)


@pytest.mark.parametrize(
    ("override", "value"),
    [
        pytest.param('ticket.status.values."v1.0"=New', "v1.0", id="a-dot"),
        pytest.param('ticket.status.values."a=b"=New', "a=b", id="an-equals-sign"),
        pytest.param('ticket.status.values."say \\"hi\\""=New', 'say "hi"', id="quotes"),
        pytest.param("ticket.status.values.on hold=New", "on hold", id="a-blank-needs-none"),
    ],
)
def test_a_key_that_is_set_may_stand_in_quotes(override, value):
    tables = {"people.csv": [(1, ("Ann", "ann@example.com"))]}
    found = load_mapping_text(MAPPING, "m.yaml", tables=tables, overrides=[override])
    assert table(found, "ticket.status")[value] == "New"
